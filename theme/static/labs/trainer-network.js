// The small network that cnn-trainer trains in the page, and how: nothing but computation.
//
// Two convolutions and two dense layers, cross-entropy, SGD with momentum, all as in Keras: a test compares gradients and
// steps. Maps are Float64Arrays in Keras' order: row, column, channel. The same settings give the same run, to the last
// bit and in every browser: random numbers come from the seed, and the weights from + - * / and square roots, which all
// browsers compute alike.
(() => {
  "use strict";

  const SIDE = 8; // pixels of a digit
  const CLASSES = 10;
  const BATCH = 10;
  const MOMENTUM = 0.9;
  const FILTERS = [8, 16]; // of the convolutions
  const UNITS = 32; // of the dense layer between them and the output

  // -- random numbers ------------------------------------------------------------------------------------------------

  /** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
  function random(seed) {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  /** A random whole number from 0 to `count` - 1. */
  const whole = (count, draw) => Math.floor(draw() * count);

  /** The numbers 0 to `count` - 1 in random order (Fisher and Yates). */
  function shuffled(count, draw) {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = whole(last + 1, draw);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }

  // -- layers: each takes and gives one image at a time, and remembers it for the way back ---------------------------

  /** Which inputs each window sees: of every place its `size` x `size` pixels, -1 where there is only padding. */
  function seen(side, size, channels) {
    const border = (size - 1) / 2;
    const inside = (at) => at >= 0 && at < side;
    const sources = [];
    for (let place = 0; place < side * side; place += 1)
      for (let tap = 0; tap < size * size; tap += 1) {
        const y = Math.floor(place / side) + Math.floor(tap / size) - border;
        const x = (place % side) + (tap % size) - border;
        for (let c = 0; c < channels; c += 1) sources.push(inside(y) && inside(x) ? (y * side + x) * channels + c : -1);
      }
    return Int32Array.from(sources);
  }

  /**
   * Of every window the sum of its products and a bias, then ReLU unless `linear`; padding keeps the size. A dense layer
   * is a single window of one pixel, with all its inputs as channels. What is 0 takes no time: `rows` and `values` hold
   * the rest. The number of `filters` is even: two sums at once take little longer than one.
   */
  function windows({ side, channels, size, filters, linear = false }, draw) {
    const places = side * side;
    const inputs = size * size * channels; // of each window
    const sources = seen(side, size, channels);
    const limit = Math.sqrt(6 / (size * size * (channels + filters))); // Glorot's
    const [kernel, bias] = [new Float64Array(inputs * filters), new Float64Array(filters)];
    const [kernelGradient, biasGradient] = [new Float64Array(inputs * filters), new Float64Array(filters)];
    const [output, before] = [new Float64Array(places * filters), new Float64Array(places * channels)];
    const most = Math.max(inputs, filters);
    const [rows, values] = [new Int32Array(most), new Float64Array(most)];
    let input;

    function forward(image) {
      input = image;
      for (let place = 0; place < places; place += 1) {
        let count = 0;
        for (let i = 0; i < inputs; i += 1) {
          const source = sources[place * inputs + i];
          if (source < 0 || image[source] === 0) continue;
          rows[count] = i * filters;
          values[count] = image[source];
          count += 1;
        }
        for (let k = 0; k < filters; k += 2) {
          let [one, other] = [bias[k], bias[k + 1]];
          for (let each = 0; each < count; each += 1) {
            const at = rows[each] + k;
            one += values[each] * kernel[at];
            other += values[each] * kernel[at + 1];
          }
          const to = place * filters + k;
          output[to] = one < 0 && !linear ? 0 : one;
          output[to + 1] = other < 0 && !linear ? 0 : other;
        }
      }
      return output;
    }

    function backward(gradient) {
      before.fill(0);
      for (let place = 0; place < places; place += 1) {
        let count = 0;
        for (let k = 0; k < filters; k += 1) {
          const at = place * filters + k;
          if (gradient[at] === 0 || (!linear && output[at] === 0)) continue;
          biasGradient[k] += gradient[at];
          rows[count] = k;
          values[count] = gradient[at];
          count += 1;
        }
        for (let i = 0; i < inputs; i += 1) {
          const source = sources[place * inputs + i];
          if (source < 0) continue;
          const value = input[source];
          let sum = 0;
          for (let each = 0; each < count; each += 1) {
            const at = i * filters + rows[each];
            kernelGradient[at] += value * values[each];
            sum += kernel[at] * values[each];
          }
          before[source] += sum;
        }
      }
      return before;
    }

    for (let i = 0; i < kernel.length; i += 1) kernel[i] = (2 * draw() - 1) * limit;
    return { forward, backward, weights: [kernel, bias], gradients: [kernelGradient, biasGradient] };
  }

  /** The largest of each 2 x 2 pixels, channel by channel. */
  function maxPool({ side, channels }) {
    const half = side / 2;
    const [output, before] = [new Float64Array(half * half * channels), new Float64Array(side * side * channels)];
    const winners = new Int32Array(output.length);

    function forward(input) {
      for (let i = 0; i < output.length; i += 1) {
        const [pixel, c] = [Math.floor(i / channels), i % channels];
        const corner = (2 * Math.floor(pixel / half) * side + 2 * (pixel % half)) * channels + c;
        winners[i] = corner;
        for (const step of [1, side, side + 1]) {
          const at = corner + step * channels;
          if (input[at] > input[winners[i]]) winners[i] = at;
        }
        output[i] = input[winners[i]];
      }
      return output;
    }

    function backward(gradient) {
      before.fill(0);
      for (let i = 0; i < output.length; i += 1) before[winners[i]] = gradient[i];
      return before;
    }

    return { forward, backward };
  }

  /** In training, each number becomes 0 with this probability, and the others grow so that the mean stays. */
  function dropout({ rate, units }, draw) {
    const [mask, output] = [new Float64Array(units), new Float64Array(units)];
    const masked = (values) => {
      for (let i = 0; i < units; i += 1) output[i] = values[i] * mask[i];
      return output;
    };
    function forward(input, training) {
      if (!training || rate === 0) return input;
      for (let i = 0; i < units; i += 1) mask[i] = draw() < rate ? 0 : 1 / (1 - rate);
      return masked(input);
    }
    return { forward, backward: (gradient) => (rate === 0 ? gradient : masked(gradient)) };
  }

  // -- the network ---------------------------------------------------------------------------------------------------

  /** Its layers before any training; `draw` gives the weights first, in training what drops out. */
  function network(rate, draw) {
    const half = SIDE / 2;
    const [first, second] = FILTERS;
    const flat = half * half * second;
    return [
      windows({ side: SIDE, channels: 1, size: 3, filters: first }, draw),
      maxPool({ side: SIDE, channels: first }),
      windows({ side: half, channels: first, size: 3, filters: second }, draw),
      dropout({ rate, units: flat }, draw),
      windows({ side: 1, channels: flat, size: 1, filters: UNITS }, draw),
      windows({ side: 1, channels: UNITS, size: 1, filters: CLASSES, linear: true }, draw),
    ];
  }

  const trainable = (layers) => layers.filter(({ weights }) => weights);

  /** e to a power of at most 0; Math.exp may differ in the last bit from browser to browser. */
  function exp(x) {
    if (x < -40) return 0; // too small to count beside the largest, which is 1
    const part = x / 1024;
    let power = 1 + part * (1 + (part / 2) * (1 + (part / 3) * (1 + (part / 4) * (1 + (part / 5) * (1 + part / 6)))));
    for (let i = 0; i < 10; i += 1) power *= power; // 1024 = 2 ** 10
    return power;
  }

  function softmax(scores) {
    const most = Math.max(...scores);
    const powers = scores.map((score) => exp(score - most));
    const total = powers.reduce((sum, power) => sum + power);
    return powers.map((power) => power / total);
  }

  /** The chance that the network gives to each class. */
  const chances = (layers, image, training = false) =>
    softmax(layers.reduce((values, layer) => layer.forward(values, training), image));

  /** Add the gradient of one image's cross-entropy to that of every weight. */
  function learn(layers, image, label) {
    const gradient = chances(layers, image, true);
    gradient[label] -= 1; // softmax minus the right answer
    layers.reduceRight((values, layer) => layer.backward(values), gradient);
  }

  /** Move every weight along its gradient, the mean of `count` images, with momentum; the gradients are 0 again. */
  function step(layers, rate, count) {
    for (const layer of trainable(layers)) {
      layer.velocities ??= layer.weights.map(({ length }) => new Float64Array(length));
      layer.weights.forEach((weights, part) => {
        const [gradient, velocity] = [layer.gradients[part], layer.velocities[part]];
        for (let i = 0; i < weights.length; i += 1) {
          velocity[i] = MOMENTUM * velocity[i] - (rate * gradient[i]) / count;
          weights[i] += velocity[i];
        }
        gradient.fill(0);
      });
    }
  }

  /** Move an image by up to `most` pixels down or up and to either side; what comes in is empty. */
  function shifted(image, most, draw) {
    const [down, right] = [whole(2 * most + 1, draw) - most, whole(2 * most + 1, draw) - most];
    return image.map((_, at) => {
      const [y, x] = [Math.floor(at / SIDE) - down, (at % SIDE) - right];
      return y >= 0 && y < SIDE && x >= 0 && x < SIDE ? image[y * SIDE + x] : 0;
    });
  }

  // -- a run ---------------------------------------------------------------------------------------------------------

  /** Loss and accuracy on images as they are, without dropout; yields now and then. */
  function* evaluate(layers, digits) {
    let [loss, right] = [0, 0];
    for (const [i, { image, label }] of digits.entries()) {
      const given = chances(layers, image);
      loss -= Math.log(Math.max(given[label], Number.MIN_VALUE));
      right += Number(given.indexOf(Math.max(...given)) === label);
      if (i % BATCH === 0) yield;
    }
    return { loss: loss / digits.length, accuracy: right / digits.length };
  }

  /** A training with these settings: `{ images, dropout, shift, rate, seed }`. */
  class Run {
    constructor(settings) {
      this.settings = settings;
      this.draw = random(settings.seed);
      this.layers = network(settings.dropout, this.draw);
      this.curve = []; // of each epoch the loss and accuracy on every part of the data: { training: { loss, accuracy }, … }
    }

    /** One epoch and its place in the curve; yields every few milliseconds. Each epoch takes the same `data`. */
    *epoch(data) {
      yield* this.learn(data.training);
      yield* this.measure(data);
    }

    /** See each training image once, in random order; which ones there are is drawn for the first epoch. */
    *learn(digits) {
      const { images, rate, shift } = this.settings;
      this.known ??= shuffled(digits.length, this.draw).slice(0, images);
      const order = shuffled(images, this.draw);
      for (let from = 0; from < images; from += BATCH) {
        const batch = order.slice(from, from + BATCH).map((i) => digits[this.known[i]]);
        for (const { image, label } of batch)
          learn(this.layers, shift ? shifted(image, shift, this.draw) : image, label);
        step(this.layers, rate, batch.length);
        yield;
      }
    }

    /** Measure known and new digits in the same way. */
    *measure(data) {
      const measured = {};
      for (const [part, digits] of Object.entries({ ...data, training: this.known.map((i) => data.training[i]) }))
        measured[part] = yield* evaluate(this.layers, digits);
      this.curve.push(measured);
    }

    /** The kernels of the first convolution, one list of 9 numbers each. */
    get kernels() {
      const [kernel] = this.layers[0].weights;
      return Array.from({ length: FILTERS[0] }, (_, k) => Array.from(kernel.filter((_, i) => i % FILTERS[0] === k)));
    }
  }

  /** The digits of trainer-digits.js, each `{ image, label }` with pixels from 0 to 1. */
  const read = ({ images, labels }) =>
    images.map((text, i) => ({
      image: Float64Array.from(text, (sign) => parseInt(sign, 17) / 16),
      label: Number(labels[i]),
    }));

  // -- for the tests -------------------------------------------------------------------------------------------------

  /** A network with these weights, a list for each of Keras' arrays. */
  function prepared(weights, rate, seed) {
    const layers = network(rate, random(seed));
    const own = trainable(layers).flatMap((layer) => layer.weights);
    own.forEach((each, i) => each.set(weights[i]));
    return layers;
  }

  const lists = (layers, name) => trainable(layers).flatMap((layer) => layer[name].map((each) => Array.from(each)));
  const total = (layers, images, labels) =>
    images.forEach((image, i) => learn(layers, Float64Array.from(image), labels[i]));

  /** The gradient of the mean cross-entropy, for every weight. */
  function gradients({ weights, images, labels, rate = 0, seed = 0 }) {
    const layers = prepared(weights, rate, seed);
    total(layers, images, labels);
    return lists(layers, "gradients").map((gradient) => gradient.map((each) => each / images.length));
  }

  /** The weights after so many steps with all images. */
  function steps({ weights, images, labels, rate, count }) {
    const layers = prepared(weights, 0, 0);
    for (let i = 0; i < count; i += 1) {
      total(layers, images, labels);
      step(layers, rate, images.length);
    }
    return lists(layers, "weights");
  }

  /** The curve of a run after each `every` epochs, from the texts of trainer-digits.js. */
  function curve({ data, settings, epochs, every = 1 }) {
    const run = new Run(settings);
    const digits = Object.fromEntries(Object.entries(data).map(([part, texts]) => [part, read(texts)]));
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      Array.from(run.learn(digits.training));
      if (epoch % every === 0) Array.from(run.measure(digits));
    }
    return run.curve;
  }

  cnncourse.trainer_network = { Run, KERNELS: FILTERS[0], read, gradients, steps, curve };
})();
