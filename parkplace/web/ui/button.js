// A button that takes a double press as one, and no press while its answer is on the way.
import { createElement, useRef } from "react";

const SAME_PRESS_MS = 800;

export function Button({ pending, repeats, disabled, onClick, children, ...rest }) {
  const last = useRef(-Infinity);

  const pressed = (event) => {
    const again = !repeats && event.timeStamp - last.current < SAME_PRESS_MS;
    if (pending || again) {
      // Also keeps the form from being sent twice.
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    last.current = event.timeStamp;
    // Whoever types something after this press means the next one.
    const typed = () => (last.current = -Infinity);
    event.currentTarget.form?.addEventListener("input", typed, { once: true });
    onClick?.(event);
  };

  return createElement(
    "button",
    {
      ...rest,
      disabled,
      // Not `disabled` while it waits: that would take the focus away.
      "aria-disabled": pending ? "true" : undefined,
      "aria-busy": pending ? "true" : undefined,
      onClick: pressed,
    },
    children,
  );
}
