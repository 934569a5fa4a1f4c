// The map inside its sandboxed frame. It draws what the page sends and says what the person did;
// it fetches nothing itself. Both sides speak in plain objects with a `kind`.
(function () {
  "use strict";

  const MOVED_AFTER_MS = 120;
  const NEAR = 9; // from this zoom on everything is land and streets; further out, land and sea
  const ARROW_PX = 12;
  const page = window.parent;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const say = (kind, data) => page.postMessage({ from: "parkplace-map", kind, ...data }, "*");
  const token = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  };

  class Board {
    constructor(map, options) {
      this.map = map;
      this.options = options;
      this.canvas = L.canvas({ padding: 0.3 });
      this.pins = new Map();
      this.state = { pins: [], clusters: [], selected: "", mode: "browse", here: null, placed: null };
      this.byPerson = false;
      this.tiles = null;
      map.getContainer().classList.add("board");
      this.listen();
      this.colour();
    }

    // --- What the person does ---------------------------------------------------------------

    listen() {
      const { map } = this;
      const box = map.getContainer();
      const person = (when) => (event) => {
        if (when(event)) this.byPerson = true;
      };
      const heard = { passive: true, capture: true };
      for (const event of ["wheel", "keydown", "dblclick"]) box.addEventListener(event, person(() => true), heard);
      box.addEventListener("touchstart", person(({ touches }) => touches.length > 1), heard);
      box.addEventListener("click", person(({ target }) => target.closest(".leaflet-control-zoom")), heard);
      map.on("dragstart", () => (this.byPerson = true));
      box.addEventListener("keydown", (event) => {
        // Without a pointer: Enter puts the pin into the middle, arrow keys move it from there.
        if (event.key !== "Enter" || event.target !== box || this.state.mode !== "place") return;
        this.put(map.getCenter(), true);
        this.placedMarker.getElement().focus();
      });
      map.on("moveend", () => this.moved());
      map.on("zoomend", () => this.colour());
      map.on("click", ({ latlng }) => this.state.mode === "place" && this.put(latlng, true));
      new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.colour());
      window.addEventListener("message", (message) => {
        if (message.source === page && message.data?.to === "parkplace-map") this.hear(message.data);
      });
    }

    // Until the page has said where to look, there is nothing worth telling.
    moved() {
      if (!this.looked && !this.byPerson) return;
      clearTimeout(this.movedTimer);
      this.movedTimer = setTimeout(() => {
        const bounds = this.map.getBounds();
        const centre = this.map.getCenter().wrap();
        const shift = centre.lng - this.map.getCenter().lng;
        const wide = bounds.getEast() - bounds.getWest() >= 360;
        const turn = (lng) => ((((lng + 180) % 360) + 360) % 360) - 180;
        say("moved", {
          box: {
            west: wide ? -180 : turn(bounds.getWest() + shift),
            south: Math.max(-90, bounds.getSouth()),
            east: wide ? 180 : turn(bounds.getEast() + shift),
            north: Math.min(90, bounds.getNorth()),
          },
          center: { lat: centre.lat, lng: centre.lng },
          zoom: this.map.getZoom(),
          byPerson: this.byPerson,
        });
        this.byPerson = false;
      }, MOVED_AFTER_MS);
    }

    // --- What the page says -----------------------------------------------------------------

    hear(message) {
      if (message.kind === "set") this.set(message.state);
      if (message.kind === "view") this.view(message);
      if (message.kind === "streets") this.drawStreets(message.streets);
      if (message.kind === "tile") this.fillTile(message);
      if (message.kind === "font") this.addFont(message);
    }

    set(state) {
      // Before the page has spoken there is nothing to press: a place pressed on then is no place.
      if (!this.described) this.describe();
      this.state = { ...this.state, ...state };
      if ("theme" in state) {
        document.documentElement.dataset.theme = state.theme;
        this.colour();
      }
      if (["pins", "clusters", "selected", "mode"].some((key) => key in state)) this.drawPins();
      if ("here" in state) this.drawHere();
      if ("placed" in state || "mode" in state) this.drawPlaced();
    }

    view({ center, zoom, box, first }) {
      this.byPerson = false;
      this.looked = true;
      const animate = !calm && !first;
      if (box) {
        const bounds = [[box.south, box.west], [box.north, box.east < box.west ? box.east + 360 : box.east]];
        this.map.fitBounds(bounds, { animate, padding: [24, 24], maxZoom: 17 });
      } else {
        this.map.setView(center, zoom ?? this.map.getZoom(), { animate });
      }
    }

    async addFont({ family, weight, bytes }) {
      try {
        document.fonts.add(await new FontFace(family, bytes, { weight }).load());
      } catch {
        // The fallback font stays.
      }
    }

    // --- Pins -------------------------------------------------------------------------------

    // Compares by id, so that what stays does not move and what has the focus keeps it.
    drawPins() {
      const { pins, clusters, selected, mode } = this.state;
      const wanted = new Map();
      if (mode === "browse") {
        for (const pin of pins) wanted.set(`pin ${pin.id}`, { ...pin, kind: "pin" });
        for (const cluster of clusters) wanted.set(`cluster ${cluster.id}`, { ...cluster, kind: "cluster" });
      }
      for (const [key, marker] of this.pins) {
        if (!wanted.has(key)) {
          marker.remove();
          this.pins.delete(key);
        }
      }
      for (const [key, thing] of wanted) {
        let marker = this.pins.get(key);
        if (!marker) {
          marker = this.marker(thing.kind, [thing.lat, thing.lng]).addTo(this.map);
          marker.on("click", () => this.pressed(marker.thing));
          marker.getElement().addEventListener("keydown", (event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            this.pressed(marker.thing);
          });
          this.pins.set(key, marker);
        }
        this.dress(marker, thing, thing.kind === "pin" && thing.id === selected);
      }
    }

    marker(className, at, more) {
      const icon = L.divIcon({ className, iconSize: null, iconAnchor: [0, 0] });
      return L.marker(at, { icon, keyboard: true, riseOnHover: true, ...more });
    }

    // Text goes in as text: nothing the server sends is ever read as HTML.
    dress(marker, thing, selected) {
      marker.thing = thing;
      const here = marker.getLatLng();
      if (here.lat !== thing.lat || here.lng !== thing.lng) marker.setLatLng([thing.lat, thing.lng]);
      const element = marker.getElement();
      const cluster = thing.kind === "cluster";
      const text = cluster ? String(thing.count) : thing.label;
      if (element.textContent !== text) element.textContent = text;
      const name = cluster ? this.options.words.cluster.replace("{count}", thing.count) : thing.name;
      if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
      element.setAttribute("role", "button");
      if (cluster) return;
      const bands = [...element.classList].filter((item) => item.startsWith("band-"));
      const band = /^[a-z]+$/.test(thing.band) ? `band-${thing.band}` : "";
      if (bands[0] !== (band || undefined)) {
        element.classList.remove(...bands);
        if (band) element.classList.add(band);
      }
      element.classList.toggle("selected", selected);
      element.setAttribute("aria-pressed", String(selected));
      marker.setZIndexOffset(selected ? 10000 : 0);
    }

    pressed(thing) {
      if (thing.kind === "pin") return say("pin", { id: thing.id });
      const { id, west, south, east, north } = thing;
      say("cluster", { id });
      this.byPerson = true;
      const bounds = L.latLngBounds([south, west], [north, east < west ? east + 360 : east]);
      const zoom = this.map.getBoundsZoom(bounds, false, L.point(48, 48));
      // Spaces on one spot still come closer, or pressing again would do nothing.
      this.map.setView(bounds.getCenter(), Math.min(19, Math.max(zoom, this.map.getZoom() + 1)), { animate: !calm });
    }

    drawHere() {
      const { here } = this.state;
      this.hereMarker?.remove();
      this.hereMarker = here && this.marker("here", [here.lat, here.lng], { interactive: false, keyboard: false }).addTo(this.map);
      const element = this.hereMarker?.getElement();
      element?.setAttribute("role", "img");
      element?.setAttribute("aria-label", here?.name || this.options.words.here);
    }

    // --- Putting a pin down -----------------------------------------------------------------

    drawPlaced() {
      const { mode, placed } = this.state;
      if (mode !== "place" || !placed) {
        this.placedMarker?.remove();
        this.placedMarker = null;
        return;
      }
      this.put(placed, false);
    }

    put(at, tell) {
      const latlng = L.latLng(at);
      if (!this.placedMarker) {
        this.placedMarker = this.marker("pin placed selected", latlng, { draggable: true, autoPan: true }).addTo(this.map);
        this.placedMarker.on("dragend", () => this.told());
        const element = this.placedMarker.getElement();
        element.textContent = this.options.words.placed;
        element.setAttribute("role", "button");
        element.setAttribute("aria-label", this.options.words.placedHelp);
        element.addEventListener("keydown", (event) => this.nudge(event));
      } else if (!this.placedMarker.getLatLng().equals(latlng, 1e-9)) {
        this.placedMarker.setLatLng(latlng);
      }
      if (tell) this.told();
    }

    nudge(event) {
      const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const by = L.point(step).multiplyBy(event.shiftKey ? ARROW_PX * 5 : ARROW_PX);
      const at = this.map.latLngToContainerPoint(this.placedMarker.getLatLng()).add(by);
      const latlng = this.map.containerPointToLatLng(at);
      this.placedMarker.setLatLng(latlng);
      if (!this.map.getBounds().pad(-0.1).contains(latlng)) this.map.panTo(latlng, { animate: false });
      clearTimeout(this.nudgeTimer);
      this.nudgeTimer = setTimeout(() => this.told(), 400);
    }

    told() {
      const { lat, lng } = this.placedMarker.getLatLng().wrap();
      say("placed", { lat, lng });
    }

    // --- The ground: tiles where they come, else land, coast and streets --------------------

    colour() {
      const far = this.map.getZoom() < NEAR;
      this.map.getContainer().classList.toggle("far", far && !this.tiles);
      const street = token("street");
      this.streets?.setStyle((feature) => ({ color: street, weight: this.width(feature) }));
      this.land?.setStyle({ fillColor: token("land"), color: token("coast") });
      if (this.land) (far ? this.land.addTo(this.map) : this.land.remove());
      else if (far && !this.tiles) this.loadLand();
    }

    width(feature) {
      const grow = 2 ** ((this.map.getZoom() - 15) / 2);
      return Math.max(0.75, [5.5, 3.75, 2.25, 1.5][feature.properties?.rank ?? 2] ?? 2.5) * grow;
    }

    drawStreets(streets) {
      this.streets?.remove();
      this.streets = L.geoJSON(streets, {
        renderer: this.canvas,
        interactive: false,
        style: () => ({ lineCap: "round", lineJoin: "round", opacity: 1 }),
      });
      this.streets.addTo(this.map);
      this.colour();
    }

    loadLand() {
      if (this.landAsked) return;
      this.landAsked = true;
      const script = document.createElement("script");
      script.src = this.options.land;
      script.onload = () => {
        const rings = window.parkplaceLand.map((flat) => {
          let x = 0, y = 0;
          const ring = [];
          for (let at = 0; at < flat.length; at += 2) {
            x += flat[at];
            y += flat[at + 1];
            ring.push([y / 100, x / 100]);
          }
          return [ring];
        });
        this.land = L.polygon(rings, { renderer: this.canvas, interactive: false, fillOpacity: 1, weight: 1 });
        this.colour();
      };
      document.head.append(script);
    }

    // Tiles are asked from the page: a sandboxed frame sends no Referer, which
    // OpenStreetMap's servers (and others) require.
    useTiles(maxZoom) {
      const board = this;
      this.waiting = new Map();
      const Layer = L.GridLayer.extend({
        createTile({ x, y, z }, done) {
          const image = document.createElement("img");
          image.alt = "";
          const key = `${z}/${x}/${y}`;
          board.waiting.set(key, { image, done });
          say("tile", { key, x, y, z });
          return image;
        },
      });
      this.tiles = new Layer({ maxNativeZoom: maxZoom, maxZoom: 20 }).addTo(this.map);
      this.colour();
    }

    fillTile({ key, blob, dead }) {
      if (dead) return this.dropTiles();
      const waiting = this.waiting?.get(key);
      if (!waiting) return;
      this.waiting.delete(key);
      if (!blob) return waiting.done(new Error("no tile"), waiting.image);
      const address = URL.createObjectURL(blob);
      waiting.image.onload = () => {
        URL.revokeObjectURL(address);
        waiting.done(null, waiting.image);
      };
      waiting.image.src = address;
    }

    dropTiles() {
      if (!this.tiles) return;
      this.tiles.remove();
      this.tiles = null;
      this.waiting.clear();
      this.colour();
    }

    // --- Words ------------------------------------------------------------------------------

    describe() {
      this.described = true;
      const box = this.map.getContainer();
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", this.options.words.map);
      const help = document.createElement("p");
      help.id = "map-help";
      help.className = "help";
      help.textContent = this.options.words.help;
      box.append(help);
      box.setAttribute("aria-describedby", "map-help");
    }
  }

  window.parkplaceBoard = function (map, options) {
    if (calm) {
      map.options.zoomAnimation = map.options.fadeAnimation = map.options.inertia = false;
    }
    const board = new Board(map, options);
    if (options.tiles) board.useTiles(options.tiles.maxZoom);
    say("ready", { tiles: options.tiles, credit: options.credit });
  };
})();
