// cnn-output-size: how many places a window has on a row of pixels, and what the floor leaves over.
(() => {
  "use strict";

  const { Lab, Player, arithmetic, define, h, number, svg } = cnncourse;
  const CELL = 20; // the side of a pixel in the drawing, in its own units
  const MANY = 48; // more pixels than this are drawn as a bar

  class OutputSize extends Lab {
    static arguments = { input_size: "n", kernel_size: "f", stride: "s", padding: "p", dilation: "d" };
    static fields = [
      { kind: "whole", name: "n", value: 8, min: 1, max: 64 },
      { kind: "whole", name: "f", value: 3, min: 1, max: 13 },
      { kind: "whole", name: "s", value: 2, min: 1, max: 8 },
      { kind: "choice", name: "padding", value: "number", options: ["number", "valid", "same"] },
      { kind: "whole", name: "p", value: 0, min: 0, max: 6 },
      { kind: "whole", name: "d", value: 1, min: 1, max: 4 },
    ];
    static presets = [
      { name: "course", values: { n: 227, f: 11, s: 4, padding: "number", p: 0, d: 1 } },
      { name: "paper", values: { n: 224, f: 11, s: 4, padding: "number", p: 0, d: 1 } },
      { name: "same", values: { n: 5, f: 5, s: 1, padding: "same", p: 0, d: 1 } },
      { name: "halve", values: { n: 8, f: 3, s: 2, padding: "number", p: 0, d: 1 } },
      { name: "uneven", values: { n: 8, f: 3, s: 2, padding: "same", p: 0, d: 1 } },
    ];
    static words = {
      de: {
        n: "Eingabe n",
        f: "Kernel f",
        s: "Stride s",
        p: "Padding p je Seite",
        d: "Dilation d",
        padding: "Auffüllen",
        padding_number: "mit p Pixeln",
        padding_valid: "„valid“",
        padding_same: "„same“",
        preset_course: "227 / 11 / 4",
        preset_paper: "224 / 11 / 4",
        preset_same: "5 × 5 „same“",
        preset_halve: "3 × 3, Stride 2",
        preset_uneven: "„same“, Stride 2",
        size: "Ausgabegröße",
        unused: "Ungenutzte Pixel",
        before: "Padding davor",
        after: "Padding danach",
        rest: ({ range, s, quotient, rest }) => `${range} : ${s} = ${quotient}, Rest ${rest}`,
        drawing: ({ i, from, to, count }) =>
          `Stelle ${i} von 0 bis ${count}: Das Fenster liest Pixel ${from} bis ${to}.`,
        input_row: "Eingabe",
        output_row: "Ausgabe",
        key_input: "Eingabe",
        key_padding: "Padding",
        key_window: "Fenster",
        key_unused: "ungenutzt",
        key_output: "Ausgabe",
        summary: ({ size, unused }) => `Ausgabegröße ${size}, ungenutzte Pixel: ${unused}.`,
      },
      en: {
        n: "Input n",
        f: "Kernel f",
        s: "Stride s",
        p: "Padding p on each side",
        d: "Dilation d",
        padding: "Padding",
        padding_number: "by p pixels",
        padding_valid: "“valid”",
        padding_same: "“same”",
        preset_course: "227 / 11 / 4",
        preset_paper: "224 / 11 / 4",
        preset_same: "5 × 5 “same”",
        preset_halve: "3 × 3, stride 2",
        preset_uneven: "“same”, stride 2",
        size: "Output size",
        unused: "Unused pixels",
        before: "Padding before",
        after: "Padding after",
        rest: ({ range, s, quotient, rest }) => `${range} ÷ ${s} = ${quotient}, remainder ${rest}`,
        drawing: ({ i, from, to, count }) => `Place ${i} of 0 to ${count}: the window reads pixels ${from} to ${to}.`,
        input_row: "Input",
        output_row: "Output",
        key_input: "input",
        key_padding: "padding",
        key_window: "window",
        key_unused: "unused",
        key_output: "output",
        summary: ({ size, unused }) => `Output size ${size}, unused pixels: ${unused}.`,
      },
    };

    build() {
      this.formula = h("p", { class: "lab-formula" });
      this.rest = h("p", { class: "lab-formula" });
      this.drawing = svg("svg", { class: "lab-drawing", role: "img" });
      this.player = new Player(this, () => this.moved());
      this.caption = h("p", { class: "lab-caption" });
      return [
        this.resultList([
          ["output-size", "size"],
          ["unused-pixels", "unused"],
          ["padding-before", "before"],
          ["padding-after", "after"],
        ]),
        this.formula,
        this.rest,
        this.drawing,
        this.caption,
        this.player.element,
        this.legend(["input", "padding", "window", "unused", "output"].map((kind) => [`key-${kind}`, `key_${kind}`])),
      ];
    }

    update({ n, f, s, p, d, padding }) {
      const window = {
        input_size: n,
        kernel_size: f,
        stride: s,
        dilation: d,
        padding: padding === "number" ? p : padding,
      };
      this.inputs.p.forEach((input) => {
        input.disabled = padding !== "number";
      });
      this.axis = { ...arithmetic.axis(window), dilation: d, places: arithmetic.output_size(window) };
      this.axis.unused = arithmetic.unused_pixels(window);
      this.result("output-size", this.axis.places);
      this.result("unused-pixels", this.axis.unused);
      this.result("padding-before", this.axis.before);
      this.result("padding-after", this.axis.after);
      this.explain(padding === "same");
      this.player.places = this.axis.places;
      this.move();
      this.say(this.t("summary")({ size: number(this.axis.places), unused: number(this.axis.unused) }));
    }

    /** The formula, with the numbers put in. */
    explain(same) {
      const { size, span, stride, dilation, before, after, padded, places, unused } = this.axis;
      const range = padded - span;
      const window =
        dilation > 1n ? `(${number(dilation)} · (${number((span - 1n) / dilation + 1n)} − 1) + 1)` : number(span);
      const given =
        before === after
          ? `${number(size)} + 2 · ${number(before)}`
          : `${number(size)} + ${number(before)} + ${number(after)}`;
      const ceiling = same ? `o = ⌈${number(size)} / ${number(stride)}⌉ = ${number(places)}; ` : "o = ";
      this.formula.textContent = `${ceiling}⌊(${given} − ${window}) / ${number(stride)}⌋ + 1 = ${number(range / stride)} + 1 = ${number(places)}`;
      this.rest.textContent = this.t("rest")({
        range: number(range),
        s: number(stride),
        quotient: number(range / stride),
        rest: number(unused),
      });
    }

    // -- the window on its way -------------------------------------------------------------------------------------

    /** The place of the window; a slider of more than 2^53 places rounds it. */
    get place() {
      const [place, last] = [BigInt(this.player.index), this.axis.places - 1n];
      return place < last ? place : last;
    }

    move() {
      const { span, stride, before, places } = this.axis;
      const from = this.place * stride - before;
      this.caption.textContent = this.t("drawing")({
        i: number(this.place),
        count: number(places - 1n),
        from: number(from),
        to: number(from + span - 1n),
      });
      this.draw();
    }

    moved() {
      this.move();
      this.remember();
    }

    draw() {
      const axis = Object.fromEntries(Object.entries(this.axis).map(([name, value]) => [name, Number(value)]));
      const width = axis.padded * CELL;
      const high = axis.padded > MANY ? width / 24 : CELL; // a bar stays visible however long it is
      this.drawing.setAttribute("viewBox", `${-CELL / 10} ${-high / 5} ${width + CELL / 5} ${4 * high}`);
      this.drawing.setAttribute("aria-label", this.caption.textContent);
      const { index } = this.player;
      const pixels = axis.padded > MANY ? bars(axis, high) : cells(axis, high);
      this.drawing.replaceChildren(
        ...pixels,
        ...frame(axis, high, index),
        ...numbers(axis, high),
        ...outputs(axis, high, index),
      );
    }

    encode() {
      return { ...super.encode(), i: String(BigInt(this.player.index)) };
    }

    decode(given) {
      const { i = "0", ...fields } = given;
      if (!/^\d{1,31}$/.test(i) || !super.decode(fields)) return false;
      this.player.places = Number(i) + 1; // the place is known before the number of places
      this.player.index = i;
      return true;
    }
  }

  // -- parts of the drawing: pixels above, outputs below, each under the middle of its window ----------------------

  const box = (kind, x, y, width, height) => svg("rect", { class: `fill-${kind}`, x, y, width, height });

  /** Boxes of one height and width in a row as one path: to make hundreds of elements takes longer than a frame. */
  const row = (kind, starts, y, width, height) =>
    svg("path", { class: `fill-${kind}`, d: starts.map((x) => `M${x} ${y}h${width}v${height}h${-width}z`).join("") });

  function kindOf(pixel, { before, size, padded, unused }) {
    if (pixel >= padded - unused) return "unused";
    return pixel < before || pixel >= before + size ? "padding" : "input";
  }

  function cells(axis, high) {
    const pixels = Array.from({ length: axis.padded }, (_, pixel) => pixel);
    const starts = (kind) => pixels.filter((pixel) => kindOf(pixel, axis) === kind).map((pixel) => pixel * CELL);
    return ["input", "padding", "unused"].map((kind) => row(kind, starts(kind), 0, CELL, high));
  }

  function numbers({ padded, before }, high) {
    const count = padded > 24 ? 0 : padded; // more would be too small to read
    return Array.from({ length: count }, (_, pixel) =>
      svg("text", { x: (pixel + 0.5) * CELL, y: high * 0.66, "text-anchor": "middle" }, number(pixel - before)),
    );
  }

  function bars(axis, high) {
    const { before, size, padded, unused } = axis;
    const parts = [
      ["padding", 0, before],
      ["input", before, before + size],
      ["padding", before + size, padded],
      ["unused", padded - unused, padded],
    ];
    return parts
      .filter(([, from, to]) => to > from)
      .map(([kind, from, to]) => box(kind, from * CELL, 0, (to - from) * CELL, high));
  }

  function outputs({ span, stride, places }, high, index) {
    const wide = Math.min(stride, span) * CELL;
    const middle = (i) => (i * stride + span / 2) * CELL;
    const starts = Array.from({ length: places > 400 ? 0 : places }, (_, i) => middle(i) - wide / 2);
    const shown = starts.length
      ? row("output", starts, 2.4 * high, wide, high)
      : box("output", middle(0), 2.4 * high, middle(places - 1) - middle(0), high);
    const lit = svg("rect", { class: "lit", x: middle(index) - wide / 2, y: 2.4 * high, width: wide, height: high });
    const line = svg("line", {
      class: "thread",
      x1: middle(index),
      x2: middle(index),
      y1: 1.1 * high,
      y2: 2.35 * high,
    });
    return [shown, lit, line];
  }

  function frame({ span, stride, dilation }, high, index) {
    const taps = span > MANY ? 0 : Math.floor((span - 1) / dilation) + 1;
    const start = index * stride;
    const starts = Array.from({ length: taps }, (_, tap) => (start + tap * dilation) * CELL);
    return [
      row("window", starts, 0, CELL, high),
      svg("rect", { class: "frame", x: start * CELL, y: -0.08 * high, width: span * CELL, height: 1.16 * high }),
    ];
  }

  define("cnn-output-size", OutputSize);
})();
