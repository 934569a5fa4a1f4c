// The address of the page, to be kept: shown, and copied by one press.
import { createElement as h, useEffect, useRef, useState } from "react";

export function CopyLink({ label, action, done }) {
  const [address, setAddress] = useState("");
  const [copied, setCopied] = useState(false);
  const field = useRef(null);

  useEffect(() => setAddress(window.location.origin + window.location.pathname), []);

  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      document.execCommand("copy"); // pages that are not served over https have no clipboard
    }
    setCopied(true);
  };

  return h(
    "div",
    { className: "field" },
    h("label", { htmlFor: "field-link" }, label),
    h(
      "div",
      { className: "with-unit" },
      h("input", {
        ref: field,
        id: "field-link",
        className: "input",
        readOnly: true,
        value: address,
        onFocus: (event) => event.target.select(),
      }),
      h("button", { type: "button", className: "unit", onClick: copy }, copied ? done : action),
    ),
    h("p", { className: "sr", role: "status" }, copied ? done : ""),
  );
}
