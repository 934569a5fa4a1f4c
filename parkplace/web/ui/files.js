// A file input that refuses what is too large or too many, and shows what is on its way.
import { createElement as h, useEffect, useRef, useState } from "react";

const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

// What is wrong with the picked files, or an empty string.
function refusal(files, accept, most, mostBytes) {
  if (files.length > most) {
    return most === 1 ? "Choose one file." : `Choose at most ${most} files at a time.`;
  }
  const large = files.find(({ size }) => size > mostBytes);
  if (large) return `${large.name} is larger than ${megabytes(mostBytes)}. Choose a smaller one.`;
  const kinds = accept.split(",");
  const strange = files.find(({ type }) => type && accept && !kinds.includes(type));
  if (strange) return `${strange.name} is not a kind of file we can use.`;
  return "";
}

export function FilePick({
  name, label, hint, error, action, accept, most, mostBytes, disabled, onPick,
}) {
  const [refused, setRefused] = useState("");
  const [part, setPart] = useState(null);
  const input = useRef(null);

  useEffect(() => {
    const told = ({ detail }) => {
      if (detail.name === name) setPart(detail.part < 1 ? detail.part : null);
    };
    window.addEventListener("parkplace:upload", told);
    return () => window.removeEventListener("parkplace:upload", told);
  }, [name]);

  const picked = () => {
    const files = [...input.current.files];
    const reason = refusal(files, accept, most, mostBytes);
    setRefused(reason);
    if (!reason && files.length > 0) onPick?.(files);
    // So that the same file can be picked again.
    input.current.value = "";
  };

  const wrong = refused || error;
  const described = [hint && `hint-${name}`, `error-${name}`].filter(Boolean).join(" ");
  return h(
    "div",
    { className: "field" },
    h("label", { htmlFor: `field-${name}` }, label),
    h(
      "div",
      { className: "file-pick" },
      h("span", { className: "button wide", "aria-hidden": "true" }, action),
      h("input", {
        ref: input,
        type: "file",
        id: `field-${name}`,
        accept,
        disabled,
        multiple: most > 1,
        "aria-describedby": described,
        "aria-invalid": wrong ? "true" : "false",
        onChange: picked,
      }),
    ),
    part === null
      ? null
      : h("progress", { className: "track", max: 1, value: part, "aria-label": "Sending" }),
    hint ? h("p", { id: `hint-${name}`, className: "explain" }, hint) : null,
    h("p", { id: `error-${name}`, className: "error", "aria-live": "polite" }, wrong),
  );
}
