// An instant, in the words and the time zone of whoever reads it.
import { createElement } from "react";

export function Moment({ at, locale }) {
  const when = new Date(at);
  const said = Number.isNaN(when.getTime())
    ? ""
    : new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(when);
  return createElement("time", { dateTime: at }, said);
}
