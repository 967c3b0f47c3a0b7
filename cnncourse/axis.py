"""One axis of a window that slides over an input: what it covers, and what it leaves over."""

from typing import NamedTuple

from cnncourse import checks

__all__ = ["Axis", "axes", "paddings"]


class Axis(NamedTuple):
    """One axis of a sliding window, in pixels. :func:`axes` checks what it makes; this does not.

    Args:
        size: n, the input without padding.
        kernel: f, the taps of the window.
        stride: s, the step from one position to the next.
        padding: p on each side, or ``"same"``.
        dilation: d, the distance between neighbouring taps.

    >>> axis = Axis(224, 7, 2, "same")
    >>> axis.before, axis.after, axis.padded, axis.output, axis.unused
    (2, 3, 229, 112, 0)
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int | str = 0
    dilation: int = 1

    @property
    def span(self):
        """From the first to the last tap of the dilated kernel: ``d (f - 1) + 1``."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def pads(self):
        """Padding ``(before, after)``; ``"same"`` puts an odd pixel after the input."""
        if self.padding != "same":
            return self.padding, self.padding
        positions = -(-self.size // self.stride)
        total = max((positions - 1) * self.stride + self.span - self.size, 0)
        return total // 2, total - total // 2

    @property
    def before(self):
        """Padding before the input: left, top."""
        return self.pads[0]

    @property
    def after(self):
        """Padding after the input: right, bottom."""
        return self.pads[1]

    @property
    def padded(self):
        """The input with its padding."""
        return self.size + sum(self.pads)

    @property
    def output(self):
        """The positions of the window, which is the size of the output."""
        return (self.padded - self.span) // self.stride + 1

    @property
    def covered(self):
        """From the first pixel of the first window to the last pixel of the last."""
        return (self.output - 1) * self.stride + self.span

    @property
    def unused(self):
        """Pixels at the end of the padded input that no window reaches."""
        return self.padded - self.covered

    @property
    def pixels(self):
        """The padded input's pixels; those of the input itself count from 0."""
        return range(-self.before, self.size + self.after)

    def kind(self, pixel):
        """Tell what a pixel is: ``"input"``, ``"padding"``, or ``"unused"`` where no window reaches it."""
        if pixel >= self.covered - self.before:
            return "unused"
        return "input" if 0 <= pixel < self.size else "padding"


def axes(input_size, kernel_size, stride=1, padding=0, dilation=1, kernel_name="kernel_size"):
    """Check a window's arguments, as :func:`cnncourse.output_size` describes them; give both axes.

    Returns:
        ``(height, width)``, each an :class:`Axis`.

    Raises:
        ValueError: for an argument that is not a whole number in range, and for a kernel that is
            larger than the padded input.

    >>> height, width = axes((427, 640), 3, stride=2, padding="same")
    >>> height.output, width.output
    (214, 320)
    """
    sizes = checks.pair("input_size", input_size, least=1)
    kernels = checks.pair(kernel_name, kernel_size, least=1)
    strides = checks.pair("stride", stride, least=1)
    dilations = checks.pair("dilation", dilation, least=1)
    pads = paddings(padding)
    both = tuple(map(Axis, sizes, kernels, strides, pads, dilations))
    for axis in both:
        if axis.span > axis.padded:
            raise ValueError(
                f"{kernel_name} must fit into the padded input. Received {kernel_name}={kernel_size!r} with "
                f"dilation={dilation!r}, which spans {axis.span} pixels, for {axis.size} pixels of input, "
                f"{axis.padded} with padding={padding!r}."
            )
    return both


def paddings(padding):
    """Check padding, and give that of each axis: pixels on each side, or ``"same"``.

    >>> paddings("valid"), paddings("same"), paddings((1, 2))
    ((0, 0), ('same', 'same'), (1, 2))
    """
    # A string first: an array would compare element by element.
    if isinstance(padding, str) and padding == "same":
        return "same", "same"
    if isinstance(padding, str) and padding == "valid":
        padding = 0
    return checks.pair("padding", padding, least=0, also="'valid', 'same', ")
