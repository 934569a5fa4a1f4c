// What the server may ask of a browser, by name. Its answers hold no code: whatever somebody smuggles
// into one, nothing here runs it, and the page's policy needs no exception.
const element = (id) => document.getElementById(id);

// While the list slides, other deeds come under a pointer that rests: they are not pointed at.
function hush(list) {
  if (!matchMedia("(hover: hover)").matches) return;
  const wake = () => {
    list.style.pointerEvents = "";
    removeEventListener("pointermove", wake);
  };
  list.style.pointerEvents = "none";
  addEventListener("pointermove", wake);
  setTimeout(wake, 1500);
}

async function copied(place) {
  try {
    await navigator.clipboard.writeText(place.textContent);
  } catch {
    getSelection().selectAllChildren(place);
    document.execCommand("copy"); // pages that are not served over https have no clipboard
  }
  ACTS.toast("Copied.", "done");
}

const ACTS = {
  open: (id) => element(id)?.showModal(),

  close: (id) => element(id)?.close(),

  // The first of these that is seen; a single one need not be.
  focus: (...ids) => {
    const found = ids.map(element);
    (ids.length > 1 ? found.find((field) => field?.checkVisibility()) : found[0])?.focus();
  },

  leave: (path) => window.location.assign(path),

  // Whoever has gone on to another page meanwhile keeps the address of that one.
  rewrite: (path) => {
    const bare = (address) => address.replace(/[/]+$/, "");
    if (bare(window.location.pathname) !== bare(path.split("?")[0])) return;
    window.history.replaceState(window.history.state, "", path);
  },

  post: (path) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = path;
    document.body.append(form);
    form.submit();
  },

  toast: (text, kind) => {
    window.dispatchEvent(new CustomEvent("parkplace:toast", { detail: { text, kind } }));
  },

  forget: (key) => sessionStorage.removeItem(key),

  // As if a person had typed it.
  fill: (id, text) => {
    const field = element(id);
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },

  // What is shown once goes straight into the page: no state of the server ever holds it.
  write: (id, text) => {
    const place = element(id);
    if (place) place.textContent = text;
  },

  draw: (id, svg) => {
    const picture = element(id);
    if (!picture) return;
    if (svg) picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    else picture.removeAttribute("src");
  },

  copy: (id) => {
    const place = element(id);
    if (place) copied(place);
  },

  // A file of what is shown, made in the browser.
  save: (id, name) => {
    const place = element(id);
    if (!place) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${place.textContent}\n`], { type: "text/plain" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },

  reveal: (id) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const deed = element(id);
    if (!deed) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    hush(deed.closest("ul"));
    deed.querySelector("a").focus({ preventScroll: true });
    // On phones no further than needed: the list slides over the map.
    const block = matchMedia("(min-width: 60rem)").matches ? "center" : "nearest";
    deed.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
  })),
};

export function act(order) {
  const [name, ...given] = JSON.parse(order);
  return ACTS[name](...given);
}
