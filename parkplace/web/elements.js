// Stands in for Emotion, through which Reflex makes every element: our look is in stylesheets, so
// React alone will do. A style that Reflex still hands over is set on the element itself.
import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (!props?.css) return createElement(type, props, ...children);
  const { css, style, ...rest } = props;
  return createElement(type, { ...rest, style: { ...css, ...style } }, ...children);
}
