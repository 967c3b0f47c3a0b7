// The lecture hall: every figure and every lab fills the screen, one after the other, by keyboard and clicker.
// `#figure-idea?full` opens one so, and so does the state of a lab with `&full` at its end.
(() => {
  "use strict";

  const WORDS = {
    de: { open: "Vollbild", close: "Schließen", before: "Zurück", next: "Weiter", stage: "Im Vollbild" },
    en: { open: "Full screen", close: "Close", before: "Back", next: "Next", stage: "Full screen" },
  }[document.documentElement.lang];
  const ITEMS = "article :is(figure.cell-figure, .cell_output > .figure, .lab)";
  const FULL = /^#([^?]+)\?(?:(.*)&)?full$/;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const button = (words, click) => {
    const made = element("button", { type: "button", className: "stage-button", textContent: words });
    made.addEventListener("click", click);
    return made;
  };

  const items = [...document.querySelectorAll(ITEMS)];
  const ids = new Map(items.map((item) => [item, item.id || item.closest("[id]").id])); // before one is on the stage
  const nameOf = (item) => item.getAttribute("aria-label") ?? item.querySelector(".caption-number")?.textContent.trim();
  const isCovered = (item) => item.closest("[hidden], details:not([open])");

  let shown = null; // the item on the stage
  let opener = null;
  const place = document.createComment("on the stage");
  const count = element("span", { className: "stage-count" });
  count.setAttribute("aria-live", "polite");
  const view = element("div", { className: "stage-view", tabIndex: -1 });
  const before = button(WORDS.before, () => move(-1));
  const next = button(WORDS.next, () => move(1));
  const close = button(WORDS.close, () => dialog.close());
  const dialog = element(
    "dialog",
    { className: "stage" },
    view,
    element("div", { className: "stage-bar" }, before, count, next, close),
  );
  dialog.setAttribute("aria-label", WORDS.stage);

  const stateOf = (item) => {
    const [id, state] = location.hash.slice(1).split(/\?(.*)/s);
    return id === ids.get(item) ? (state ?? "").replace(/(^|&)full$/, "") : "";
  };
  const write = (item, full) => {
    const state = [stateOf(item), full ? "full" : ""].filter(Boolean).join("&");
    history.replaceState(history.state, "", `#${ids.get(item)}${state && "?"}${state}`);
  };

  // What can be shown now: results that wait for a prediction do not, unless a link asks for them.
  const program = () => items.filter((item) => item === shown || !isCovered(item));

  const putBack = () => {
    if (shown) place.replaceWith(shown);
    shown = null;
  };
  const put = (item) => {
    putBack();
    shown = item;
    item.before(place);
    view.replaceChildren(item);
    view.scrollTo(0, 0);
    const all = program();
    const number = all.indexOf(item);
    count.textContent = `${number + 1} / ${all.length}`;
    before.disabled = number === 0;
    next.disabled = number === all.length - 1;
    write(item, true);
  };
  const move = (by) => {
    const all = program();
    const item = all[all.indexOf(shown) + by];
    if (item) put(item);
    if (document.activeElement === document.body || document.activeElement?.disabled) view.focus();
  };

  const open = (item) => {
    opener = document.activeElement;
    if (!dialog.isConnected) document.querySelector("article").append(dialog); // its styles hold in it
    put(item);
    if (!dialog.open) dialog.showModal();
    document.documentElement.classList.add("staged");
    view.focus();
    // The whole screen where a browser has it and lets us; the page otherwise.
    if (navigator.userActivation?.isActive) document.documentElement.requestFullscreen?.().catch(() => {});
  };

  dialog.addEventListener("close", () => {
    const item = shown;
    document.documentElement.classList.remove("staged");
    putBack();
    if (document.fullscreenElement) document.exitFullscreen();
    write(item, false);
    item.scrollIntoView({ block: "center", behavior: "instant" });
    opener?.focus({ preventScroll: true });
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && dialog.open) dialog.close(); // Escape ends both
  });
  const KEYS = { PageDown: () => move(1), PageUp: () => move(-1), Escape: () => dialog.close() }; // the theme stops Escape
  dialog.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.target.matches("textarea")) return; // where all three have a meaning
    event.preventDefault();
    KEYS[event.key]();
  });

  items.forEach((item) => {
    const opens = button("", () => open(item));
    opens.classList.add("stage-open");
    opens.setAttribute("aria-label", [WORDS.open, nameOf(item)].filter(Boolean).join(": "));
    opens.title = WORDS.open;
    (item.querySelector(".lab-title, .figure") ?? item).append(opens);
  });

  const openTarget = () => {
    const id = FULL.exec(location.hash)?.[1];
    const item = id && items.find((each) => ids.get(each) === decodeURIComponent(id));
    if (item && item !== shown) open(item);
  };
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("load", openTarget);
})();
