// Keeps what is typed into a form for as long as its tab lives, and tells the page about it.
import { createElement, useEffect, useRef } from "react";

const QUIET_MS = 400;

function typed(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => {
    return typeof value === "string" && form.elements[name]?.type !== "password";
  });
  return Object.fromEntries(entries);
}

function restore(form, kept) {
  for (const field of form.elements) {
    if (!field.name) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = kept[field.name] === field.value;
    else if (field.name in kept) field.value = kept[field.name];
  }
}

// Storage may be switched off; then a reload forgets, and nothing else is amiss.
function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, values) {
  try {
    sessionStorage.setItem(key, JSON.stringify(values));
  } catch {
    return;
  }
}

export function Keep({ name, onTyped }) {
  const mark = useRef(null);
  const handler = useRef(onTyped);
  handler.current = onTyped;

  useEffect(() => {
    const form = mark.current.closest("form");
    const key = `kept ${name}`;
    const kept = read(key);
    if (kept) restore(form, kept);
    const tell = () => handler.current?.(typed(form));
    let timer = null;
    const heard = () => {
      write(key, typed(form));
      clearTimeout(timer);
      timer = setTimeout(tell, QUIET_MS);
    };
    form.addEventListener("input", heard);
    tell();
    return () => {
      clearTimeout(timer);
      form.removeEventListener("input", heard);
    };
  }, [name]);

  return createElement("span", { ref: mark, hidden: true });
}
