// Turns server-sent signals into page events: at most one a second for each topic, and one for
// everything after a gap. Out of view it holds no connection: browsers allow six to a server.
import { useEffect, useRef } from "react";

const QUIET_MS = 1000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
const SLOW_MS = 2000; // a first connection later than this counts as a gap

export function Live({ source, topics, onSignal }) {
  const handler = useRef(onSignal);
  handler.current = onSignal;
  const wanted = [...(topics ?? [])].sort().join("\n");

  useEffect(() => {
    if (!wanted) return;
    const query = wanted.split("\n").map((topic) => `topic=${encodeURIComponent(topic)}`).join("&");
    const waiting = new Map();
    const started = Date.now();
    let stream = null;
    let retry = null;
    let failures = 0;
    let gap = false;

    // The first signal goes out at once, those that follow within a second as one after it.
    const signal = (topic) => {
      if (waiting.has(topic)) return waiting.set(topic, { ...waiting.get(topic), again: true });
      handler.current?.(topic);
      const timer = setTimeout(() => {
        const { again } = waiting.get(topic);
        waiting.delete(topic);
        if (again) signal(topic);
      }, QUIET_MS);
      waiting.set(topic, { timer, again: false });
    };

    const close = () => {
      clearTimeout(retry);
      stream?.close();
      stream = null;
    };

    const open = () => {
      close();
      stream = new EventSource(`${source}?${query}`);
      stream.onopen = () => {
        failures = 0;
        if (gap || Date.now() - started > SLOW_MS) signal("*");
        gap = false;
      };
      stream.onmessage = ({ data }) => signal(data);
      stream.onerror = () => {
        gap = true;
        // The browser tries again by itself, unless the server refused.
        if (stream?.readyState !== EventSource.CLOSED) return;
        close();
        // A page that was refused reads again, which brings it a new ticket when its own is over.
        if (failures === 0) signal("*");
        retry = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
      };
    };

    const seen = () => {
      if (document.visibilityState === "visible") return stream || open();
      gap = gap || stream !== null;
      close();
    };

    document.addEventListener("visibilitychange", seen);
    seen();
    return () => {
      document.removeEventListener("visibilitychange", seen);
      close();
      for (const { timer } of waiting.values()) clearTimeout(timer);
    };
  }, [source, wanted]);

  return null;
}
