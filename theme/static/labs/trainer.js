// cnn-trainer: a small network learns real digits here in the page, epoch by epoch, beside the run before it.
//
// trainer-network.js computes; here is what the reader sees and does. The digits are loaded when training begins.
(() => {
  "use strict";

  const { Lab, arithmetic, define, h, load, number, svg } = cnncourse;
  const { Run, KERNELS, read } = cnncourse.trainer_network;
  const STILL = matchMedia("(prefers-reduced-motion: reduce)"); // then drawings wait until the training rests
  const EPOCHS = 100;
  const AT_ONCE = 10; // milliseconds of computing, then the page has its turn
  const ALIKE = 0.05; // two losses that differ by less of the first are about the same
  const PARTS = ["training", "validation"];
  const CHARTS = {
    // what is drawn, up to which value, and where a line goes across
    loss: { top: 2.5, lines: [0, 0.5, 1, 1.5, 2, 2.5] },
    accuracy: { top: 1, lines: [0, 0.25, 0.5, 0.75, 1] },
  };
  const [WIDE, HIGH, LEFT, ABOVE, BELOW] = [360, 220, 40, 10, 44];

  // -- the settings ------------------------------------------------------------------------------------------------

  const FIELDS = [
    { kind: "choice", name: "images", value: "100", options: ["50", "100", "200", "400"] },
    { kind: "choice", name: "dropout", value: "0", options: ["0", "0.25", "0.5", "0.75"] },
    { kind: "choice", name: "shift", value: "0", options: ["0", "1", "2"] },
    { kind: "choice", name: "rate", value: "0.003", options: ["0.001", "0.003", "0.01", "0.03", "0.1"] },
    { kind: "whole", name: "seed", value: 0, min: 0, max: 20 },
  ];
  const PLAIN = { images: "100", dropout: "0", shift: "0", rate: "0.003" };
  const NUMBERS = Object.fromEntries(
    FIELDS.flatMap(({ name, options = [] }) => options.map((option) => [`${name}_${option}`, number(option)])),
  );

  /** What a run needs to know, from the texts of the fields. */
  function settings({ seed, ...texts }) {
    const numbers = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Number(text)]));
    return { ...numbers, seed: Number(BigInt(seed) % 4294967296n) };
  }

  /** A run that has not begun, with the texts of its fields. */
  const run = (texts) => Object.assign(new Run(settings(texts)), { texts: { ...texts }, key: key(texts) });

  const key = (texts) => Object.values(texts).join("-");

  const isCount = (text) => /^\d{1,3}$/.test(text) && Number(text) <= EPOCHS;

  // -- loss and accuracy -------------------------------------------------------------------------------------------

  const rounded = (value) => Math.round(100 * value) / 100 || 0; // no minus before a zero
  const digits = (value) => number(rounded(value), { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  /** Training, validation and gap of an epoch; a gap above 0 is worse on new digits. */
  function row(epoch, name, read = Number) {
    const [training, validation] = PARTS.map((part) => read(epoch[part][name]));
    return [training, validation, name === "loss" ? validation - training : training - validation];
  }

  /** The same as texts that fit each other: the gap of the rounded numbers. */
  const written = (epoch, name) => row(epoch, name, rounded).map(digits);

  const onX = (epoch) => LEFT + (epoch * (WIDE - LEFT - 8)) / EPOCHS;

  /** The curves of two runs over each other, and what lies between the newer ones. */
  class Chart {
    constructor(name, lab) {
      [this.name, this.lab, this.curves] = [name, lab, svg("g")];
      const { lines } = CHARTS[name];
      this.drawing = svg(
        "svg",
        { class: "trainer-drawing", role: "img", viewBox: `0 0 ${WIDE} ${HIGH}` },
        lines.map((value) => [
          svg("line", { class: "grid", x1: LEFT, x2: WIDE, y1: this.y(value), y2: this.y(value) }),
          svg("text", { x: LEFT - 6, y: this.y(value) + 5, "text-anchor": "end" }, number(value)),
        ]),
        [0, 25, 50, 75, 100].map((epoch) =>
          svg("text", { x: onX(epoch), y: HIGH - BELOW + 20, "text-anchor": epoch < EPOCHS ? "middle" : "end" }, epoch),
        ),
        svg("text", { x: LEFT, y: HIGH - 6 }, lab.t("epochs")),
        this.curves,
      );
      this.element = h("figure", {}, h("figcaption", {}, lab.t(name)), this.drawing);
    }

    y(value) {
      const { top } = CHARTS[this.name];
      return ABOVE + (1 - Math.min(top, value) / top) * (HIGH - BELOW - ABOVE);
    }

    points(curve, part) {
      return curve.map((epoch, i) => `${onX(i + 1)},${this.y(epoch[part][this.name])}`);
    }

    lines(curve, age) {
      return PARTS.map((part) =>
        svg("polyline", { class: `${part} ${age}`, points: this.points(curve, part).join(" ") }),
      );
    }

    draw(before, now) {
      const [known, unseen] = PARTS.map((part) => this.points(now, part));
      const between = svg("polygon", { class: "gap", points: [...known, ...unseen.reverse()].join(" ") });
      this.curves.replaceChildren(between, ...this.lines(before, "before"), ...this.lines(now, "now"));
      this.drawing.setAttribute("aria-label", this.label(now.at(-1)));
    }

    label(last) {
      const [training, validation] = PARTS.map((part) => last && digits(last[part][this.name]));
      return last
        ? this.lab.t("drawing")({ name: this.lab.t(this.name), training, validation })
        : `${this.lab.t(this.name)}. ${this.lab.t("empty")}`;
    }
  }

  const EACH_KERNEL = [...Array(KERNELS).keys()];
  const SQUARES = [...Array(9).keys()];

  /** The kernels of the first convolution side by side, three by three weights each. */
  class Kernels {
    constructor(lab) {
      this.squares = EACH_KERNEL.map((k) =>
        SQUARES.map((i) => svg("rect", { x: 4 * k + (i % 3), y: Math.floor(i / 3), width: 1, height: 1 })),
      );
      const frames = EACH_KERNEL.map((k) => svg("rect", { class: "frame", x: 4 * k, y: 0, width: 3, height: 3 }));
      this.element = h(
        "figure",
        {},
        h("figcaption", {}, lab.t("kernels")),
        svg(
          "svg",
          {
            class: "trainer-drawing trainer-kernels",
            "aria-hidden": "true",
            viewBox: `-0.1 -0.1 ${4 * KERNELS - 0.8} 3.2`,
          },
          this.squares,
          frames,
        ),
        lab.legend([
          ["key-output", "positive"],
          ["lenet-negative", "negative"],
        ]),
      );
    }

    draw(kernels) {
      const most = Math.max(...kernels.flat().map(Math.abs));
      kernels.forEach((kernel, k) =>
        kernel.forEach((weight, i) => {
          this.squares[k][i].setAttribute("class", weight < 0 ? "negative" : "positive");
          this.squares[k][i].setAttribute("fill-opacity", Math.abs(weight) / most);
        }),
      );
    }
  }

  // -- the lab -----------------------------------------------------------------------------------------------------

  class Trainer extends Lab {
    static arguments = { seed: "seed" };
    static fields = FIELDS;
    static presets = [
      { name: "plain", values: PLAIN },
      { name: "dropout", values: { ...PLAIN, dropout: "0.5" } },
      { name: "shift", values: { ...PLAIN, shift: "1" } },
      { name: "images", values: { ...PLAIN, images: "400" } },
      { name: "rate", values: { ...PLAIN, rate: "0.1" } },
    ];
    static words = {
      de: {
        ...NUMBERS,
        images: "Trainingsbilder",
        dropout: "Dropout",
        dropout_0: "ohne",
        shift: "Verschieben",
        shift_0: "gar nicht",
        shift_1: "bis zu 1 Pixel",
        shift_2: "bis zu 2 Pixel",
        rate: "Lernrate",
        seed: "Seed",
        preset_plain: "Ohne Mittel",
        preset_dropout: "Dropout",
        preset_shift: "Verschieben",
        preset_images: "Viermal so viele Bilder",
        preset_rate: "Große Lernrate",
        whole_seed: "Der Seed muss eine ganze Zahl ab 0 sein.",
        train: "Trainieren",
        one: "Eine Epoche",
        again: "Von vorn",
        guess: "Deine Vorhersage für den Verlust in der Validierung, verglichen mit dem vorigen Lauf:",
        smaller: "kleiner",
        alike: "etwa gleich",
        larger: "größer",
        loading: "Die Ziffern werden geladen (55 kB) …",
        missing: "Die Ziffern konnten nicht geladen werden. Versuch es noch einmal.",
        progress: ({ epoch }) => `Epoche ${epoch} von ${EPOCHS}`,
        empty: "Noch nicht trainiert.",
        epochs: "Epochen",
        loss: "Verlust",
        accuracy: "Genauigkeit",
        training: "Training",
        validation: "Validierung",
        gap: "Lücke",
        before: "vorher",
        drawing: ({ name, training, validation }) =>
          `${name} am Ende der Kurven: ${training} im Training, ${validation} in der Validierung.`,
        summary: ({ epoch, loss, accuracy, lossGap, accuracyGap }) =>
          `Epoche ${epoch}. Verlust in der Validierung ${loss}, Lücke ${lossGap}. Genauigkeit ${accuracy}, Lücke ${accuracyGap}.`,
        dashed: ({ images, dropout, shift, rate, seed }) =>
          `Gestrichelt ist der vorige Lauf. Trainingsbilder: ${images}; Dropout: ${dropout}; Verschieben: ${shift}; Lernrate: ${rate}; Seed: ${seed}.`,
        measured: ({ epoch, now, before, word }) =>
          `Verlust in der Validierung nach Epoche ${epoch}: ${now} statt ${before}, also ${word}.`,
        guessed: ({ word }) => `Deine Vorhersage war: ${word}.`,
        several: "Mehr als eine Einstellung ist anders. Welche gewirkt hat, zeigt dieser Vergleich nicht.",
        kernels: "Die acht Kernel der ersten Faltung, je 3\u00a0×\u00a03 Gewichte",
        positive: "positiv",
        negative: "negativ",
      },
      en: {
        ...NUMBERS,
        images: "Training images",
        dropout: "Dropout",
        dropout_0: "none",
        shift: "Shift",
        shift_0: "none",
        shift_1: "up to 1 pixel",
        shift_2: "up to 2 pixels",
        rate: "Learning rate",
        seed: "Seed",
        preset_plain: "No remedy",
        preset_dropout: "Dropout",
        preset_shift: "Shift",
        preset_images: "Four times as many images",
        preset_rate: "Large learning rate",
        whole_seed: "The seed must be a whole number of at least 0.",
        train: "Train",
        one: "One epoch",
        again: "Start over",
        guess: "Your prediction for the validation loss, compared with the run before:",
        smaller: "smaller",
        alike: "about the same",
        larger: "larger",
        loading: "Loading the digits (55 kB) …",
        missing: "The digits could not be loaded. Try again.",
        progress: ({ epoch }) => `Epoch ${epoch} of ${EPOCHS}`,
        empty: "Not trained yet.",
        epochs: "epochs",
        loss: "Loss",
        accuracy: "Accuracy",
        training: "training",
        validation: "validation",
        gap: "gap",
        before: "before",
        drawing: ({ name, training, validation }) =>
          `${name} at the end of the curves: ${training} in training, ${validation} in validation.`,
        summary: ({ epoch, loss, accuracy, lossGap, accuracyGap }) =>
          `Epoch ${epoch}. Validation loss ${loss}, gap ${lossGap}. Accuracy ${accuracy}, gap ${accuracyGap}.`,
        dashed: ({ images, dropout, shift, rate, seed }) =>
          `Dashed is the run before. Training images: ${images}; dropout: ${dropout}; shift: ${shift}; learning rate: ${rate}; seed: ${seed}.`,
        measured: ({ epoch, now, before, word }) =>
          `Validation loss after epoch ${epoch}: ${now} instead of ${before}, so ${word}.`,
        guessed: ({ word }) => `Your prediction was: ${word}.`,
        several: "More than one setting differs. This comparison does not show which of them did it.",
        kernels: "The eight kernels of the first convolution, 3\u00a0×\u00a03 weights each",
        positive: "positive",
        negative: "negative",
      },
    };

    build() {
      this.runner = this.button("train", () => (this.owner ? this.pause() : this.play(EPOCHS)), {
        class: "lab-button trainer-run",
      });
      this.stepper = this.button("one", () => this.play(this.now.curve.length + 1));
      this.starter = this.button("again", () => this.startOver());
      this.progress = h("p", { class: "lab-caption", "data-result": "epoch" });
      this.charts = Object.keys(CHARTS).map((name) => new Chart(name, this));
      this.kernels = new Kernels(this);
      this.comparison = h("p", { class: "lab-caption" });
      const colours = this.legend([
        ["key-input", "training"],
        ["key-window", "validation"],
        ["key-padding", "gap"],
      ]);
      return [
        this.guesses(),
        h("div", { class: "lab-tools" }, this.runner, this.stepper, this.starter),
        this.progress,
        h(
          "div",
          { class: "trainer-charts" },
          this.charts.map(({ element }) => element),
        ),
        colours,
        this.table(),
        this.comparison,
        this.kernels.element,
      ];
    }

    /** What the reader expects of the next run. */
    guesses() {
      const choose = (word) => () => {
        this.guess = word;
        this.show();
      };
      this.choices = ["smaller", "alike", "larger"].map((word) => ({ word, button: this.button(word, choose(word)) }));
      const buttons = this.choices.map(({ button }) => button);
      const words = { class: "lab-tools trainer-guess", role: "group", "aria-label": this.t("guess") };
      this.question = h("div", words, h("span", {}, this.t("guess")), buttons);
      return this.question;
    }

    /** Loss and accuracy, below each those of the run before. */
    table() {
      const head = (word, scope) => h("th", { scope }, this.t(word));
      const now = (name) => [...PARTS, "gap"].map((part) => h("td", { "data-result": `${part}-${name}` }));
      this.rows = Object.keys(CHARTS).map((name) => ({
        name,
        earlier: h("tr", { class: "before" }, head("before", "row"), h("td"), h("td"), h("td")),
      }));
      return h(
        "table",
        { class: "trainer-table" },
        h("thead", {}, h("tr", {}, h("td"), head("training", "col"), head("validation", "col"), head("gap", "col"))),
        h(
          "tbody",
          {},
          this.rows.map(({ name, earlier }) => [h("tr", {}, head(name, "row"), now(name)), earlier]),
        ),
      );
    }

    // -- runs ------------------------------------------------------------------------------------------------------

    update({ seed }) {
      const link = this.link;
      this.link = null;
      if (typeof seed !== "bigint" || seed < 0n)
        throw new arithmetic.ValueError(
          "whole_seed",
          `seed must be a whole number of at least 0. Received seed=${seed}.`,
        );
      if (link || !this.now) this.open(link ?? {});
      else if (this.now.key !== key(this.texts)) this.change();
      this.show();
    }

    /** Other settings: what has been trained so far becomes the run before. */
    change() {
      this.stop();
      if (this.now.curve.length) this.runBefore = this.now;
      [this.now, this.guess] = [run(this.texts), null];
    }

    startOver() {
      this.stop();
      [this.now, this.guess] = [run(this.texts), null];
      this.show();
      this.remember();
    }

    /** Take over the state of a link: train both runs as far as they were trained. */
    async open({ before, epochs = 0 }) {
      this.stop();
      [this.runBefore, this.now, this.guess] = [before && run(before.texts), run(this.texts), null];
      this.show();
      const parts = [
        [this.runBefore, before?.epochs],
        [this.now, epochs],
      ];
      for (const [part, until] of parts.filter(([, until]) => until)) {
        this.setAttribute("aria-busy", "true");
        if (!(await this.train(part, until))) return;
      }
    }

    async play(until) {
      if (this.owner || until > EPOCHS || this.now.curve.length >= until) return;
      await this.train(this.now, until);
      this.remember();
    }

    pause() {
      this.stop();
      this.show();
    }

    /** Nobody trains any more. */
    stop() {
      this.owner = null;
      this.removeAttribute("aria-busy");
    }

    /** Train a run up to an epoch; false if that was stopped, or if there are no digits. */
    async train(part, until) {
      const owner = (this.owner = {}); // whoever takes its place stops this training
      this.show();
      const data = await this.data();
      while (data && this.owner === owner && part.curve.length < until) {
        part.work ??= part.epoch(data); // what was stopped amid an epoch goes on there
        if (!(await this.worked(part.work, owner))) return false;
        part.work = null;
        this.show();
      }
      if (this.owner !== owner) return false;
      this.pause();
      return Boolean(data);
    }

    /** Do a piece of work a few milliseconds at a time; false if it was stopped before its end. */
    async worked(work, owner) {
      let since = performance.now();
      while (!work.next().done) {
        if (performance.now() - since < AT_ONCE) continue;
        await new Promise((resume) => setTimeout(resume));
        if (this.owner !== owner) return false;
        since = performance.now();
      }
      return true;
    }

    /** The digits, loaded when they are first needed; null if that fails. */
    async data() {
      this.alert.replaceChildren();
      try {
        return (this.digits ??= await this.load());
      } catch (error) {
        this.alert.replaceChildren(h("p", {}, this.t("missing")));
        return null;
      }
    }

    async load() {
      this.progress.textContent = this.t("loading");
      await load("trainer-digits.js");
      const { training, validation } = cnncourse.trainerDigits;
      return { training: read(training), validation: read(validation) };
    }

    allow(possible) {
      super.allow(possible);
      if (!possible) this.stop();
      for (const button of [this.runner, this.stepper, this.starter]) button.disabled = !possible;
    }

    // -- what is shown ---------------------------------------------------------------------------------------------

    show() {
      const [before, { curve }] = [this.runBefore?.curve ?? [], this.now];
      const finished = curve.length >= EPOCHS;
      this.runner.textContent = this.t(this.owner ? "pause" : "train");
      this.runner.setAttribute("aria-disabled", finished);
      this.stepper.setAttribute("aria-disabled", finished || Boolean(this.owner));
      this.question.hidden = !before.length;
      this.choices.forEach(({ word, button }) => {
        button.disabled = Boolean(curve.length || this.owner);
        button.setAttribute("aria-pressed", word === this.guess);
      });
      if (!this.owner || !STILL.matches) this.draw(before, this.now);
      this.tell(before.at(-1), curve.at(-1));
      const verdict = before.length && curve.length && !this.owner ? this.measured(before, curve) : "";
      this.comparison.textContent = before.length ? `${this.compared()} ${verdict}` : "";
      if (curve.length) this.say(`${this.summary(curve)} ${verdict}`);
      this.result("epoch", curve.length, this.t("progress")({ epoch: curve.length }));
    }

    draw(before, { curve, kernels }) {
      this.charts.forEach((chart) => chart.draw(before, curve));
      this.kernels.draw(kernels);
    }

    /** The numbers of the last epoch, and below them those of the run before. */
    tell(before, now) {
      this.forgetResults("–");
      for (const { name, earlier } of this.rows) {
        const texts = now && written(now, name);
        if (now) row(now, name).forEach((value, i) => this.result(`${[...PARTS, "gap"][i]}-${name}`, value, texts[i]));
        earlier.hidden = !before;
        if (before) written(before, name).forEach((text, i) => earlier.cells[i + 1].replaceChildren(text));
      }
    }

    summary(curve) {
      const [[, loss, lossGap], [, accuracy, accuracyGap]] = Object.keys(CHARTS).map((name) =>
        written(curve.at(-1), name),
      );
      return this.t("summary")({ epoch: curve.length, loss, accuracy, lossGap, accuracyGap });
    }

    /** What the run before was, and whether the two can be compared. */
    compared() {
      const [before, now] = [this.runBefore.texts, this.now.texts];
      const word = ([name, text]) => [name, this.t(`${name}_${text}`, text)];
      const differing = Object.keys(now).filter((name) => before[name] !== now[name]);
      const dashed = this.t("dashed")(Object.fromEntries(Object.entries(before).map(word)));
      return differing.length > 1 ? `${dashed} ${this.t("several")}` : dashed;
    }

    /** The validation loss of both runs after the last epoch that both have. */
    measured(...curves) {
      const epoch = Math.min(...curves.map(({ length }) => length));
      const [before, now] = curves.map((curve) => curve[epoch - 1].validation.loss);
      const word = Math.abs(now - before) < ALIKE * before ? "alike" : now < before ? "smaller" : "larger";
      const found = { epoch, now: digits(now), before: digits(before), word: this.t(word) };
      const guessed =
        this.guess && curves[1].length === EPOCHS ? ` ${this.t("guessed")({ word: this.t(this.guess) })}` : "";
      return this.t("measured")(found) + guessed;
    }

    // -- state in the address --------------------------------------------------------------------------------------

    encode() {
      const { now, runBefore: before } = this;
      return {
        ...super.encode(),
        ...(now?.curve.length && { epochs: String(now.curve.length) }),
        ...(before && { before: `${key(before.texts)}-${before.curve.length}` }),
      };
    }

    decode({ epochs = "0", before, ...given }) {
      const earlier = before === undefined ? undefined : this.earlier(before);
      if (earlier === null || !isCount(epochs) || !super.decode(given)) return false;
      this.link = { before: earlier, epochs: Number(epochs) };
      return true;
    }

    /** The settings and epochs of a text such as "100-0.5-0-0.03-7-40"; null for anything else. */
    earlier(text) {
      const parts = text.split("-");
      const epochs = parts.pop();
      const texts = Object.fromEntries(FIELDS.map(({ name }, i) => [name, parts[i] ?? ""]));
      const fits = parts.length === FIELDS.length && isCount(epochs) && epochs !== "0" && super.decode(texts);
      return fits ? { texts, epochs: Number(epochs) } : null;
    }
  }

  define("cnn-trainer", Trainer);
})();
