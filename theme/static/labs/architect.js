// cnn-architect: a network as a list of layers, with the account of each and of all.
//
// In the address and in the presets a layer is its kind and its settings, "conv-96-11-4-0": see LAYERS. A new kind of
// layer is one entry there, in the menu, in the account, in Keras and in both languages.
(() => {
  "use strict";

  const { Lab, arithmetic, bytes, define, h, number, read } = cnncourse;

  /** What layers can be told: in both languages, and by Python, whose errors name it. */
  const SETTINGS = {
    k: { de: "Filter", en: "filters", python: ["filters"] },
    f: { de: "Größe", en: "size", python: ["kernel_size", "pool_size"] },
    s: { de: "Stride", en: "stride", python: ["stride"] },
    p: { de: "Padding", en: "padding", python: ["padding"] },
    g: { de: "Gruppen", en: "groups", python: ["groups"] },
    m: { de: "Multiplikator", en: "multiplier", python: ["depth_multiplier"] },
    percent: { de: "Prozent", en: "percent", python: ["percent"] },
    units: { de: "Einheiten", en: "units", python: ["units"] },
  };
  const PADDINGS = ["0", "1", "2", "3", "4", "5", "same"];

  // -- the kinds of layers -----------------------------------------------------------------------------------------

  const product = (shape) => shape.reduce((all, size) => all * size, 1n);

  /** The rest of a Keras call's arguments: a stride of 1 is the default, a padding of pixels a layer of its own. */
  const strides = (s) => (s > 1n ? `, strides=${s}` : "");
  const same = (p) => (p === "same" ? ', padding="same"' : "");
  const padded = (p, call) => (typeof p === "bigint" && p ? [`ZeroPadding2D(${p})`, call] : [call]);

  const pooling = (keras, de, en) => ({
    de,
    en,
    settings: { f: 2n, s: 2n, p: 0n },
    step: (input_shape, { f, s, p }) => ({
      shape: arithmetic.pool2d_output_shape({ input_shape, pool_size: f, stride: s, padding: p }),
    }),
    keras: ({ f, s, p }) => padded(p, `${keras}(${f}, strides=${s}${same(p)})`),
  });

  /**
   * What each kind of layer is called, can be told (in the order in which it is written; the values start a new one),
   * makes of a shape (the shape after it, its parameters, its MACs for one image; 0 where it says nothing), and is in
   * Keras. What is `dense` takes a row of numbers: what comes to it is flattened first, as by Keras' Flatten.
   */
  const LAYERS = {
    conv: {
      de: "Faltung",
      en: "Convolution",
      settings: { k: 32n, f: 3n, s: 1n, p: "same", g: 1n },
      step(input_shape, { k, f, s, p, g }) {
        const layer = { input_shape, filters: k, kernel_size: f, stride: s, padding: p };
        const shape = arithmetic.conv2d_output_shape(layer);
        const weights = { in_channels: input_shape[2], filters: k, kernel_size: f, groups: g };
        return {
          shape,
          parameters: arithmetic.conv2d_parameters(weights),
          macs: arithmetic.conv2d_macs({ ...layer, groups: g }),
        };
      },
      keras: ({ k, f, s, p, g }) =>
        padded(p, `Conv2D(${k}, ${f}${strides(s)}${same(p)}${g > 1n ? `, groups=${g}` : ""}, activation="relu")`),
    },
    depthwise: {
      de: "Depthwise-Faltung",
      en: "Depthwise convolution",
      settings: { f: 3n, s: 1n, p: "same", m: 1n },
      step(input_shape, { f, s, p, m }) {
        const layer = { input_shape, kernel_size: f, stride: s, padding: p, depth_multiplier: m };
        const weights = { in_channels: input_shape[2], kernel_size: f, depth_multiplier: m };
        return {
          shape: arithmetic.depthwise_conv2d_output_shape(layer),
          parameters: arithmetic.depthwise_conv2d_parameters(weights),
          macs: arithmetic.depthwise_conv2d_macs(layer),
        };
      },
      keras: ({ f, s, p, m }) =>
        padded(
          p,
          `DepthwiseConv2D(${f}${strides(s)}${same(p)}${m > 1n ? `, depth_multiplier=${m}` : ""}, activation="relu")`,
        ),
    },
    separable: {
      de: "Separable Faltung",
      en: "Separable convolution",
      settings: { k: 32n, f: 3n, s: 1n, p: "same" },
      /** A depthwise convolution without biases, then one of 1 x 1. */
      step(input_shape, { k, f, s, p }) {
        const depthwise = LAYERS.depthwise.step(input_shape, { f, s, p, m: 1n });
        const pointwise = LAYERS.conv.step(depthwise.shape, { k, f: 1n, s: 1n, p: 0n, g: 1n });
        return {
          shape: pointwise.shape,
          parameters: depthwise.parameters - input_shape[2] + pointwise.parameters,
          macs: depthwise.macs + pointwise.macs,
        };
      },
      keras: ({ k, f, s, p }) => padded(p, `SeparableConv2D(${k}, ${f}${strides(s)}${same(p)}, activation="relu")`),
    },
    max: pooling("MaxPooling2D", "Max-Pooling", "Max pooling"),
    average: pooling("AveragePooling2D", "Average-Pooling", "Average pooling"),
    global: {
      de: "Global Average Pooling",
      en: "Global average pooling",
      settings: {},
      step: (input_shape) => ({ shape: [arithmetic.pool2d_output_shape({ input_shape, pool_size: 1n })[2]] }),
      keras: () => ["GlobalAveragePooling2D()"],
    },
    norm: {
      de: "Batch Normalization",
      en: "Batch normalization",
      settings: {},
      step: (shape) => ({
        shape,
        parameters: arithmetic.batch_norm_parameters({ channels: shape.at(-1) }).reduce((a, b) => a + b),
      }),
      keras: () => ["BatchNormalization()"],
    },
    dropout: {
      de: "Dropout",
      en: "Dropout",
      settings: { percent: 50n },
      step(shape, { percent }) {
        if (typeof percent === "bigint" && percent >= 0n && percent <= 99n) return { shape };
        throw new arithmetic.ValueError(
          "percent_range",
          `percent must be a whole number from 0 to 99. Received percent=${percent}.`,
        );
      },
      keras: ({ percent }) => [`Dropout(${Number(percent) / 100})`],
    },
    dense: {
      de: "Dense",
      en: "Dense",
      dense: true,
      settings: { units: 128n },
      step([inputs], { units }) {
        const layer = { inputs, units };
        return { shape: [units], parameters: arithmetic.dense_parameters(layer), macs: arithmetic.dense_macs(layer) };
      },
      keras: ({ units }, last) => [`Dense(${units}, activation="${last ? "softmax" : "relu"}")`],
    },
  };

  // -- networks ----------------------------------------------------------------------------------------------------

  const MOST_LAYERS = 60;
  const VGG_BLOCKS = [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ];
  const ALEXNET = (conv4, conv5, groups, classes) =>
    `conv-96-11-4-0,max-3-2-0,conv-256-5-1-same-${groups},max-3-2-0,conv-384-3-1-same,conv-384-${conv4}-1-same-${groups},` +
    `conv-256-${conv5}-1-same-${groups},max-3-2-0,dense-4096,dropout-50,dense-4096,dropout-50,dense-${classes}`;
  const NETWORKS = {
    lenet: {
      size: 32,
      channels: 1,
      layers: "conv-6-5-1-0,average-2-2-0,conv-16-5-1-0,average-2-2-0,dense-120,dense-84,dense-10",
    },
    alexnet: { size: 227, channels: 3, layers: ALEXNET(3, 3, 1, 1000) },
    grouped: { size: 227, channels: 3, layers: ALEXNET(3, 3, 2, 1000) },
    course: { size: 227, channels: 3, layers: ALEXNET(1, 1, 1, 10) },
    repaired: { size: 227, channels: 3, layers: ALEXNET(3, 3, 1, 10) },
    vgg: {
      size: 224,
      channels: 3,
      layers: [
        ...VGG_BLOCKS.flatMap(([k, times]) => [...Array(times).fill(`conv-${k}-3-1-same`), "max-2-2-0"]),
        "dense-4096",
        "dense-4096",
        "dense-1000",
      ].join(),
    },
  };

  // -- the account -----------------------------------------------------------------------------------------------

  /** The account of every layer and of all; an impossible layer's error knows the rows before it. */
  function account({ input_shape, layers }) {
    const rows = [];
    for (const layer of layers) {
      try {
        rows.push(accounted(rows.at(-1)?.shape ?? input_shape, layer));
      } catch (error) {
        throw Object.assign(error, { rows });
      }
    }
    const total = (name) => rows.reduce((sum, row) => sum + row[name], 0n);
    return {
      layers: rows,
      total_parameters: total("parameters"),
      total_macs: total("macs"),
      total_activations: total("activations"),
    };
  }

  /** The account of a layer; `flat` are the numbers that are flattened before it. */
  function accounted(input_shape, { kind, ...settings }) {
    const { dense, step } = LAYERS[kind];
    const flat = dense && input_shape.length > 1 ? product(input_shape) : 0n;
    const { shape, parameters = 0n, macs = 0n } = step(flat ? [flat] : input_shape, settings);
    return { shape, parameters, macs, flat, activations: product(shape) + flat };
  }

  // -- a network as text -----------------------------------------------------------------------------------------

  /** The layers of a text such as "conv-6-5-1-0,max-2-2-0,dense-10"; null for anything else. */
  function parse(text) {
    const layers = text === "" ? [] : text.split(",").map(parseLayer);
    return layers.length <= MOST_LAYERS && layers.every(Boolean) ? layers : null;
  }

  function parseLayer(text) {
    const [kind, ...values] = text.split("-");
    if (!Object.hasOwn(LAYERS, kind)) return null;
    const { settings } = LAYERS[kind];
    const names = Object.keys(settings);
    if (
      values.length > names.length ||
      !values.every((value, i) => (names[i] === "p" ? PADDINGS.includes(value) : /^\d{0,30}$/.test(value)))
    )
      return null;
    const given = values.map((value, i) => [names[i], read(value)]);
    return { kind, ...settings, ...Object.fromEntries(given) };
  }

  /** The text of a layer; a number that is none leaves a gap. */
  const written = ({ kind, ...values }) =>
    [
      kind,
      ...Object.keys(LAYERS[kind].settings).map((name) => (/^(\d{1,30}|same)$/.test(values[name]) ? values[name] : "")),
    ].join("-");

  /** The same network for Keras, from its account. */
  function kerasCode(size, channels, layers, rows) {
    const calls = layers.flatMap((layer, i) => {
      const call = LAYERS[layer.kind].keras(layer, i === layers.length - 1);
      return rows[i].flat ? ["Flatten()", ...call] : call;
    });
    const lines = [`keras.Input((${size}, ${size}, ${channels}))`, ...calls.map((call) => `layers.${call}`)];
    const listed = lines.map((line) => `    ${line},\n`).join("");
    return `import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n${listed}])\nmodel.summary()\n`;
  }

  // -- the lab ---------------------------------------------------------------------------------------------------

  /** The words for kinds and settings, by key. */
  const named = (language) =>
    Object.fromEntries([LAYERS, SETTINGS].flatMap(Object.entries).map(([key, words]) => [key, words[language]]));
  const byPython = Object.entries(SETTINGS).flatMap(([key, { python }]) => python.map((name) => [name, key]));

  class Architect extends Lab {
    static arguments = {
      input_size: "size",
      in_channels: "channels",
      batch_size: "batch",
      ...Object.fromEntries(byPython),
    };
    static fields = [
      { kind: "whole", name: "size", value: 32, min: 1, max: 256 },
      { kind: "whole", name: "channels", value: 1, min: 1, max: 16 },
      { kind: "whole", name: "batch", value: 1, min: 1, max: 256 },
      { kind: "choice", name: "dtype", value: "float32", options: Object.keys(arithmetic.DTYPE_BYTES) },
    ];
    static presets = Object.entries(NETWORKS).map(([name, values]) => ({ name, values }));
    static words = {
      de: {
        size: "Eingabe, Höhe und Breite",
        channels: "Kanäle der Eingabe",
        batch: "Batchgröße",
        dtype: "Datentyp",
        preset_lenet: "LeNet-5",
        preset_alexnet: "AlexNet",
        preset_grouped: "AlexNet mit 2 Gruppen",
        preset_course: "Modell des Skripts",
        preset_repaired: "… repariert",
        preset_vgg: "VGG16",
        ...named("de"),
        add: "Schicht anhängen",
        kind: "Neue Schicht",
        up: ({ i }) => `Schicht ${i} nach oben`,
        down: ({ i }) => `Schicht ${i} nach unten`,
        remove: ({ i }) => `Schicht ${i} entfernen`,
        parameters: "Parameter",
        macs: "MACs",
        activations: "Aktivierungen",
        layers: "Die Schichten",
        "total-parameters": "Parameter gesamt",
        "total-macs": "MACs je Bild",
        weights: "Speicher der Parameter",
        held: "Aktivierungen im Batch",
        code: "Als Keras-Code",
        copy: "Code kopieren",
        copied: "Der Code ist kopiert.",
        full: `Mehr als ${MOST_LAYERS} Schichten gehen hier nicht.`,
        flat: "Diese Schicht braucht Höhe, Breite und Kanäle; davor steht schon eine flache Schicht.",
        groups: "Die Gruppen müssen die Kanäle der Eingabe und die Filter teilen.",
        output: "Ausgabe",
        flattened: ({ count }) => `nach Flatten ${count}`,
        percent_range: "Der Anteil muss eine ganze Zahl von 0 bis 99 sein.",
        broken: ({ i }) => `Schicht ${i} ist unmöglich.`,
        summary: ({ parameters, macs }) => `${parameters} Parameter, ${macs} MACs je Bild.`,
      },
      en: {
        size: "Input height and width",
        channels: "Input channels",
        batch: "Batch size",
        dtype: "Data type",
        preset_lenet: "LeNet-5",
        preset_alexnet: "AlexNet",
        preset_grouped: "AlexNet in 2 groups",
        preset_course: "The notes’ model",
        preset_repaired: "… repaired",
        preset_vgg: "VGG16",
        ...named("en"),
        add: "Append layer",
        kind: "New layer",
        up: ({ i }) => `Move layer ${i} up`,
        down: ({ i }) => `Move layer ${i} down`,
        remove: ({ i }) => `Remove layer ${i}`,
        parameters: "parameters",
        macs: "MACs",
        activations: "activations",
        layers: "The layers",
        "total-parameters": "Parameters in total",
        "total-macs": "MACs per image",
        weights: "Memory of parameters",
        held: "Activations of the batch",
        code: "As Keras code",
        copy: "Copy code",
        copied: "The code is copied.",
        full: `More than ${MOST_LAYERS} layers do not fit here.`,
        flat: "This layer needs height, width and channels; a flat layer stands before it.",
        groups: "The groups must divide the input channels and the filters.",
        output: "output",
        flattened: ({ count }) => `after Flatten ${count}`,
        percent_range: "The share must be a whole number from 0 to 99.",
        broken: ({ i }) => `Layer ${i} is impossible.`,
        summary: ({ parameters, macs }) => `${parameters} parameters, ${macs} MACs per image.`,
      },
    };

    build() {
      this.layers = parse(NETWORKS.lenet.layers);
      this.list = h("ol", { class: "architect-layers", "aria-label": this.t("layers"), input: () => this.edited() });
      this.kind = h(
        "select",
        { id: `${this.id}-kind` },
        Object.keys(LAYERS).map((kind) => h("option", { value: kind }, this.t(kind))),
      );
      const add = this.button("add", () => this.append_layer());
      this.code = h("code", {});
      this.copier = this.button("copy", () => this.copy());
      const totals = [
        ["total-parameters", "total-parameters"],
        ["total-macs", "total-macs"],
        ["total-parameter-bytes", "weights"],
        ["total-activation-bytes", "held"],
      ];
      return [
        this.resultList(totals, "lab-results in-pairs"),
        this.list,
        h("div", { class: "lab-tools" }, h("label", { for: this.kind.id }, this.t("kind")), this.kind, add),
        h(
          "details",
          { class: "architect-code" },
          h("summary", {}, this.t("code")),
          h("pre", { tabindex: 0 }, this.code),
          this.copier,
        ),
      ];
    }

    // -- changing the layers ---------------------------------------------------------------------------------------

    /** A preset sets fields, and layers besides. */
    set({ layers, ...fields }) {
      if (layers !== undefined) this.layers = parse(layers);
      this.listed = null;
      super.set(fields);
    }

    append_layer() {
      if (this.layers.length === MOST_LAYERS) return this.say(this.t("full"));
      this.rearrange([...this.layers, parseLayer(this.kind.value)]);
      this.cards.at(-1).element.querySelector("input, select, button").focus();
    }

    remove(i) {
      this.rearrange(this.layers.filter((_, at) => at !== i));
      const next = this.cards[Math.min(i, this.cards.length - 1)];
      (next ? next.element.querySelector(".remove") : this.kind).focus();
    }

    swap(i, j, button) {
      const layers = [...this.layers];
      [layers[i], layers[j]] = [layers[j], layers[i]];
      this.rearrange(layers);
      const buttons = this.cards[j].element;
      (buttons.querySelector(`.${button}:not(:disabled)`) ?? buttons.querySelector(".remove")).focus();
    }

    rearrange(layers) {
      this.layers = layers;
      this.listed = null;
      this.refresh();
      this.remember();
    }

    /** Read the numbers of the cards after the reader has changed one. */
    edited() {
      this.layers = this.cards.map(({ kind, inputs }) => ({
        kind,
        ...Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, read(input.value)])),
      }));
      this.refresh();
      this.remember();
    }

    // -- showing them ----------------------------------------------------------------------------------------------

    refresh() {
      if (!this.listed) this.show();
      super.refresh();
    }

    show() {
      this.cards = this.layers.map((layer, i) => this.card(layer, i));
      this.list.replaceChildren(...this.cards.map(({ element }) => element));
      this.listed = true;
    }

    card({ kind, ...values }, i) {
      const inputs = {};
      const fields = Object.keys(LAYERS[kind].settings).map((name) => {
        const id = `${this.id}-${i}-${name}`;
        inputs[name] =
          name === "p"
            ? h(
                "select",
                { id },
                PADDINGS.map((value) => h("option", { value, selected: value === String(values.p) }, value)),
              )
            : h("input", { id, type: "number", min: 1, step: 1, value: values[name] });
        return h("span", {}, h("label", { for: id }, this.t(name)), inputs[name]);
      });
      const button = (name, sign, enabled, click) =>
        this.button(
          name,
          click,
          { class: `lab-button ${name}`, "aria-label": this.t(name)({ i: i + 1 }), disabled: !enabled },
          sign,
        );
      const last = this.layers.length - 1;
      const facts = h("dl", { class: "architect-facts" });
      const bars = h(
        "div",
        { class: "architect-bars", "aria-hidden": "true" },
        h("i", { class: "bar-parameters" }),
        h("i", { class: "bar-macs" }),
      );
      const problem = h("div", { role: "alert", class: "lab-alert" });
      const element = h(
        "li",
        {},
        h(
          "div",
          { class: "architect-head" },
          h("strong", {}, `${i + 1} ${this.t(kind)}`),
          h(
            "span",
            { class: "architect-buttons" },
            button("up", "↑", i > 0, () => this.swap(i, i - 1, "up")),
            button("down", "↓", i < last, () => this.swap(i, i + 1, "down")),
            button("remove", "×", true, () => this.remove(i)),
          ),
        ),
        fields.length ? h("div", { class: "architect-fields" }, fields) : "",
        facts,
        bars,
        problem,
      );
      return { kind, inputs, element, facts, bars: [...bars.children], problem };
    }

    update({ size, channels, batch, dtype }) {
      this.cards.forEach(blank);
      this.program("");
      arithmetic.output_size({ input_size: size, kernel_size: 1n }); // refuses an impossible input
      arithmetic.conv2d_parameters({ in_channels: channels, filters: 1n, kernel_size: 1n });
      const image = arithmetic.activation_bytes({ shape: [1n], batch_size: batch, dtype }); // bytes of a number, for all images
      const memory = (activations) => activations * image;
      const weights = (parameters) => arithmetic.parameter_bytes({ parameters, dtype });
      const found = this.asFarAsItGoes([size, size, channels]);
      found.layers.forEach((row, i) => this.fillCard(this.cards[i], row, found, memory, weights));
      if (found.broken) return this.clear(found.broken);
      this.program(kerasCode(size, channels, this.layers, found.layers));
      this.result("total-parameters", found.total_parameters);
      this.result("total-macs", found.total_macs);
      const [held, kept] = [memory(found.total_activations), weights(found.total_parameters)];
      this.result("total-activation-bytes", held, bytes(held));
      this.result("total-parameter-bytes", kept, bytes(kept));
      this.say(this.t("summary")({ parameters: number(found.total_parameters), macs: number(found.total_macs) }));
    }

    /** The account as far as it goes; what breaks it is told in its own card. */
    asFarAsItGoes(input_shape) {
      try {
        return account({ input_shape, layers: this.layers });
      } catch (error) {
        if (!(error instanceof arithmetic.ValueError)) throw error;
        return { layers: error.rows, total_parameters: 0n, total_macs: 0n, broken: error };
      }
    }

    fillCard({ facts, bars }, row, { total_parameters, total_macs }, memory, weights) {
      const shares = [percent(row.parameters, total_parameters), percent(row.macs, total_macs)];
      bars.forEach((bar, i) => {
        bar.style.width = `${shares[i]}%`;
      });
      const [parameters, macs] = shares.map(
        (share) => share && number(share / 100, { style: "percent", maximumFractionDigits: 2 }),
      );
      const below = (...words) => words.filter(Boolean).join("; ");
      const fact = (name, words, more) => h("div", {}, h("dt", {}, this.t(name)), h("dd", {}, h("b", {}, words), more));
      facts.append(
        fact(
          "output",
          row.shape.map((each) => number(each)).join(" × "),
          row.flat ? this.t("flattened")({ count: number(row.flat) }) : "",
        ),
        fact(
          "parameters",
          number(row.parameters),
          row.parameters ? below(bytes(weights(row.parameters)), parameters) : "",
        ),
        fact("macs", number(row.macs), below(macs)),
        fact("activations", bytes(memory(row.activations))),
      );
    }

    /** No totals while a layer is impossible; its own card says why. */
    clear(error) {
      const i = error.rows.length;
      if (error.values.name === "input_shape") error.kind = "flat";
      this.cards[i].problem.append(...this.reason(error, this.cards[i].kind));
      this.forgetResults("–");
      this.say(this.t("broken")({ i: i + 1 }));
    }

    /** Show the network as a program; there is none of an impossible one. */
    program(text) {
      this.code.textContent = text;
      this.copier.disabled = !text;
    }

    async copy() {
      try {
        await navigator.clipboard.writeText(this.code.textContent);
        this.status.textContent = this.t("copied");
      } catch (error) {
        getSelection().selectAllChildren(this.code); // to be copied by hand
      }
    }

    encode() {
      return { ...super.encode(), layers: this.layers.map(written).join() };
    }

    decode({ layers = NETWORKS.lenet.layers, ...given }) {
      const parsed = parse(layers);
      if (!parsed || !super.decode(given)) return false;
      this.layers = parsed;
      this.listed = null;
      return true;
    }
  }

  const percent = (part, whole) => (whole ? Number((part * 10000n + whole / 2n) / whole) / 100 : 0);

  /** A card before it is known what its layer gives. */
  function blank({ facts, bars, problem }) {
    facts.replaceChildren();
    problem.replaceChildren();
    for (const bar of bars) bar.style.width = "0";
  }

  cnncourse.architect = { account: ({ input_shape, layers }) => account({ input_shape, layers: parse(layers) }) };
  define("cnn-architect", Architect);
})();
