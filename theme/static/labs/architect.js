// cnn-architect: a network as a list of layers, with the account of each and of all; or as the reader's own Keras code.
//
// What layers there are and what they cost is in architect-layers.js. Loaded once they are needed: architect-picture.js,
// which draws; keras-code.js, which reads code, and architect-paste.js, which takes it over.
(() => {
  "use strict";

  const { Lab, architect_layers, arithmetic, bytes, define, h, load, number, read } = cnncourse;
  const { LAYERS, MOST_LAYERS, NETWORKS, SETTINGS } = architect_layers;
  const { kerasCode, networkAccount, parse, parseLayer, parseSetting, shown, written } = architect_layers;

  /** The words for kinds and settings, by key. */
  const named = (language) =>
    Object.fromEntries([LAYERS, SETTINGS].flatMap(Object.entries).map(([key, words]) => [key, words[language]]));
  const byPython = Object.entries(SETTINGS).flatMap(([key, { python = [] }]) => python.map((name) => [name, key]));

  class Architect extends Lab {
    static arguments = {
      input_size: "size",
      shape: "width",
      in_channels: "channels",
      batch_size: "batch",
      ...Object.fromEntries(byPython),
    };
    static fields = [
      { kind: "whole", name: "size", value: 32, min: 1, max: 256 },
      { kind: "whole", name: "width", value: "", min: 1, max: 256 },
      { kind: "whole", name: "channels", value: 1, min: 1, max: 16 },
      { kind: "whole", name: "batch", value: 1, min: 1, max: 256 },
      { kind: "choice", name: "dtype", value: "float32", options: Object.keys(arithmetic.DTYPE_BYTES) },
    ];
    static presets = Object.entries(NETWORKS).map(([name, values]) => ({ name, values: { width: "", ...values } }));
    static words = {
      de: {
        size: "Eingabe, Höhe und Breite",
        width: "Breite, falls anders",
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
        insert: ({ i }) => `Vor Schicht ${i} einfügen`,
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
        option_: "wie üblich",
        option_yes: "ja",
        option_no: "nein",
        paste: "Dein Keras-Code; er wird gelesen, nicht ausgeführt",
        read: "Code lesen",
        missing: "Was den Code liest, ist nicht geladen. Lade die Seite neu.",
        flattened: ({ count }) => `nach Flatten ${count}`,
        percent_range: "Der Anteil muss eine Zahl von 0 bis 99 sein.",
        crop_range: "So bleibt von der Eingabe kein Pixel übrig.",
        reshape_count: ({ count }) => `Die Form muss so viele Zahlen haben, wie hereinkommen: ${number(count)}.`,
        broken: ({ i }) => `Schicht ${i} ist unmöglich.`,
        summary: ({ parameters, macs }) => `${parameters} Parameter, ${macs} MACs je Bild.`,
      },
      en: {
        size: "Input height and width",
        width: "Width, if it differs",
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
        insert: ({ i }) => `Insert before layer ${i}`,
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
        option_: "as usual",
        option_yes: "yes",
        option_no: "no",
        paste: "Your Keras code; it is read, never run",
        read: "Read code",
        missing: "What reads the code did not load. Reload the page.",
        flattened: ({ count }) => `after Flatten ${count}`,
        percent_range: "The share must be a number from 0 to 99.",
        crop_range: "This leaves no pixel of the input.",
        reshape_count: ({ count }) => `The shape must hold as many numbers as come in: ${number(count)}.`,
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
      this.add = this.button("add", () => this.insert());
      this.adder = h(
        "div",
        { class: "lab-tools architect-adder" },
        h("label", { for: this.kind.id }, this.t("kind")),
        this.kind,
        this.add,
      );
      this.code = h("code", {});
      this.copier = this.button("copy", () => this.copy());
      const totals = [
        ["total-parameters", "total-parameters"],
        ["total-macs", "total-macs"],
        ["total-parameter-bytes", "weights"],
        ["total-activation-bytes", "held"],
      ];
      return [
        this.paste(),
        this.resultList(totals, "lab-results in-pairs"),
        this.pictured(),
        this.list,
        this.adder,
        h(
          "details",
          { class: "architect-code" },
          h("summary", {}, this.t("code")),
          h("pre", { tabindex: 0 }, this.code),
          this.copier,
        ),
      ];
    }

    // -- reading code ----------------------------------------------------------------------------------------------

    /** Where the reader pastes code; what reads it is loaded when it is needed. */
    paste() {
      const id = `${this.id}-code`;
      const plainly = { spellcheck: "false", autocapitalize: "off", autocomplete: "off" };
      const focus = () => reader().catch(() => {}); // told when it is needed
      const paste = (event) => {
        const text = event.clipboardData.getData("text");
        if (text.length <= MOST_SHOWN) return;
        event.preventDefault();
        this.readCode(false, text); // which says that it is too much
      };
      this.pasted = h("textarea", { id, name: "code", class: "code-text", rows: 4, focus, paste, ...plainly });
      this.report = h("div", { role: "alert", class: "architect-report" });
      const button = this.button("read", () => this.readCode(), { name: "read" });
      return h(
        "div",
        { class: "architect-paste" },
        h("label", { for: id }, this.t("paste")),
        this.pasted,
        button,
        this.report,
      );
    }

    /** Take over the network of the pasted code; what is unreadable is left out if the reader says so. */
    async readCode(leaveOut = false, code = this.pasted.value) {
      const loaded = await reader().then(
        () => true,
        () => false,
      );
      if (loaded) cnncourse.architect_paste.read(this, code, leaveOut);
      else this.report.replaceChildren(h("p", {}, this.t("missing")));
    }

    /** Show another network, of another input: shapes as they are read. */
    take([height, width, channels], layers) {
      const [size, across] = [String(height), String(width)];
      this.texts = { ...this.texts, size, width: across === size ? "" : across, channels: String(channels) };
      this.rearrange(layers);
    }

    // -- the picture -----------------------------------------------------------------------------------------------

    /** The place of the picture; what draws it is loaded when the reader comes near. */
    pictured() {
      const place = h("div");
      const show = () => {
        this.picture = new cnncourse.architect_picture.Picture(this, place);
        if (this.network) this.picture.draw(this.network);
      };
      const watcher = new IntersectionObserver(
        ([{ isIntersecting }]) => {
          if (!isIntersecting) return;
          watcher.disconnect();
          load("architect-picture.js").then(show, () => {}); // the lab does without a picture
        },
        { rootMargin: "200px" },
      );
      watcher.observe(this);
      return place;
    }

    // -- changing the layers ---------------------------------------------------------------------------------------

    /** A preset sets fields, and layers besides. */
    set({ layers, ...fields }) {
      if (layers !== undefined) this.layers = parse(layers);
      this.listed = null;
      super.set(fields);
    }

    /** Where a new layer goes: before layer `place`, or after all. */
    open(place) {
      this.place = this.place === place ? undefined : place;
      if (this.place === undefined) this.list.after(this.adder);
      else this.cards[place].element.prepend(this.adder);
      this.add.textContent = this.place === undefined ? this.t("add") : this.t("insert")({ i: place + 1 });
      (this.place === undefined ? this.cards[place].element.querySelector(".insert") : this.kind).focus();
    }

    insert() {
      if (this.layers.length === MOST_LAYERS) return this.say(this.t("full"));
      const at = this.place ?? this.layers.length;
      this.rearrange([...this.layers.slice(0, at), parseLayer(this.kind.value), ...this.layers.slice(at)]);
      this.cards[at].element.querySelector("input, select, button:enabled").focus();
    }

    removeLayer(i) {
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
      this.report.replaceChildren();
      const value = (name, text) => parseSetting(name, text) ?? read(text);
      this.layers = this.cards.map(({ inputs }, i) => ({
        ...this.layers[i],
        ...Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, value(name, input.value)])),
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
      this.report.replaceChildren(); // on layers that are no longer there
      this.cards = this.layers.map((layer, i) => this.card(layer, i));
      this.list.replaceChildren(...this.cards.map(({ element }) => element));
      this.place = undefined;
      this.list.after(this.adder);
      this.add.textContent = this.t("add");
      this.listed = true;
    }

    /** Where a setting is changed. */
    input(id, name, value) {
      const { options } = SETTINGS[name];
      const text = shown(value);
      if (options) {
        const each = (option) =>
          h("option", { value: option, selected: option === text }, this.t(`option_${option}`, option));
        return h("select", { id }, options.map(each));
      }
      if (Array.isArray(value)) return h("input", { id, type: "text", size: 3 * value.length, value: text });
      return h("input", { id, type: "number", min: 1, step: name === "percent" ? "any" : 1, value: text });
    }

    card({ kind, ...values }, i) {
      const { settings, more = {} } = LAYERS[kind];
      const unusual = Object.keys(more).filter((name) => shown(values[name]) !== shown(more[name]));
      const inputs = Object.fromEntries(
        [...Object.keys(settings), ...unusual].map((name) => [
          name,
          this.input(`${this.id}-${i}-${name}`, name, values[name]),
        ]),
      );
      const fields = Object.entries(inputs).map(([name, input]) =>
        h("span", {}, h("label", { for: input.id }, this.t(name)), input),
      );
      const button = (name, sign, enabled, click) =>
        this.button(
          name,
          click,
          { class: `lab-button ${name}`, "aria-label": this.t(name)({ i: i + 1 }), disabled: !enabled },
          sign,
        );
      const last = this.layers.length - 1;
      const facts = Object.fromEntries(
        FACTS.map((name) => [name, { value: h("b"), more: document.createTextNode("") }]),
      );
      const described = FACTS.map((name) =>
        h("div", {}, h("dt", {}, this.t(name)), h("dd", {}, facts[name].value, facts[name].more)),
      );
      const list = h("dl", { class: "architect-facts" }, described);
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
            button("insert", "+", true, () => this.open(i)),
            button("remove", "×", true, () => this.removeLayer(i)),
          ),
        ),
        fields.length ? h("div", { class: "architect-fields" }, fields) : "",
        list,
        bars,
        problem,
      );
      return { kind, inputs, element, list, facts, bars: [...bars.children], problem };
    }

    update({ size, width, channels, batch, dtype }) {
      arithmetic.output_size({ input_size: size, kernel_size: 1n }); // refuses an impossible input
      arithmetic.conv2d_parameters({ in_channels: channels, filters: 1n, kernel_size: 1n });
      const input = [size, width === "" ? size : width, channels];
      arithmetic.activation_bytes({ shape: [input[1]] }); // refuses an impossible width
      const image = arithmetic.activation_bytes({ shape: [1n], batch_size: batch, dtype }); // bytes of a number, for all images
      const memory = (activations) => activations * image;
      const weights = (parameters) => arithmetic.parameter_bytes({ parameters, dtype });
      const found = this.asFarAsItGoes(input);
      found.layers.forEach((row, i) => this.fillCard(this.cards[i], row, found, memory, weights));
      this.cards.slice(found.layers.length).forEach(blank);
      this.network = { input, rows: found.layers };
      this.picture?.draw(this.network);
      if (found.broken) return this.clear(found.broken);
      this.program(kerasCode(input, this.layers, found.layers));
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
        return networkAccount({ input_shape, layers: this.layers });
      } catch (error) {
        if (!(error instanceof arithmetic.ValueError)) throw error;
        return { layers: error.rows, total_parameters: 0n, total_macs: 0n, broken: error };
      }
    }

    /** Nothing is known of an impossible input. */
    fail(error) {
      this.cards.forEach(blank);
      this.network = null;
      this.program("");
      super.fail(error);
    }

    fillCard({ list, facts, bars, problem }, row, { total_parameters, total_macs }, memory, weights) {
      const shares = [percent(row.parameters, total_parameters), percent(row.macs, total_macs)];
      bars.forEach((bar, i) => {
        bar.style.transform = `scaleX(${shares[i] / 100})`;
      });
      const [parameters, macs] = shares.map(
        (share) => share && number(share / 100, { style: "percent", maximumFractionDigits: 2 }),
      );
      const told = {
        output: [sized(row.shape), row.flat ? this.t("flattened")({ count: number(row.flat) }) : ""],
        parameters: [
          number(row.parameters),
          row.parameters ? [bytes(weights(row.parameters)), parameters].filter(Boolean).join("; ") : "",
        ],
        macs: [number(row.macs), macs || ""],
        activations: [bytes(memory(row.activations)), ""],
      };
      list.hidden = false;
      problem.replaceChildren();
      for (const name of FACTS) {
        renew(facts[name].value, told[name][0]);
        renew(facts[name].more, told[name][1]);
      }
    }

    /** No totals while a layer is impossible; its own card says why. */
    clear(error) {
      const i = error.rows.length;
      if (error.values.name === "input_shape") error.kind = "flat";
      this.cards[i].problem.append(...this.reason(error, this.cards[i].kind));
      this.program("");
      this.forgetResults("–");
      this.say(this.t("broken")({ i: i + 1 }));
    }

    /** Show the network as a program; there is none of an impossible one. */
    program(text) {
      renew(this.code, text);
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

  const MOST_SHOWN = 100_000; // characters: browsers take minutes to show a megabyte in a field
  const reader = () => Promise.all(["keras-code.js", "architect-paste.js"].map(load));

  const sized = (shape) => shape.map((each) => number(each)).join(" × ");

  const percent = (part, whole) => (whole ? Number((part * 10000n + whole / 2n) / whole) / 100 : 0);

  /** What a card tells of its layer. */
  const FACTS = ["output", "parameters", "macs", "activations"];

  /** Change a text only where it is another one: what changes has to be laid out anew. */
  function renew(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  /** A card of which it is not known what its layer gives. */
  function blank({ list, bars, problem }) {
    list.hidden = true;
    problem.replaceChildren();
    for (const bar of bars) bar.style.transform = "scaleX(0)";
  }

  cnncourse.architect = { percent, sized };
  define("cnn-architect", Architect);
})();
