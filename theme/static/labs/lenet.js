// cnn-lenet: draw a digit, and a trained LeNet-5 reads it here in the page, layer by layer.
//
// lenet-network.js computes; here is what the reader sees and does. The weights are loaded when the reader comes near.
(() => {
  "use strict";

  const { Lab, cellUnder, define, h, nearest, number } = cnncourse;
  const { SIDE, CELLS, PLACES, MOST_POINTS, best, cellsOf, counts, enlarge, forward, parse, pieces, read, written } =
    cnncourse.lenet_network;
  const WEIGHTS = document.currentScript && new URL("lenet-weights.js", document.currentScript.src).href;
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

  class LeNet extends Lab {
    static words = {
      de: {
        loading: "Das Netz wird geladen (330 kB) …",
        missing: "Die Gewichte konnten nicht geladen werden. Lade die Seite neu.",
        examples: "Echte Testziffern",
        hard: "Hier irrt sich das Netz",
        next: "Nächste Testziffer",
        pick: ({ digit, i }) => `Ziffer ${digit}, Nummer ${i} der Testdaten`,
        pad: "Zeichne hier eine Ziffer",
        padAlt: "Zeichenfläche, mit Maus oder Finger",
        eraser: "Radierer",
        undo: "Strich zurück",
        clear: "Löschen",
        seen: "Das sieht das Netz: 32 × 32",
        digit: "Erkannt",
        probability: "Wahrschein\u00adlichkeit",
        chances: "Wahrscheinlichkeit jeder Ziffer",
        drawn: "Deine Zeichnung.",
        truth: ({ digit, i }) => `Testziffer Nr. ${i}: eine ${digit}.`,
        wrong: "Das Netz irrt sich.",
        output: "Ausgabe",
        conv: "Faltung",
        average: "Average-Pooling",
        dense: "Dense",
        parameters: "Parameter",
        layers: "Die Schichten",
        formula_conv: "f(Fenster · Kernel + Bias)",
        formula_average: "Mittel aus 2 × 2",
        formula_dense: "f(Eingaben · Gewichte + Bias)",
        formula_softmax: "softmax(Eingaben · Gewichte + Bias)",
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
        trained: ({ train, copies, source, correct, tested, share }) =>
          `Trainiert mit ${train} echten Ziffern${copies ? ` und je ${copies} verzerrten Kopien` : ""}. Quelle: ${source}. Von ${tested} Testziffern, die es nie gesehen hat, erkennt es ${correct}, das sind ${share}.`,
        prepared:
          "Deine Zeichnung wird so aufbereitet wie diese Daten: aufgerichtet, auf volle Höhe gestreckt, auf gleich viel Tinte gebracht, zu 8\u00a0×\u00a08 Werten vergröbert und auf 32\u00a0×\u00a032 vergrößert.",
        recount: ({ count }) => `Alle ${count} hier nachzählen`,
        counted: ({ correct, count }) => `${correct} von ${count} erkannt.`,
        summary: ({ digit, share }) => `Erkannt: ${digit}, ${share}.`,
      },
      en: {
        loading: "Loading the network (330 kB) …",
        missing: "The weights could not be loaded. Reload the page.",
        examples: "Real test digits",
        hard: "The network gets these wrong",
        next: "Next test digit",
        pick: ({ digit, i }) => `Digit ${digit}, number ${i} of the test data`,
        pad: "Draw a digit here",
        padAlt: "Drawing area, for mouse or finger",
        eraser: "Eraser",
        undo: "Undo stroke",
        clear: "Clear",
        seen: "What the network sees: 32 × 32",
        digit: "Recognized",
        probability: "Probability",
        chances: "Probability of each digit",
        drawn: "Your drawing.",
        truth: ({ digit, i }) => `Test digit no. ${i}: a ${digit}.`,
        wrong: "The network gets it wrong.",
        output: "Output",
        conv: "convolution",
        average: "average pooling",
        dense: "dense",
        parameters: "parameters",
        layers: "The layers",
        formula_conv: "f(window · kernel + bias)",
        formula_average: "mean of 2 × 2",
        formula_dense: "f(inputs · weights + bias)",
        formula_softmax: "softmax(inputs · weights + bias)",
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
        trained: ({ train, copies, source, correct, tested, share }) =>
          `Trained on ${train} real digits${copies ? ` and ${copies} distorted copies of each` : ""}. Source: ${source}. It recognizes ${correct} of ${tested} test digits that it has never seen: ${share}.`,
        prepared:
          "Your drawing is prepared as these data were: set upright, stretched to full height, given the same amount of ink, reduced to 8\u00a0×\u00a08 values and enlarged to 32\u00a0×\u00a032.",
        recount: ({ count }) => `Count all ${count} here`,
        counted: ({ correct, count }) => `${correct} of ${count} recognized.`,
        summary: ({ digit, share }) => `Recognized: ${digit}, ${share}.`,
      },
    };

    build() {
      this.start();
      this.setAttribute("aria-busy", "true");
      this.waiting = h("p", { class: "lab-caption" }, this.t("loading"));
      this.body = h("div", { class: "lenet-body" }, this.waiting);
      const watcher = new IntersectionObserver(
        ([{ isIntersecting }]) => {
          if (!isIntersecting) return;
          watcher.disconnect();
          this.load();
        },
        { rootMargin: "200px" },
      );
      watcher.observe(this);
      return [this.body];
    }

    /** The state to begin with: the first test digit, nothing drawn. */
    start() {
      [this.picked, this.strokes] = [0, []];
    }

    load() {
      const script = h("script", { src: WEIGHTS, load: () => this.begin(), error: () => this.sorry() });
      document.head.append(script);
    }

    sorry() {
      this.waiting.textContent = this.t("missing");
      this.removeAttribute("aria-busy");
    }

    /** The weights are here: show everything. */
    begin() {
      this.network = read(cnncourse.lenetWeights);
      this.images = this.network.digits.map(cellsOf);
      this.body.replaceChildren(this.strip(), this.desk(), this.conclusion(), this.list(), this.about());
      this.removeAttribute("aria-busy");
      this.recolour();
      this.refresh();
      new MutationObserver(() => {
        this.recolour();
        this.draw();
      }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    // -- choosing and drawing --------------------------------------------------------------------------------------

    strip() {
      const { labels, errors } = this.network;
      const first = [...new Set(labels)].sort().map((label) => labels.indexOf(label));
      this.picks = [];
      const group = (word, digits) =>
        h(
          "div",
          { class: "lenet-strip", role: "group", "aria-label": this.t(word) },
          h("span", {}, this.t(word)),
          digits.map((i) => this.pickButton(i)),
        );
      return h("div", {}, group("examples", first), errors.length ? group("hard", errors.slice(0, 10)) : null);
    }

    pickButton(i) {
      const canvas = h("canvas", { "aria-hidden": "true" });
      const label = this.t("pick")({ digit: this.network.labels[i], i });
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

    changedState() {
      this.refresh();
      this.remember();
    }

    desk() {
      this.pad = h("canvas", {
        class: "lenet-pad",
        width: 4 * PLACES,
        height: 4 * PLACES,
        role: "img",
        "aria-label": this.t("padAlt"),
      });
      this.pad.addEventListener("pointerdown", (event) => this.press(event));
      this.pad.addEventListener("pointermove", (event) => {
        if (this.pad.hasPointerCapture(event.pointerId)) this.move(event);
      });
      this.eraser = this.button("eraser", () => this.eraser.setAttribute("aria-pressed", !this.erasing), {
        "aria-pressed": "false",
      });
      this.undo = this.button("undo", () => this.erase((stroke) => stroke !== this.strokes.at(-1)));
      this.clear = this.button("clear", () => this.erase(() => false));
      this.inputs = [];
      return h(
        "div",
        { class: "lenet-desk" },
        h(
          "figure",
          {},
          h("figcaption", {}, this.t("pad")),
          this.pad,
          h("div", { class: "lab-tools" }, this.eraser, this.undo, this.clear),
        ),
        h(
          "figure",
          {},
          h("figcaption", {}, this.t("seen")),
          this.inputPicture({ role: "img" }),
          h(
            "div",
            { class: "lab-tools" },
            this.button("next", () => this.pick((this.picked + 1) % this.images.length)),
          ),
        ),
      );
    }

    /** A picture of the input, with the outline of what a unit sees. */
    inputPicture(attributes) {
      const [canvas, frame] = [h("canvas", attributes), h("i", { class: "lenet-frame", hidden: true })];
      this.inputs.push({ canvas, frame });
      return h("div", { class: "lenet-maps lenet-input" }, canvas, frame);
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
      if (!this.erasing) this.strokes.push([]);
      this.move(event);
    }

    move(event) {
      const [x, y] = cellUnder(event, this.pad, PLACES, PLACES);
      if (this.erasing) return this.rub(x, y);
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
      this.strokes = this.strokes.filter(keep);
      this.changedState();
    }

    // -- what the network makes of it ------------------------------------------------------------------------------

    conclusion() {
      this.verdict = h("p", { class: "lab-caption" });
      this.bars = Array.from({ length: 10 }, (_, digit) => ({
        bar: h("i", { "aria-hidden": "true" }),
        text: h("span", {}),
        digit,
      }));
      return h(
        "div",
        {},
        this.verdict,
        this.resultList([
          ["digit", "digit"],
          ["probability", "probability"],
        ]),
        h(
          "ol",
          { class: "lenet-bars", start: 0, "aria-label": this.t("chances") },
          this.bars.map(({ bar, text, digit }) =>
            h("li", {}, h("b", {}, digit), h("span", { class: "lenet-track" }, bar), text),
          ),
        ),
      );
    }

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
    facts({ name, kind, shape, parameters, size, activation }) {
      const index = this.network.layers.findIndex((layer) => layer.name === name);
      const [height, , channels] = this.network.layers[index - 1]?.shape ?? [SIDE, SIDE, 1];
      const inputs =
        kind === "conv" ? `${size}\u00a0·\u00a0${size}\u00a0·\u00a0${channels}` : height * height * channels;
      const counted = parameters
        ? `${shape[2]} · (${inputs}\u00a0+\u00a01) = ${number(parameters)} ${this.t("parameters")}`
        : `0 ${this.t("parameters")}`;
      const sized = {
        conv: ` (${height} − ${size} + 1 = ${shape[0]})`,
        average: ` (${height} / ${size} = ${shape[0]})`,
        dense: "",
      }[kind];
      const formula = this.t(`formula_${activation === "softmax" ? activation : kind}`);
      return [
        h("p", { class: "lenet-facts" }, h("strong", {}, `${this.t(name)} · ${this.t(kind)}`), ` · ${formula}`),
        h(
          "p",
          { class: "lenet-facts" },
          h("b", {}, (kind === "dense" ? shape.slice(2) : shape).join(" × ")),
          `${sized}; ${counted}`,
        ),
      ];
    }

    about() {
      const { train, copies, source, correct, tested, labels } = this.network;
      const share = percent(correct / tested);
      this.recounted = h("span", { class: "lab-caption", "aria-live": "polite" });
      return h(
        "div",
        {},
        h(
          "p",
          {},
          this.t("trained")({
            train: number(train),
            copies,
            source,
            correct: number(correct),
            tested: number(tested),
            share,
          }),
        ),
        h("p", {}, this.t("prepared")),
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
      const { layers, labels } = this.network;
      let correct = 0;
      for (let i = 0; i < labels.length; i++) {
        correct += Number(best(forward(layers, enlarge(this.images[i])).at(-1)) === Number(labels[i]));
        if (i % 5 === 4) await new Promise((resolve) => setTimeout(resolve));
      }
      this.recounted.dataset.value = correct;
      this.recounted.textContent = this.t("counted")({ correct: number(correct), count: number(labels.length) });
    }

    update() {
      if (!this.network) return;
      if (this.picked >= this.images.length) this.start();
      this.drawn = this.strokes.length > 0;
      this.image = enlarge(this.drawn ? counts(this.strokes) : this.images[this.picked]);
      this.outputs = forward(this.network.layers, this.image);
      const chances = this.outputs.at(-1);
      const digit = best(chances);
      this.result("digit", digit);
      this.result("probability", chances[digit], percent(chances[digit]));
      this.bars.forEach(({ bar, text }, i) => {
        bar.style.width = `${100 * chances[i]}%`;
        text.textContent = percent(chances[i]);
      });
      this.tell(digit, percent(chances[digit]));
      this.draw();
    }

    tell(digit, share) {
      const truth = this.network.labels[this.picked];
      const right = this.drawn || truth === String(digit);
      this.verdict.textContent = this.drawn
        ? this.t("drawn")
        : `${this.t("truth")({ digit: truth, i: this.picked })}${right ? "" : ` ${this.t("wrong")}`}`;
      this.say(`${this.t("summary")({ digit, share })} ${this.verdict.textContent}`);
      this.picks.forEach(({ i, button }) => button.setAttribute("aria-pressed", !this.drawn && i === this.picked));
      this.undo.disabled = this.clear.disabled = !this.drawn;
      this.inputs[0].canvas.setAttribute("aria-label", `${this.t("seen")}. ${this.verdict.textContent}`);
    }

    // -- pictures --------------------------------------------------------------------------------------------------

    /** Take over the colours of the page, when they have changed. */
    recolour() {
      const style = getComputedStyle(this);
      const colour = (name) => style.getPropertyValue(name).trim();
      const [zero, positive, negative, input] = ["--paper", "--lab-output", "--lab-compute", "--lab-input"].map(
        (name) => rgb(colour(name)),
      );
      this.colours = { zero, positive, negative };
      this.grey = { zero, positive: input, most: 1 };
      this.ink = colour("--ink");
      this.picks.forEach(({ i, canvas }) =>
        paint(canvas, CELLS, CELLS, { ...this.grey, at: (at) => this.images[i][at] / 16 }),
      );
    }

    draw() {
      this.inputs.forEach(({ canvas }) => paint(canvas, SIDE, SIDE, { ...this.grey, at: (i) => this.image[i] }));
      this.maps.forEach((maps) => maps.draw(this.colours));
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
    }

    /** Outline what a unit sees, and say it. */
    show(layer, map, y, x, value) {
      const [across, down] = layer.kind === "dense" ? [0, 0] : [x * layer.jump, y * layer.jump];
      this.inputs.forEach(({ frame }) => {
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
      this.inputs.forEach(({ frame }) => {
        frame.hidden = true;
      });
      this.unit.replaceChildren(...this.hint());
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return this.strokes.length ? { drawing: written(this.strokes) } : { digit: String(this.picked) };
    }

    decode({ drawing, digit = "0" }) {
      const strokes = drawing === undefined ? [] : parse(drawing);
      if (!strokes || !/^\d{1,4}$/.test(digit)) return false;
      [this.picked, this.strokes] = [Number(digit), strokes];
      return true;
    }
  }

  const percent = (share) => number(share, { style: "percent", maximumFractionDigits: 1 });

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
      const most = this.layer.activation === "scaled_tanh" || this.layer.kind === "average" ? 1.7159 : 1;
      this.values = values;
      paint(this.canvas, this.width, this.height, {
        ...colours,
        most,
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
