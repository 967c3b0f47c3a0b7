// The trained LeNet-5, and how a picture becomes what it has learned from: nothing but computation.
//
// The network comes from lenet-weights.js, the test digits from lenet-digits.js, both written by
// tools/train_lenet.py. Maps are Float32Arrays in Keras' order: row, column, channel.
(() => {
  "use strict";

  const [SIDE, FRAME, BOX] = [32, 28, 20]; // pixels of the input; of a picture of MNIST; of the digit in it
  const PEN = 1.25; // half the width of a stroke in these pixels
  const LEAST = { pixels: 8, places: 12 }; // what is smaller than this does not fill the box: a dot stays a dot
  const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // a place from 0 to 63
  const MOST_POINTS = 600;

  // -- the network -----------------------------------------------------------------------------------------------

  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

  /** The number that the 16 bits of a float16 stand for. */
  function half(bits) {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  }

  /** The network of the file, with the weights of each layer. */
  function read({ weights, layers, ...facts }) {
    const view = new DataView(bytes(weights).buffer);
    const numbers = Float32Array.from({ length: view.byteLength / 2 }, (_, i) => half(view.getUint16(2 * i, true)));
    let at = 0;
    const take = (count) => numbers.subarray(at, (at += count));
    return {
      ...facts,
      layers: layers.map((layer) => {
        const biases = layer.parameters && layer.shape[2];
        const [kernel, bias] = [take(layer.parameters - biases), take(biases)];
        return { ...layer, kernel: layer.connections ? spread(kernel, layer) : kernel, bias };
      }),
    };
  }

  /** The kernel of a layer whose filters see only some channels, with zeros for the others. */
  function spread(taps, { connections, size }) {
    const [filters, channels] = [connections.length, Math.max(...connections.flat()) + 1];
    const places = connections.flatMap((seen, filter) => seen.map((channel) => channel * filters + filter));
    const kernel = new Float32Array(size * size * channels * filters);
    taps.forEach((tap, i) => {
      kernel[Math.floor(i / places.length) * channels * filters + places[i % places.length]] = tap;
    });
    return kernel;
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

  /** The mean of every window, times the coefficient of its map, and a bias; windows do not overlap. */
  function subsample(input, [, width, channels], { shape: [rows, columns], size, kernel, bias }) {
    const output = new Float32Array(rows * columns * channels);
    for (let i = 0; i < output.length; i++) {
      const [y, x, c] = [Math.floor(i / channels / columns), Math.floor(i / channels) % columns, i % channels];
      let sum = 0;
      for (let v = 0; v < size; v++)
        for (let u = 0; u < size; u++) sum += input[((size * y + v) * width + size * x + u) * channels + c];
      output[i] = (sum / (size * size)) * kernel[c] + bias[c];
    }
    return output;
  }

  const KINDS = {
    conv: convolve,
    subsample,
    dense: (input, _, layer) => convolve(input, [1, 1, input.length], { ...layer, size: 1 }),
  };
  const ACTIVATIONS = {
    scaled_tanh: (values) => values.map((x) => 1.7159 * Math.tanh((x * 2) / 3)),
    softmax(values) {
      const powers = Float64Array.from(values, (x) => Math.exp(x - Math.max(...values)));
      const sum = powers.reduce((a, b) => a + b);
      return Float32Array.from(powers, (power) => power / sum);
    },
  };

  /** What every layer makes of a picture of 28 x 28, which gets a margin of 2 pixels. */
  function forward(layers, picture) {
    let [values, shape] = [framed(picture), [SIDE, SIDE, 1]];
    return layers.map((layer) => {
      values = ACTIVATIONS[layer.activation](KINDS[layer.kind](values, shape, layer));
      shape = layer.shape;
      return values;
    });
  }

  /** A picture in the middle of the network's input. */
  function framed(picture) {
    const margin = (SIDE - FRAME) / 2;
    const input = new Float32Array(SIDE * SIDE);
    for (let y = 0; y < FRAME; y++)
      input.set(picture.subarray(y * FRAME, (y + 1) * FRAME), (y + margin) * SIDE + margin);
    return input;
  }

  /** The digit with the highest chance, its chance, and whether that is enough to be sure. */
  function verdict(chances, { threshold }) {
    const probability = Math.max(...chances);
    return { digit: chances.indexOf(probability), probability, sure: probability >= threshold };
  }

  // -- from pixels or strokes to a picture as MNIST has it -------------------------------------------------------
  //
  // Its longer side is 20 pixels, and its centre of mass is the centre of the 28 x 28.

  /** A picture of 28 x 28 grey values from 0 to 1, prepared; a picture of MNIST stays as it is. */
  function prepared(pixels) {
    const inked = [...pixels.keys()].filter((at) => pixels[at] > 0);
    if (!inked.length) return Float32Array.from(pixels);
    const [top, high] = extent(inked.map((at) => Math.floor(at / FRAME)));
    const [left, wide] = extent(inked.map((at) => at % FRAME));
    const scale = BOX / Math.max(high + 1, wide + 1, LEAST.pixels);
    const middle = (count) => Math.round((FRAME - (count + 1) * scale) / 2);
    const from = (to, start, count) => start + (to + 0.5 - middle(count)) / scale - 0.5;
    return centred(
      Float32Array.from({ length: FRAME * FRAME }, (_, at) =>
        between(pixels, from(Math.floor(at / FRAME), top, high), from(at % FRAME, left, wide)),
      ),
    );
  }

  /** The value of a picture at a place between its pixels; outside there is no ink. */
  function between(pixels, y, x) {
    const [v, u] = [Math.floor(y), Math.floor(x)];
    const at = (row, column) =>
      row < 0 || column < 0 || row >= FRAME || column >= FRAME ? 0 : pixels[row * FRAME + column];
    const along = (row) => at(row, u) * (u + 1 - x) + at(row, u + 1) * (x - u);
    return along(v) * (v + 1 - y) + along(v + 1) * (y - v);
  }

  /** A picture moved by whole pixels, so that its centre of mass is in the middle. */
  function centred(picture) {
    const mass = picture.reduce((a, b) => a + b);
    const shift = (place) =>
      Math.round(FRAME / 2 - picture.reduce((sum, value, at) => sum + value * place(at), 0) / mass);
    const [down, right] = [shift((at) => Math.floor(at / FRAME)), shift((at) => at % FRAME)];
    return picture.map((_, at) => between(picture, Math.floor(at / FRAME) - down, (at % FRAME) - right));
  }

  function extent(numbers) {
    const least = Math.min(...numbers);
    return [least, Math.max(...numbers) - least];
  }

  /** The picture of strokes. */
  function picture(strokes) {
    const all = pieces(strokes);
    const [left, wide] = extent(all.flatMap(([a, , c]) => [a, c]));
    const [top, high] = extent(all.flatMap(([, b, , d]) => [b, d]));
    const scale = (BOX - 2 * PEN) / Math.max(wide, high, LEAST.places);
    const x = (place) => (place - left - wide / 2) * scale + FRAME / 2;
    const y = (place) => (place - top - high / 2) * scale + FRAME / 2;
    const inked = new Float32Array(FRAME * FRAME);
    for (const [a, b, c, d] of all) ink(inked, [x(a), y(b)], [x(c), y(d)]);
    return centred(inked);
  }

  /** Draw a piece of a stroke with a round pen; a pixel at its edge is grey. */
  function ink(picture, [a, b], [c, d]) {
    const reach = PEN + 1;
    const from = (p, q) => Math.max(0, Math.floor(Math.min(p, q) - reach));
    const to = (p, q) => Math.min(FRAME, Math.ceil(Math.max(p, q) + reach));
    const [dx, dy] = [c - a, d - b];
    const squared = dx * dx + dy * dy || 1;
    for (let y = from(b, d); y < to(b, d); y++)
      for (let x = from(a, c); x < to(a, c); x++) {
        const along = Math.min(1, Math.max(0, ((x + 0.5 - a) * dx + (y + 0.5 - b) * dy) / squared));
        const away = Math.hypot(x + 0.5 - a - along * dx, y + 0.5 - b - along * dy);
        const covered = Math.min(1, Math.max(0, PEN + 0.5 - away));
        picture[y * FRAME + x] = Math.max(picture[y * FRAME + x], covered);
      }
  }

  // -- strokes as text -------------------------------------------------------------------------------------------

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

  // -- for whoever asks without the page -------------------------------------------------------------------------

  /** The picture of `{ pixels }`, 784 numbers from 0 to 255, or of `{ drawing }`, a text of strokes. */
  function given({ pixels, drawing }) {
    if (drawing !== undefined) {
      const strokes = parse(drawing);
      if (!strokes) throw new RangeError(`drawing must be strokes as in the lab's link. Received ${drawing}.`);
      return picture(strokes);
    }
    const outside = Array.from(pixels ?? []).find((value) => !(value >= 0 && value <= 255));
    if (pixels?.length !== FRAME * FRAME || outside !== undefined) {
      const received = outside ?? `${pixels?.length ?? 0} of them`;
      throw new RangeError(`pixels must be ${FRAME * FRAME} numbers from 0 to 255. Received ${received}.`);
    }
    return prepared(Float32Array.from(pixels, (value) => value / 255));
  }

  /** What a network says to `{ pixels }` or `{ drawing }`: { digit, probability, sure }; without ink it is not sure. */
  function recognize(network, asked) {
    const image = given(asked);
    const found = verdict(forward(network.layers, image).at(-1), network);
    return { ...found, sure: found.sure && image.some((value) => value > 0) };
  }

  /** The test digits of the file as { label, pixels }; a 0 stands for as many pixels without ink as the byte after it. */
  function digits({ labels, runs }) {
    const pixels = new Float32Array(labels.length * FRAME * FRAME);
    let place = 0;
    const signs = bytes(runs);
    for (let i = 0; i < signs.length; i++) {
      if (signs[i]) pixels[place++] = signs[i] / 255;
      else place += signs[++i];
    }
    return [...labels].map((label, i) => ({
      label: Number(label),
      pixels: pixels.subarray(i * FRAME * FRAME, (i + 1) * FRAME * FRAME),
    }));
  }

  // -- for the tests and the training ------------------------------------------------------------------------------

  const pictures = (all) => all.map((asked) => [...given(asked)]);
  const outputs = ({ network, all }) => {
    const { layers } = read(network);
    return all.map((asked) => forward(layers, given(asked)).map((values) => [...values]));
  };
  const chances = ({ network, all }) => {
    const { layers } = read(network);
    return all.map((asked) => [...forward(layers, given(asked)).at(-1)]);
  };
  const shown = (file) => digits(file).map(({ pixels }) => [...pixels.map((value) => Math.round(255 * value))]);

  const sizes = { SIDE, FRAME, PLACES: SIGNS.length, MOST_POINTS };
  cnncourse.lenet_network = {
    ...sizes,
    read,
    forward,
    framed,
    verdict,
    picture,
    pieces,
    parse,
    written,
    recognize,
    digits,
    pictures,
    outputs,
    chances,
    shown,
  };
})();
