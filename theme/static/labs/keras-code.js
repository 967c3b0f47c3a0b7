// Keras code, read but never run: the layers of the network that a Python text describes.
//
// `cnncourse.keras_code.read(text)` gives { input, layers, problems, remarks }: the shape that goes in, or null;
// the layers as cnn-architect knows them, each with its line; what could not be read and is left out; what the reader
// of the page should know besides. Python is read in four steps: tokens, statements, expressions, and what they mean
// for a network. What has no meaning for one (data, training, figures) is passed over. Each step goes forward only and
// all depths and counts have a limit, so that a text of any kind is read in a time proportional to its length.
(() => {
  "use strict";

  const MOST_CHARACTERS = 100_000;
  const MOST_DIGITS = 30;
  const DEEPEST = 100; // brackets within brackets, or operations within an operation
  const MOST_CALLS = 20; // functions that call functions
  const MOST_STEPS = 20_000; // statements of loops and functions, over the length of the text
  const MOST_LAYERS = 1000;
  const MOST_SHOWN = 50; // problems

  /** What cannot be read: `kind` and `values` choose the words. */
  class Unreadable {
    constructor(line, kind, values = {}) {
      Object.assign(this, { line, kind, values });
    }
  }

  // -- tokens ------------------------------------------------------------------------------------------------------

  const BLANK = /[ \t\f\u00a0]+|\\\r?\n|#[^\n]*/y;
  const NUMBER = /0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y;
  const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
  const OPERATOR = /\*\*=?|\/\/=?|[-+*/%&|^@=!<>]=|->|:=|<<|>>|[^]/uy;
  const IN_A_NOTEBOOK = /[ \t]*(?:(?:>>>|\.\.\.) ?|[%!][^\n]*|```[^\n]*)/y; // prompts, commands, fences
  const CURLY = { "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'" }; // quotes of a word processor
  const BLOCKS = new Set(["def", "class", "for", "while", "if", "elif", "else", "with", "try", "except", "finally"]);
  const STARTS = new Set(["def", "class", "import", "return"]); // words that begin a line, never continue one
  const CLOSED_BY = { "(": ")", "[": "]", "{": "}" };

  /** The statements of a text: { tokens, indent, line }, with what is `broken` about it, if anything. */
  function statements(text) {
    const found = [];
    let [at, line, indent] = [0, 1, 0];
    let open = []; // brackets
    let now = null;
    const finish = () => {
      if (now && open.length) now.broken ??= new Unreadable(open[0].line, "bracket");
      if (now) found.push(now);
      [now, open] = [null, []];
    };
    const take = (pattern) => {
      pattern.lastIndex = at;
      const [taken] = pattern.exec(text) ?? [""];
      at += taken.length;
      return taken;
    };
    const token = (type, value) => {
      now ??= { tokens: [], indent, line };
      now.tokens.push({ type, value, line });
    };
    const newLine = () => {
      const start = at;
      take(IN_A_NOTEBOOK);
      take(BLANK);
      indent = at - start;
    };
    const operator = (sign) => {
      if (Object.hasOwn(CLOSED_BY, sign)) open.push({ sign, line });
      else if (open.length && sign === CLOSED_BY[open.at(-1).sign]) open.pop();
      if (sign === ";" && !open.length) return finish();
      token("sign", sign);
      if (sign !== ":" || open.length || !BLOCKS.has(now.tokens[0].value)) return;
      finish();
      indent += 0.5; // what follows on the line is the block
    };
    newLine();
    while (at < text.length) {
      const blank = take(BLANK);
      if (blank) {
        line += blank.endsWith("\n");
        continue;
      }
      const sign = text[at];
      if (sign === "\n" || sign === "\r") {
        at += sign === "\r" && text[at + 1] === "\n" ? 2 : 1;
        line += 1;
        if (!open.length) finish();
        newLine();
        const [word] = open.length ? ((NAME.lastIndex = at), NAME.exec(text) ?? []) : [];
        if (STARTS.has(word)) finish(); // a bracket was never closed
        continue;
      }
      const name = take(NAME);
      const quoted = quotedAt(text, at, name);
      if (quoted) {
        at = quoted.end;
        token("text", quoted.value);
        if (!quoted.closed) now.broken ??= new Unreadable(line, "quote");
        line += quoted.lines;
      } else if (name) token("name", name);
      else {
        const digits = take(NUMBER);
        if (digits) token("number", digits.replaceAll("_", ""));
        else operator(take(OPERATOR));
      }
    }
    finish();
    return found;
  }

  /** The text in quotes that starts here, after such a word as `f` or none; null if none does. */
  function quotedAt(text, start, prefix) {
    const quote = text[start];
    if ((quote !== '"' && quote !== "'") || prefix.length > 2) return null;
    const long = text.startsWith(quote.repeat(3), start);
    const from = start + (long ? 3 : 1);
    let [at, lines] = [from, 0];
    for (; at < text.length; at += 1) {
      if (text[at] === "\\") at += 1;
      else if (text[at] === quote && (!long || text.startsWith(quote.repeat(3), at))) {
        return { value: text.slice(from, at), end: at + (long ? 3 : 1), lines, closed: true };
      } else if (text[at] === "\n" && !long) break;
      lines += text[at] === "\n";
    }
    return { value: text.slice(from, at), end: Math.min(at, text.length), lines, closed: false };
  }

  // -- expressions -------------------------------------------------------------------------------------------------

  const COMPARISONS = new Set(["==", "!=", "<", ">", "<=", ">="]);
  const SUMS = new Set(["+", "-"]);
  const PRODUCTS = new Set(["*", "/", "//", "%"]);
  const CLOSERS = new Set([")", "]", "}"]);
  const IN_BRACKETS = new Set([","]); // what ends an expression there, besides a closing bracket
  const IN_BRACES = new Set([",", ":"]);
  const AT_TOP = new Set([",", ":", "=", "+=", "-=", "*=", "/=", "//=", "**="]);

  /** Expressions as trees of { type, line, … }; what is none of ours becomes `opaque`, with the names in it. */
  class Parser {
    constructor(tokens) {
      Object.assign(this, { tokens, at: 0 });
    }

    get token() {
      return this.tokens[this.at];
    }

    get line() {
      return (this.token ?? this.tokens[this.at - 1]).line;
    }

    is(sign) {
      return this.token?.type === "sign" && this.token.value === sign;
    }

    eat(sign) {
      const found = this.is(sign);
      this.at += found;
      return found;
    }

    /** A node over others; what is too deep is not kept. */
    node(type, line, parts, inside = []) {
      const depth = 1 + inside.reduce((most, each) => Math.max(most, each.depth), 0);
      return depth > DEEPEST ? { type: "opaque", line, depth: 1, names: [] } : { type, line, depth, ...parts };
    }

    expression(ends, depth = 0) {
      const from = this.at;
      const found = depth > DEEPEST ? null : this.operation(depth);
      if (found && (!this.token || (this.token.type === "sign" && (ends.has(this.token.value) || this.closes))))
        return found;
      this.skip(ends);
      const names = this.tokens.slice(from, this.at).filter(({ type }) => type === "name");
      return this.node("opaque", this.tokens[from]?.line ?? this.line, { names: names.map(({ value }) => value) });
    }

    get closes() {
      return this.token.type === "sign" && CLOSERS.has(this.token.value);
    }

    /** Go to the end of an expression. */
    skip(ends) {
      for (let open = 0; this.token; this.at += 1) {
        const { type, value } = this.token;
        if (type !== "sign") continue;
        if (!open && (ends.has(value) || this.closes)) return;
        if (Object.hasOwn(CLOSED_BY, value)) open += 1;
        else if (this.closes) open -= 1;
      }
    }

    operation(depth) {
      const sum = () => this.chain(SUMS, () => this.chain(PRODUCTS, () => this.signed(depth)));
      return this.chain(COMPARISONS, sum);
    }

    chain(signs, operand) {
      let left = operand();
      while (left && this.token?.type === "sign" && signs.has(this.token.value)) {
        const { value: sign, line } = this.tokens[this.at++];
        const right = operand();
        left = right && this.node("operation", line, { sign, left, right }, [left, right]);
      }
      return left;
    }

    signed(depth) {
      if (depth > DEEPEST) return null;
      const { line } = this;
      for (const sign of SUMS) {
        if (!this.eat(sign)) continue;
        const right = this.signed(depth + 1);
        return (
          right && this.node("operation", line, { sign, left: this.node("value", line, { value: 0n }), right }, [right])
        );
      }
      const base = this.postfix(depth);
      if (!base || !this.eat("**")) return base;
      const power = this.signed(depth + 1);
      return power && this.node("operation", line, { sign: "**", left: base, right: power }, [base, power]);
    }

    postfix(depth) {
      let found = this.atom(depth);
      while (found) {
        const { line } = this;
        if (this.eat(".")) {
          if (this.token?.type !== "name") return null;
          found = this.node("attribute", line, { of: found, name: this.tokens[this.at++].value }, [found]);
        } else if (this.eat("(")) {
          const given = this.list(")", depth, true);
          found =
            given && this.node("call", found.line, { of: found, given }, [found, ...given.map(({ value }) => value)]);
        } else if (this.eat("[")) {
          const index = this.list("]", depth);
          found = index && this.node("item", line, { of: found, index }, [found, ...index]);
        } else return found;
      }
      return null;
    }

    atom(depth) {
      const { token } = this;
      if (!token) return null;
      this.at += 1;
      if (token.type === "name") return this.node("name", token.line, { name: token.value });
      if (token.type === "number") return this.node("number", token.line, { digits: token.value });
      if (token.type === "text") {
        while (this.token?.type === "text") this.at += 1; // one after the other is one
        return this.node("value", token.line, { value: token.value });
      }
      if (token.value === "(" || token.value === "[") {
        const items = this.list(CLOSED_BY[token.value], depth);
        if (!items) return null;
        const single = token.value === "(" && items.length === 1 && this.tokens[this.at - 2].value !== ",";
        return single ? items[0] : this.node("list", token.line, { items }, items);
      }
      if (token.value === "{") return this.entries(token.line, depth);
      this.at -= 1;
      return null;
    }

    /** What stands in brackets, up to the closing one; in a call each has the `name` that it is given under. */
    list(closer, depth, called = false) {
      const items = [];
      while (this.token && !this.eat(closer)) {
        const name = called ? this.keyword() : "";
        const value = this.expression(IN_BRACKETS, depth + 1);
        items.push(called ? { name, value } : value);
        if (this.eat(",")) continue;
        return this.eat(closer) ? items : null;
      }
      return items;
    }

    /** The name of an argument and its sign; "**" for a dictionary of arguments. */
    keyword() {
      if (this.eat("**")) return "**";
      const next = this.tokens[this.at + 1];
      if (this.token.type !== "name" || next?.type !== "sign" || next.value !== "=") return "";
      this.at += 2;
      return this.tokens[this.at - 2].value;
    }

    entries(line, depth) {
      const [keys, values] = [[], []];
      while (this.token && !this.eat("}")) {
        keys.push(this.expression(IN_BRACES, depth + 1));
        if (!this.eat(":")) return null;
        values.push(this.expression(IN_BRACES, depth + 1));
        if (this.eat(",")) continue;
        if (this.eat("}")) break;
        return null;
      }
      return this.node("dictionary", line, { keys, values }, [...keys, ...values]);
    }
  }

  // -- what Keras' layers are told ---------------------------------------------------------------------------------

  /** A value that the code has and that cannot be told from it; `name` says what it is, "" that it is an expression. */
  class Unknown {
    constructor(name) {
      this.name = name;
    }
  }

  /** A layer that the code has made: what it is for cnn-architect, and the shape that it says goes in. */
  class Layer {
    constructor(line, settings, input = null) {
      Object.assign(this, { line, settings, input, used: false });
    }
  }

  const yesOrNo = { true: "yes", false: "no" };
  const PADDING = { valid: 0n, VALID: 0n, same: "same", SAME: "same" };
  const ACTIVATIONS = new Set(
    (
      "elu exponential gelu hard_sigmoid hard_silu leaky_relu linear log_softmax mish relu relu6 selu sigmoid silu " +
      "softmax softplus softsign tanh"
    ).split(" "),
  );

  /** How values of Python read as settings; undefined where they do not. */
  const isWhole = (value) => typeof value === "bigint" && value >= 0n;
  const whole = (value) => (isWhole(value) ? value : undefined);
  const oneOf = (table) => (value) => (Object.hasOwn(table, value) ? table[value] : undefined);
  const list = (value, least, most) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(isWhole) ? value : undefined;
  const pair = (value) => {
    const both = isWhole(value) ? [value, value] : list(value, 2, 2);
    return both && both[0] === both[1] ? both[0] : both;
  };
  /** Pixels above, below, left and right: one number, a pair, or a pair of pairs. */
  const edges = (value) => {
    if (!Array.isArray(value) || value.length !== 2) return whole(value);
    const all = value.map((each) => (isWhole(each) ? [each, each] : list(each, 2, 2)));
    return all.includes(undefined) ? undefined : all.flat();
  };
  const percent = (value) => {
    const share = typeof value === "bigint" ? Number(value) : value;
    if (typeof share !== "number") return undefined;
    const hundredths = Math.round(share * 1e6) / 1e4;
    return Number.isInteger(hundredths) ? BigInt(hundredths) : hundredths;
  };
  const activation = (value) => {
    if (value === null) return "linear";
    if (value instanceof Layer) return value.settings.fn;
    const name = value instanceof Unknown ? value.name : value;
    if (name === "swish") return "silu";
    return ACTIVATIONS.has(name) ? name : undefined;
  };

  /** What an argument means: the setting of cnn-architect, and how its value reads. */
  const ARGUMENTS = {
    filters: ["k", whole],
    kernel_size: ["f", pair],
    pool_size: ["f", pair],
    strides: ["s", (value) => (value === null ? null : pair(value))],
    padding: ["p", oneOf(PADDING)],
    dilation_rate: ["d", pair],
    groups: ["g", whole],
    depth_multiplier: ["m", whole],
    units: ["units", whole],
    activation: ["a", activation],
    use_bias: ["b", oneOf(yesOrNo)],
    center: ["beta", oneOf(yesOrNo)],
    scale: ["gamma", oneOf(yesOrNo)],
    rate: ["percent", percent],
    target_shape: ["shape", (value) => list(value, 1, 3)],
    height: ["h", whole],
    width: ["w", whole],
  };
  const HARMLESS = new RegExp(
    "^(name|dtype|trainable|seed|noise_shape|momentum|epsilon|autocast|.*_(initializer|regularizer|constraint)|" +
      "interpolation|(crop|pad)_to_aspect_ratio|fill_.*|antialias|renorm.*|synchronized|lora_.*|quantization_config)$",
  );
  const FIXED = {
    // arguments that are read with these values only
    data_format: (value) => value === null || value === "channels_last",
    keepdims: (value) => value === false,
    axis: (value) => value === -1n || value === 3n,
  };
  const INPUTS = ["input_shape", "batch_input_shape", "input_dim", "shape", "batch_shape"];

  /** A kind of layer: its arguments in Keras' order, how many must be given, settings otherwise, its own arguments. */
  const spec = (kind, takes, needs = 0, otherwise = {}, own = {}) => ({
    kind,
    takes: takes && takes.split(" "),
    needs,
    otherwise,
    means: { ...ARGUMENTS, ...own },
  });
  const uncounted = (kind, otherwise) => spec(kind, null, 0, otherwise); // whatever its arguments are
  const CONVOLVED = { s: 1n, p: 0n, a: "linear" };
  const WINDOW = "pool_size strides padding data_format";
  const LAYERS = {
    Conv2D: spec(
      "conv",
      "filters kernel_size strides padding data_format dilation_rate groups activation use_bias",
      2,
      CONVOLVED,
    ),
    DepthwiseConv2D: spec(
      "depthwise",
      "kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias",
      1,
      CONVOLVED,
    ),
    SeparableConv2D: spec(
      "separable",
      "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias",
      2,
      CONVOLVED,
    ),
    MaxPooling2D: spec("max", WINDOW, 0, { f: 2n, p: 0n }),
    AveragePooling2D: spec("average", WINDOW, 0, { f: 2n, p: 0n }),
    GlobalAveragePooling2D: spec("global", "data_format keepdims"),
    GlobalMaxPooling2D: spec("globalmax", "data_format keepdims"),
    BatchNormalization: spec("norm", "axis momentum epsilon center scale"),
    Dropout: spec("dropout", "rate noise_shape seed", 1),
    Dense: spec("dense", "units activation use_bias", 1, { a: "linear" }),
    Flatten: spec("flatten", "data_format"),
    Reshape: spec("reshape", "target_shape", 1),
    ZeroPadding2D: spec("pad", "padding data_format", 0, { e: 1n }, { padding: ["e", edges] }),
    Cropping2D: spec("crop", "cropping data_format", 0, { e: 0n }, { cropping: ["e", edges] }),
    Resizing: spec("resize", "height width interpolation", 2),
    Activation: spec("activation", "activation", 1, {}, { activation: ["fn", activation] }),
    ReLU: uncounted("activation", { fn: "relu" }),
    LeakyReLU: uncounted("activation", { fn: "leaky_relu" }),
    ELU: uncounted("activation", { fn: "elu" }),
    Softmax: uncounted("activation", { fn: "softmax" }),
    ...Object.fromEntries(
      (
        "Rescaling RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness " +
        "GaussianNoise GaussianDropout AlphaDropout SpatialDropout2D ActivityRegularization"
      )
        .split(" ")
        .map((name) => [name, uncounted("other", { type: name })]),
    ),
  };
  const ALIASES = {
    Convolution2D: "Conv2D",
    DepthwiseConvolution2D: "DepthwiseConv2D",
    SeparableConvolution2D: "SeparableConv2D",
    MaxPool2D: "MaxPooling2D",
    AvgPool2D: "AveragePooling2D",
    GlobalAvgPool2D: "GlobalAveragePooling2D",
    GlobalMaxPool2D: "GlobalMaxPooling2D",
    InputLayer: "Input",
    Functional: "Model",
  };

  /** The layer that a call makes; `given` are its arguments by name. */
  function made(name, given, line) {
    const { kind, takes, needs, otherwise, means } = LAYERS[name];
    const settings = { kind, ...otherwise };
    for (const [argument, value] of takes ? given : []) {
      if (HARMLESS.test(argument) || INPUTS.includes(argument)) continue;
      const fixed = Object.hasOwn(FIXED, argument);
      if (!fixed && !takes.includes(argument)) throw new Unreadable(line, "argument", { layer: name, name: argument });
      const [setting, meant] = fixed ? [null, (each) => FIXED[argument](each) || undefined] : means[argument];
      const read = meant(value);
      if (read === undefined) throw unreadable(value, line, "value", { layer: name, name: argument });
      if (!fixed) settings[setting] = read;
    }
    const missing = takes?.slice(0, needs).find((argument) => !(means[argument][0] in settings));
    if (missing) throw new Unreadable(line, "missing", { layer: name, name: missing });
    if (takes && takes[0] === "pool_size") settings.s ??= settings.f;
    return new Layer(line, settings, inputOf(given));
  }

  /** Why this value does not do; what is unknown goes by its name. */
  const unreadable = (value, line, kind, values) =>
    value instanceof Unknown
      ? new Unreadable(line, value.name ? "name" : "expression", { name: value.name })
      : new Unreadable(line, kind, values);

  /** The shape that arguments say goes in, without the batch; null where none can be told. */
  function inputOf(given) {
    for (const [name, value] of given) {
      if (!INPUTS.includes(name)) continue;
      const shape = list(name.startsWith("batch") && Array.isArray(value) ? value.slice(1) : value, 1, 3);
      if (name === "input_dim" && isWhole(value)) return [value];
      if (shape && !shape.includes(0n)) return shape;
    }
    return null;
  }

  // -- what the code makes -----------------------------------------------------------------------------------------

  /** What goes through a functional network: the input, or what a layer makes of the one before it. */
  class Tensor {
    constructor({ before = null, layer = null, input = null }) {
      Object.assign(this, { before, layer, input });
    }
  }

  class Network {
    constructor(line) {
      Object.assign(this, { line, layers: [], input: null, used: false });
    }
  }

  /** A function that the code defines: its parameters, and the statements of its block. */
  class Defined {
    constructor(parameters, from, to) {
      Object.assign(this, { parameters, from, to, called: false });
    }
  }

  const isMade = (value) => [Layer, Network, Tensor, Defined].some((kind) => value instanceof kind);
  const SCALERS = new Set("Normalization preprocess_input StandardScaler MinMaxScaler rescale normalize".split(" "));
  const LEAVES = new Set(["break", "continue", "return"]);
  const PASSED_OVER = new Set("pass break continue raise global nonlocal assert del @".split(" "));
  const HUGE = 10n ** BigInt(MOST_DIGITS);

  /** Goes through the statements of a text and keeps what they make of networks. */
  class Reading {
    constructor(text) {
      this.statements = statements(text);
      this.scopes = [new Map()];
      this.names = new Map(Object.entries(ALIASES));
      Object.assign(this, { problems: [], networks: [], last: null });
      this.left = MOST_STEPS + 3 * this.statements.reduce((sum, { tokens }) => sum + tokens.length, 0);
      this.run(0, this.statements.length);
      this.callWhatNobodyCalls();
    }

    /** A pasted function is often only defined. */
    callWhatNobodyCalls() {
      for (const [name, value] of [...this.scopes[0]]) {
        if (this.networks.length || this.last || !(value instanceof Defined) || value.called) continue;
        this.attempt({ tokens: [{ type: "name", value: name, line: 1 }] }, () => this.call(value, [], 1));
      }
    }

    spend(steps, line) {
      this.left -= steps;
      if (this.left < 0) throw new Unreadable(line, "long");
    }

    // -- statements ------------------------------------------------------------------------------------------------

    /** Go through statements; gives what a function returns, { value }, or nothing. */
    run(from, to) {
      let taken = false; // a branch of the `if` before
      for (let at = from; at < to && this.left >= 0;) {
        const statement = this.statements[at];
        const word = statement.tokens[0].value;
        const end = BLOCKS.has(word) ? this.blockEnd(at, to) : at + 1;
        const returned = this.attempt(statement, () => {
          this.spend(1, statement.line);
          if (statement.broken) throw statement.broken;
          if (!BLOCKS.has(word)) return this.simple(statement, word);
          if (word === "if" || ((word === "elif" || word === "else") && !taken)) {
            taken = word === "else" || this.holds(statement, at + 1, end);
            return taken ? this.run(at + 1, end) : null;
          }
          return this.block(word, statement, at + 1, end);
        });
        if (returned) return returned;
        at = end;
      }
      return null;
    }

    blockEnd(at, to) {
      const { indent, line } = this.statements[at];
      let end = at + 1;
      while (end < to && this.statements[end].indent > indent) end += 1;
      if (this.statements[at].tokens[0].value !== "def") this.spend(end - at, line);
      return end;
    }

    /** Do something for a statement; what cannot be read is kept if it may be of a network, and is left out. */
    attempt(statement, action) {
      try {
        return action();
      } catch (problem) {
        if (!(problem instanceof Unreadable)) throw problem;
        if (["block", "long"].includes(problem.kind) || this.concerns(statement)) this.keep(problem);
        this.leaveOut(statement);
        return null;
      }
    }

    keep(problem) {
      const { line, kind, values } = problem;
      const known = (each) => each.line === line && each.kind === kind && each.values.name === values.name;
      if (!this.problems.some(known) && this.problems.length < MOST_SHOWN) this.problems.push({ line, kind, values });
    }

    concerns({ tokens }) {
      return tokens.some(({ type, value }) => type === "name" && this.isOfNetworks(value));
    }

    isOfNetworks(name) {
      const meant = this.meant(name);
      return (
        ["Sequential", "Model", "Input"].includes(meant) || Object.hasOwn(LAYERS, meant) || isMade(this.value(name))
      );
    }

    /** Without this statement: what it would have made goes on as it was before. */
    leaveOut({ tokens }) {
      const target = tokens[0].value;
      if (tokens[0].type !== "name" || tokens[1]?.value !== "=" || this.value(target) instanceof Network) return;
      const before = tokens.slice(1).find(({ type, value }) => type === "name" && this.value(value) instanceof Tensor);
      this.scopes.at(-1).set(target, before ? this.value(before.value) : new Unknown(target));
    }

    simple(statement, word) {
      if (word === "import" || word === "from") return this.rename(statement.tokens);
      if (PASSED_OVER.has(word)) return null;
      const { sign, parts } = (statement.parts ??= parsed(statement.tokens));
      const value = this.evaluate(parts.at(-1));
      if (word === "return") return { value };
      for (const target of parts.slice(0, -1)) {
        this.bind(
          target,
          sign === "=" ? value : this.operate(sign.slice(0, -1), this.evaluate(target), value, target.line),
        );
      }
      return null;
    }

    /** `from keras.layers import Conv2D as Convolution`: what a name means. */
    rename(tokens) {
      tokens.forEach(({ value }, at) => {
        if (value === "as" && tokens[at + 1]) this.names.set(tokens[at + 1].value, this.meant(tokens[at - 1].value));
      });
      return null;
    }

    meant(name) {
      return this.names.get(name) ?? name;
    }

    block(word, statement, from, to) {
      const { tokens, line } = statement;
      if (word === "with" || word === "try" || word === "finally") return this.run(from, to);
      if (word === "def") return this.define(tokens, from, to);
      if (word === "for") return this.repeat(tokens, from, to, line);
      if (word === "class" || word === "while") this.passOver(word, line, from, to);
      return null; // `except`, and an `else` or `elif` after the branch that was taken
    }

    /** A block that cannot be read matters only where it is about networks. */
    passOver(word, line, from, to) {
      const inside = this.statements.slice(from, to);
      const leaves = ({ tokens }) => LEAVES.has(tokens[0].value);
      if (inside.some((each) => this.concerns(each) || (word === "if" && leaves(each))))
        throw new Unreadable(line, "block", { name: word });
    }

    holds({ tokens, line }, from, to) {
      if (tokens[1]?.value === "__name__") return true;
      const value = this.evaluate(new Parser(tokens.slice(1)).expression(AT_TOP));
      if (value instanceof Unknown || isMade(value)) return this.passOver("if", line, from, to) ?? false;
      return Array.isArray(value) ? value.length > 0 : Boolean(value);
    }

    repeat(tokens, from, to, line) {
      const at = tokens.findIndex(({ value }) => value === "in");
      const [targets, values] = [tokens.slice(1, at), tokens.slice(at + 1)].map((part) => parsed([...part]).parts[0]);
      const all = at > 0 ? this.evaluate(values) : null;
      if (!Array.isArray(all)) return this.passOver("for", line, from, to) ?? null;
      for (const each of all) {
        this.bind(targets, each);
        const returned = this.run(from, to);
        if (returned) return returned;
      }
      return null;
    }

    define(tokens, from, to) {
      const parameters = parametersOf(tokens);
      for (const parameter of parameters)
        parameter.otherwise = parameter.node ? this.evaluate(parameter.node) : new Unknown(parameter.name);
      if (tokens[1]) this.scopes.at(-1).set(tokens[1].value, new Defined(parameters, from, to));
      return null;
    }

    call(defined, given, line) {
      if (this.scopes.length > MOST_CALLS) throw new Unreadable(line, "long");
      defined.called = true;
      const scope = new Map(defined.parameters.map(({ name, otherwise }) => [name, otherwise]));
      given.forEach(([name, value], at) => scope.set(name || defined.parameters[at]?.name, value));
      this.scopes.push(scope);
      try {
        return this.run(defined.from, defined.to)?.value ?? null;
      } finally {
        this.scopes.pop();
      }
    }

    bind(target, value) {
      const unnamed = value instanceof Unknown && activation(value) === undefined;
      if (target.type === "name") this.scopes.at(-1).set(target.name, unnamed ? new Unknown(target.name) : value);
      if (target.type !== "list") return;
      const values = Array.isArray(value) && value.length === target.items.length ? value : [];
      target.items.forEach((each, at) => this.bind(each, at in values ? values[at] : new Unknown(each.name ?? "")));
    }

    value(name) {
      return this.scopes.at(-1).get(name) ?? this.scopes[0].get(name);
    }

    // -- expressions -----------------------------------------------------------------------------------------------

    evaluate(node) {
      this.spend(1, node.line);
      return this[`of_${node.type}`](node);
    }

    of_opaque({ names, line }) {
      if (names.some((name) => this.isOfNetworks(name))) throw new Unreadable(line, "expression");
      return new Unknown("");
    }

    of_value({ value }) {
      return value;
    }

    of_number({ digits, line }) {
      if (/^\d+$/.test(digits) || /^0[xXbBoO]/.test(digits)) {
        if (digits.length > MOST_DIGITS) throw new Unreadable(line, "large");
        return BigInt(/^0\d/.test(digits) ? digits.replace(/^0+(?=\d)/, "") : digits);
      }
      return Number(digits);
    }

    of_name({ name }) {
      const constant = { True: true, False: false, None: null };
      if (Object.hasOwn(constant, name)) return constant[name];
      const value = this.value(name);
      return value === undefined ? new Unknown(name) : value;
    }

    of_list({ items }) {
      return items.map((item) => this.evaluate(item));
    }

    of_dictionary({ keys, values }) {
      return new Map(keys.map((key, at) => [this.evaluate(key), this.evaluate(values[at])]));
    }

    of_attribute({ of, name }) {
      const owner = of.type === "name" ? this.value(of.name) : this.evaluate(of);
      return owner instanceof Network && name === "layers" ? owner.layers : new Unknown(name);
    }

    of_item({ of, index, line }) {
      const [owner, at] = [this.evaluate(of), index.length === 1 ? this.evaluate(index[0]) : null];
      if (owner instanceof Map) return owner.get(at) ?? new Unknown("");
      if (!Array.isArray(owner) || typeof at !== "bigint")
        return new Unknown(owner instanceof Unknown ? owner.name : "");
      const found = owner.at(Number(at));
      if (found === undefined) throw new Unreadable(line, "expression");
      return found;
    }

    of_operation({ sign, left, right, line }) {
      return this.operate(sign, this.evaluate(left), this.evaluate(right), line);
    }

    operate(sign, left, right, line) {
      const plain = ![left, right].some((value) => value instanceof Unknown || isMade(value));
      if (COMPARISONS.has(sign)) return plain ? compared(sign, left, right) : new Unknown("");
      if (left instanceof Tensor || right instanceof Tensor) return this.scaled(left, right, line);
      if (Array.isArray(left) && Array.isArray(right) && sign === "+") {
        this.spend(left.length + right.length, line);
        return [...left, ...right];
      }
      const numbers = [left, right].every((value) => ["bigint", "number"].includes(typeof value));
      return numbers
        ? computed(sign, left, right, line)
        : new Unknown(left instanceof Unknown ? left.name : (right?.name ?? ""));
    }

    /** `x / 255`: a layer without parameters; two ways that meet are none of ours. */
    scaled(left, right, line) {
      const [tensor, by] = left instanceof Tensor ? [left, right] : [right, left];
      if (by instanceof Tensor) throw new Unreadable(line, "branch");
      if (typeof by !== "number" && typeof by !== "bigint") throw unreadable(by, line, "expression");
      return this.through(new Layer(line, { kind: "other", type: "Rescaling" }), tensor, line);
    }

    // -- calls -----------------------------------------------------------------------------------------------------

    of_call({ of, given, line }) {
      const owner = of.type === "attribute" && of.of.type === "name" ? this.value(of.of.name) : undefined;
      if (owner instanceof Network) return this.method(owner, of.name, given, line);
      if (Array.isArray(owner) && of.name === "append" && given.length === 1) {
        owner.push(this.evaluate(given[0].value));
        return null;
      }
      const named = of.type === "attribute" || of.type === "name" ? of.name : null;
      const held = of.type === "name" ? this.value(named) : named ? undefined : this.evaluate(of);
      if (held instanceof Defined) return this.call(held, this.given(given), line);
      if (isMade(held) || (held instanceof Unknown && !named)) return this.apply(held, given, line);
      return this.build(this.meant(named), given, line);
    }

    /** Arguments with their values: [name, value], where the name is that of the place if it has none. */
    given(given, takes = []) {
      return given.flatMap(({ name, value }, at) => {
        const found = this.evaluate(value);
        if (name === "**" && found instanceof Map) return [...found];
        return [[name || (takes[at] ?? ""), found]];
      });
    }

    build(name, given, line) {
      if (name === "Sequential") return this.sequential(given, line);
      if (name === "Model") return this.functional(this.given(given, ["inputs", "outputs"]), line);
      if (name === "Input") return new Tensor({ input: inputOf(this.given(given, ["shape"])) });
      if (Object.hasOwn(LAYERS, name)) return this.layer(name, given, line);
      const values = this.given(given).map(([, value]) => value);
      if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name](values, line) ?? new Unknown(name);
      const [first] = values;
      if (ACTIVATIONS.has(name) && first instanceof Tensor)
        return this.through(new Layer(line, { kind: "activation", fn: name }), first, line);
      if (values.flat().some((value) => value instanceof Tensor))
        throw new Unreadable(line, Array.isArray(first) ? "branch" : "function", { name });
      return new Unknown(/^[A-Z]/.test(name) || ACTIVATIONS.has(name) ? name : `${name}(…)`);
    }

    layer(name, given, line) {
      const takes = LAYERS[name].takes ?? [];
      const counted = given.filter((each) => !HARMLESS.test(each.name));
      const values = this.given(counted, takes);
      if (takes.length && values.some(([argument]) => argument === ""))
        throw new Unreadable(line, "many", { layer: name });
      return made(name, values, line);
    }

    /** A list of layers is read one by one, so that one that cannot be read is left out alone. */
    sequential(given, line) {
      const network = new Network(line);
      this.networks.push(network);
      const listed = given.find(({ name }) => !name || name === "layers")?.value;
      if (!listed) return network;
      if (listed.type !== "list") {
        const values = this.evaluate(listed);
        if (!Array.isArray(values)) throw unreadable(values, line, "expression");
        values.forEach((value) => this.add(network, value, line));
        return network;
      }
      for (const item of listed.items) {
        try {
          this.add(network, this.evaluate(item), item.line);
        } catch (problem) {
          if (!(problem instanceof Unreadable)) throw problem;
          this.keep(problem);
        }
      }
      return network;
    }

    add(network, value, line) {
      if (value instanceof Tensor && !value.before) {
        network.input ??= value.input;
        return;
      }
      if (!(value instanceof Layer || value instanceof Network))
        throw value instanceof Unknown && value.name
          ? new Unreadable(line, "layer", { name: value.name })
          : unreadable(value, line, "expression");
      this.use(value, line);
      if (!network.layers.length) network.input ??= value.input;
      const layers = value instanceof Network ? value.layers : [value];
      if (network.layers.length + layers.length > MOST_LAYERS) throw new Unreadable(line, "long");
      network.layers.push(...layers);
    }

    /** Weights that two places share would be counted twice. */
    use(value, line) {
      if (value.used) throw new Unreadable(line, "shared");
      value.used = true;
    }

    method(network, name, given, line) {
      if (name === "add" && given.length) this.add(network, this.evaluate(given[0].value), line);
      else if (name === "pop") network.layers.pop();
      else if (name === "build" && given.length)
        network.input ??= inputOf([["batch_input_shape", this.evaluate(given[0].value)]]);
      return new Unknown(name);
    }

    /** Send what goes through a network through a layer, or through a network within it. */
    apply(held, given, line) {
      const values = this.given(given).map(([, value]) => value);
      const [input] = Array.isArray(values[0]) && values[0].length === 1 ? values[0] : values;
      if (Array.isArray(input) && input.some((each) => each instanceof Tensor)) throw new Unreadable(line, "branch");
      if (held instanceof Unknown) {
        if (input instanceof Tensor) throw new Unreadable(line, "layer", { name: held.name });
        return new Unknown("");
      }
      if (!(input instanceof Tensor)) throw unreadable(input, line, "expression");
      if (held instanceof Layer) return this.through(held, input, line);
      this.use(held, line);
      return held.layers.reduce((before, layer) => (this.last = new Tensor({ before, layer })), input);
    }

    through(layer, before, line) {
      this.use(layer, line);
      return (this.last = new Tensor({ before, layer }));
    }

    functional(given, line) {
      const { outputs } = Object.fromEntries(given);
      const [end] = Array.isArray(outputs) && outputs.length === 1 ? outputs : [outputs];
      if (Array.isArray(end)) throw new Unreadable(line, "branch");
      if (!(end instanceof Tensor)) throw unreadable(end ?? new Unknown(""), line, "expression");
      const network = chained(end, line);
      this.networks.push(network);
      return network;
    }
  }

  /** The network that ends here, back to its input. */
  function chained(end, line) {
    const network = new Network(line);
    let tensor = end;
    for (; tensor.before; tensor = tensor.before) network.layers.push(tensor.layer);
    network.layers.reverse();
    network.input = tensor.input;
    return network;
  }

  /** A statement's expressions, those that it assigns to first: { sign, parts }. */
  function parsed(tokens) {
    const parser = new Parser(tokens[0]?.value === "return" ? tokens.slice(1) : tokens);
    const parts = [];
    let sign = "=";
    while (parser.token) {
      const items = [parser.expression(AT_TOP)];
      while (parser.eat(",") && parser.token && !parser.is("=")) items.push(parser.expression(AT_TOP));
      parts.push(items.length > 1 ? parser.node("list", items[0].line, { items }, items) : items[0]);
      if (parser.eat(":")) parser.expression(AT_TOP); // what type it has
      if (!parser.token) break;
      sign = parser.token.value;
      parser.at += 1;
    }
    if (!parts.length) parts.push({ type: "value", line: tokens[0]?.line ?? 1, depth: 1, value: null });
    return { sign, parts };
  }

  /** The parameters of `def name(…)`: their names, and what they are otherwise. */
  function parametersOf(tokens) {
    const parser = new Parser(tokens.slice(2));
    const ends = new Set([",", "="]);
    const found = [];
    parser.eat("(");
    while (parser.token && !parser.closes) {
      const { type, value: name } = parser.token;
      parser.at += 1;
      if (type !== "name") continue; // a star or a comma
      if (parser.eat(":")) parser.expression(ends);
      found.push({ name, node: parser.eat("=") ? parser.expression(IN_BRACKETS) : null });
    }
    return found;
  }

  /** Arithmetic as in Python, on whole numbers exactly. */
  function computed(sign, left, right, line) {
    const exact = typeof left === "bigint" && typeof right === "bigint" && sign !== "/";
    const [a, b] = exact ? [left, right] : [Number(left), Number(right)];
    if (["//", "%", "/"].includes(sign) && !Number(b)) throw new Unreadable(line, "expression");
    if (sign === "**" && exact && (b < 0n || b > 100n)) throw new Unreadable(line, "large");
    const floor = () => (exact ? a / b - BigInt(a % b !== 0n && a < 0n !== b < 0n) : Math.floor(a / b));
    const found = {
      "+": () => a + b,
      "-": () => a - b,
      "*": () => a * b,
      "/": () => a / b,
      "//": floor,
      "%": () => a - b * floor(),
      "**": () => a ** b,
    }[sign]();
    if (exact && (found > HUGE || found < -HUGE)) throw new Unreadable(line, "large");
    return found;
  }

  const compared = (sign, left, right) =>
    ({
      "==": left == right, // a whole number may equal another, as in Python
      "!=": left != right,
      "<": left < right,
      ">": left > right,
      "<=": left <= right,
      ">=": left >= right,
    })[sign];

  const FUNCTIONS = {
    int: ([value]) =>
      typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined,
    float: ([value]) => (["bigint", "number"].includes(typeof value) ? Number(value) : undefined),
    tuple: ([value]) => (Array.isArray(value) ? value : undefined),
    list: ([value]) => (value === undefined ? [] : Array.isArray(value) ? [...value] : undefined),
    len: ([value]) => (Array.isArray(value) ? BigInt(value.length) : undefined),
    range: (values, line) => {
      const [from, to] = values.length > 1 ? values : [0n, values[0]];
      if (values.length > 2 || typeof from !== "bigint" || typeof to !== "bigint") return undefined;
      if (to - from > BigInt(MOST_LAYERS)) throw new Unreadable(line, "long");
      return Array.from({ length: Math.max(0, Number(to - from)) }, (_, i) => from + BigInt(i));
    },
  };

  // -- what it says ------------------------------------------------------------------------------------------------

  const ON_MAPS = new Set("conv depthwise separable max average global globalmax pad crop resize".split(" "));

  /** The network of a code: its input and layers, what could not be read, and what a teacher would remark. */
  function read(text) {
    const huge = text.length > MOST_CHARACTERS && { line: 1, kind: "huge", values: { most: MOST_CHARACTERS } };
    if (huge) return { input: null, layers: [], problems: [huge], remarks: [] };
    const reading = new Reading(text.replace(/[“”„‘’‚]/g, (quote) => CURLY[quote]));
    const whole = reading.networks.filter(({ layers, used }) => layers.length && !used);
    const network = whole.at(-1) ?? (reading.last && chained(reading.last, 1));
    if (!network) return { input: null, layers: [], problems: reading.problems, remarks: [] };
    const remarks = whole.length > 1 ? [{ line: network.line, kind: "several", values: { count: whole.length } }] : [];
    const input = network.input ?? network.layers.find((layer) => layer.input)?.input ?? null;
    const layers = shaped(network.layers, input?.length ?? 3, reading, remarks);
    if (layers.length && !isScaled(layers, reading.statements))
      remarks.push({ line: layers[0].line, kind: "unscaled" });
    const padded = input && [[1n, 1n, ...input], [...input, 1n], input][input.length - 1];
    return { input: padded, layers, problems: reading.problems.sort((a, b) => a.line - b.line), remarks };
  }

  /** The layers, told apart by what comes to them: a Dense layer on a map works pixel by pixel. */
  function shaped(layers, dimensions, reading, remarks) {
    const found = [];
    let rank = dimensions;
    for (const { line, settings } of layers) {
      const { kind } = settings;
      const pixelwise = kind === "dense" && rank === 3;
      if (rank < 3 && (ON_MAPS.has(kind) || (kind === "dense" && rank === 2))) {
        reading.keep(new Unreadable(line, rank === dimensions ? "channels" : "flat"));
        continue;
      }
      if (pixelwise) remarks.push({ line, kind: "unflattened", values: { units: settings.units } });
      const one = found.at(-1)?.kind === "dense" && found.at(-1).units === 1n;
      if ((settings.units === 1n && settings.a === "softmax") || (one && settings.fn === "softmax"))
        remarks.push({ line, kind: "softmax" });
      if (["flatten", "global", "globalmax"].includes(kind)) rank = 1;
      if (kind === "reshape") rank = settings.shape.length;
      found.push({ ...settings, kind: pixelwise ? "pixelwise" : kind, line });
    }
    return found;
  }

  /** Whether the numbers that go in are made small, in the network or before it. */
  function isScaled(layers, statements) {
    const weighted = layers.findIndex(({ kind }) =>
      ["conv", "depthwise", "separable", "dense", "pixelwise"].includes(kind),
    );
    const before = layers.slice(0, weighted < 0 ? layers.length : weighted);
    if (before.some(({ kind, type }) => kind === "norm" || type === "Rescaling")) return true;
    return statements.some(({ tokens }) =>
      tokens.some(
        ({ type, value }, at) =>
          (type === "name" && SCALERS.has(value)) ||
          (type === "number" && /^(25[56]|127\.5)\b/.test(value) && /^(\/|\*)=?$/.test(tokens[at - 1]?.value)),
      ),
    );
  }

  // -- in the reader's words ---------------------------------------------------------------------------------------

  const WORDS = {
    de: {
      at: ({ line }) => `Zeile ${line}: `,
      argument: ({ layer, name }) => `Das Argument ${name} von ${layer} lese ich nicht.`,
      block: ({ name }) => `Einen Block mit „${name}“ lese ich hier nicht.`,
      bracket: () => "Diese Klammer geht nicht zu.",
      branch: () => "Hier treffen sich mehrere Wege. Ich lese nur Ketten ohne Verzweigung.",
      channels: () => "Dieser Schicht fehlt etwas in der Form der Eingabe. Sie braucht Höhe, Breite und Kanäle.",
      expression: () => "Diesen Ausdruck lese ich nicht.",
      flat: () => "Diese Schicht braucht Höhe, Breite und Kanäle; davor steht schon eine flache Schicht.",
      function: ({ name }) => `Was ${name} tut, weiß ich nicht.`,
      huge: ({ most }) => `Der Text hat mehr als ${most} Zeichen. Füg nur den Teil mit dem Modell ein.`,
      large: () => "Diese Zahl ist zu groß.",
      layer: ({ name }) => `Die Schicht ${name} kenne ich nicht.`,
      long: () => "Hier wird es zu viel: zu viele Schichten oder Wiederholungen.",
      many: ({ layer }) => `So viele Argumente ohne Namen nimmt ${layer} nicht.`,
      missing: ({ layer, name }) => `${layer} braucht ${name}.`,
      name: ({ name }) => `Den Wert von ${name} finde ich im Code nicht. Setz ihn ein.`,
      quote: () => "Hier fehlt ein Anführungszeichen.",
      shared: () => "Diese Schicht kommt ein zweites Mal vor. Geteilte Gewichte zähle ich nicht.",
      value: ({ layer, name }) => `Mit diesem Wert von ${name} kann ${layer} nichts anfangen.`,
      several: ({ count }) => `Der Code baut ${count} Modelle. Du siehst das letzte.`,
      softmax: () =>
        "Softmax mit einer Einheit ergibt immer 1, was auch immer hineingeht. Für zwei Klassen nimm eine Einheit mit Sigmoid oder zwei mit Softmax.",
      unflattened: ({ units }) =>
        `Dense ohne Flatten davor rechnet jedes Pixel für sich. Es bleibt eine Karte, mit ${units === "1" ? "einem Kanal" : `${units} Kanälen`}.`,
      unscaled: () =>
        "Nichts in diesem Code skaliert die Eingabe. Teil die Pixel vor dem Training durch 255, oder setz Rescaling(1 / 255) an den Anfang.",
    },
    en: {
      at: ({ line }) => `Line ${line}: `,
      argument: ({ layer, name }) => `I cannot read the argument ${name} of ${layer}.`,
      block: ({ name }) => `I cannot read a block with “${name}” here.`,
      bracket: () => "This bracket is never closed.",
      branch: () => "Several paths meet here. I read chains without branches only.",
      channels: () => "This layer lacks something in the shape of the input. It needs height, width and channels.",
      expression: () => "I cannot read this expression.",
      flat: () => "This layer needs height, width and channels; a flat layer stands before it.",
      function: ({ name }) => `I do not know what ${name} does.`,
      huge: ({ most }) => `The text has more than ${most} characters. Paste only the part with the model.`,
      large: () => "This number is too large.",
      layer: ({ name }) => `I do not know the layer ${name}.`,
      long: () => "This gets too long: too many layers or repetitions.",
      many: ({ layer }) => `${layer} does not take so many arguments without a name.`,
      missing: ({ layer, name }) => `${layer} needs ${name}.`,
      name: ({ name }) => `I cannot find the value of ${name} in the code. Put it in.`,
      quote: () => "A quotation mark is missing here.",
      shared: () => "This layer occurs a second time. I do not count shared weights.",
      value: ({ layer, name }) => `${layer} can do nothing with this value of ${name}.`,
      several: ({ count }) => `The code builds ${count} models. You see the last one.`,
      softmax: () =>
        "Softmax with one unit always gives 1, whatever goes in. For two classes take one unit with a sigmoid, or two with softmax.",
      unflattened: ({ units }) =>
        `Dense without Flatten before it works on each pixel by itself. What comes out is still a map, of ${units === "1" ? "one channel" : `${units} channels`}.`,
      unscaled: () =>
        "Nothing in this code scales the input. Divide the pixels by 255 before you train, or begin with Rescaling(1 / 255).",
    },
  };

  /** A problem or a remark in words: where it is, and what. */
  function explain({ line, kind, values = {} }, language) {
    const words = WORDS[language];
    const told = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]));
    return words.at({ line }) + words[kind](told);
  }

  /** A number as the reader writes it; a name, which can be of any length in a code. */
  function shown(value) {
    if (typeof value !== "string") return cnncourse.number(value);
    return value.length > 40 ? `${value.slice(0, 39)}…` : value;
  }

  globalThis.cnncourse = { ...globalThis.cnncourse, keras_code: { read, explain } };
})();
