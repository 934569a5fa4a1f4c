// Shows messages sent as `parkplace:toast` events on the window, and reads them aloud.
import { createElement as h, useEffect, useRef, useState } from "react";

const STAY_MS = 6000;
const MOST = 3;
let last = 0;

export function Toasts({ closeLabel }) {
  const [items, setItems] = useState([]);
  const region = useRef(null);
  const held = useRef(false);

  const close = (id) => setItems((now) => now.filter((item) => item.id !== id));

  useEffect(() => {
    const heard = ({ detail }) => {
      const item = { id: ++last, text: String(detail.text), kind: detail.kind };
      // The same words again replace the ones that stand there.
      setItems((now) => [...now.filter(({ text }) => text !== item.text), item].slice(-MOST));
    };
    window.addEventListener("parkplace:toast", heard);
    return () => window.removeEventListener("parkplace:toast", heard);
  }, []);

  useEffect(() => {
    const box = region.current;
    if (box.matches(":popover-open")) box.hidePopover();
    // Shown again, it lies above a dialog that was opened since.
    if (items.length > 0) box.showPopover();
    const leaving = items.find(({ kind }) => kind !== "wrong");
    if (!leaving) return;
    const timer = setInterval(() => {
      if (!held.current) close(leaving.id);
    }, STAY_MS);
    return () => clearInterval(timer);
  }, [items]);

  const hold = (value) => () => {
    held.current = value;
  };
  const newest = items[items.length - 1];
  return h(
    "div",
    null,
    h("p", { className: "sr", role: "status" }, newest?.kind === "wrong" ? "" : newest?.text),
    h("p", { className: "sr", role: "alert" }, newest?.kind === "wrong" ? newest.text : ""),
    h(
      "div",
      {
        ref: region,
        className: "toasts",
        role: "region",
        "aria-label": "Messages",
        popover: "manual",
        onPointerEnter: hold(true),
        onPointerLeave: hold(false),
        onFocus: hold(true),
        onBlur: hold(false),
      },
      items.map((item) =>
        h(
          "div",
          { key: item.id, className: `toast ${item.kind === "wrong" ? "wrong" : "done"}` },
          h("span", null, item.text),
          h(
            "button",
            {
              type: "button",
              className: "icon-button",
              "aria-label": closeLabel,
              onClick: () => close(item.id),
            },
            h("span", { "aria-hidden": "true" }, "×"),
          ),
        ),
      ),
    ),
  );
}
