// cnn-lenet: draw a digit or pick one, and a trained LeNet-5 reads it here in the page, layer by layer.
//
// The pad and the verdict are those of cnn-digit; here are the test digits and the layers. Everything is loaded when
// the reader comes near.
(() => {
  "use strict";

  const { Digit, article, cellUnder, define, h, nearest, number, percent } = cnncourse;
  const { FRAME, SIDE, digits, forward, framed, verdict } = cnncourse.lenet_network;
  const COLUMNS = { C1: 6, S2: 6, C3: 8, S4: 8, C5: 30, F6: 28 }; // maps beside each other

  // -- colours ---------------------------------------------------------------------------------------------------

  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  /** Paint the values `at(i)`: from `zero` to the colour of positive values, or to that of negative ones. */
  function paint(canvas, width, height, colour) {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const picture = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const value = colour.at(i);
      if (value === undefined) continue; // between two maps
      const end = value < 0 ? colour.negative : colour.positive;
      const share = Math.min(1, Math.abs(value) / colour.most);
      colour.zero.forEach((zero, c) => {
        picture.data[4 * i + c] = zero + (end[c] - zero) * share;
      });
      picture.data[4 * i + 3] = 255;
    }
    context.putImageData(picture, 0, 0);
  }

  // -- the lab ---------------------------------------------------------------------------------------------------

  class LeNet extends Digit {
    static words = {
      de: {
        ...Digit.words.de,
        loading: "Das Netz und die Testziffern werden geladen (290 kB) …",
        examples: "Oder nimm eine echte Testziffer",
        hard: "Hier irrt sich das Netz",
        next: "Nächste Testziffer",
        pick: ({ digit, i }) => `Ziffer ${digit}, Nummer ${i} der Testdaten`,
        seen: "Das sieht das Netz: 32 × 32",
        drawn: "Deine Zeichnung.",
        truth: ({ digit, i }) => `Testziffer Nr. ${i}: eine ${digit}.`,
        wrong: "Das Netz irrt sich.",
        output: "Ausgabe",
        conv: "Faltung",
        subsample: "Average-Pooling mit Gewichten",
        dense: "Dense",
        parameters: "Parameter",
        layers: "Die Schichten",
        formula_conv: "f(Fenster · Kernel + Bias)",
        formula_subsample: "f(Mittel aus 2 × 2 · Koeffizient + Bias)",
        formula_dense: "f(Eingaben · Gewichte + Bias)",
        formula_softmax: "softmax(Eingaben · Gewichte + Bias)",
        connections: ({ count }) => `${count} Verbindungen`,
        negative: "negativ",
        positive: "positiv",
        field: "rezeptives Feld",
        activation: "f(x) = 1,7159 · tanh(2x/3)",
        maps: ({ name, count, height, width }) =>
          `${name}: ${count} Feature-Maps, ${height} × ${width}. Pfeiltasten wählen ein Neuron.`,
        hint: [
          "Zeige auf ein Neuron",
          ", oder wähle es mit Tab und den Pfeiltasten",
          ": Sein rezeptives Feld erscheint auf der Eingabe.",
        ],
        unit: ({ name, map, y, x, value, field, rows, columns }) =>
          `${name}, Map ${map}, Zeile ${y}, Spalte ${x}: ${value}. Sieht ${field} × ${field} Pixel der Eingabe: Zeilen ${rows}, Spalten ${columns}.`,
        trained: ({ mnist, digits, ones, others }) =>
          `Gelernt hat es aus ${mnist} Ziffern von MNIST, ${digits} aus scikit-learn und ${ones} gezeichneten Einsen mit Aufstrich, in jeder Epoche anders verzerrt und mit anderem Stift geschrieben, und aus ${others} Bildern, die keine Ziffer zeigen.`,
        tested: ({ data, correct, count, share }) =>
          `Von den ${count} Testziffern von ${data} erkennt es ${correct}, das sind ${share}.`,
        threshold: ({ threshold, kept, sure, right }) =>
          `Sicher ist es sich ab einer Wahrscheinlichkeit von ${threshold}. Das erreichen ${kept} der Validierungsziffern, danach ist die Grenze gewählt. Bei den Testziffern von MNIST ist es sich in ${sure} der Fälle sicher, und davon stimmen ${right}.`,
        prepared:
          "Deine Zeichnung wird aufbereitet wie die Ziffern von MNIST: Die längere Seite misst 20 Pixel, und der Schwerpunkt liegt in der Mitte von 28\u00a0×\u00a028. Ein Rand von 2 Pixeln macht daraus 32\u00a0×\u00a032.",
        source: ({ source, licence }) => `Die Testziffern: ${source}. Lizenz laut Keras: ${licence}.`,
        recount: ({ count }) => `Die ersten ${count} Testziffern hier nachzählen`,
        counted: ({ correct, count }) => `${correct} von ${count} erkannt.`,
      },
      en: {
        ...Digit.words.en,
        loading: "Loading the network and the test digits (290 kB) …",
        examples: "Or take a real test digit",
        hard: "The network gets these wrong",
        next: "Next test digit",
        pick: ({ digit, i }) => `Digit ${digit}, number ${i} of the test data`,
        seen: "What the network sees: 32 × 32",
        drawn: "Your drawing.",
        truth: ({ digit, i }) => `Test digit no. ${i}: ${article(digit)} ${digit}.`,
        wrong: "The network gets it wrong.",
        output: "Output",
        conv: "convolution",
        subsample: "average pooling with weights",
        dense: "dense",
        parameters: "parameters",
        layers: "The layers",
        formula_conv: "f(window · kernel + bias)",
        formula_subsample: "f(mean of 2 × 2 · coefficient + bias)",
        formula_dense: "f(inputs · weights + bias)",
        formula_softmax: "softmax(inputs · weights + bias)",
        connections: ({ count }) => `${count} connections`,
        negative: "negative",
        positive: "positive",
        field: "receptive field",
        activation: "f(x) = 1.7159 · tanh(2x/3)",
        maps: ({ name, count, height, width }) =>
          `${name}: ${count} feature maps, ${height} × ${width}. Arrow keys choose a unit.`,
        hint: [
          "Point at a unit",
          ", or choose it with Tab and the arrow keys",
          ": its receptive field appears on the input.",
        ],
        unit: ({ name, map, y, x, value, field, rows, columns }) =>
          `${name}, map ${map}, row ${y}, column ${x}: ${value}. Sees ${field} × ${field} pixels of the input: rows ${rows}, columns ${columns}.`,
        trained: ({ mnist, digits, ones, others }) =>
          `It has learned from ${mnist} digits of MNIST, ${digits} of scikit-learn and ${ones} drawn ones with an upstroke, distorted anew and written with another pen in every epoch, and from ${others} pictures that show no digit.`,
        tested: ({ data, correct, count, share }) =>
          `Of the ${count} test digits of ${data} it recognizes ${correct}: ${share}.`,
        threshold: ({ threshold, kept, sure, right }) =>
          `It is sure from a probability of ${threshold} on. ${kept} of the validation digits reach it; by them it was chosen. Of the test digits of MNIST it is sure of ${sure}, and is right about ${right} of those.`,
        prepared:
          "Your drawing is prepared as the digits of MNIST were: its longer side is 20 pixels, and its centre of mass lies in the middle of 28\u00a0×\u00a028. A margin of 2 pixels makes it 32\u00a0×\u00a032.",
        source: ({ source, licence }) => `The test digits: ${source}. Licence, according to Keras: ${licence}.`,
        recount: ({ count }) => `Count the first ${count} test digits here`,
        counted: ({ correct, count }) => `${correct} of ${count} recognized.`,
      },
    };

    build() {
      this.start();
      this.waiting = "loading";
      this.views = [];
      this.rest = h("div", {});
      this.body = h("div", { class: "lenet-body" }, this.desk(this.seen()), this.chances(), this.rest);
      this.recolour();
      new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.load(), {
        rootMargin: "200px",
      }).observe(this);
      new MutationObserver(() => this.recolour()).observe(document.documentElement, {
        attributeFilter: ["data-theme"],
      });
      return [this.body];
    }

    tools() {
      return h(
        "div",
        { class: "lab-tools" },
        this.button("reset", () => this.reset()),
      );
    }

    /** The state to begin with: the first test digit, nothing drawn. */
    start() {
      [this.picked, this.strokes] = [0, []];
    }

    load() {
      return super.load("lenet-digits.js");
    }

    /** The network and the digits are here: show everything. */
    begin() {
      this.digits = digits(cnncourse.lenetDigits);
      this.rest.replaceChildren(this.strip(), this.list(), this.about());
      this.recolour();
    }

    // -- choosing --------------------------------------------------------------------------------------------------

    strip() {
      const labels = this.digits.map(({ label }) => label);
      const first = [...labels.slice(0, 10).keys()].map((digit) => labels.indexOf(digit));
      const { errors } = this.network;
      this.picks = [];
      const group = (word, chosen) =>
        h(
          "div",
          { class: "lenet-strip", role: "group", "aria-label": this.t(word) },
          h("span", {}, this.t(word)),
          chosen.map((i) => this.pickButton(i)),
        );
      return h("div", {}, group("examples", first), errors.length ? group("hard", errors.slice(0, 10)) : null);
    }

    pickButton(i) {
      const canvas = h("canvas", { "aria-hidden": "true" });
      const label = this.t("pick")({ digit: this.digits[i].label, i });
      const button = h(
        "button",
        { type: "button", class: "lenet-pick", "aria-label": label, title: label, click: () => this.pick(i) },
        canvas,
      );
      this.picks.push({ i, button, canvas });
      return button;
    }

    pick(i) {
      [this.picked, this.strokes] = [i, []];
      this.changedState();
    }

    /** What the network sees, and the way to the next digit. */
    seen() {
      this.about_input = h("p", { class: "lab-caption" });
      return h(
        "figure",
        {},
        h("figcaption", {}, this.t("seen")),
        this.inputPicture({ role: "img", "aria-label": this.t("seen") }),
        this.about_input,
        h(
          "div",
          { class: "lab-tools" },
          this.button("next", () => this.pick((this.picked + 1) % this.digits.length)),
        ),
      );
    }

    /** A picture of the input, with the outline of what a unit sees. */
    inputPicture(attributes) {
      const [canvas, frame] = [h("canvas", attributes), h("i", { class: "lenet-frame", hidden: true })];
      this.views.push({ canvas, frame });
      return h("div", { class: "lenet-maps lenet-input" }, canvas, frame);
    }

    // -- the layers ------------------------------------------------------------------------------------------------

    list() {
      this.unit = h("p", { class: "lab-caption" }, this.hint());
      const look = h("div", { class: "lenet-unit" }, this.inputPicture({ "aria-hidden": "true" }), this.unit);
      const key = this.legend([
        ["key-output", "positive"],
        ["lenet-negative", "negative"],
        ["key-window", "field"],
      ]);
      this.maps = this.network.layers.filter(({ name }) => COLUMNS[name]).map((layer) => new Maps(this, layer));
      const last = this.network.layers.at(-1);
      return h(
        "div",
        {},
        look,
        key,
        h("p", { class: "lenet-facts" }, this.t("activation")),
        h(
          "ol",
          { class: "lenet-layers", "aria-label": this.t("layers") },
          this.maps.map((maps) => maps.element),
          h("li", {}, this.facts(last)),
        ),
      );
    }

    /** Name, kind, shape, parameters and formula of a layer. */
    facts(layer) {
      const { name, kind, shape, activation } = layer;
      const index = this.network.layers.findIndex((each) => each.name === name);
      const [height, , channels] = this.network.layers[index - 1]?.shape ?? [SIDE, SIDE, 1];
      const sized = {
        conv: ` (${height} − ${layer.size} + 1 = ${shape[0]})`,
        subsample: ` (${height} / ${layer.size} = ${shape[0]})`,
        dense: "",
      }[kind];
      const formula = this.t(`formula_${activation === "softmax" ? activation : kind}`);
      return [
        h("p", { class: "lenet-facts" }, h("strong", {}, `${this.t(name)} · ${this.t(kind)}`), ` · ${formula}`),
        h(
          "p",
          { class: "lenet-facts" },
          h("b", {}, (kind === "dense" ? shape.slice(2) : shape).join(" × ")),
          `${sized}; ${this.counted(layer, channels)} = ${number(layer.parameters)} ${this.t("parameters")}`,
        ),
      ];
    }

    /** How the parameters of a layer are counted. */
    counted({ kind, shape, size, connections }, channels) {
      const window = `${size}\u00a0·\u00a0${size}`;
      if (connections) {
        const count = connections.flat().length;
        return `${this.t("connections")({ count })} · ${window}\u00a0+\u00a0${shape[2]}`;
      }
      const inputs = { conv: `${window}\u00a0·\u00a0${channels}`, subsample: "1", dense: channels }[kind];
      return `${shape[2]} · (${inputs}\u00a0+\u00a01)`;
    }

    about() {
      const { trained, tested, threshold, unsure } = this.network;
      const { source, licence, labels } = cnncourse.lenetDigits;
      const { mnist } = tested;
      this.recounted = h("span", { class: "lab-caption", "aria-live": "polite" });
      const words = [
        this.t("trained")(counts(trained)),
        ...Object.values(tested).map(({ name, count, correct }) =>
          this.t("tested")({ ...counts({ count, correct }), data: name, share: percent(correct / count) }),
        ),
        this.t("threshold")({
          threshold: percent(threshold),
          kept: percent(1 - unsure),
          sure: percent(mnist.sure / mnist.count),
          right: percent(mnist.sure_correct / mnist.sure),
        }),
      ];
      return h(
        "div",
        {},
        [words.join(" "), this.t("prepared"), this.t("source")({ source, licence })].map((text) => h("p", {}, text)),
        h(
          "div",
          { class: "lab-tools" },
          this.button("recount", () => this.recount(), {}, this.t("recount")({ count: number(labels.length) })),
          this.recounted,
        ),
      );
    }

    /** Test the network on all test digits of the file, some at a time: the page stays alive. */
    async recount() {
      let correct = 0;
      for (const [i, { label, pixels }] of this.digits.entries()) {
        const chances = forward(this.network.layers, pixels).at(-1);
        correct += Number(verdict(chances, this.network).digit === label);
        if (i % 5 === 4) await new Promise((resolve) => setTimeout(resolve));
      }
      this.recounted.dataset.value = correct;
      this.recounted.textContent = this.t("counted")(counts({ correct, count: this.digits.length }));
    }

    // -- what the network makes of it ------------------------------------------------------------------------------

    picture() {
      if (this.drawn) return super.picture();
      if (this.picked >= this.digits.length) this.start();
      return this.digits[this.picked].pixels;
    }

    conclude(outputs) {
      this.outputs = outputs;
      super.conclude(outputs);
      const { label } = this.digits[this.picked];
      const wrong = !this.drawn && this.querySelector("[data-result=digit]").dataset.value !== String(label);
      this.about_input.textContent = this.drawn
        ? this.t("drawn")
        : `${this.t("truth")({ digit: label, i: this.picked })}${wrong ? ` ${this.t("wrong")}` : ""}`;
      this.picks.forEach(({ i, button }) => button.setAttribute("aria-pressed", !this.drawn && i === this.picked));
      this.views[0].canvas.setAttribute("aria-label", `${this.t("seen")}. ${this.about_input.textContent}`);
      this.drawAll();
    }

    /** What can be sent is what is drawn, or the test digit. */
    sendable(words) {
      this.send.textContent = this.drawn ? words : this.t("share");
      this.send.disabled = false;
    }

    // -- pictures --------------------------------------------------------------------------------------------------

    recolour() {
      super.recolour();
      const style = getComputedStyle(this);
      const [zero, positive, negative, input] = ["--paper", "--lab-output", "--lab-compute", "--lab-input"].map(
        (name) => rgb(style.getPropertyValue(name).trim()),
      );
      this.colours = { zero, positive, negative, most: 1.7159 };
      this.grey = { zero, positive: input, most: 1 };
      this.picks?.forEach(({ i, canvas }) =>
        paint(canvas, FRAME, FRAME, { ...this.grey, at: (at) => this.digits[i].pixels[at] }),
      );
      if (this.outputs) this.drawAll();
    }

    /** The input and all maps. */
    drawAll() {
      const input = framed(this.picture());
      this.views.forEach(({ canvas }) => paint(canvas, SIDE, SIDE, { ...this.grey, at: (i) => input[i] }));
      this.maps.forEach((maps) => maps.draw(this.colours));
    }

    /** Outline what a unit sees, and say it. */
    show(layer, map, y, x, value) {
      const [across, down] = layer.kind === "dense" ? [0, 0] : [x * layer.jump, y * layer.jump];
      this.views.forEach(({ frame }) => {
        Object.assign(frame.style, box(across, down, layer.field, layer.field, SIDE, SIDE));
        frame.hidden = false;
      });
      const range = (from) => `${from + 1}–${from + layer.field}`;
      this.unit.textContent = this.t("unit")({
        name: layer.name,
        map: map + 1,
        y: y + 1,
        x: x + 1,
        value: number(value, { maximumFractionDigits: 2 }),
        field: layer.field,
        rows: range(down),
        columns: range(across),
      });
    }

    /** What to do; on a touch screen, without the keys. */
    hint() {
      const [point, keys, result] = this.t("hint");
      return [point, h("span", { class: "with-keys" }, keys), result];
    }

    hide() {
      this.views.forEach(({ frame }) => {
        frame.hidden = true;
      });
      this.unit.replaceChildren(...this.hint());
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return this.drawn ? super.encode() : { digit: String(this.picked) };
    }

    decode({ digit = "0", ...drawing }) {
      if (!/^\d{1,4}$/.test(digit) || !super.decode(drawing)) return false;
      this.picked = Number(digit);
      return true;
    }
  }

  /** Numbers by name, as the reader writes them. */
  const counts = (numbers) => Object.fromEntries(Object.entries(numbers).map(([name, count]) => [name, number(count)]));

  /** The style of an outline around some pixels of a picture. */
  const box = (x, y, width, height, allWidth, allHeight) => ({
    left: `${(100 * x) / allWidth}%`,
    top: `${(100 * y) / allHeight}%`,
    width: `${(100 * width) / allWidth}%`,
    height: `${(100 * height) / allHeight}%`,
  });

  /** The feature maps of a layer beside each other on one canvas; pointer and arrow keys choose a unit. */
  class Maps {
    constructor(lab, layer) {
      [this.lab, this.layer] = [lab, layer];
      const [height, width, count] = layer.shape;
      const gap = width > 1 ? 1 : 0;
      [this.cellWidth, this.cellHeight] = [width + gap, height + gap];
      this.columns = COLUMNS[layer.name];
      [this.width, this.height] = [this.columns * this.cellWidth - gap, (count / this.columns) * this.cellHeight - gap];
      this.place = [0, 0];
      const label = lab.t("maps")({ name: layer.name, count, height, width });
      this.canvas = h("canvas", {
        tabindex: 0,
        role: "application",
        "aria-label": label,
        keydown: (event) => this.key(event),
        focus: () => this.show(),
        blur: () => this.hide(),
      });
      for (const kind of ["pointermove", "pointerdown"])
        this.canvas.addEventListener(kind, (event) => this.point(event));
      this.canvas.addEventListener("pointerleave", () => this.hide());
      this.frame = h("i", { class: "lenet-frame", hidden: true });
      this.element = h("li", {}, lab.facts(layer), h("div", { class: "lenet-maps" }, this.canvas, this.frame));
    }

    draw(colours) {
      const [height, width, count] = this.layer.shape;
      const values = this.lab.outputs[this.lab.network.layers.indexOf(this.layer)];
      this.values = values;
      paint(this.canvas, this.width, this.height, {
        ...colours,
        at: (i) => {
          const [row, column] = [Math.floor(i / this.width), i % this.width];
          const [y, x] = [row % this.cellHeight, column % this.cellWidth];
          if (y >= height || x >= width) return undefined;
          const map = Math.floor(row / this.cellHeight) * this.columns + Math.floor(column / this.cellWidth);
          return values[(y * width + x) * count + map];
        },
      });
      if (!this.frame.hidden) this.show();
    }

    point(event) {
      const [column, row] = cellUnder(event, this.canvas, this.width, this.height);
      const [rows, columns] = this.layer.shape;
      this.go(
        // between two maps it is the nearest unit of the first
        Math.floor(column / this.cellWidth) * columns + Math.min(columns - 1, column % this.cellWidth),
        Math.floor(row / this.cellHeight) * rows + Math.min(rows - 1, row % this.cellHeight),
      );
    }

    key(event) {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      this.go(this.place[0] + step[0], this.place[1] + step[1]);
      this.lab.say(this.lab.unit.textContent);
    }

    /** Choose the unit at a place, counted in units over all maps beside and below each other. */
    go(column, row) {
      const [rows, columns, count] = this.layer.shape;
      this.place = [nearest(column, this.columns * columns), nearest(row, (count / this.columns) * rows)];
      this.show();
    }

    /** The chosen unit: map, row, column. */
    get unit() {
      const [[column, row], [rows, columns]] = [this.place, this.layer.shape];
      return [Math.floor(row / rows) * this.columns + Math.floor(column / columns), row % rows, column % columns];
    }

    show() {
      const [map, y, x] = this.unit;
      const [, width, count] = this.layer.shape;
      const [left, top] = [
        (map % this.columns) * this.cellWidth + x,
        Math.floor(map / this.columns) * this.cellHeight + y,
      ];
      Object.assign(this.frame.style, box(left, top, 1, 1, this.width, this.height));
      this.frame.hidden = false;
      this.lab.show(this.layer, map, y, x, this.values[(y * width + x) * count + map]);
    }

    hide() {
      if (document.activeElement === this.canvas) return;
      this.frame.hidden = true;
      this.lab.hide();
    }
  }

  define("cnn-lenet", LeNet);
})();
