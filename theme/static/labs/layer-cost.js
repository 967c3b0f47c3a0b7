// cnn-layer-cost: what one convolution costs, and which of its costs grow with what.
(() => {
  "use strict";

  const { Lab, arithmetic, bytes, define, h, number } = cnncourse;
  const FIGURES = ["parameters", "parameter-bytes", "activation-bytes", "macs", "flops"];

  class LayerCost extends Lab {
    static arguments = {
      input_size: "n",
      input_shape: "n",
      in_channels: "c",
      filters: "k",
      kernel_size: "f",
      stride: "s",
      padding: "p",
      batch_size: "batch",
    };
    static fields = [
      { kind: "whole", name: "n", value: 227, min: 1, max: 256 },
      { kind: "whole", name: "c", value: 3, min: 1, max: 512 },
      { kind: "whole", name: "k", value: 96, min: 1, max: 512 },
      { kind: "whole", name: "f", value: 11, min: 1, max: 13 },
      { kind: "whole", name: "s", value: 4, min: 1, max: 8 },
      { kind: "whole", name: "p", value: 0, min: 0, max: 6 },
      { kind: "whole", name: "batch", value: 16, min: 1, max: 256 },
      { kind: "choice", name: "dtype", value: "float32", options: Object.keys(arithmetic.DTYPE_BYTES) },
    ];
    static presets = [
      { name: "course", values: { n: 227, c: 3, k: 96, f: 11, s: 4, p: 0, batch: 16, dtype: "float32" } },
      { name: "batch", values: { batch: 256 } },
      { name: "half", values: { dtype: "bfloat16" } },
      { name: "vgg", values: { n: 224, c: 64, k: 64, f: 3, s: 1, p: 1, batch: 1, dtype: "float32" } },
      { name: "pointwise", values: { n: 28, c: 256, k: 64, f: 1, s: 1, p: 0, batch: 1, dtype: "float32" } },
    ];
    static words = {
      de: {
        n: "Eingabe n × n",
        c: "Kanäle der Eingabe c",
        k: "Filter k",
        f: "Kernel f × f",
        s: "Stride s",
        p: "Padding p je Seite",
        batch: "Batchgröße",
        dtype: "Datentyp",
        preset_course: "Schicht 1 des Skripts",
        preset_batch: "Batch 256",
        preset_half: "Halbe Präzision",
        preset_vgg: "VGG16, Schicht 2",
        preset_pointwise: "1 × 1",
        parameters: "Parameter",
        "parameter-bytes": "Speicher der Parameter",
        "activation-bytes": "Speicher der Aktivierungen",
        macs: "MACs je Bild",
        flops: "FLOPs je Bild",
        figure: "Größe",
        formula: "Rechnung",
        value: "Ergebnis",
        change: "durch die letzte Änderung",
        same: "gleich",
        factor: ({ factor }) => `× ${factor}`,
        summary: ({ moved, stayed }) => `Geändert: ${moved || "nichts"}. Gleich geblieben: ${stayed || "nichts"}.`,
      },
      en: {
        n: "Input n × n",
        c: "Input channels c",
        k: "Filters k",
        f: "Kernel f × f",
        s: "Stride s",
        p: "Padding p on each side",
        batch: "Batch size",
        dtype: "Data type",
        preset_course: "Layer 1 of the notes",
        preset_batch: "Batch 256",
        preset_half: "Half precision",
        preset_vgg: "VGG16, layer 2",
        preset_pointwise: "1 × 1",
        parameters: "Parameters",
        "parameter-bytes": "Memory of parameters",
        "activation-bytes": "Memory of activations",
        macs: "MACs per image",
        flops: "FLOPs per image",
        figure: "Quantity",
        formula: "Calculation",
        value: "Result",
        change: "by the last change",
        same: "same",
        factor: ({ factor }) => `× ${factor}`,
        summary: ({ moved, stayed }) => `Changed: ${moved || "nothing"}. Unchanged: ${stayed || "nothing"}.`,
      },
    };

    build() {
      this.rows = Object.fromEntries(
        FIGURES.map((name) => [
          name,
          { formula: h("td", { class: "lab-sum" }), change: h("td", { class: "lab-change" }) },
        ]),
      );
      const row = (name) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, this.t(name)),
          h("td", { "data-result": name, class: "lab-number" }),
          this.rows[name].change,
          this.rows[name].formula,
        );
      const titles = ["figure", "value", "change", "formula"].map((word) => h("th", { scope: "col" }, this.t(word)));
      return [
        h("table", { class: "lab-table" }, h("thead", {}, h("tr", {}, titles)), h("tbody", {}, FIGURES.map(row))),
      ];
    }

    update({ n, c, k, f, s, p, batch, dtype }) {
      const layer = { input_shape: [n, n, c], filters: k, kernel_size: f, stride: s, padding: p };
      const parameters = arithmetic.conv2d_parameters({ in_channels: c, filters: k, kernel_size: f });
      const shape = arithmetic.conv2d_output_shape(layer);
      const macs = arithmetic.conv2d_macs(layer);
      const values = {
        parameters,
        "parameter-bytes": arithmetic.parameter_bytes({ parameters, dtype }),
        "activation-bytes": arithmetic.activation_bytes({ shape, batch_size: batch, dtype }),
        macs,
        flops: 2n * macs,
      };
      const each = arithmetic.DTYPE_BYTES[dtype];
      const o = number(shape[0]);
      const sums = {
        parameters: `${number(k)} × (${number(f)} × ${number(f)} × ${number(c)} + 1)`,
        "parameter-bytes": `${number(parameters)} × ${each}\u00a0B = ${number(values["parameter-bytes"])}\u00a0B`,
        "activation-bytes": `${number(batch)} × ${o} × ${o} × ${number(k)} × ${each}\u00a0B = ${number(values["activation-bytes"])}\u00a0B`,
        macs: `${o} × ${o} × ${number(k)} × ${number(f)} × ${number(f)} × ${number(c)}`,
        flops: `2 × ${number(macs)}`,
      };
      for (const name of FIGURES) {
        this.result(name, values[name], name.endsWith("bytes") ? bytes(values[name]) : number(values[name]));
        this.rows[name].formula.textContent = sums[name];
      }
      this.compare(values);
    }

    /** Say of every figure whether the last change moved it: what students (and the notes) get wrong. */
    compare(values) {
      const before = this.valuesBefore(values);
      const moved = FIGURES.filter((name) => values[name] !== before[name]);
      for (const name of FIGURES) {
        const factor = number(Number(values[name]) / Number(before[name]), { maximumSignificantDigits: 3 });
        this.rows[name].change.textContent = moved.includes(name) ? this.t("factor")({ factor }) : this.t("same");
        this.rows[name].change.parentElement.classList.toggle("moved", moved.includes(name));
      }
      const words = (names) => names.map((name) => this.t(name)).join(", ");
      this.say(
        this.t("summary")({ moved: words(moved), stayed: words(FIGURES.filter((name) => !moved.includes(name))) }),
      );
    }

    /** The values before the reader began to move the input that moves now: a slider passes through many. */
    valuesBefore(values) {
      const last = this.last ?? { texts: this.texts, values };
      const moving = Object.keys(this.texts)
        .filter((name) => this.texts[name] !== last.texts[name])
        .join();
      if (!this.from || (moving && moving !== this.moving)) {
        this.moving = moving;
        this.from = last.values;
      }
      this.last = { texts: { ...this.texts }, values };
      return this.from;
    }
  }

  define("cnn-layer-cost", LayerCost);
})();
