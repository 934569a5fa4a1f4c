// A `dialog` element that follows a flag, or opens by its id; says when it was closed.
import { createElement, useEffect, useRef } from "react";

export function Modal({ open, onClose, label, children, ...rest }) {
  const dialog = useRef(null);

  useEffect(() => {
    if (open === undefined) return;
    if (open && !dialog.current.open) dialog.current.showModal();
    if (!open && dialog.current.open) dialog.current.close();
  }, [open]);

  // A press on the veil lands on the dialog itself, outside its box.
  const pressed = (event) => {
    if (event.target !== dialog.current) return;
    const box = dialog.current.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.current.close();
  };

  return createElement(
    "dialog",
    { ...rest, ref: dialog, "aria-label": label, onClose: () => onClose?.(), onPointerDown: pressed },
    children,
  );
}
