// The picture of cnn-architect: what each layer gives, as volumes to scale, the darker the more its layer costs.
//
// A map is a box: its height and, slanting back, its width in one scale, its channels from left to right in another. A
// row of numbers is a bar, in a third. Layers that neither count nor change a shape have no volume of their own.
(() => {
  "use strict";

  const { architect, h, number, svg } = cnncourse;
  const WORDS = {
    de: {
      colour: "Farbe nach",
      png: "Bild als PNG",
      svg: "Bild als SVG",
      picture: ({ shapes }) => `Die Ausgaben der Schichten als Quader im Maßstab: ${shapes}.`,
      scale: ({ cost, most }) =>
        `Höhe und Breite haben denselben Maßstab, Kanäle und flache Schichten je einen eigenen. Je dunkler, desto mehr ${cost}; die dunkelste Schicht hat ${most}.`,
      input: "Eingabe",
    },
    en: {
      colour: "Colour by",
      png: "Picture as PNG",
      svg: "Picture as SVG",
      picture: ({ shapes }) => `What the layers give, as boxes to scale: ${shapes}.`,
      scale: ({ cost, most }) =>
        `Height and width share a scale; channels and flat layers have one each. The darker, the more ${cost}; the darkest layer has ${most}.`,
      input: "Input",
    },
  };
  const words = WORDS[document.documentElement.lang.slice(0, 2)] ?? WORDS.en;
  const HIGH = 190; // of the tallest volume, in the units of the drawing
  const THICK = 300; // of the channels of all maps together
  const WIDEST = 6; // of a channel, so that few channels stay thin
  const SLANT = 0.45; // of a pixel of width, to the right and up
  const [GAP, BAR, MARGIN, BELOW, WORD] = [14, 9, 8, 34, 52]; // the word below the input is this wide
  const [CHEAP, DEAR] = [
    [246, 238, 245],
    [122, 31, 111],
  ];

  /** The volumes: the input, and what the layers give that count something or change a shape. */
  function volumes(input, rows) {
    const all = [{ shape: input, macs: 0n, parameters: 0n }, ...rows];
    return all
      .map((row, layer) => ({ ...row, layer, shape: row.shape.map(Number) }))
      .filter(({ shape, macs, parameters, layer }) => {
        const before = layer && all[layer - 1].shape.map(Number).join();
        return !layer || macs || parameters > 4n * BigInt(shape.at(-1)) || shape.join() !== before;
      });
  }

  /** The three scales: units of the drawing for a pixel, for a channel, and for a number of a row. */
  function scales(shapes) {
    const maps = shapes.filter(({ length }) => length > 1).map(([h, w, c = 1]) => [h, w, c]);
    const rows = shapes.filter(({ length }) => length === 1).map(([numbers]) => numbers);
    const channels = maps.reduce((sum, [, , c]) => sum + c, 0);
    return {
      pixel: HIGH / Math.max(1, ...maps.map(([h, w]) => h + SLANT * w)),
      channel: Math.min(WIDEST, THICK / Math.max(1, channels)),
      number: HIGH / Math.max(1, ...rows),
    };
  }

  /** The corners of a volume's faces from (x, y), its lower left corner: front, top, side; and how wide it is. */
  function faces(shape, { pixel, channel, number }, x, y) {
    const flat = shape.length === 1;
    const [height, width, thick] = flat
      ? [shape[0] * number, 0, BAR]
      : [shape[0] * pixel, shape[1] * pixel * SLANT, (shape[2] ?? 1) * channel];
    const [high, deep, across] = [Math.max(1, height), width, Math.max(1, thick)];
    const path = (...points) => `M${points.map((point) => point.map((each) => each.toFixed(1)).join(" ")).join("L")}Z`;
    const [right, top] = [x + across, y - high];
    return {
      across,
      deep,
      paths: [
        path([x, y], [right, y], [right, top], [x, top]),
        path([x, top], [right, top], [right + deep, top - deep], [x + deep, top - deep]),
        path([right, y], [right, top], [right + deep, top - deep], [right + deep, y - deep]),
      ],
    };
  }

  /** The colour for a share of the dearest layer, on a face that is so much lighter or darker. */
  function colour(share, light) {
    const mixed = CHEAP.map((cheap, i) => (cheap + (DEAR[i] - cheap) * share) * light);
    return `rgb(${mixed.map((each) => Math.round(Math.min(255, each))).join(" ")})`;
  }

  /** A group of faces, a number below and a word for whoever points at it; reused from drawing to drawing. */
  function group() {
    const parts = { title: svg("title"), faces: [1, 2, 3].map(() => svg("path")), text: svg("text") };
    return { ...parts, element: svg("g", {}, parts.title, parts.faces, parts.text) };
  }

  /** Set attributes, and a text, where they are others than before: what changes has to be styled and laid out anew. */
  function set(element, attributes, text = element.textContent) {
    for (const [name, value] of Object.entries(attributes))
      if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
    if (element.textContent !== text) element.textContent = text;
  }

  /** Draw into `picture`; `cost` is "macs" or "parameters", `name(volume)` says what a volume is. Gives the dearest cost. */
  function draw(picture, { input, rows, cost, name }) {
    const shown = volumes(input, rows);
    const scale = scales(shown.map(({ shape }) => shape));
    const dearest = shown.reduce((most, volume) => (volume[cost] > most ? volume[cost] : most), 1n);
    picture.groups ??= [];
    while (picture.groups.length < shown.length) picture.groups.push(group());
    const base = HIGH + MARGIN;
    let [x, right] = [MARGIN, 0];
    shown.forEach((volume, i) => {
      const { across, deep, paths } = faces(volume.shape, scale, x, base);
      const share = Number((volume[cost] * 1000n) / dearest) / 1000;
      const { title, faces: drawn, text } = picture.groups[i];
      drawn.forEach((face, at) => set(face, { d: paths[at], fill: colour(share, [1, 1.06, 0.88][at]) }));
      const below = { x: x + across / 2, y: base + 16, "text-anchor": i ? "middle" : "start" };
      set(text, below, i ? String(volume.layer) : words.input);
      set(title, {}, name(volume));
      right = Math.max(right, x + across + deep);
      x += Math.max(across + GAP, across + 0.6 * deep, i ? 0 : WORD);
    });
    if (picture.childElementCount !== shown.length)
      picture.replaceChildren(...picture.groups.slice(0, shown.length).map(({ element }) => element));
    set(picture, { viewBox: `0 0 ${Math.ceil(Math.max(right + MARGIN, 260))} ${base + BELOW}` });
    return dearest;
  }

  /** The picture in its place in the lab, with what it is coloured by and what keeps it. */
  class Picture {
    constructor(lab, place) {
      const id = `${lab.id}-colour`;
      const costs = ["macs", "parameters"].map((cost) => h("option", { value: cost }, lab.t(cost)));
      this.lab = lab;
      this.drawing = svg("svg", { class: "architect-picture", role: "img" });
      this.scale = h("p", { class: "lab-caption" });
      this.colour = h("select", { id, input: () => lab.network && this.draw(lab.network) }, costs);
      const button = (format) => lab.button("", () => save(this.drawing, format), {}, words[format]);
      const tools = [h("label", { for: id }, words.colour), this.colour, button("png"), button("svg")];
      place.append(this.drawing, this.scale, h("div", { class: "lab-tools" }, tools));
    }

    draw({ input, rows }) {
      const { lab } = this;
      const cost = this.colour.value;
      const total = rows.reduce((sum, row) => sum + row[cost], 0n);
      const share = (part) =>
        number(architect.percent(part, total) / 100, { style: "percent", maximumFractionDigits: 1 });
      const name = ({ layer, shape, ...costs }) =>
        layer
          ? `${layer} ${lab.t(lab.layers[layer - 1].kind)}: ${architect.sized(shape)}, ${share(costs[cost])} ${lab.t(cost)}`
          : `${words.input}: ${architect.sized(shape)}`;
      const dearest = draw(this.drawing, { input, rows, cost, name });
      set(this.scale, {}, words.scale({ cost: lab.t(cost), most: share(dearest) }));
      const shapes = [input, ...rows.map(({ shape }) => shape)].map(architect.sized).join("; ");
      set(this.drawing, { "aria-label": words.picture({ shapes }) });
    }
  }

  // -- to keep -----------------------------------------------------------------------------------------------------

  /** The picture as a file's text: on white, with what the page's style sheet says of it. */
  function file(picture) {
    const copy = picture.cloneNode(true);
    const [, , width, height] = picture.getAttribute("viewBox").split(" ");
    set(copy, { xmlns: "http://www.w3.org/2000/svg", width: 2 * width, height: 2 * height });
    copy.prepend(
      svg(
        "style",
        {},
        "path{stroke:#4b2545;stroke-width:.6;stroke-linejoin:round}text{font:11px sans-serif;fill:#1f2328}",
      ),
      svg("rect", { width: "100%", height: "100%", fill: "#fff" }),
    );
    return new XMLSerializer().serializeToString(copy);
  }

  const address = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

  /** The picture as an image, of twice its size. */
  async function image(text) {
    const loaded = new Image();
    loaded.src = address(text);
    await loaded.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: loaded.width, height: loaded.height });
    canvas.getContext("2d").drawImage(loaded, 0, 0);
    return canvas.toDataURL("image/png");
  }

  /** Let the reader keep the picture, as "svg" or as "png". */
  async function save(picture, format) {
    const text = file(picture);
    const link = document.createElement("a");
    link.href = format === "png" ? await image(text) : address(text);
    link.download = `network.${format}`;
    link.click();
  }

  cnncourse.architect_picture = { Picture };
})();
