// What all labs share: the custom element, its fields and presets, its state in the address, its results.
//
// A lab is a class that extends `Lab` and is made known by `define("cnn-…", TheClass)`:
//   static words    { de: {…}, en: {…} }: every word that it shows, by key; `this.t("key")` gives the reader's
//   static fields   its inputs, see `FIELDS`; each has a `name`, a `value` to start with, and the word of that name
//   static presets  [{ name, values }]: a button each, with the word `preset_<name>`; the values that it sets
//   build()         makes the parts of the output once and returns them
//   update(values)  shows what follows from the values of all fields; may throw an error to explain
// The element keeps its state in the address (`#cnn-output-size?n=224&f=11`), tells errors in a `role="alert"`,
// and marks each result with `data-result="<name>"` and the exact value in `data-value`.
(() => {
  "use strict";

  const GERMAN = document.documentElement.lang.startsWith("de");
  const WORDS = {
    de: {
      presets: "Beispiele",
      reset: "Zurücksetzen",
      share: "Link kopieren",
      shared: "Der Link ist kopiert.",
      address: "Der Link steht in der Adresszeile.",
      place: "Stelle des Fensters",
      play: "Abspielen",
      pause: "Anhalten",
      step: "Nächste Stelle",
      impossible: "So geht es nicht.",
      whole: ({ label, least }) => `${label}: Hier gehört eine ganze Zahl ab ${number(least)} hin.`,
      fit: ({ span, padded }) =>
        `Das Fenster ist ${number(span)} Pixel breit, die aufgefüllte Eingabe nur ${number(padded)}.`,
      pool_padding:
        "Beim Pooling füllt man weniger auf, als das Fenster breit ist: Sonst enthält manches Fenster kein Pixel.",
    },
    en: {
      presets: "Examples",
      reset: "Reset",
      share: "Copy link",
      shared: "The link is copied.",
      address: "The link is in the address bar.",
      place: "Place of the window",
      play: "Play",
      pause: "Pause",
      step: "Next place",
      impossible: "This is impossible.",
      whole: ({ label, least }) => `${label}: enter a whole number of at least ${number(least)}.`,
      fit: ({ span, padded }) =>
        `The window spans ${number(span)} pixels, the padded input has only ${number(padded)}.`,
      pool_padding: "Pooling pads less than the window spans: otherwise some windows hold no pixel.",
    },
  };
  const LANGUAGE = GERMAN ? "de" : "en";
  const PLAYING = 450; // milliseconds for each place of a window

  // -- making elements -------------------------------------------------------------------------------------------

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== false && value !== null && value !== undefined)
        element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** An element: `h("button", { type: "button", click: handler }, "words")`; a function is an event's handler. */
  const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

  /** The same for a drawing. */
  const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  // -- loading ---------------------------------------------------------------------------------------------------

  const HERE = document.currentScript?.src; // nothing where a test runs the scripts without a page
  const loading = {};

  /** Load a script, by its address from here, once; one that did not arrive is asked for again the next time. */
  function load(address) {
    return (loading[address] ??= new Promise((load, fail) => {
      const src = new URL(address, HERE).href;
      const error = () => {
        delete loading[address];
        fail(new Error(`${src} is missing.`));
      };
      document.head.append(h("script", { src, load, error }));
    }));
  }

  /** The place nearest to a number, of the places 0 to `count` - 1. */
  const nearest = (number, count) => Math.min(count - 1, Math.max(0, number));

  /** The column and the row under a pointer, of an element that shows so many. */
  function cellUnder({ clientX, clientY }, element, columns, rows) {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [
      nearest(Math.floor(((clientX - left) / width) * columns), columns),
      nearest(Math.floor(((clientY - top) / height) * rows), rows),
    ];
  }

  const formats = {}; // to make one takes longer than to use it a hundred times

  /** A number as the reader writes it: 34.944 in German, 34,944 in English, 2048 in both; exact for a BigInt of any size. */
  function number(value, options = {}) {
    const format = (formats[JSON.stringify(options)] ??= new Intl.NumberFormat(GERMAN ? "de-DE" : "en-GB", {
      useGrouping: "min2",
      ...options,
    }));
    return format.format(value).replace("-", "−");
  }

  /** Bytes with their decimal unit. */
  function bytes(count) {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    const power = Math.min(Math.floor((String(count).length - 1) / 3), units.length - 1);
    return `${number(Number(count) / 1000 ** power, { maximumSignificantDigits: 6 })} ${units[power]}`;
  }

  // -- fields: how an input is made, and what its text means -----------------------------------------------------

  const WHOLE = /^-?\d{1,30}$/; // what a drawing can still show: SVG stores lengths as single precision
  const FIELDS = {
    /** A whole number: `{ name, value, min, max }`, where the slider goes from min to max and the field beyond. */
    whole: {
      valid: (text) => WHOLE.test(text),
      value: read,
      inputs(field, id, label) {
        const entry = h("input", { type: "number", inputmode: "numeric", step: 1, name: field.name, id });
        const slider = h("input", { type: "range", min: field.min, max: field.max, "aria-label": label });
        slider.addEventListener("input", () => {
          entry.value = slider.value;
        });
        return [entry, slider];
      },
      show(text, [entry, slider]) {
        write(text, entry);
        if (WHOLE.test(text)) slider.value = text;
      },
    },
    /** One of several: `{ name, value, options }`, with the word `<name>_<option>` or the option itself. */
    choice: {
      valid: (text, field) => field.options.includes(text),
      value: (text) => text,
      inputs: (field, id, _label, t) => [
        h(
          "select",
          { name: field.name, id },
          field.options.map((option) => h("option", { value: option }, t(`${field.name}_${option}`, option))),
        ),
      ],
      show: (text, [entry]) => write(text, entry),
    },
    /** Yes or no: `{ name, value: "0" or "1" }`. */
    flag: {
      valid: (text) => text === "0" || text === "1",
      value: (text) => text === "1",
      inputs: (field, id) => [h("input", { type: "checkbox", name: field.name, id })],
      show: (text, [entry]) => {
        entry.checked = text === "1";
      },
    },
  };

  /** What a text says: a whole number as a BigInt, another number, or itself; the formulas refuse all but the first. */
  function read(text) {
    if (WHOLE.test(text)) return BigInt(text);
    return Number.isFinite(parseFloat(text)) ? Number(text) : text;
  }

  /** Put a text into an input, unless it stands there: whoever is typing keeps the cursor. */
  function write(text, entry) {
    if (entry.value.trim() !== text) entry.value = text;
  }

  // -- the element -----------------------------------------------------------------------------------------------

  class Lab extends HTMLElement {
    static words = { de: {}, en: {} };
    static fields = [];
    static presets = [];

    connectedCallback() {
      if (this.output) return; // moved within the page
      this.texts = Object.fromEntries(this.constructor.fields.map((field) => [field.name, String(field.value)]));
      this.output = h("div", { class: "lab-output" }, this.build());
      this.alert = h("div", { role: "alert", class: "lab-alert" });
      this.status = h("p", { class: "lab-status", "aria-live": "polite" });
      this.querySelector(".lab-fallback")?.remove();
      this.append(...this.controls(), this.alert, this.output, this.tools(), this.status);
      this.addEventListener("input", (event) => {
        if (event.target.closest(".lab-fields")) this.changed();
      });
      window.addEventListener("hashchange", () => {
        clearTimeout(this.remembering);
        this.restore();
      });
      this.restore() || this.refresh();
    }

    /** The reader's word for a key; a function for words with numbers in them. */
    t(key, otherwise = key) {
      return this.constructor.words[LANGUAGE][key] ?? WORDS[LANGUAGE][key] ?? otherwise;
    }

    controls() {
      this.inputs = {};
      const fields = this.constructor.fields.map((field) => this.field(field));
      const presets = this.constructor.presets.map(({ name, values }) =>
        this.button(`preset_${name}`, () => this.set(values)),
      );
      return [
        presets.length
          ? h("div", { class: "lab-presets", role: "group", "aria-label": this.t("presets") }, presets)
          : "",
        fields.length ? h("form", { class: "lab-fields", submit: (event) => event.preventDefault() }, fields) : "",
      ];
    }

    field(field) {
      const kind = FIELDS[field.kind];
      const id = `${this.id}-${field.name}`;
      this.inputs[field.name] = kind.inputs(field, id, this.t(field.name), (...key) => this.t(...key));
      return h(
        "div",
        { class: `lab-field lab-${field.kind}` },
        h("label", { for: id }, this.t(field.name)),
        this.inputs[field.name],
      );
    }

    tools() {
      return h(
        "div",
        { class: "lab-tools" },
        this.button("reset", () => this.reset()),
        this.button("share", () => this.share()),
      );
    }

    // -- parts that several labs are made of ---------------------------------------------------------------------

    /** A button with the word of this key, or with a sign of its own. */
    button(key, click, attributes = {}, sign = this.t(key)) {
      return h("button", { type: "button", class: "lab-button", click, ...attributes }, sign);
    }

    /** The places of results, each below its word: `[["output-size", "size"], …]`. */
    resultList(results, classes = "lab-results") {
      const place = ([name, key]) => h("div", {}, h("dt", {}, this.t(key)), h("dd", { "data-result": name }));
      return h("dl", { class: classes }, results.map(place));
    }

    /** What the colours of a drawing mean: `[["key-input", "input"], …]`, a class and its word. */
    legend(colours, attributes = {}) {
      return h(
        "ul",
        { class: "lab-key", ...attributes },
        colours.map(([name, key]) => h("li", { class: name }, this.t(key))),
      );
    }

    // -- what the reader changes -----------------------------------------------------------------------------------

    /** Read the inputs after the reader has changed one. */
    changed() {
      for (const [name, [entry]] of Object.entries(this.inputs)) {
        this.texts[name] = entry.type === "checkbox" ? String(Number(entry.checked)) : entry.value.trim();
      }
      this.refresh();
      this.remember();
    }

    /** Set fields by name and show what follows. */
    set(values) {
      this.texts = {
        ...this.texts,
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
      };
      this.refresh();
      this.remember();
    }

    reset() {
      this.decode({});
      this.refresh();
      this.remember();
    }

    /** What the texts of the fields mean. */
    get values() {
      return Object.fromEntries(
        this.constructor.fields.map(({ name, kind }) => [name, FIELDS[kind].value(this.texts[name])]),
      );
    }

    /** Show the state in the inputs and what follows from it. */
    refresh() {
      for (const { name, kind } of this.constructor.fields) FIELDS[kind].show(this.texts[name], this.inputs[name]);
      try {
        this.update(this.values);
        this.alert.replaceChildren();
      } catch (error) {
        if (!(error instanceof cnncourse.arithmetic.ValueError)) throw error;
        this.fail(error);
      }
      this.allow(!this.alert.hasChildNodes());
    }

    /** Hide the results of what is impossible, and take away what would work on them. */
    allow(possible) {
      this.output.classList.toggle("lab-impossible", !possible);
      this.player?.allow(possible);
    }

    // -- results -------------------------------------------------------------------------------------------------

    /** Mark a result: its exact value for whoever reads `data-value`, its words for the reader. */
    result(name, value, words = number(value)) {
      const element = this.querySelector(`[data-result="${name}"]`);
      element.dataset.value = value;
      element.textContent = words;
    }

    /** Say in the reader's language why it is impossible; leave no result behind. */
    fail(error) {
      this.forgetResults();
      this.alert.replaceChildren(...this.reason(error, error.values.name));
    }

    /** Take every result away; where it stood is nothing, or a sign. */
    forgetResults(sign = "") {
      this.querySelectorAll("[data-result]").forEach((element) => {
        delete element.dataset.value;
        element.textContent = sign;
      });
    }

    /** An error in the reader's words, Python's beside them in English only; what is no field goes by `otherwise`. */
    reason({ kind, values, message }, otherwise) {
      const explain = this.t(kind, null);
      const label = this.t(this.constructor.arguments?.[values.name] ?? otherwise);
      const words = typeof explain === "function" ? explain({ ...values, label }) : (explain ?? this.t("impossible"));
      const said = h("p", { "data-message": message }, words);
      return LANGUAGE === "en" ? [said, h("code", {}, message)] : [said];
    }

    /** Tell a screen reader, once the reader has paused. */
    say(words) {
      clearTimeout(this.saying);
      this.saying = setTimeout(() => {
        this.status.textContent = words;
      }, 600);
    }

    // -- state in the address ------------------------------------------------------------------------------------

    /** The state as texts by name, without what no link may hold; a lab with more than fields adds its own. */
    encode() {
      const fields = this.constructor.fields.filter((field) => FIELDS[field.kind].valid(this.texts[field.name], field));
      return Object.fromEntries(fields.map(({ name }) => [name, this.texts[name]]));
    }

    /** Take over the state of a link, the start for what it leaves out; false if `encode` cannot have written it. */
    decode(given) {
      const fields = this.constructor.fields.filter((field) => field.name in given);
      if (!fields.every((field) => FIELDS[field.kind].valid(given[field.name], field))) return false;
      const start = Object.fromEntries(this.constructor.fields.map((field) => [field.name, String(field.value)]));
      this.texts = { ...start, ...Object.fromEntries(fields.map((field) => [field.name, given[field.name]])) };
      return true;
    }

    /** Take over the state in the address, if it is this lab's; a broken one is the start. */
    restore() {
      const [name, query] = location.hash.slice(1).split(/\?(.*)/s);
      if (name !== this.id || query === undefined) return false;
      if (!this.decode(Object.fromEntries(new URLSearchParams(query)))) this.decode({});
      this.refresh();
      this.scrollIntoView();
      return true;
    }

    /** Write the state into the address: a first change at once, of many in a row the last; browsers allow few. */
    remember() {
      const [before, now] = [this.remembered ?? 0, Date.now()];
      this.remembered = now;
      clearTimeout(this.remembering);
      if (now - before > 1000) this.write();
      else this.remembering = setTimeout(() => this.write(), 100);
    }

    write() {
      try {
        history.replaceState(history.state, "", `#${this.id}?${new URLSearchParams(this.encode())}`);
      } catch (error) {
        /* too many changes for this browser: the next one counts */
      }
    }

    async share() {
      clearTimeout(this.remembering);
      this.write();
      try {
        await navigator.clipboard.writeText(location.href);
        this.status.textContent = this.t("shared");
      } catch (error) {
        this.status.textContent = this.t("address");
      }
    }
  }

  /** Play, pause, step and drag through the places 0 to `count` - 1; `moved` is told of every move by the reader. */
  class Player {
    constructor(lab, moved) {
      this.count = 1;
      this.moved = moved;
      this.lab = lab;
      this.slider = h("input", { type: "range", min: 0, value: 0, "aria-label": lab.t("place"), input: () => moved() });
      this.button = lab.button("play", () => (this.timer ? this.stop() : this.play()));
      const step = lab.button("step", () => this.step());
      this.element = h("div", { class: "lab-player" }, this.button, step, this.slider);
      this.stop();
    }

    get index() {
      return Number(this.slider.value);
    }

    /** Go to a place without telling anyone. */
    set index(place) {
      this.slider.value = place;
    }

    /** There are as many places now; the window stays where it is, or goes to the last. */
    set places(count) {
      this.count = Number(count);
      this.slider.max = this.count - 1;
    }

    /** Without a result there is nothing to move over. */
    allow(possible) {
      if (!possible) this.stop();
      for (const control of this.element.children) control.disabled = !possible;
    }

    go(place) {
      this.index = place;
      this.moved();
    }

    step() {
      this.go((this.index + 1) % this.count);
    }

    play() {
      this.timer = setInterval(() => this.step(), PLAYING);
      this.button.textContent = this.lab.t("pause");
    }

    stop() {
      clearInterval(this.timer);
      this.timer = null;
      this.button.textContent = this.lab.t("play");
    }
  }

  /** Make a lab known; scripts are deferred, so every element of the page is complete by now. */
  function define(name, lab) {
    if (!customElements.get(name)) customElements.define(name, lab);
  }

  globalThis.cnncourse = {
    ...globalThis.cnncourse,
    Lab,
    Player,
    define,
    h,
    svg,
    load,
    nearest,
    cellUnder,
    number,
    bytes,
    read,
  };
})();
