// A field for a place, with what is known of it while it is typed: a combobox with a list of
// suggestions (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What was taken from the list
// travels in the form as a point, what was only typed as words.
import { createElement as h, useEffect, useRef, useState } from "react";

const QUIET_MS = 180;
const LEAST_LETTERS = 2;

export function PlaceField({
  id, label, value, at, options, offeredFor, submits, error, placeholder, onType, children,
}) {
  const [text, setText] = useState(value);
  const [place, setPlace] = useState(at);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [taken, setTaken] = useState(0);
  const input = useRef(null);
  const asked = useRef(null);
  const timer = useRef(null);

  // What the server says takes the place of what was typed before.
  useEffect(() => {
    setText(value);
    setPlace(at);
  }, [value, at]);

  useEffect(() => {
    if (asked.current === null || asked.current !== offeredFor) return;
    setActive(-1);
    setOpen(options.length > 0 && document.activeElement === input.current);
  }, [options, offeredFor]);

  // After the point has reached the form.
  useEffect(() => {
    if (taken > 0 && submits) input.current.form.requestSubmit();
  }, [taken]);

  useEffect(() => () => clearTimeout(timer.current), []);

  const close = () => {
    clearTimeout(timer.current);
    asked.current = null;
    setOpen(false);
    setActive(-1);
  };

  const typed = (words) => {
    setText(words);
    setPlace("");
    clearTimeout(timer.current);
    if (words.trim().length < LEAST_LETTERS) return close();
    timer.current = setTimeout(() => {
      asked.current = words;
      onType?.(words);
    }, QUIET_MS);
  };

  const take = (option) => {
    setText(option.label);
    setPlace(option.at);
    close();
    setTaken((times) => times + 1);
  };

  const pressed = (event) => {
    if (event.key === "Enter") {
      if (open && active >= 0) {
        event.preventDefault();
        take(options[active]);
      } else close();
      return;
    }
    if (event.key === "Escape" && open) {
      // Only the list closes, not the dialog around it, and what was typed stays.
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || options.length === 0 || offeredFor !== text) return;
    event.preventDefault();
    const count = options.length;
    if (!open) {
      setOpen(true);
      setActive(step > 0 ? 0 : count - 1);
    } else setActive((at) => (at === -1 && step < 0 ? count - 1 : (at + step + count) % count));
  };

  const listId = `${id}-list`;
  const optionId = (at) => `${id}-option-${at}`;
  const count = `${options.length} ${options.length === 1 ? "place" : "places"}, arrow keys choose`;

  return h(
    "div",
    { className: "where" },
    h(
      "label",
      null,
      label,
      h("input", {
        ref: input,
        id,
        name: "where",
        type: "text",
        role: "combobox",
        value: text,
        placeholder,
        autoComplete: "off",
        autoCapitalize: "words",
        spellCheck: false,
        enterKeyHint: "search",
        maxLength: 100,
        "aria-autocomplete": "list",
        "aria-expanded": open,
        "aria-controls": listId,
        "aria-activedescendant": active >= 0 ? optionId(active) : undefined,
        "aria-invalid": error ? "true" : undefined,
        "aria-describedby": error ? `${id}-error` : undefined,
        onChange: ({ target }) => typed(target.value),
        onFocus: ({ target }) => target.select(),
        onKeyDown: pressed,
        onBlur: close,
      }),
    ),
    h("input", { type: "hidden", name: "at", value: place }),
    children,
    h(
      "ul",
      { id: listId, role: "listbox", "aria-label": "Places", className: "places", hidden: !open },
      options.map((option, index) =>
        h(
          "li",
          {
            key: index,
            id: optionId(index),
            role: "option",
            "aria-selected": index === active,
            // Before the field loses the focus.
            onPointerDown: (event) => event.preventDefault(),
            onClick: () => take(option),
          },
          h("span", null, option.name),
          option.detail ? h("small", null, option.detail) : null,
        ),
      ),
    ),
    h("p", { className: "sr", role: "status" }, open ? count : ""),
    error ? h("p", { id: `${id}-error`, className: "error", role: "alert" }, error) : null,
  );
}
