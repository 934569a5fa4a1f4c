// A password input with a button that shows what was typed.
import { createElement as h, useState } from "react";

export function Password({ showLabel, hideLabel, showWord, hideWord, ...rest }) {
  const [shown, setShown] = useState(false);
  return h(
    "div",
    { className: "with-unit" },
    h("input", { ...rest, type: shown ? "text" : "password", className: "input" }),
    h(
      "button",
      {
        type: "button",
        className: "unit",
        "aria-label": shown ? hideLabel : showLabel,
        "aria-controls": rest.id,
        onClick: () => setShown(!shown),
      },
      shown ? hideWord : showWord,
    ),
  );
}
