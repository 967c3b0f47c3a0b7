// cnn-convolution: a window on an image of small numbers: products, their sum, the output pixel; and pooling.
(() => {
  "use strict";

  const { Lab, Player, arithmetic, cellUnder, define, h, nearest, number, svg } = cnncourse;
  const MOST_CHANNELS = 3;
  const WEIGHT = /^-?\d{1,6}$/;
  const IMAGES = {
    seven: ["00000000", "09999990", "00000690", "00006900", "00069000", "00690000", "00900000", "00000000"],
    edge: Array(8).fill("00009999"),
    diagonal: ["90000000", "09000000", "00900000", "00090000", "00009000", "00000900", "00000090", "00000009"],
    spot: ["00000000", "01222100", "02454200", "02595200", "02454200", "01222100", "00000000", "00000000"],
  };
  const KERNELS = {
    // three by three, and what the sum is divided by
    identity: [[0, 0, 0, 0, 1, 0, 0, 0, 0], 1],
    edge: [[-1, 0, 1, -1, 0, 1, -1, 0, 1], 1],
    blur: [[1, 1, 1, 1, 1, 1, 1, 1, 1], 9],
    sharpen: [[0, -1, 0, -1, 5, -1, 0, -1, 0], 1],
  };

  // -- what is computed, on BigInt: image[row][column][channel] ----------------------------------------------------

  const rows = (image, f, s, pick) => {
    const places = (size) =>
      Number(arithmetic.output_size({ input_size: BigInt(size), kernel_size: BigInt(f), stride: BigInt(s) }));
    return Array.from({ length: places(image.length) }, (_, y) =>
      Array.from({ length: places(image[0].length) }, (_, x) => pick(y * Number(s), x * Number(s))),
    );
  };

  const pad = (image, p) => {
    const none = image[0][0].map(() => 0n);
    const side = Array(Number(p)).fill(none);
    const line = Array(image[0].length + 2 * Number(p)).fill(none);
    return [
      ...Array(Number(p)).fill(line),
      ...image.map((row) => [...side, ...row, ...side]),
      ...Array(Number(p)).fill(line),
    ];
  };

  /** The products of window and kernel at a place, as [row][column][channel]. */
  const products = (image, kernel, top, left) =>
    kernel.map((row, y) =>
      row.map((weights, x) => weights.map((weight, channel) => weight * image[top + y][left + x][channel])),
    );

  const sum = (numbers) => numbers.flat(2).reduce((total, value) => total + value, 0n);

  /** The sums of products plus bias, one filter: [row][column]. */
  function convolve({ image, kernel, bias = 0n, stride = 1n, padding = 0n }) {
    const padded = pad(image, padding);
    return rows(padded, kernel.length, stride, (top, left) => sum(products(padded, kernel, top, left)) + bias);
  }

  const cells = (image, f, top, left, channel) =>
    Array.from({ length: Number(f) }, (_, y) =>
      Array.from({ length: Number(f) }, (_, x) => image[top + y][left + x][channel]),
    ).flat();

  /** Of every window and channel the largest number, or the sum: [row][column][channel]. */
  function pool({ image, pool_size, stride, kind }) {
    const pick = kind === "max" ? (numbers) => numbers.reduce((a, b) => (a > b ? a : b)) : sum;
    return rows(image, pool_size, stride, (top, left) =>
      image[0][0].map((_, channel) => pick(cells(image, pool_size, top, left, channel))),
    );
  }

  /** A weight from its text; the text itself where it is none. */
  const weighed = (text) => (WEIGHT.test(text) ? BigInt(text) : text);

  // -- the lab ---------------------------------------------------------------------------------------------------

  /** An image of digits with channels: the second is the first on its side, the third its negative. */
  function picture(name, channels) {
    const first = IMAGES[name].map((row) => [...row].map(Number));
    const values = (y, x) => [first[y][x], first[x][y], 9 - first[y][x]].slice(0, channels).map(BigInt);
    return first.map((row, y) => row.map((_, x) => values(y, x)));
  }

  class Convolution extends Lab {
    static arguments = { stride: "s", padding: "p" };
    static fields = [
      { kind: "choice", name: "mode", value: "conv", options: ["conv", "max", "average"] },
      { kind: "choice", name: "image", value: "seven", options: Object.keys(IMAGES) },
      { kind: "choice", name: "channels", value: "1", options: ["1", "2", "3"] },
      { kind: "choice", name: "f", value: "3", options: ["2", "3"] },
      { kind: "choice", name: "s", value: "1", options: ["1", "2", "3"] },
      { kind: "choice", name: "p", value: "0", options: ["0", "1", "2"] },
      { kind: "whole", name: "bias", value: 0, min: -9, max: 9 },
      { kind: "whole", name: "divisor", value: 1, min: 1, max: 9 },
    ];
    static presets = [
      ...Object.entries(KERNELS).map(([name, [kernel, divisor]]) => ({
        name,
        values: { mode: "conv", f: 3, kernel, divisor },
      })),
      { name: "max", values: { mode: "max", f: 2, s: 2, p: 0 } },
      { name: "average", values: { mode: "average", f: 2, s: 2, p: 0 } },
    ];
    static words = {
      de: {
        mode: "Rechnung",
        mode_conv: "Faltung",
        mode_max: "Max-Pooling",
        mode_average: "Average-Pooling",
        image: "Bild",
        image_seven: "Sieben",
        image_edge: "Kante",
        image_diagonal: "Diagonale",
        image_spot: "Fleck",
        channels: "Kanäle",
        f: "Fenster f × f",
        s: "Stride s",
        p: "Padding p je Seite",
        bias: "Bias",
        divisor: "Teiler",
        preset_identity: "Identität",
        preset_edge: "Kante",
        preset_blur: "Weichzeichnen",
        preset_sharpen: "Schärfen",
        preset_max: "Max-Pooling",
        preset_average: "Average-Pooling",
        input: "Eingabe",
        kernel: "Kernel",
        window: "Fenster",
        products: "Produkte",
        output: "Ausgabe",
        channel: ({ i }) => `Kanal ${i}`,
        weight: ({ channel, y, x }) => `Gewicht in Kanal ${channel}, Zeile ${y}, Spalte ${x}`,
        at: ({ y, x, value }) => `Zeile ${y}, Spalte ${x}: ${value}`,
        number: "Ein Gewicht muss eine ganze Zahl mit höchstens sechs Ziffern sein.",
        largest: ({ numbers, value }) => `Die größte von ${numbers} ist ${value}.`,
        mean: ({ numbers, count, value }) => `(${numbers}) : ${count} = ${value}`,
        value: "Pixel der Ausgabe",
      },
      en: {
        mode: "Calculation",
        mode_conv: "convolution",
        mode_max: "max pooling",
        mode_average: "average pooling",
        image: "Image",
        image_seven: "seven",
        image_edge: "edge",
        image_diagonal: "diagonal",
        image_spot: "spot",
        channels: "Channels",
        f: "Window f × f",
        s: "Stride s",
        p: "Padding p on each side",
        bias: "Bias",
        divisor: "Divisor",
        preset_identity: "Identity",
        preset_edge: "Edge",
        preset_blur: "Blur",
        preset_sharpen: "Sharpen",
        preset_max: "Max pooling",
        preset_average: "Average pooling",
        input: "Input",
        kernel: "Kernel",
        window: "Window",
        products: "Products",
        output: "Output",
        channel: ({ i }) => `channel ${i}`,
        weight: ({ channel, y, x }) => `Weight in channel ${channel}, row ${y}, column ${x}`,
        at: ({ y, x, value }) => `Row ${y}, column ${x}: ${value}`,
        number: "A weight must be a whole number of at most six digits.",
        largest: ({ numbers, value }) => `The largest of ${numbers} is ${value}.`,
        mean: ({ numbers, count, value }) => `(${numbers}) ÷ ${count} = ${value}`,
        value: "Output pixel",
      },
    };

    build() {
      this.weights = defaults();
      this.player = new Player(this, () => this.moved());
      this.input = this.partNamed("input");
      this.kernel = this.partNamed("kernel");
      this.kernel.addEventListener("input", () => this.weighed());
      this.work = this.partNamed("products");
      this.outputs = this.partNamed("output");
      this.sum = h("p", { class: "lab-formula" });
      return [
        h(
          "div",
          { class: "convolution-parts" },
          this.input,
          h("div", {}, h("div", { class: "convolution-work" }, this.kernel, this.work), this.outputs),
        ),
        this.resultList([["output-value", "value"]]),
        this.sum,
        this.player.element,
      ];
    }

    partNamed(name) {
      return h("div", { class: `convolution-part convolution-${name}`, role: "group", "aria-label": this.t(name) });
    }

    update({ mode, image, channels, f, s, p, bias, divisor }) {
      const pooling = mode !== "conv";
      for (const name of ["p", "bias", "divisor"])
        this.inputs[name].forEach((input) => {
          input.disabled = pooling;
        });
      const count = Number(channels);
      const original = picture(image, count);
      if (this.weights.flat(2).some((weight) => typeof weight !== "bigint")) {
        throw new arithmetic.ValueError("number", "kernel must hold whole numbers.");
      }
      this.given = {
        mode,
        f: Number(f),
        s: Number(s),
        p: pooling ? 0 : Number(p),
        count,
        bias: whole("bias", bias),
        divisor: whole("divisor", divisor, 1n),
        image: pad(original, pooling ? 0 : p),
        pooling,
      };
      if (!pooling) this.showKernel();
      this.kernel.hidden = pooling;
      this.result_grid = this.compute(original);
      this.player.places = this.result_grid.length * this.result_grid[0].length;
      this.draw();
    }

    compute(image) {
      const { mode, f, s, p, count, bias, divisor, pooling } = this.given;
      if (pooling) {
        const by = mode === "average" ? f * f : 1;
        return pool({ image, pool_size: f, stride: s, kind: mode }).map((row) =>
          row.map((values) => values.map((value) => Number(value) / by)),
        );
      }
      const kernel = this.weights.slice(0, f).map((row) => row.slice(0, f).map((weights) => weights.slice(0, count)));
      return convolve({ image, kernel, bias, stride: s, padding: p }).map((row) =>
        row.map((value) => [Number(value) / Number(divisor)]),
      );
    }

    // -- the kernel ------------------------------------------------------------------------------------------------

    showKernel() {
      const { f, count } = this.given;
      const shape = `${f} ${count}`;
      if (this.shown !== shape) {
        this.shown = shape;
        this.kernel.replaceChildren(
          ...Array.from({ length: count }, (_, channel) => this.kernelGrid(f, count, channel)),
        );
      }
      for (const input of this.kernel.querySelectorAll("input")) {
        const weight = String(this.weightOf(input));
        if (input.value !== weight) input.value = weight;
      }
    }

    kernelGrid(f, count, channel) {
      const inputs = Array.from({ length: f * f }, (_, at) => {
        const [y, x] = [Math.floor(at / f), at % f];
        const label = this.t("weight")({ channel: channel + 1, y: y + 1, x: x + 1 });
        return h("input", { type: "number", step: 1, "aria-label": label, "data-at": `${y} ${x} ${channel}` });
      });
      return h(
        "div",
        {},
        h("p", {}, this.titled("kernel", channel, count)),
        h("div", { class: "convolution-weights", style: `--f: ${f}` }, inputs),
      );
    }

    titled(name, channel, count) {
      return count > 1 ? `${this.t(name)}, ${this.t("channel")({ i: channel + 1 })}` : this.t(name);
    }

    weightOf(input) {
      const [y, x, channel] = input.dataset.at.split(" ").map(Number);
      return this.weights[y][x][channel];
    }

    weighed() {
      for (const input of this.kernel.querySelectorAll("input")) {
        const [y, x, channel] = input.dataset.at.split(" ").map(Number);
        this.weights[y][x][channel] = weighed(input.value);
      }
      this.refresh();
      this.remember();
    }

    set({ kernel, ...fields }) {
      if (kernel)
        this.weights = [0, 1, 2].map((y) => [0, 1, 2].map((x) => Array(MOST_CHANNELS).fill(BigInt(kernel[3 * y + x]))));
      super.set(fields);
    }

    // -- drawing ---------------------------------------------------------------------------------------------------

    moved() {
      this.point();
      this.remember();
    }

    /** The place of the window, in the output and in the padded input. */
    get place() {
      const across = this.result_grid[0].length;
      const { s } = this.given;
      const [y, x] = [Math.floor(this.player.index / across), this.player.index % across];
      return { y, x, top: y * s, left: x * s };
    }

    draw() {
      const { image, f, p, count } = this.given;
      const across = this.result_grid[0].length;
      const size = image.length - 2 * p;
      this.input.replaceChildren(
        ...Array.from({ length: count }, (_, channel) =>
          this.grid(
            this.titled("input", channel, count),
            image.map((row) => row.map((values) => values[channel])),
            {
              kind: (v, u) => (v < p || u < p || v >= p + size || u >= p + size ? "padding" : "input"),
              frame: f,
              press: (v, u) => this.seek(v, u),
            },
          ),
        ),
      );
      this.outputs.replaceChildren(
        ...this.result_grid[0][0].map((_, channel) =>
          this.grid(
            this.titled("output", channel, this.result_grid[0][0].length),
            this.result_grid.map((row) => row.map((values) => values[channel])),
            { kind: () => "output", frame: 1, press: (v, u) => this.player.go(v * across + u) },
          ),
        ),
      );
      this.point();
    }

    /** Put the frames where the window is, and say what comes out there. */
    point() {
      const { y, x, top, left } = this.place;
      moveFrames(this.input, left, top);
      moveFrames(this.outputs, x, y);
      this.given.pooling ? this.explainPool(top, left) : this.explainSum(top, left);
      const values = this.result_grid[y][x];
      this.result(
        "output-value",
        values.join(" "),
        values.map((value) => number(value, { maximumFractionDigits: 2 })).join("; "),
      );
      this.say(this.t("at")({ y: y + 1, x: x + 1, value: values.map((value) => number(value)).join("; ") }));
    }

    /** Move the window so that it covers this pixel of the padded input. */
    seek(v, u) {
      const { f, s } = this.given;
      const near = (at, places) => nearest(Math.round((at - (f - 1) / 2) / s), places);
      const across = this.result_grid[0].length;
      this.player.go(near(v, this.result_grid.length) * across + near(u, across));
    }

    explainSum(top, left) {
      const { image, f, count, bias, divisor } = this.given;
      const kernel = this.weights.slice(0, f).map((row) => row.slice(0, f).map((weights) => weights.slice(0, count)));
      const found = products(image, kernel, top, left);
      const channels = Array.from({ length: count }, (_, channel) =>
        found.map((row) => row.map((values) => values[channel])),
      );
      this.work.replaceChildren(
        ...channels.map((values, channel) =>
          this.grid(this.titled("products", channel, count), values, { kind: () => "window" }),
        ),
      );
      const parts = channels.length > 1 ? channels.map(sum) : channels[0].flat();
      const total = sum(found) + bias;
      const divided =
        divisor > 1n
          ? `; ${number(total)} / ${number(divisor)} = ${number(Number(total) / Number(divisor), { maximumFractionDigits: 2 })}`
          : "";
      this.sum.textContent = `${added(bias ? [...parts, bias] : parts)} = ${number(total)}${divided}`;
    }

    explainPool(top, left) {
      const { image, f, count, mode } = this.given;
      const channels = Array.from({ length: count }, (_, channel) => cells(image, f, top, left, channel));
      this.work.replaceChildren(
        ...channels.map((values, channel) =>
          this.grid(
            this.titled("window", channel, count),
            Array.from({ length: f }, (_, v) => values.slice(v * f, v * f + f)),
            { kind: () => "window" },
          ),
        ),
      );
      this.sum.textContent = channels
        .map((values) =>
          mode === "max"
            ? this.t("largest")({ numbers: values.join(", "), value: number(values.reduce((a, b) => (a > b ? a : b))) })
            : this.t("mean")({
                numbers: values.join(" + "),
                count: f * f,
                value: number(Number(sum(values)) / (f * f)),
              }),
        )
        .join(" ");
    }

    /** A small grid of numbers with a title, and a frame of so many cells; pressing or dragging moves the window. */
    grid(title, values, { kind, frame, press }) {
      const [high, wide] = [values.length, values[0].length];
      const drawing = svg("svg", {
        viewBox: `-0.06 -0.06 ${wide + 0.12} ${high + 0.12}`,
        role: "img",
        "aria-label": `${title}: ${values.map((row) => row.join(" ")).join("; ")}`,
        style: `--columns: ${wide}`,
      });
      values.forEach((row, v) =>
        row.forEach((value, u) => {
          const text = number(value, { maximumFractionDigits: 1 });
          drawing.append(
            svg("rect", { class: `fill-${kind(v, u)}`, x: u, y: v, width: 1, height: 1 }),
            svg(
              "text",
              { x: u + 0.5, y: v + 0.64, "text-anchor": "middle", class: text.length > 3 ? "long" : null },
              text,
            ),
          );
        }),
      );
      if (frame) drawing.append(svg("rect", { class: "frame", width: frame, height: frame }));
      if (press) this.listen(drawing, wide, high, press);
      return h("figure", {}, h("figcaption", {}, title), drawing);
    }

    /** Dragging goes on where the drawing is replaced under the pointer: each one follows a pressed pointer. */
    listen(drawing, wide, high, press) {
      const at = (event) => press(...cellUnder(event, drawing, wide, high).reverse());
      drawing.addEventListener("pointerdown", at);
      drawing.addEventListener("pointermove", (event) => {
        if (event.buttons) at(event);
      });
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return {
        ...super.encode(),
        kernel: this.weights
          .flat(2)
          .map((weight) => (typeof weight === "bigint" ? weight : ""))
          .join(),
        i: String(this.player.index),
      };
    }

    decode({ kernel = defaults().flat(2).join(), i = "0", ...fields }) {
      const weights = kernel.split(",");
      const right =
        weights.length === 9 * MOST_CHANNELS && weights.every((weight) => weight === "" || WEIGHT.test(weight));
      if (!right || !/^\d{1,4}$/.test(i) || !super.decode(fields)) return false;
      this.weights = [0, 1, 2].map((y) =>
        [0, 1, 2].map((x) => weights.slice(9 * y + 3 * x, 9 * y + 3 * x + 3).map(weighed)),
      );
      this.player.places = Number(i) + 1;
      this.player.index = i;
      return true;
    }
  }

  /** The kernel to start with: a vertical edge, in every channel. */
  const defaults = () =>
    [0, 1, 2].map((y) => [0, 1, 2].map((x) => Array(MOST_CHANNELS).fill(BigInt(KERNELS.edge[0][3 * y + x]))));

  function moveFrames(part, x, y) {
    for (const frame of part.querySelectorAll(".frame")) {
      frame.setAttribute("x", x);
      frame.setAttribute("y", y);
    }
  }

  /** "1 + 2 − 3", with the signs between the numbers. */
  const added = (numbers) =>
    numbers
      .map((value, i) => (i && value >= 0n ? `+ ${number(value)}` : i ? `− ${number(-value)}` : number(value)))
      .join(" ");

  function whole(name, value, least = -1_000_000n) {
    if (typeof value === "bigint" && value >= least) return value;
    throw new arithmetic.ValueError(
      "whole",
      `${name} must be a whole number of at least ${least}. Received ${name}=${value}.`,
      { name, least },
    );
  }

  cnncourse.convolution = { convolve, pool };
  define("cnn-convolution", Convolution);
})();
