// cnn-digit: a pad to draw on, and what a trained LeNet-5 reads there, in the page.
//
// lenet-network.js computes; the weights are loaded when a reader begins to draw. cnn-lenet extends it.
(() => {
  "use strict";

  const { Lab, cellUnder, define, h, load, nearest, number } = cnncourse;
  const { PLACES, MOST_POINTS, forward, parse, picture, pieces, read, recognize, verdict, written } =
    cnncourse.lenet_network;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const STEP = 2; // places that an arrow key moves the pen

  class Digit extends Lab {
    static words = {
      de: {
        loading: "Das Netz wird geladen (165 kB) …",
        missing: "Die Gewichte konnten nicht geladen werden. Lade die Seite neu.",
        pad: "Zeichne hier eine Ziffer",
        padAlt:
          "Zeichenfläche, für Maus oder Finger. Die Pfeiltasten bewegen den Stift, die Leertaste setzt ihn auf und hebt ihn ab.",
        keys: "Mit der Tastatur: Pfeiltasten bewegen den Stift, auch zwei zugleich, die Leertaste setzt ihn auf und hebt ihn ab.",
        down: "Der Stift ist aufgesetzt.",
        up: "Der Stift ist abgehoben.",
        eraser: "Radierer",
        undo: "Strich zurück",
        clear: "Löschen",
        digit: "Erkannt",
        probability: "Wahrschein\u00adlichkeit",
        sure: "Sicher?",
        yes: "ja",
        no: "nein",
        chances: "Wahrscheinlichkeit jeder Ziffer",
        nothing: "Noch nichts gezeichnet.",
        certain: ({ digit }) => `Das ist eine ${digit}.`,
        doubtful: ({ digit }) => `Ich bin mir nicht sicher. Am ehesten eine ${digit}.`,
        send: "Schick deine Zeichnung",
        send_digit: ({ digit }) => `Schick deine ${digit}`,
      },
      en: {
        loading: "Loading the network (165 kB) …",
        missing: "The weights could not be loaded. Reload the page.",
        pad: "Draw a digit here",
        padAlt: "Drawing area, for mouse or finger. The arrow keys move the pen, the space bar lowers it and lifts it.",
        keys: "By keyboard: arrow keys move the pen, two at a time as well, the space bar lowers it and lifts it.",
        down: "The pen is down.",
        up: "The pen is up.",
        eraser: "Eraser",
        undo: "Undo stroke",
        clear: "Clear",
        digit: "Recognized",
        probability: "Probability",
        sure: "Sure?",
        yes: "yes",
        no: "no",
        chances: "Probability of each digit",
        nothing: "Nothing drawn yet.",
        certain: ({ digit }) => `This is ${article(digit)} ${digit}.`,
        doubtful: ({ digit }) => `I am not sure. Most likely ${article(digit)} ${digit}.`,
        send: "Send your drawing",
        send_digit: ({ digit }) => `Send your ${digit}`,
      },
    };

    build() {
      this.start();
      this.body = h("div", { class: "lenet-body" }, this.desk(this.chances()));
      this.recolour();
      new MutationObserver(() => this.recolour()).observe(document.documentElement, {
        attributeFilter: ["data-theme"],
      });
      return [this.body];
    }

    /** All buttons stand beside the pad. */
    tools() {
      return "";
    }

    /** The state to begin with: nothing drawn. */
    start() {
      this.strokes = [];
      this.waiting = "nothing";
    }

    get drawn() {
      return this.strokes.length > 0;
    }

    // -- the network -----------------------------------------------------------------------------------------------

    /** Load the network when it is needed, and what else this lab needs. */
    async load(...names) {
      if (this.asked) return;
      this.asked = true;
      this.setAttribute("aria-busy", "true");
      this.wait("loading");
      await Promise.all(["lenet-weights.js", ...names].map(load))
        .then(
          () => this.loaded(),
          () => this.wait("missing"),
        )
        .finally(() => this.removeAttribute("aria-busy"));
    }

    loaded() {
      this.network = read(cnncourse.lenetWeights);
      cnncourse.lenet = { recognize: (asked) => recognize(this.network, asked) };
      this.begin();
      this.wait("nothing");
    }

    /** The network is here. */
    begin() {}

    /** Say this as long as there is nothing to say about a picture. */
    wait(reason) {
      this.waiting = reason;
      this.refresh();
    }

    // -- drawing ---------------------------------------------------------------------------------------------------

    /** The verdict, the pad, and what stands beside it. */
    desk(...beside) {
      this.said = h("p", { class: "lenet-said" });
      this.pad = h("canvas", {
        class: "lenet-pad",
        width: 4 * PLACES,
        height: 4 * PLACES,
        tabindex: 0,
        role: "application",
        "aria-label": this.t("padAlt"),
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.pad.hasPointerCapture(event.pointerId) && this.move(event),
        focus: () => {
          this.load();
          this.drawPad();
        },
        blur: () => this.lift(),
        keydown: (event) => this.key(event),
        keyup: ({ key }) => this.held.delete(key),
      });
      [this.pen, this.held] = [{ x: PLACES / 2, y: PLACES / 2, down: false }, new Set()];
      this.eraser = this.button("eraser", () => this.eraser.setAttribute("aria-pressed", !this.erasing), {
        "aria-pressed": "false",
      });
      this.undo = this.button("undo", () => this.erase((stroke) => stroke !== this.strokes.at(-1)));
      this.clear = this.button("clear", () => this.erase(() => false));
      this.send = this.button("send", () => this.share(), { class: "lab-button lenet-send" });
      const results = ["digit", "probability", "sure"].map((name) => [name, name]);
      return h(
        "div",
        { class: "lenet-desk" },
        h("div", { class: "lenet-verdict" }, this.said, this.resultList(results, "lenet-results")),
        h(
          "figure",
          {},
          h("figcaption", {}, this.t("pad")),
          this.pad,
          h("div", { class: "lab-tools" }, this.eraser, this.undo, this.clear, this.send),
          h("p", { class: "lenet-keys with-keys" }, this.t("keys")),
        ),
        beside,
      );
    }

    get erasing() {
      return this.eraser.getAttribute("aria-pressed") === "true";
    }

    get full() {
      return this.strokes.flat().length >= 2 * MOST_POINTS;
    }

    press(event) {
      if (event.button || !event.isPrimary || (this.full && !this.erasing)) return;
      event.preventDefault();
      this.pad.setPointerCapture(event.pointerId);
      this.lift();
      if (!this.erasing) this.strokes.push([]);
      this.move(event);
    }

    move(event) {
      const [x, y] = cellUnder(event, this.pad, PLACES, PLACES);
      if (this.erasing) this.rub(x, y);
      else this.extend(x, y);
    }

    /** Lead the last stroke to a place. */
    extend(x, y) {
      const stroke = this.strokes.at(-1);
      const near = stroke.length && Math.hypot(stroke.at(-2) - x, stroke.at(-1) - y) < 1.5;
      if (near || this.full) return;
      stroke.push(x, y);
      this.changedState();
    }

    /** Rub out the points around a place; what is left of a stroke are its pieces. */
    rub(x, y) {
      this.strokes = this.strokes.flatMap((stroke) => {
        const parts = [[]];
        for (let i = 0; i < stroke.length; i += 2) {
          if (Math.hypot(stroke[i] - x, stroke[i + 1] - y) < 4) parts.push([]);
          else parts.at(-1).push(stroke[i], stroke[i + 1]);
        }
        return parts.filter((part) => part.length);
      });
      this.changedState();
    }

    erase(keep) {
      this.lift();
      this.strokes = this.strokes.filter(keep);
      this.changedState();
    }

    // -- drawing with the keyboard ---------------------------------------------------------------------------------

    key(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === " ") {
        if (!event.repeat) this.lower(!this.pen.down);
      } else if (event.key in ARROWS) {
        this.held.add(event.key);
        for (const key of this.held) this.pen = this.moved(ARROWS[key]);
        if (this.pen.down) this.trace();
      } else return;
      event.preventDefault();
      this.drawPad();
    }

    moved([right, down]) {
      const along = (place, step) => nearest(place + STEP * step, PLACES);
      return { ...this.pen, x: along(this.pen.x, right), y: along(this.pen.y, down) };
    }

    /** Draw, or rub out, where the pen is. */
    trace() {
      if (this.erasing) this.rub(this.pen.x, this.pen.y);
      else this.extend(this.pen.x, this.pen.y);
    }

    lower(down) {
      if (down && this.full && !this.erasing) return;
      this.pen.down = down;
      this.status.textContent = this.t(down ? "down" : "up");
      if (down && !this.erasing) this.strokes.push([]);
      if (down) this.trace();
    }

    lift() {
      this.held.clear();
      this.pen.down = false;
      this.drawPad();
    }

    // -- what the network makes of it ------------------------------------------------------------------------------

    /** A bar for the chance of each digit. */
    chances() {
      this.bars = Array.from({ length: 10 }, () => ({ bar: h("i", { "aria-hidden": "true" }), text: h("span", {}) }));
      return h(
        "ol",
        { class: "lenet-bars", start: 0, "aria-label": this.t("chances") },
        this.bars.map(({ bar, text }, digit) =>
          h("li", {}, h("b", {}, digit), h("span", { class: "lenet-track" }, bar), text),
        ),
      );
    }

    changedState() {
      this.refresh();
      this.remember();
    }

    /** What the network sees, 28 x 28 values from 0 to 1; nothing if nothing is drawn. */
    picture() {
      return this.drawn ? picture(this.strokes) : null;
    }

    update() {
      this.lead();
      this.undo.disabled = this.clear.disabled = !this.drawn;
      this.drawPad();
      if (this.drawn) this.load();
      const image = this.network && this.picture();
      if (image) this.conclude(forward(this.network.layers, image));
      else this.forget();
    }

    /** A link to the layers takes the drawing along. */
    lead() {
      const state = this.drawn ? `?${new URLSearchParams(this.encode())}` : "";
      this.querySelectorAll('a[href*="#cnn-lenet"]').forEach((link) => {
        link.hash = `cnn-lenet${state}`;
      });
    }

    conclude(outputs) {
      const chances = outputs.at(-1);
      const { digit, probability, sure } = verdict(chances, this.network);
      this.result("digit", digit);
      this.result("probability", probability, percent(probability));
      this.result("sure", sure, this.t(sure ? "yes" : "no"));
      this.classList.toggle("lenet-doubtful", !sure);
      this.bars.forEach(({ bar, text }, i) => {
        bar.style.width = `${100 * chances[i]}%`;
        text.textContent = percent(chances[i]);
      });
      this.said.textContent = this.t(sure ? "certain" : "doubtful")({ digit });
      this.say(`${this.said.textContent} ${percent(probability)}`);
      this.sendable(sure ? this.t("send_digit")({ digit }) : this.t("send"));
    }

    /** There is no picture, or no network yet. */
    forget() {
      this.forgetResults("–");
      this.classList.remove("lenet-doubtful");
      this.bars.forEach(({ bar, text }) => {
        bar.style.width = 0;
        text.textContent = "";
      });
      this.said.textContent = this.t(this.waiting);
      this.sendable(this.t("send"));
    }

    /** What can be sent is what is drawn. */
    sendable(words) {
      this.send.textContent = words;
      this.send.disabled = !this.drawn;
    }

    // -- pictures --------------------------------------------------------------------------------------------------

    /** Take over the colours of the page. */
    recolour() {
      const style = getComputedStyle(this);
      [this.ink, this.mark] = ["--ink", "--lab-window"].map((name) => style.getPropertyValue(name).trim());
      this.drawPad();
    }

    drawPad() {
      const context = this.pad.getContext("2d");
      context.clearRect(0, 0, this.pad.width, this.pad.height);
      Object.assign(context, { strokeStyle: this.ink, lineWidth: 20, lineCap: "round", lineJoin: "round" });
      context.beginPath();
      pieces(this.strokes).forEach(([a, b, c, d]) => {
        context.moveTo(4 * a + 2, 4 * b + 2);
        context.lineTo(4 * c + 2, 4 * d + 2);
      });
      context.stroke();
      if (this.pad.matches(":focus-visible")) this.drawPen(context);
    }

    /** Where the keyboard's pen is: a ring, filled if it is down. */
    drawPen(context) {
      Object.assign(context, { strokeStyle: this.mark, fillStyle: this.mark, lineWidth: 3 });
      context.beginPath();
      context.arc(4 * this.pen.x + 2, 4 * this.pen.y + 2, 10, 0, 2 * Math.PI);
      context.stroke();
      if (this.pen.down) context.fill();
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return this.drawn ? { drawing: written(this.strokes) } : {};
    }

    decode({ drawing }) {
      const strokes = drawing === undefined ? [] : parse(drawing);
      if (strokes) this.strokes = strokes;
      return Boolean(strokes);
    }
  }

  /** "an 8", "a 7". */
  const article = (digit) => (digit === 8 ? "an" : "a");

  const percent = (share) => number(share, { style: "percent", maximumFractionDigits: 1 });

  Object.assign(cnncourse, { Digit, article, percent });
  define("cnn-digit", Digit);
})();
