// cnn-gradients: how long the gradient of each layer is, in a network that is computed here and now.
//
// The network is `cnncourse.dense_stack`: equal dense layers of 64 units, a softmax layer on top, cross-entropy,
// one batch of real digits, before any training. A test compares every layer with `cnncourse.gradient_norms`.
(() => {
  "use strict";

  const { Lab, arithmetic, define, h, number, svg } = cnncourse;
  const UNITS = 64;
  const CLASSES = 10;
  const EPSILON = 1e-3; // Keras' batch normalization adds it to the variance
  const DEEPEST = 20;
  // 30 of scikit-learn's digits, the classes in turn, 8 x 8 pixels each: 0 to g (16).
  const DIGITS = [
    "005d910000dfaf5003f20b8004c008800580098004b01c7002e5ac00006da000000cd500000bg900003fg60007fgg200001gg300001gg600001gg600000bga00",
    "0004fc00003gfe00008d8g000016fb00018df10009gg500003dggb500003bg90007fd10008d6f400021dd000002fb1000001cc1000001a8000845e90007dd900",
    "0001b00000078000001d6220007f098005ga0g6004fgdg100003fa000002g40000ca000000egge0000dgfa1000bgg70000047g7000004g900054cg40009gga00",
    "000cd000005g800000dg300000ed000000fc720000dgdg30007gbf800019fb300078dgf100774bc000008d100488ff6002bff400000g5000009f100000d50000",
    "009e810000ceec00009a0f40003gce20004gg20003g8ad2001f13g8000bgfb1000bc000002gggd0003gcae0001g1cf0000dg9f20000309b000009f40009cd300",
    "0019fb0000bg8e6002ga099001g4088004g4088001g51b3000ccaa00001ad3000000ed100005gg20000egc0001aggc0003ceg9000005gf000004ge000001dg10",
    "005c100000fe700000d1c00002a0e0000020g1000006f000009gf982003b8dc4029fe93004d89g800006ef30000be2000002fb0000002f400156dg6002ccdb00",
    "0008f100001ed11000af3fb007g71g8009gdeg5001afge000001ga00000af40005cdgg200bgf840008eb100008gge0000166g0000005g300015fd00004fg2000",
    "0008f100000ce000003g7000006g2000007ggd5000fg99e0003e92g20007fgb00018fa0003dfee0005a0ac000035fa2000ggggc0018ce830000ad000000b9000",
    "00a7d900009acf20004bab00001ga10000cd400000c1c00001a2e00000be5000006e400000bga000008eg200001ccb0000000b30000005b0001447g2007ggdb1",
    "003db70000bggg2004g91e2004g00g2000g10c8000f90d60009e9e10002cd4000002gg200004gg20014cgc0007gggc00003age000008gc000006gg200002cf40",
    "008g500001dbg00000a0d3000031g1000009c000003f500000ef8830007cccd1018cfe4003b88cc000002d700002fc100000d50000009d000078ef0000efb200",
    "0000c2000006e100004g780000d90g6006gabg00005adg0000006g000000c80000c8870003ggb70002e1000005e5000002fg90000002g2000048g40000be9000",
    "001de300008gd20002gg300003gc100005ge500003gggg6001egggc0003cfe700008ee200006afb000000ea0028bcg8008gggg700000bf100009g700000cd100",
    "00ab400000afdd10008b0e40000dfd0001bgg00001f39a0000e6fa00008e7100009d700000cgg20000cdg600006gge0000002g30000009a00037ceg2007cccb0",
  ].join("");

  // -- the network: matrices are Float64Array, one row for each digit ----------------------------------------------

  /** (rows x inner) times (inner x columns). */
  function multiply(a, b, rows, inner, columns) {
    const product = new Float64Array(rows * columns);
    const pairs = rows - (rows % 2);
    const fours = inner - (inner % 4);
    for (let row = 0; row < pairs; row += 2)
      for (let k = 0; k < fours; k += 4) addBlock(product, a, b, row, k, inner, columns);
    for (let row = 0; row < rows; row += 1)
      for (let k = row < pairs ? fours : 0; k < inner; k += 1)
        for (let column = 0; column < columns; column += 1)
          product[row * columns + column] += a[row * inner + k] * b[k * columns + column];
    return product;
  }

  /** Four terms of each sum in two rows at a time: most of the time goes into reading numbers, and so each serves twice. */
  function addBlock(product, a, b, row, k, inner, columns) {
    const upper = row * inner + k;
    const lower = upper + inner;
    const u0 = a[upper];
    const u1 = a[upper + 1];
    const u2 = a[upper + 2];
    const u3 = a[upper + 3];
    const l0 = a[lower];
    const l1 = a[lower + 1];
    const l2 = a[lower + 2];
    const l3 = a[lower + 3];
    const first = row * columns;
    const second = first + columns;
    let at = k * columns;
    for (let column = 0; column < columns; column += 1, at += 1) {
      const b0 = b[at];
      const b1 = b[at + columns];
      const b2 = b[at + 2 * columns];
      const b3 = b[at + 3 * columns];
      product[first + column] += u0 * b0 + u1 * b1 + u2 * b2 + u3 * b3;
      product[second + column] += l0 * b0 + l1 * b1 + l2 * b2 + l3 * b3;
    }
  }

  /**
   * (rows x inner) times (columns x inner) transposed, which is nowhere made; two rows by two columns at a time. Of a
   * matrix times itself, only the diagonal and what is right of it.
   */
  function multiplyTransposed(a, b, rows, inner, columns) {
    const product = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row += 2)
      for (let column = a === b ? row : 0; column < columns; column += 2) {
        const [below, beside] = [Math.min(row + 1, rows - 1), Math.min(column + 1, columns - 1)]; // or itself again
        dotFour(product, a, b, row, below, column, beside, inner, columns);
      }
    return product;
  }

  function dotFour(product, a, b, row, below, column, beside, inner, columns) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < inner; k += 1) {
      const a0 = a[row * inner + k];
      const a1 = a[below * inner + k];
      const b0 = b[column * inner + k];
      const b1 = b[beside * inner + k];
      s0 += a0 * b0;
      s1 += a0 * b1;
      s2 += a1 * b0;
      s3 += a1 * b1;
    }
    product[row * columns + column] = s0;
    product[row * columns + beside] = s1;
    product[below * columns + column] = s2;
    product[below * columns + beside] = s3;
  }

  /** What `map` gives, in a fifth of its time; into an array that nobody needs any more, if there is one. */
  function mapped(values, change, changed = new Float64Array(values.length)) {
    for (let i = 0; i < changed.length; i += 1) changed[i] = change(values[i], i);
    return changed;
  }

  const ACTIVATIONS = {
    // the function, and its slope told by its value
    sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (y) => y * (1 - y)],
    tanh: [Math.tanh, (y) => 1 - y * y],
    relu: [(x) => (x > 0 ? x : 0), (y) => (y > 0 ? 1 : 0)],
  };

  /** Normalize each column over the batch; gives the result and the deviation of each column. */
  function normalize(a, rows, columns) {
    const normal = new Float64Array(a.length);
    const deviations = new Float64Array(columns);
    for (let column = 0; column < columns; column += 1) {
      let [mean, square] = [0, 0];
      for (let row = 0; row < rows; row += 1) mean += a[row * columns + column] / rows;
      for (let row = 0; row < rows; row += 1) square += (a[row * columns + column] - mean) ** 2 / rows;
      deviations[column] = Math.sqrt(square + EPSILON);
      for (let row = 0; row < rows; row += 1)
        normal[row * columns + column] = (a[row * columns + column] - mean) / deviations[column];
    }
    return [normal, deviations];
  }

  /** The gradient before the normalization, from the one after it. */
  function normalizeBack(gradient, normal, deviations, rows) {
    const columns = deviations.length;
    const before = new Float64Array(gradient.length);
    for (let column = 0; column < columns; column += 1) {
      let [mean, along] = [0, 0];
      for (let row = 0; row < rows; row += 1) {
        mean += gradient[row * columns + column] / rows;
        along += (gradient[row * columns + column] * normal[row * columns + column]) / rows;
      }
      for (let row = 0; row < rows; row += 1) {
        const at = row * columns + column;
        before[at] = (gradient[at] - mean - normal[at] * along) / deviations[column];
      }
    }
    return before;
  }

  /** Softmax minus the right answer, over the batch: the gradient of the mean cross-entropy. */
  function lossGradient(scores, labels) {
    const gradient = new Float64Array(scores.length);
    labels.forEach((label, row) => {
      const line = scores.subarray(row * CLASSES, (row + 1) * CLASSES);
      const most = Math.max(...line);
      const total = line.reduce((sum, score) => sum + Math.exp(score - most), 0);
      line.forEach((score, i) => {
        gradient[row * CLASSES + i] = (Math.exp(score - most) / total - Number(i === label)) / labels.length;
      });
    });
    return gradient;
  }

  /** The products of each two rows, (rows x rows), each two once. */
  const products = (a, rows) => multiplyTransposed(a, a, rows, a.length / rows, rows);

  /** The length of the weights' gradient, inputs transposed times gradient: the products of the rows tell it sooner. */
  function length(inputs, gradient, rows) {
    const along = products(gradient, rows);
    const across = products(inputs, rows);
    let square = 0;
    for (let row = 0; row < rows; row += 1) {
      const [itself, end] = [row * rows + row, (row + 1) * rows];
      square += across[itself] * along[itself];
      for (let i = itself + 1; i < end; i += 1) square += 2 * across[i] * along[i];
    }
    return Math.sqrt(square);
  }

  /**
   * The norm of the gradient for the weights of each hidden layer, from the input on. `weights` are one matrix for each
   * hidden layer and one for the output; biases are zero.
   */
  function norms({ weights, activation, batch_norm, inputs, labels }) {
    const rows = labels.length;
    const [apply, slope] = ACTIVATIONS[activation];
    const layers = [];
    let signal = Float64Array.from(inputs);
    for (const matrix of weights.slice(0, -1)) {
      const width = signal.length / rows;
      const sums = multiply(signal, matrix, rows, width, matrix.length / width);
      const [normal, deviations] = batch_norm ? normalize(sums, rows, matrix.length / width) : [sums, null];
      layers.push({
        input: signal,
        matrix,
        width,
        normal,
        deviations,
        output: mapped(normal, apply, batch_norm ? undefined : normal),
      });
      signal = layers.at(-1).output;
    }
    const last = weights.at(-1);
    const width = signal.length / rows;
    const scores = multiply(signal, last, rows, width, CLASSES);
    let gradient = multiplyTransposed(lossGradient(scores, labels), last, rows, CLASSES, width);
    const found = [];
    for (const layer of layers.reverse()) {
      let before = mapped(layer.output, (value, i) => gradient[i] * slope(value), gradient);
      if (batch_norm) before = normalizeBack(before, layer.normal, layer.deviations, rows);
      found.unshift(length(layer.input, before, rows));
      const units = before.length / rows;
      if (found.length < weights.length - 1)
        gradient = multiplyTransposed(before, layer.matrix, rows, units, layer.width);
    }
    return found;
  }

  // -- how it starts -----------------------------------------------------------------------------------------------

  /** Fill with random numbers from -1 to 1, the same for the same seed (mulberry32). */
  function fillRandomly(numbers, seed) {
    let state = seed;
    for (let i = 0; i < numbers.length; i += 1) {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      numbers[i] = ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
    }
  }

  const LIMITS = {
    // of the uniform distribution that weights start from
    glorot: (inputs, outputs) => Math.sqrt(6 / (inputs + outputs)),
    he: (inputs) => Math.sqrt(6 / inputs),
  };

  /** For the deepest network: numbers from -1 to 1, drawn once for each seed, and the weights that they become. */
  const drawn = { seed: null, numbers: new Float64Array(DEEPEST * UNITS * UNITS + UNITS * CLASSES) };
  const started = new Float64Array(drawn.numbers.length); // one for all networks: to make it takes as long as to fill it

  /** The weights of each layer, until the next network starts. */
  function start(depth, initializer, seed) {
    if (drawn.seed !== seed) fillRandomly(drawn.numbers, seed);
    drawn.seed = seed;
    const matrix = (from, inputs, outputs, limits) => {
      const [to, limit] = [from + inputs * outputs, limits(inputs, outputs)];
      for (let i = from; i < to; i += 1) started[i] = limit * drawn.numbers[i];
      return started.subarray(from, to);
    };
    const hidden = Array.from({ length: depth }, (_, i) =>
      matrix(i * UNITS * UNITS, UNITS, UNITS, LIMITS[initializer]),
    );
    return [...hidden, matrix(DEEPEST * UNITS * UNITS, UNITS, CLASSES, LIMITS.glorot)];
  }

  /** The norms of the network that the fields describe. */
  function computed({ depth, activation, init, norm, seed }) {
    check(
      "deep",
      typeof depth === "bigint" && depth >= 1n && depth <= BigInt(DEEPEST),
      `depth must be a whole number from 1 to ${DEEPEST}. Received depth=${depth}.`,
    );
    check(
      "whole_seed",
      typeof seed === "bigint" && seed >= 0n,
      `seed must be a whole number of at least 0. Received seed=${seed}.`,
    );
    return norms({
      weights: start(Number(depth), init, Number(seed % 4294967296n)),
      activation,
      batch_norm: norm,
      inputs,
      labels,
    });
  }

  const inputs = Array.from(DIGITS, (pixel) => parseInt(pixel, 17) / 16);
  const labels = Array.from({ length: inputs.length / 64 }, (_, i) => i % CLASSES);

  // -- the lab -----------------------------------------------------------------------------------------------------

  class Gradients extends Lab {
    static arguments = { depth: "depth", seed: "seed" };
    static fields = [
      { kind: "whole", name: "depth", value: 10, min: 1, max: DEEPEST },
      { kind: "choice", name: "activation", value: "sigmoid", options: Object.keys(ACTIVATIONS) },
      { kind: "choice", name: "init", value: "glorot", options: Object.keys(LIMITS) },
      { kind: "flag", name: "norm", value: "0" },
      { kind: "whole", name: "seed", value: 0, min: 0, max: 20 },
    ];
    static presets = [
      { name: "notes", values: { depth: 10, activation: "sigmoid", init: "glorot", norm: "0" } },
      { name: "relu", values: { activation: "relu", init: "glorot", norm: "0" } },
      { name: "he", values: { activation: "relu", init: "he", norm: "0" } },
      { name: "tanh", values: { activation: "tanh", init: "glorot", norm: "0" } },
      { name: "norm", values: { activation: "sigmoid", norm: "1" } },
    ];
    static words = {
      de: {
        depth: "Tiefe",
        activation: "Aktivierung",
        activation_sigmoid: "Sigmoid",
        activation_tanh: "tanh",
        activation_relu: "ReLU",
        init: "Initialisierung",
        init_glorot: "Glorot",
        init_he: "He",
        norm: "Batch Normalization",
        seed: "Startwert",
        preset_notes: "Sigmoid",
        preset_relu: "ReLU, Glorot",
        preset_he: "ReLU, He",
        preset_tanh: "tanh",
        preset_norm: "Sigmoid mit Batch Norm",
        deep: () => `Die Tiefe muss eine ganze Zahl von 1 bis ${DEEPEST} sein.`,
        whole_seed: "Der Startwert muss eine ganze Zahl ab 0 sein.",
        first: "Norm in der ersten Schicht",
        last: "Norm in der letzten Schicht",
        ratio: "Erste : letzte",
        axis: "Norm des Gradienten",
        layers: "Schicht, vom Eingang zum Ausgang",
        keep: "Kurve merken",
        kept: "gemerkt",
        now: "aktuell",
        drawing: ({ count, first, last }) =>
          `Norm des Gradienten in ${count} Schichten: ${first} in der ersten, ${last} in der letzten.`,
      },
      en: {
        depth: "Depth",
        activation: "Activation",
        activation_sigmoid: "sigmoid",
        activation_tanh: "tanh",
        activation_relu: "ReLU",
        init: "Initialization",
        init_glorot: "Glorot",
        init_he: "He",
        norm: "Batch normalization",
        seed: "Seed",
        preset_notes: "Sigmoid",
        preset_relu: "ReLU, Glorot",
        preset_he: "ReLU, He",
        preset_tanh: "tanh",
        preset_norm: "Sigmoid with batch norm",
        deep: () => `The depth must be a whole number from 1 to ${DEEPEST}.`,
        whole_seed: "The seed must be a whole number of at least 0.",
        first: "Norm in the first layer",
        last: "Norm in the last layer",
        ratio: "First ÷ last",
        axis: "gradient norm",
        layers: "layer, from the input to the output",
        keep: "Keep curve",
        kept: "kept",
        now: "current",
        drawing: ({ count, first, last }) =>
          `Gradient norm in ${count} layers: ${first} in the first, ${last} in the last.`,
      },
    };

    build() {
      [this.axes, this.curves] = [svg("g"), svg("g")];
      const view = { class: "gradients-drawing", role: "img", viewBox: `0 0 ${WIDE} ${HIGH}` };
      this.drawing = svg("svg", view, this.axes, this.curves);
      this.keeper = this.button("keep", () => this.keep());
      this.key = this.legend(
        [
          ["key-now", "now"],
          ["key-kept", "kept"],
        ],
        { hidden: true },
      );
      return [
        this.resultList([
          ["first-norm", "first"],
          ["last-norm", "last"],
          ["ratio", "ratio"],
        ]),
        this.drawing,
        this.key,
        h("div", { class: "lab-tools" }, this.keeper),
      ];
    }

    update(values) {
      this.norms = computed(values);
      const [first, last] = [this.norms[0], this.norms.at(-1)];
      this.result("first-norm", first, scientific(first));
      this.result("last-norm", last, scientific(last));
      this.result("ratio", first / last, scientific(first / last));
      this.draw();
      this.say(this.t("drawing")({ count: number(values.depth), first: scientific(first), last: scientific(last) }));
    }

    allow(possible) {
      super.allow(possible);
      this.keeper.disabled = !possible;
    }

    /** Leave the curve where it is, grey, to compare the next one with. */
    keep() {
      [this.kept, this.settings] = [this.norms, Object.values(this.texts).join(".")];
      this.draw();
      this.remember();
    }

    encode() {
      return { ...super.encode(), ...(this.kept && { kept: this.settings }) };
    }

    decode({ kept, ...given }) {
      const read = kept === undefined ? null : this.curve(kept);
      if (kept !== undefined && !read) return false;
      if (!super.decode(given)) return false;
      [this.kept, this.settings] = [read, kept];
      return true;
    }

    /** The norms for settings such as "10.sigmoid.glorot.0.0"; null for anything else. */
    curve(settings) {
      const texts = settings.split(".");
      if (!super.decode(Object.fromEntries(this.constructor.fields.map(({ name }, i) => [name, texts[i] ?? ""]))))
        return null;
      try {
        return computed(this.values);
      } catch (error) {
        return null;
      }
    }

    draw() {
      this.key.hidden = !this.kept;
      const curves = [this.kept, this.norms].filter(Boolean);
      const exponents = curves
        .flat()
        .filter((norm) => norm > 0)
        .map((norm) => Math.log10(norm));
      const [low, high] = [
        Math.min(-4, Math.floor(Math.min(...exponents))),
        Math.max(1, Math.ceil(Math.max(...exponents))),
      ];
      const count = Math.max(...curves.map((curve) => curve.length));
      const x = (i) => LEFT + ((i + 0.5) * (WIDE - LEFT - 10)) / count;
      const y = (exponent) => ABOVE + ((high - exponent) * (HIGH - BELOW - ABOVE)) / (high - low);
      this.drawing.setAttribute(
        "aria-label",
        this.t("drawing")({
          count: number(count),
          first: scientific(this.norms[0]),
          last: scientific(this.norms.at(-1)),
        }),
      );
      this.drawAxes(low, high, count, x, y);
      this.curves.replaceChildren(
        ...(this.kept ? line(this.kept, x, y, "kept") : []),
        ...line(this.norms, x, y, "now"),
      );
    }

    /** The axes stay as long as they go as far: words take longer to set than lines. */
    drawAxes(low, high, count, x, y) {
      const far = [low, high, count].join();
      if (this.far === far) return;
      this.far = far;
      const step = Math.ceil((high - low) / 6);
      const exponents = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => high - i * step);
      this.axes.replaceChildren(
        ...exponents.flatMap((exponent) => [
          svg("line", { class: "grid", x1: LEFT, x2: WIDE, y1: y(exponent), y2: y(exponent) }),
          svg(
            "text",
            { x: LEFT - 6, y: y(exponent) + 4, "text-anchor": "end" },
            "10",
            svg("tspan", { dy: -5, class: "power" }, number(exponent)),
          ),
        ]),
        svg("text", { x: 0, y: 14 }, this.t("axis")),
        ...ticks(count).map((layer) =>
          svg("text", { x: x(layer - 1), y: HIGH - BELOW + 18, "text-anchor": "middle" }, layer),
        ),
        svg("text", { x: LEFT, y: HIGH - 12 }, this.t("layers")),
      );
    }
  }

  const WIDE = 560;
  const HIGH = 316;
  const LEFT = 72;
  const ABOVE = 40;
  const BELOW = 60;

  /** The layers that get their number below the curve: few enough to be read on a phone. */
  const ticks = (count) =>
    Array.from({ length: count }, (_, i) => i + 1).filter((layer) => count <= 10 || layer === 1 || layer % 5 === 0);

  /** A line through the layers and a dot for each, all dots one shape; a norm of zero has none. */
  function line(found, x, y, name) {
    const places = found.map((norm, i) => [x(i), y(Math.log10(norm))]).filter(([, at]) => Number.isFinite(at));
    return [
      svg("polyline", { class: name, points: places.map((place) => place.join()).join(" ") }),
      svg("path", {
        class: name,
        d: places.map(([left, at]) => `M${left - 4} ${at}a4 4 0 1 0 8 0a4 4 0 1 0-8 0`).join(""),
      }),
    ];
  }

  /** 3.2 · 10⁻⁷ for what is small or large, plain digits otherwise. */
  function scientific(value) {
    if (!value || (Math.abs(value) >= 0.01 && Math.abs(value) < 1000))
      return number(value, { maximumSignificantDigits: 2 });
    const [digits, exponent] = value.toExponential(1).split("e");
    const raised = [...exponent.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
    return `${number(Number(digits))} · 10${raised}`;
  }

  function check(kind, right, message) {
    if (!right) throw new arithmetic.ValueError(kind, message);
  }

  cnncourse.gradients = { norms, data: () => ({ inputs, labels }) };
  define("cnn-gradients", Gradients);
})();
