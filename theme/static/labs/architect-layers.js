// The layers of cnn-architect: what each kind can be told, makes of a shape, costs, and is in Keras.
//
// In the address and in the presets a layer is its kind and its settings, "conv-96-11-4-0": see LAYERS. A new kind of
// layer is one entry there, in the menu, in the account, in Keras and in both languages.
(() => {
  "use strict";

  const { arithmetic, read } = cnncourse;

  const ACTIVATIONS = (
    "relu sigmoid tanh softmax linear elu exponential gelu hard_sigmoid hard_silu leaky_relu log_softmax mish relu6 " +
    "selu silu softplus softsign"
  ).split(" ");
  const YES_OR_NO = ["yes", "no"];
  const PADDINGS = ["0", "1", "2", "3", "4", "5", "same"];
  /** Layers without parameters that leave shapes as they are, with the arguments that Keras wants. */
  const OTHERS = {
    Rescaling: "1 / 255",
    RandomFlip: "",
    RandomRotation: "0.1",
    RandomZoom: "0.1",
    RandomTranslation: "0.1, 0.1",
    RandomContrast: "0.1",
    RandomBrightness: "0.1",
    GaussianNoise: "0.1",
    GaussianDropout: "0.5",
    AlphaDropout: "0.5",
    SpatialDropout2D: "0.5",
    ActivityRegularization: "",
  };

  /**
   * What layers can be told: in both languages, and by Python, whose errors name it. It is one of `options`, or a whole
   * number, or up to `sizes` of them, written "3x5".
   */
  const SETTINGS = {
    k: { de: "Filter", en: "filters", python: ["filters"] },
    f: { de: "Größe", en: "size", python: ["kernel_size", "pool_size"], sizes: 2 },
    s: { de: "Stride", en: "stride", python: ["stride"], sizes: 2 },
    p: { de: "Padding", en: "padding", python: ["padding"], options: PADDINGS },
    g: { de: "Gruppen", en: "groups", python: ["groups"] },
    m: { de: "Multiplikator", en: "multiplier", python: ["depth_multiplier"] },
    d: { de: "Dilation", en: "dilation", python: ["dilation"], sizes: 2 },
    percent: { de: "Prozent", en: "percent", python: ["percent"] },
    units: { de: "Einheiten", en: "units", python: ["units"] },
    a: { de: "Aktivierung", en: "activation", options: ["", ...ACTIVATIONS] },
    fn: { de: "Funktion", en: "function", options: ACTIVATIONS },
    b: { de: "Bias", en: "bias", options: YES_OR_NO },
    beta: { de: "Beta", en: "beta", options: YES_OR_NO },
    gamma: { de: "Gamma", en: "gamma", options: YES_OR_NO },
    e: { de: "Ränder", en: "edges", python: ["edges"], sizes: 4 },
    h: { de: "Höhe", en: "height", python: ["height"] },
    w: { de: "Breite", en: "width", python: ["width"] },
    shape: { de: "Form", en: "shape", python: ["target_shape"], sizes: 3 },
    type: { de: "Art", en: "type", options: Object.keys(OTHERS) },
  };

  // -- the kinds of layers -----------------------------------------------------------------------------------------

  const product = (shape) => shape.reduce((all, size) => all * size, 1n);

  function refuse(kind, message, values) {
    throw new arithmetic.ValueError(kind, message, values);
  }

  /** Height, width and channels; a flat shape is refused. */
  const onMap = (input_shape) => arithmetic.pool2d_output_shape({ input_shape, pool_size: 1n });

  function whole(name, value, least = 1n) {
    if (typeof value === "bigint" && value >= least) return value;
    return refuse("whole", `${name} must be a whole number of at least ${least}. Received ${name}=${value}.`, {
      name,
      least,
    });
  }

  /** Pixels above, below, left and right: one number for all, two for rows and columns, or four. */
  function edges(e) {
    const [top, bottom, left = bottom, right = left] = Array.isArray(e) ? e : [e, e];
    const all = Array.isArray(e) && e.length === 2 ? [top, top, bottom, bottom] : [top, bottom, left, right];
    return all.map((each) => whole("edges", each, 0n));
  }

  /** The parts of a Keras call: what Keras takes anyway is not written, a padding of pixels is a layer of its own. */
  const python = (value) => (Array.isArray(value) ? `(${value.join(", ")})` : String(value));
  const strides = (s) => (s === 1n ? "" : `, strides=${python(s)}`);
  const dilated = (d) => (d === 1n ? "" : `, dilation_rate=${python(d)}`);
  const multiplied = (m) => (m === 1n ? "" : `, depth_multiplier=${m}`);
  const biased = (b) => (b === "no" ? ", use_bias=False" : "");
  const activated = (a) => (a === "linear" ? "" : `, activation="${a}"`);
  const same = (p) => (p === "same" ? ', padding="same"' : "");
  const padded = (p, call) => (typeof p === "bigint" && p ? [`ZeroPadding2D(${p})`, call] : [call]);
  const framed = (e) => {
    const [top, bottom, left, right] = edges(e);
    return `((${top}, ${bottom}), (${left}, ${right}))`;
  };

  const pooling = (keras, de, en) => ({
    de,
    en,
    settings: { f: 2n, s: 2n, p: 0n },
    step: (input_shape, { f, s, p }) => ({
      shape: arithmetic.pool2d_output_shape({ input_shape, pool_size: f, stride: s, padding: p }),
    }),
    keras: ({ f, s, p }) => padded(p, `${keras}(${python(f)}, strides=${python(s)}${same(p)})`),
  });

  const pooledToOne = (keras, de, en) => ({
    de,
    en,
    settings: {},
    step: (input_shape) => ({ shape: [onMap(input_shape)[2]] }),
    keras: () => [`${keras}()`],
  });

  const dense = (de, en, more) => ({
    de,
    en,
    settings: { units: 128n },
    more: { b: "yes", a: "" },
    step(shape, { units, b }) {
      const layer = { inputs: shape.at(-1), units };
      return {
        shape: [...shape.slice(0, -1), units],
        parameters: arithmetic.dense_parameters({ ...layer, bias: b !== "no" }),
        macs: product(shape.slice(0, -1)) * arithmetic.dense_macs(layer),
      };
    },
    keras: ({ units, b, a }, last) => [`Dense(${units}${biased(b)}${activated(a || (last ? "softmax" : "relu"))})`],
    ...more,
  });

  /**
   * What each kind of layer is called, can be told (in the order in which it is written; the values start a new one;
   * `more` shows only where it is another value), makes of a shape (the shape after it, its parameters, its MACs for one
   * image; 0 where it says nothing), and is in Keras. What is `flattened` takes a row of numbers: what comes to it is
   * flattened first, as by Keras' Flatten.
   */
  const LAYERS = {
    conv: {
      de: "Faltung",
      en: "Convolution",
      settings: { k: 32n, f: 3n, s: 1n, p: "same", g: 1n },
      more: { d: 1n, b: "yes", a: "relu" },
      step(input_shape, { k, f, s, p, g, d, b }) {
        const layer = { input_shape, filters: k, kernel_size: f, stride: s, padding: p, dilation: d };
        const shape = arithmetic.conv2d_output_shape(layer);
        const weights = { in_channels: input_shape[2], filters: k, kernel_size: f, groups: g, bias: b !== "no" };
        return {
          shape,
          parameters: arithmetic.conv2d_parameters(weights),
          macs: arithmetic.conv2d_macs({ ...layer, groups: g }),
        };
      },
      keras: ({ k, f, s, p, g, d, b, a }) => {
        const groups = g === 1n ? "" : `, groups=${g}`;
        const rest = `${strides(s)}${same(p)}${dilated(d)}${groups}${biased(b)}${activated(a)}`;
        return padded(p, `Conv2D(${k}, ${python(f)}${rest})`);
      },
    },
    depthwise: {
      de: "Depthwise-Faltung",
      en: "Depthwise convolution",
      settings: { f: 3n, s: 1n, p: "same", m: 1n },
      more: { d: 1n, b: "yes", a: "relu" },
      step(input_shape, { f, s, p, m, d, b }) {
        const layer = { input_shape, kernel_size: f, stride: s, padding: p, dilation: d, depth_multiplier: m };
        const weights = { in_channels: input_shape[2], kernel_size: f, depth_multiplier: m, bias: b !== "no" };
        return {
          shape: arithmetic.depthwise_conv2d_output_shape(layer),
          parameters: arithmetic.depthwise_conv2d_parameters(weights),
          macs: arithmetic.depthwise_conv2d_macs(layer),
        };
      },
      keras: ({ f, s, p, m, d, b, a }) => {
        const rest = `${strides(s)}${same(p)}${dilated(d)}${multiplied(m)}${biased(b)}${activated(a)}`;
        return padded(p, `DepthwiseConv2D(${python(f)}${rest})`);
      },
    },
    separable: {
      de: "Separable Faltung",
      en: "Separable convolution",
      settings: { k: 32n, f: 3n, s: 1n, p: "same" },
      more: { m: 1n, d: 1n, b: "yes", a: "relu" },
      /** A depthwise convolution without biases, then one of 1 x 1. */
      step(input_shape, { k, f, s, p, m, d, b }) {
        const depthwise = LAYERS.depthwise.step(input_shape, { f, s, p, m, d, b: "no" });
        const pointwise = LAYERS.conv.step(depthwise.shape, { k, f: 1n, s: 1n, p: 0n, g: 1n, b });
        return {
          shape: pointwise.shape,
          parameters: depthwise.parameters + pointwise.parameters,
          macs: depthwise.macs + pointwise.macs,
        };
      },
      keras: ({ k, f, s, p, m, d, b, a }) => {
        const rest = `${strides(s)}${same(p)}${dilated(d)}${multiplied(m)}${biased(b)}${activated(a)}`;
        return padded(p, `SeparableConv2D(${k}, ${python(f)}${rest})`);
      },
    },
    max: pooling("MaxPooling2D", "Max-Pooling", "Max pooling"),
    average: pooling("AveragePooling2D", "Average-Pooling", "Average pooling"),
    global: pooledToOne("GlobalAveragePooling2D", "Global Average Pooling", "Global average pooling"),
    globalmax: pooledToOne("GlobalMaxPooling2D", "Global Max Pooling", "Global max pooling"),
    norm: {
      de: "Batch Normalization",
      en: "Batch normalization",
      settings: {},
      more: { beta: "yes", gamma: "yes" },
      step(shape, { beta, gamma }) {
        const all = arithmetic.batch_norm_parameters({ channels: shape.at(-1) });
        const missing = [beta, gamma].filter((each) => each === "no").length;
        return { shape, parameters: all[0] + all[1] - BigInt(missing) * shape.at(-1) };
      },
      keras: ({ beta, gamma }) => {
        const without = [beta === "no" && "center=False", gamma === "no" && "scale=False"].filter(Boolean);
        return [`BatchNormalization(${without.join(", ")})`];
      },
    },
    dropout: {
      de: "Dropout",
      en: "Dropout",
      settings: { percent: 50n },
      step(shape, { percent }) {
        if (typeof percent !== "string" && percent >= 0 && percent <= 99) return { shape };
        return refuse("percent_range", `percent must be a number from 0 to 99. Received percent=${percent}.`);
      },
      keras: ({ percent }) => [`Dropout(${Number(percent) / 100})`],
    },
    flatten: {
      de: "Flatten",
      en: "Flatten",
      settings: {},
      step: (shape) => ({ shape: [product(shape)] }),
      keras: () => ["Flatten()"],
    },
    dense: dense("Dense", "Dense", { flattened: true }),
    pixelwise: dense("Dense je Pixel", "Dense per pixel"),
    activation: {
      de: "Aktivierung",
      en: "Activation",
      settings: { fn: "relu" },
      step: (shape) => ({ shape }),
      keras: ({ fn }) => [fn === "leaky_relu" ? "LeakyReLU()" : `Activation("${fn}")`],
    },
    pad: {
      de: "Zero-Padding",
      en: "Zero padding",
      settings: { e: 1n },
      step(input_shape, { e }) {
        const [height, width, channels] = onMap(input_shape);
        const [top, bottom, left, right] = edges(e);
        return { shape: [height + top + bottom, width + left + right, channels] };
      },
      keras: ({ e }) => [`ZeroPadding2D(${framed(e)})`],
    },
    crop: {
      de: "Zuschneiden",
      en: "Cropping",
      settings: { e: 1n },
      step(input_shape, { e }) {
        const [height, width, channels] = onMap(input_shape);
        const [top, bottom, left, right] = edges(e);
        const shape = [height - top - bottom, width - left - right, channels];
        if (shape[0] > 0n && shape[1] > 0n) return { shape };
        return refuse("crop_range", `edges must leave a pixel of the input. Received edges=${python(e)}.`);
      },
      keras: ({ e }) => [`Cropping2D(${framed(e)})`],
    },
    resize: {
      de: "Skalieren",
      en: "Resizing",
      settings: { h: 32n, w: 32n },
      step: (input_shape, { h, w }) => ({ shape: [whole("height", h), whole("width", w), onMap(input_shape)[2]] }),
      keras: ({ h, w }) => [`Resizing(${h}, ${w})`],
    },
    reshape: {
      de: "Umformen",
      en: "Reshaping",
      settings: { shape: [28n, 28n, 1n] },
      step(from, { shape }) {
        const sizes = [shape].flat().map((each) => whole("target_shape", each));
        if (product(sizes) === product(from)) return { shape: sizes };
        return refuse(
          "reshape_count",
          `target_shape must hold as many numbers as the input, ${product(from)}. Received target_shape=${python(shape)}.`,
          { count: product(from) },
        );
      },
      keras: ({ shape }) => [`Reshape((${[shape].flat().join(", ")},))`],
    },
    other: {
      de: "Ohne Parameter",
      en: "Without parameters",
      settings: { type: "Rescaling" },
      step: (shape) => ({ shape }),
      keras: ({ type }) => [`${type}(${OTHERS[type]})`],
    },
  };

  // -- networks ----------------------------------------------------------------------------------------------------

  const MOST_LAYERS = 100;
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
  function networkAccount({ input_shape, layers }) {
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
    const { flattened, step } = LAYERS[kind];
    const flat = flattened && input_shape.length > 1 ? product(input_shape) : 0n;
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
    const [kind, ...texts] = text.split("-");
    if (!Object.hasOwn(LAYERS, kind)) return null;
    const start = startOf(kind);
    const names = Object.keys(start);
    const values = texts.map((each, i) => (i < names.length ? parseSetting(names[i], each) : undefined));
    if (values.includes(undefined)) return null;
    return { kind, ...start, ...Object.fromEntries(values.map((value, i) => [names[i], value])) };
  }

  /** All settings of a new layer of this kind. */
  const startOf = (kind) => ({ ...LAYERS[kind].settings, ...LAYERS[kind].more });

  /** What a text says of a setting; undefined where a link cannot hold it. */
  function parseSetting(name, text) {
    const { options, sizes = 1 } = SETTINGS[name];
    if (options) return options.includes(text) ? read(text) : undefined;
    if (name === "percent" && /^\d{1,2}\.\d{1,4}$/.test(text)) return Number(text);
    const all = text.split("x");
    if (all.length > sizes || !all.every((each) => /^\d{0,30}$/.test(each))) return undefined;
    return all.length > 1 ? all.map(read) : read(text);
  }

  /** The text of a setting: "3", or "3x5". */
  const shown = (value) => [value].flat().join("x");

  /** The text of a layer, up to the last setting that says something; a number that is none leaves a gap. */
  function written({ kind, ...values }) {
    const { settings, more = {} } = LAYERS[kind];
    const texts = Object.keys({ ...settings, ...more }).map((name) => {
      const text = shown(values[name]);
      return parseSetting(name, text) === undefined ? "" : text;
    });
    const usual = Object.values(more).map(shown);
    while (usual.length && usual.pop() === texts.at(-1)) texts.pop();
    return [kind, ...texts].join("-");
  }

  /** The same network for Keras, from its account. */
  function kerasCode(input, layers, rows) {
    const calls = layers.flatMap((layer, i) => {
      const call = LAYERS[layer.kind].keras(layer, i === layers.length - 1);
      return rows[i].flat ? ["Flatten()", ...call] : call;
    });
    const lines = [`keras.Input((${input.join(", ")}))`, ...calls.map((call) => `layers.${call}`)];
    const listed = lines.map((line) => `    ${line},\n`).join("");
    return `import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n${listed}])\nmodel.summary()\n`;
  }

  /** The layers that were read, with all settings. */
  const complete = (layers) => layers.map(({ line, kind, ...told }) => ({ kind, ...startOf(kind), ...told }));

  cnncourse.architect_layers = {
    LAYERS,
    MOST_LAYERS,
    NETWORKS,
    SETTINGS,
    complete,
    kerasCode,
    networkAccount,
    parse,
    parseLayer,
    parseSetting,
    shown,
    written,
    account: ({ input_shape, layers }) => networkAccount({ input_shape, layers: parse(layers) }),
    /** Of a code: its account and its problems, and its network once through a link and back. */
    account_of_code(text) {
      const { input, layers, problems, remarks } = cnncourse.keras_code.read(text);
      const network = parse(complete(layers).map(written).join());
      const counted = networkAccount({ input_shape: input, layers: network });
      return { ...counted, input, problems, remarks, program: kerasCode(input, network, counted.layers) };
    },
  };
})();
