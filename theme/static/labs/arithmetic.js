// The formulas of cnncourse.arithmetic, exact to the last digit.
//
// Names, arguments and messages are Python's: `output_size({ input_size: 227n, kernel_size: 11n, stride: 4n })`.
// Whole numbers are BigInt, so that nothing is rounded however large a layer is; anything else is refused with
// the message that Python gives. tests/lab_vectors.py compares each function with Python's.
(() => {
  "use strict";

  const DTYPE_BYTES = {
    float64: 8n,
    float32: 4n,
    float16: 2n,
    bfloat16: 2n,
    int64: 8n,
    int32: 4n,
    int16: 2n,
    int8: 1n,
    uint8: 1n,
  };

  /** Python's ValueError: `message` is Python's, `kind` and `values` let a lab explain it in the reader's language. */
  class ValueError extends Error {
    constructor(kind, message, values = {}) {
      super(message);
      Object.assign(this, { name: "ValueError", kind, values });
    }
  }

  // -- sizes -----------------------------------------------------------------------------------------------------

  function output_size(given) {
    return positions(axis(given));
  }

  function same_padding(given) {
    const { before, after } = axis({ ...given, padding: "same" });
    return [before, after];
  }

  function unused_pixels(given) {
    const one = axis(given);
    return one.padded - ((positions(one) - 1n) * one.stride + one.span);
  }

  /** One axis, checked: n, the span of the dilated kernel, the stride, and the padding before and after. */
  const axis = (given) => axes(given)[0];

  /** Both axes; every argument is one number for both, or a pair [height, width]. */
  function axes({ input_size, kernel_size, stride = 1n, padding = 0n, dilation = 1n, kernel_name = "kernel_size" }) {
    each("input_size", input_size, 1n);
    each(kernel_name, kernel_size, 1n);
    each("stride", stride, 1n);
    each("dilation", dilation, 1n);
    return [0, 1].map((i) => {
      const [size, kernel, step, distance] = [input_size, kernel_size, stride, dilation].map((one) => pair(one)[i]);
      const span = distance * (kernel - 1n) + 1n;
      const [before, after] = pads(padding, size, span, step);
      const padded = before + size + after;
      if (span > padded) {
        throw new ValueError(
          "fit",
          `${kernel_name} must fit into the padded input. Received ${kernel_name}=${repr(kernel_size)} with ` +
            `dilation=${repr(dilation)}, which spans ${span} pixels, for ${size} pixels of input, ` +
            `${padded} with padding=${repr(padding)}.`,
          { span, padded },
        );
      }
      return { size, span, stride: step, before, after, padded };
    });
  }

  const pair = (value) => (Array.isArray(value) ? value : [value, value]);

  function pads(padding, size, span, stride) {
    if (padding === "same") {
      const total = (positions({ padded: size, span: 1n, stride }) - 1n) * stride + span - size;
      const missing = total > 0n ? total : 0n;
      return [missing / 2n, missing - missing / 2n];
    }
    if (padding === "valid") return [0n, 0n];
    each("padding", padding, 0n, "'valid', 'same', ");
    return [padding, padding];
  }

  function positions({ padded, span, stride }) {
    return (padded - span) / stride + 1n; // BigInt division drops the remainder
  }

  // -- layers: shapes are [height, width, channels] --------------------------------------------------------------

  function conv2d_output_shape({ input_shape, filters, ...window }) {
    const [height, width] = shape("input_shape", input_shape);
    return [...axes({ input_size: [height, width], ...window }).map(positions), whole("filters", filters, 1n)];
  }

  function pool2d_output_shape({ input_shape, pool_size, stride = pool_size, padding }) {
    const [height, width, channels] = shape("input_shape", input_shape);
    const window = { input_size: [height, width], kernel_size: pool_size, stride, padding, kernel_name: "pool_size" };
    const size = axes(window).map(positions);
    if (pair(pool_size).some((kernel) => padding >= kernel)) {
      // a word is not: it compares as NaN
      throw new ValueError(
        "pool_padding",
        "padding must be smaller than the window, or some windows hold no pixel. Received " +
          `padding=${padding} for pool_size=${repr(pool_size)}.`,
      );
    }
    return [...size, channels];
  }

  function area(kernel_size) {
    const [height, width] = pair(kernel_size);
    return height * width;
  }

  function conv2d_parameters({ in_channels, filters, kernel_size, bias = true, groups = 1n }) {
    whole("in_channels", in_channels, 1n);
    whole("filters", filters, 1n);
    whole("groups", groups, 1n);
    if (in_channels % groups || filters % groups) {
      throw new ValueError(
        "groups",
        "groups must divide the input channels and the filters. Received " +
          `groups=${groups} for ${in_channels} input channels and ${filters} filters.`,
      );
    }
    each("kernel_size", kernel_size, 1n);
    return filters * (area(kernel_size) * (in_channels / groups) + (bias ? 1n : 0n));
  }

  /** A depthwise convolution is one of as many groups as channels: each has `depth_multiplier` filters of its own. */
  function depthwise_conv2d_output_shape({ input_shape, depth_multiplier = 1n, ...window }) {
    const [, , channels] = shape("input_shape", input_shape);
    return conv2d_output_shape({
      input_shape,
      filters: channels * whole("depth_multiplier", depth_multiplier, 1n),
      ...window,
    });
  }

  function depthwise_conv2d_parameters({ in_channels, depth_multiplier = 1n, ...layer }) {
    const groups = whole("in_channels", in_channels, 1n);
    return conv2d_parameters({
      in_channels,
      filters: groups * whole("depth_multiplier", depth_multiplier, 1n),
      groups,
      ...layer,
    });
  }

  function depthwise_conv2d_macs({ kernel_size, ...layer }) {
    const output = depthwise_conv2d_output_shape({ kernel_size, ...layer });
    return output.reduce((product, size) => product * size) * area(kernel_size);
  }

  function dense_parameters({ inputs, units, bias = true }) {
    return whole("units", units, 1n) * (whole("inputs", inputs, 1n) + (bias ? 1n : 0n));
  }

  function batch_norm_parameters({ channels }) {
    return [2n * whole("channels", channels, 1n), 2n * channels];
  }

  function conv2d_macs({ groups, ...layer }) {
    const [height, width] = conv2d_output_shape(layer);
    const weights = { ...layer, in_channels: layer.input_shape[2], groups, bias: false };
    return height * width * conv2d_parameters(weights);
  }

  function dense_macs({ inputs, units }) {
    return dense_parameters({ inputs, units, bias: false });
  }

  function parameter_bytes({ parameters, dtype = "float32" }) {
    return whole("parameters", parameters, 0n) * bytes(dtype);
  }

  function activation_bytes({ shape: sizes, batch_size = 1n, dtype = "float32" }) {
    const count = shape("shape", sizes, null).reduce((product, size) => product * size, 1n);
    return count * whole("batch_size", batch_size, 1n) * bytes(dtype);
  }

  /** The input pixels along one axis that an output value sees; `layers` are [kernel_size, stride]. */
  function receptive_field({ layers }) {
    let field = 1n;
    let jump = 1n;
    for (const [kernel_size, stride] of layers) {
      field += (kernel_size - 1n) * jump;
      jump *= stride;
    }
    return field;
  }

  // -- checks ----------------------------------------------------------------------------------------------------

  const isWhole = (value, least) => typeof value === "bigint" && value >= least;

  function whole(name, value, least) {
    if (isWhole(value, least)) return value;
    throw new ValueError(
      "whole",
      `${name} must be a whole number of at least ${least}. Received ${name}=${repr(value)}.`,
      { name, least },
    );
  }

  /** As `whole`, for what Python also takes as a pair: its message says so. */
  function each(name, value, least, also = "") {
    const both = pair(value);
    if (both.length === 2 && both.every((one) => isWhole(one, least))) return;
    throw new ValueError(
      "whole",
      `${name} must be ${also}a whole number of at least ${least} or a pair (height, width) of such. ` +
        `Received ${name}=${repr(value)}.`,
      { name, least },
    );
  }

  function shape(name, sizes, dimensions = 3) {
    const right = !dimensions || sizes.length === dimensions;
    if (right && sizes.length && sizes.every((size) => isWhole(size, 1n))) return sizes;
    const wanted = dimensions ? "(height, width, channels), each" : "a whole number or a tuple, each size";
    throw new ValueError(
      "whole",
      `${name} must be ${wanted} a whole number of at least 1. Received ${name}=${repr(sizes)}.`,
      { name, least: 1n },
    );
  }

  function bytes(dtype) {
    if (Object.hasOwn(DTYPE_BYTES, dtype)) return DTYPE_BYTES[dtype];
    const known = Object.keys(DTYPE_BYTES).join(", ");
    throw new ValueError("dtype", `dtype must be one of ${known}. Received dtype=${repr(dtype)}.`);
  }

  /** How Python writes this value. */
  function repr(value) {
    if (Array.isArray(value)) return `(${value.map(repr).join(", ")}${value.length === 1 ? "," : ""})`;
    if (typeof value === "string") return `'${value}'`;
    if (typeof value === "number" && Number.isInteger(value)) return `${value}.0`;
    return { true: "True", false: "False", null: "None" }[value] ?? String(value);
  }

  const formulas = {
    activation_bytes,
    batch_norm_parameters,
    conv2d_macs,
    conv2d_output_shape,
    conv2d_parameters,
    dense_macs,
    dense_parameters,
    depthwise_conv2d_macs,
    depthwise_conv2d_output_shape,
    depthwise_conv2d_parameters,
    output_size,
    parameter_bytes,
    pool2d_output_shape,
    receptive_field,
    same_padding,
    unused_pixels,
  };
  globalThis.cnncourse = { ...globalThis.cnncourse, arithmetic: { ...formulas, axis, DTYPE_BYTES, ValueError } };
})();
