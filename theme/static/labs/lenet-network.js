// The trained LeNet-5 of cnn-lenet, and how strokes become the picture that it knows: nothing but computation.
//
// The network, its weights and its test digits come from lenet-weights.js, written by tools/train_lenet.py. Maps are
// Float32Arrays in Keras' order: row, column, channel.
(() => {
  "use strict";

  const [SIDE, CELLS, BOX] = [32, 8, 20]; // pixels of the input; of the data's digits; columns that a digit fills
  const INK = 300; // pixels of 32 x 32: as many as the data's digits have
  const PENS = [2, 2.4, 2.8, 3.2, 3.6, 4, 4.4]; // half the width of a stroke, in pixels
  const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // a place from 0 to 63
  const MOST_POINTS = 600;

  // -- the network -----------------------------------------------------------------------------------------------

  /** The network of the file, with a view on the weights of each layer. */
  function read({ weights, layers, ...facts }) {
    const bytes = Uint8Array.from(atob(weights), (sign) => sign.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const numbers = Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
    let at = 0;
    const take = (count) => numbers.subarray(at, (at += count));
    return {
      ...facts,
      layers: layers.map((layer) => {
        const biases = layer.parameters && layer.shape[2];
        return { ...layer, kernel: take(layer.parameters - biases), bias: take(biases) };
      }),
    };
  }

  /** Of every window the sum of the products, and a bias; a dense layer is one window of one pixel. */
  function convolve(input, [, width, channels], { shape: [rows, columns, filters], size, kernel, bias }) {
    const output = new Float32Array(rows * columns * filters);
    const sums = new Float64Array(filters);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        sums.set(bias);
        let weight = 0;
        for (let v = 0; v < size; v++)
          for (let u = 0; u < size; u++) {
            const pixel = ((y + v) * width + x + u) * channels;
            for (let c = 0; c < channels; c++)
              for (let k = 0; k < filters; k++) sums[k] += input[pixel + c] * kernel[weight++];
          }
        output.set(sums, (y * columns + x) * filters);
      }
    return output;
  }

  /** The mean of every window; windows do not overlap. */
  function average(input, [, width, channels], { shape: [rows, columns], size }) {
    const output = new Float32Array(rows * columns * channels);
    for (let i = 0; i < output.length; i++) {
      const [y, x, c] = [Math.floor(i / channels / columns), Math.floor(i / channels) % columns, i % channels];
      let sum = 0;
      for (let v = 0; v < size; v++)
        for (let u = 0; u < size; u++) sum += input[((size * y + v) * width + size * x + u) * channels + c];
      output[i] = sum / (size * size);
    }
    return output;
  }

  const KINDS = {
    conv: convolve,
    average,
    dense: (input, _, layer) => convolve(input, [1, 1, input.length], { ...layer, size: 1 }),
  };
  const ACTIVATIONS = {
    linear: (values) => values,
    scaled_tanh: (values) => values.map((x) => 1.7159 * Math.tanh((x * 2) / 3)),
    softmax(values) {
      const powers = Float64Array.from(values, (x) => Math.exp(x - Math.max(...values)));
      const sum = powers.reduce((a, b) => a + b);
      return Float32Array.from(powers, (power) => power / sum);
    },
  };

  /** What every layer makes of an image. */
  function forward(layers, image) {
    let [values, shape] = [image, [SIDE, SIDE, 1]];
    return layers.map((layer) => {
      values = ACTIVATIONS[layer.activation](KINDS[layer.kind](values, shape, layer));
      shape = layer.shape;
      return values;
    });
  }

  // -- from strokes to the picture that the network knows --------------------------------------------------------

  /** The strokes [x, y, x, y, …] of a text such as ".AbCd.Ef"; null for anything else. */
  function parse(text) {
    if (!/^(\.([A-Za-z0-9_-]{2})+)+$/.test(text) || text.length > 3 * MOST_POINTS) return null;
    return text
      .slice(1)
      .split(".")
      .map((stroke) => [...stroke].map((sign) => SIGNS.indexOf(sign)));
  }

  /** The text of strokes. */
  const written = (strokes) => strokes.map((stroke) => `.${stroke.map((place) => SIGNS[place]).join("")}`).join("");

  /** Each stroke as its pieces [x, y, x, y] from point to point; a dot is a piece without length. */
  const pieces = (strokes) =>
    strokes.flatMap((stroke) =>
      Array.from({ length: Math.max(1, stroke.length / 2 - 1) }, (_, i) => [
        stroke[2 * i],
        stroke[2 * i + 1],
        stroke[2 * i + 2] ?? stroke[0],
        stroke[2 * i + 3] ?? stroke[1],
      ]),
    );

  /**
   * The picture of strokes as the data has it, 8 x 8 numbers from 0 to 16: the leftmost ink of the top stands above
   * the leftmost ink of the bottom, the digit fills the height and at most 20 of 32 columns, its strokes are so wide
   * that there is as much ink as in the data, and the pixels of each cell are counted.
   */
  function counts(strokes) {
    const points = pieces(strokes).flatMap(([a, b, c, d]) => [
      [a, b],
      [c, d],
    ]);
    const [top, high] = extent(points.map(([, y]) => y));
    const leftmost = (near) => Math.min(...points.filter(([, y]) => near(y - top)).map(([x]) => x));
    const slant = high ? (leftmost((y) => y <= high / 16) - leftmost((y) => y >= high - high / 16)) / high : 0;
    const upright = points.map(([x, y]) => [x + slant * (y - top), y]);
    for (const pen of PENS) {
      const cells = counted(fitted(upright, pen), pen);
      if (pen === PENS.at(-1) || cells.reduce((a, b) => a + b) >= INK) return cells;
    }
  }

  /** The points in the frame of 32 x 32 pixels, with room for the pen; a narrow digit is widened at most twofold. */
  function fitted(points, pen) {
    const [[left, wide], [top, high]] = [0, 1].map((axis) => extent(points.map((point) => point[axis])));
    const most = (SIDE - 2 * pen) / Math.max(high, wide / 4, 1);
    const across = Math.min((BOX - 2 * pen) / Math.max(wide, 1), 2 * most);
    return points.map(([x, y]) => [(x - left - wide / 2) * across + SIDE / 2, (y - top - high / 2) * most + SIDE / 2]);
  }

  function extent(numbers) {
    const least = Math.min(...numbers);
    return [least, Math.max(...numbers) - least];
  }

  /** The pixels that a round pen covers, counted in cells of 4 x 4. */
  function counted(points, pen) {
    const inked = new Uint8Array(SIDE * SIDE);
    for (let i = 0; i < points.length; i += 2) ink(inked, points[i], points[i + 1], pen);
    const cells = Array(CELLS * CELLS).fill(0);
    inked.forEach((on, at) => {
      cells[Math.floor(at / SIDE / 4) * CELLS + Math.floor((at % SIDE) / 4)] += on;
    });
    return cells;
  }

  function ink(inked, [a, b], [c, d], pen) {
    const from = (p, q) => Math.max(0, Math.floor(Math.min(p, q) - pen));
    const to = (p, q) => Math.min(SIDE, Math.ceil(Math.max(p, q) + pen));
    const [dx, dy] = [c - a, d - b];
    const squared = dx * dx + dy * dy || 1;
    for (let y = from(b, d); y < to(b, d); y++)
      for (let x = from(a, c); x < to(a, c); x++) {
        const along = Math.min(1, Math.max(0, ((x + 0.5 - a) * dx + (y + 0.5 - b) * dy) / squared));
        const [u, v] = [x + 0.5 - a - along * dx, y + 0.5 - b - along * dy];
        if (u * u + v * v <= pen * pen) inked[y * SIDE + x] = 1;
      }
  }

  /** The 8 x 8 numbers as 32 x 32 pixels from 0 to 1, as cnncourse.load("digits") enlarges them. */
  function enlarge(cells) {
    const places = Array.from({ length: SIDE }, (_, i) =>
      Math.min(CELLS - 1, Math.max(0, ((i + 0.5) * CELLS) / SIDE - 0.5)),
    );
    const between = (place, pick) => {
      const [least, part] = [Math.floor(place), place % 1];
      return pick(least) * (1 - part) + (part && pick(least + 1) * part);
    };
    return Float32Array.from({ length: SIDE * SIDE }, (_, at) =>
      between(places[Math.floor(at / SIDE)], (y) => between(places[at % SIDE], (x) => cells[y * CELLS + x] / 16)),
    );
  }

  /** The 8 x 8 numbers of a digit of the data, from its 64 signs. */
  const cellsOf = (text) => [...text].map((sign) => parseInt(sign, 17));

  /** The digit with the highest chance. */
  const best = (chances) => chances.indexOf(Math.max(...chances));

  // -- for the tests -----------------------------------------------------------------------------------------------

  function outputs({ network, digits }) {
    const { layers } = read(network);
    return digits.map((digit) => forward(layers, enlarge(cellsOf(digit))).map((values) => [...values]));
  }

  const pixels = ({ digit }) => [...enlarge(cellsOf(digit))];
  const picture = ({ drawing }) => counts(parse(drawing));

  const sizes = { SIDE, CELLS, PLACES: SIGNS.length, MOST_POINTS };
  cnncourse.lenet_network = {
    ...sizes,
    read,
    forward,
    best,
    enlarge,
    cellsOf,
    counts,
    pieces,
    parse,
    written,
    outputs,
    pixels,
    picture,
  };
})();
