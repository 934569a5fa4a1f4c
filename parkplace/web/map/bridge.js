// The page's end of the bridge to the map: sends what is to be seen, hears what people did.
// The frame is sandboxed and of no origin, so messages are told apart by the window they come from.
import { createElement as h, useEffect, useRef, useState } from "react";

const REMEMBERED = 24; // views the map reported; the same one coming back is no order
const STREETS_FROM = 12;
const FONTS = [
  { family: "Archivo Black", weight: "400", href: "/fonts/archivo-black.woff" },
  { family: "Archivo Variable", weight: "100 900", href: "/fonts/archivo.woff2" },
];

const key = (center, zoom) => `${center.lat.toFixed(5)} ${center.lng.toFixed(5)} ${zoom}`;
const orderOf = ({ center, zoom, box }) =>
  box ? JSON.stringify(box) : center ? key(center, zoom) : null;
const middleOf = (order) => order.slice(0, order.lastIndexOf(" "));
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

// The theme of the page: what a person chose, else what the device says.
function pageTheme() {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  if (scheme === "light" || scheme === "dark") return scheme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function useTheme(chosen) {
  const [theme, setTheme] = useState("");
  useEffect(() => {
    const look = () => setTheme(chosen || pageTheme());
    const device = matchMedia("(prefers-color-scheme: dark)");
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { attributes: true });
    device.addEventListener("change", look);
    look();
    return () => {
      watcher.disconnect();
      device.removeEventListener("change", look);
    };
  }, [chosen]);
  return theme;
}

// What the page keeps about one frame, outside of React's rendering.
class Link {
  constructor() {
    this.sent = {};
    this.reported = [];
    this.order = null;
    this.ready = false;
    this.tiles = null;
    this.streets = null;
  }

  say(kind, data) {
    this.frame?.contentWindow?.postMessage({ to: "parkplace-map", kind, ...data }, "*");
  }

  // Sends only what changed since it was last sent.
  set(state) {
    this.state = state;
    if (!this.ready) return;
    const changed = {};
    for (const [name, value] of Object.entries(state)) {
      if (!same(this.sent[name], value)) changed[name] = value;
    }
    if (Object.keys(changed).length > 0) this.say("set", { state: changed });
    this.sent = state;
  }

  look(view) {
    this.wanted = view;
    if (!this.ready || !orderOf(view)) return;
    const order = orderOf(view);
    if (order === this.order) return;
    const first = this.order === null;
    // A page that keeps the middle it was told, and no zoom or the same as before, orders nothing.
    const echoed = !view.box && this.reported.some(
      (seen) => seen === order || (view.zoom === this.zoom && middleOf(seen) === middleOf(order)),
    );
    this.order = order;
    this.zoom = view.zoom;
    if (!echoed) this.say("view", { ...view, first });
  }

  opened({ tiles }) {
    // The frame is new, or was loaded again: it knows nothing.
    this.ready = true;
    this.sent = {};
    this.order = null;
    this.reported = [];
    this.tiles = tiles;
    this.scout = null;
    this.streetsBox = null;
    // First where to look, then what is there: what is shown can be pressed at once, and at its place.
    if (this.at) {
      // A frame that was loaded again goes back to where the person was.
      this.order = this.wanted && orderOf(this.wanted);
      this.say("view", { ...this.at, first: true });
    } else if (this.wanted) {
      this.look(this.wanted);
    }
    if (this.state) this.set(this.state);
    this.sendFonts();
  }

  async sendFonts() {
    for (const { family, weight, href } of FONTS) {
      const answer = await fetch(href).catch(() => null);
      if (answer?.ok) this.say("font", { family, weight, bytes: await answer.arrayBuffer() });
    }
  }

  moved({ center, zoom, box }) {
    this.reported = [key(center, zoom), ...this.reported].slice(0, REMEMBERED);
    this.at = { center, zoom };
    this.view = { box, zoom };
    this.fetchStreets();
  }

  async sendTile({ key: name, x, y, z }) {
    const whole = [x, y, z].every(Number.isInteger);
    if (!this.tiles || !whole) return;
    // The first tile goes ahead: when the server is out of reach, one request is enough to know.
    const asked = this.scout
      ? this.scout.then((alive) => alive && this.fetchTile(x, y, z))
      : this.fetchTile(x, y, z);
    this.scout ??= asked;
    const answer = await asked;
    if (answer) return this.say("tile", { key: name, blob: answer.blob });
    if (!this.tiles) return;
    this.tiles = null;
    this.say("tile", { dead: true });
    this.fetchStreets();
  }

  // A tile, `{blob: null}` where the server has none, or null when there is no server to speak of.
  async fetchTile(x, y, z) {
    if (!this.tiles) return null;
    const span = 2 ** z;
    const place = { x: ((x % span) + span) % span, y, z, s: "abc"[(x + y) % 3] ?? "a", r: "" };
    const address = this.tiles.url.replace(/\{([xyzsr])\}/g, (_, part) => place[part]);
    try {
      const answer = await fetch(address, {
        credentials: "omit",
        referrerPolicy: "strict-origin-when-cross-origin",
      });
      if (answer.ok) return { blob: await answer.blob() };
      return answer.status === 404 ? { blob: null } : null;
    } catch {
      return null;
    }
  }

  async fetchStreets() {
    if (this.tiles || !this.source || !this.view || this.view.zoom < STREETS_FROM) return;
    const { box, zoom } = this.view;
    const have = this.streetsBox;
    const inside = have && have.zoom === zoom &&
      box.west >= have.west && box.east <= have.east &&
      box.south >= have.south && box.north <= have.north;
    if (inside || box.west > box.east) return;
    // A margin around, so that a small movement shows no edge.
    const [dx, dy] = [(box.east - box.west) * 0.25, (box.north - box.south) * 0.25];
    const wide = {
      west: Math.max(-180, box.west - dx), south: Math.max(-90, box.south - dy),
      east: Math.min(180, box.east + dx), north: Math.min(90, box.north + dy), zoom,
    };
    const edges = [wide.west, wide.south, wide.east, wide.north].map((edge) => edge.toFixed(5));
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const answer = await fetch(`${this.source}?bbox=${edges.join(",")}&zoom=${zoom}`, { signal });
      if (!answer.ok) return;
      const streets = await answer.json();
      this.streetsBox = wide;
      this.say("streets", { streets });
    } catch {
      // The next movement asks again.
    }
  }
}

export function MapFrame({
  source, streets, label, mode, pins, clusters, selected, here, placed, center, zoom, box,
  theme: chosen, boxed, onReady, onMoved, onPin, onCluster, onPlaced, id, children,
}) {
  const frame = useRef(null);
  const link = useRef(null);
  const events = useRef({});
  const [credit, setCredit] = useState(null);
  const theme = useTheme(chosen);

  link.current ??= new Link();
  events.current = { onReady, onMoved, onPin, onCluster, onPlaced };

  useEffect(() => {
    const bridge = link.current;
    bridge.frame = frame.current;
    bridge.source = streets;
    const heard = ({ source: from, data }) => {
      if (from !== frame.current?.contentWindow || data?.from !== "parkplace-map") return;
      const on = events.current;
      if (data.kind === "ready") {
        bridge.opened(data);
        setCredit(data.credit);
        on.onReady?.();
      }
      if (data.kind === "moved") {
        bridge.moved(data);
        on.onMoved?.(data);
      }
      if (data.kind === "tile") bridge.sendTile(data);
      if (data.kind === "pin") on.onPin?.(data);
      if (data.kind === "cluster") on.onCluster?.(data);
      if (data.kind === "placed") on.onPlaced?.(data);
    };
    window.addEventListener("message", heard);
    // Set here, not in the markup: a frame that was ready before the page listened says it to nobody.
    if (frame.current.getAttribute("src") !== source) frame.current.src = source;
    return () => {
      window.removeEventListener("message", heard);
      bridge.asking?.abort();
    };
  }, [source, streets]);

  useEffect(() => {
    if (theme) link.current.set({ pins, clusters, selected, here, placed, mode, theme });
  }, [pins, clusters, selected, here, placed, mode, theme]);

  useEffect(() => {
    link.current.look({ center, zoom, box });
  }, [center, zoom, box]);

  return h(
    "div",
    { id, className: boxed ? "map boxed" : "map" },
    children ? h("div", { className: "map-over" }, children) : null,
    h("iframe", { ref: frame, title: label, sandbox: "allow-scripts" }),
    credit?.text
      ? h("a", { className: "credit", href: credit.href || undefined, target: "_blank", rel: "noopener" }, credit.text)
      : null,
  );
}
