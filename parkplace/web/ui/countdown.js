// Counts down to an instant the server gave, by the server's clock.
import { createElement as h, useEffect, useRef, useState } from "react";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALOUD = [10 * MINUTE, 5 * MINUTE, MINUTE];

const two = (number) => String(number).padStart(2, "0");

// The time left as people write it, and what it is called: 2 d 4 h, 1:42 h, 9:58 min.
export function words(left) {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (left > 2 * DAY) return [`${Math.floor(hours / 24)} d ${hours % 24}`, "h"];
  if (left > HOUR) return [`${hours}:${two(minutes % 60)}`, "h"];
  return [`${minutes}:${two(seconds % 60)}`, "min"];
}

export function Countdown({ until, since, now, note, ended, track, onEnd, className, id }) {
  // How far the browser's clock is from the server's, noted when `now` arrived.
  const [skew, setSkew] = useState(0);
  const [left, setLeft] = useState(until - now);
  const told = useRef(null);

  useEffect(() => setSkew(now - Date.now()), [now]);

  useEffect(() => {
    let timer;
    const tick = () => {
      clearTimeout(timer);
      const rest = until - (Date.now() + skew);
      setLeft(rest);
      if (rest > 0) {
        // At the next full second, so that a late timer never drifts.
        timer = setTimeout(tick, (rest % 1000) + 5);
      } else if (told.current !== until && until > 0) {
        told.current = until;
        onEnd?.();
      }
    };
    const seen = () => document.visibilityState === "visible" && tick();
    document.addEventListener("visibilitychange", seen);
    tick();
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [until, skew]);

  const over = left <= 0;
  const [digits, unit] = words(left);
  const soon = !over && left < 2 * MINUTE;
  const passed = ALOUD.filter((mark) => left <= mark && left > 0).pop();
  return h(
    "div",
    { id, className: `${className ?? ""}${soon ? " soon" : ""}` },
    over && ended
      ? h("p", { className: "strong" }, ended)
      : h("p", { role: "timer" }, h("strong", null, digits), ` ${unit} left`),
    note ? h("small", null, note) : null,
    track
      ? h("progress", {
          className: "track",
          max: Math.max(1, until - since),
          value: Math.max(0, Math.min(until - since, until - left - since)),
          "aria-label": "How much of the time has passed",
        })
      : null,
    h("p", { className: "sr", role: "status" }, over ? ended : passed ? `${passed / MINUTE} min left` : ""),
  );
}
