"""The picture that a messenger shows when somebody shares a link: our logo, the title, two lines."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent.parent / "node_modules" / "@fontsource" / "dejavu-sans" / "files"
SIZE = (1200, 630)
PAPER, INK, GREY = "#fbfaf6", "#1d2733", "#5b6673"
INPUT, KERNEL, OUTPUT = "#2f6f9f", "#d9822b", "#0f766e"
CELL, GAP = 62, 10
# How strongly each pixel of the input is lit: a diagonal edge, as a first kernel would find it.
PIXELS = ((1, 1, 1, 1, 0.6), (1, 1, 1, 0.6, 0.25), (1, 1, 0.6, 0.25, 0.12), (1, 0.6, 0.25, 0.12, 0.12))


def draw_cover(path, title, lines):
    """Draw the preview of one edition, 1200 x 630 pixels, and save it as PNG."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 16), fill=OUTPUT)
    _draw_convolution(draw, left=80, top=100)
    draw.text((80, 420), title, font=_font(700, 58), fill=INK)
    for number, line in enumerate(lines):
        draw.text((80, 506 + 46 * number), line, font=_font(400, 31), fill=GREY)
    image.save(path, optimize=True)


def _draw_convolution(draw, left, top):
    """A 4 x 5 image, the 3 x 3 window on it, and the 2 x 3 output with one pixel lit."""
    step = CELL + GAP
    for row, values in enumerate(PIXELS):
        for column, strength in enumerate(values):
            _cell(draw, left + column * step, top + row * step, _mix(INPUT, strength))
    window = (left + step - GAP, top - GAP, left + 4 * step, top + 3 * step)
    draw.rounded_rectangle(window, radius=14, outline=KERNEL, width=9)
    arrow = left + 5 * step + 50
    middle = top + 2 * step - GAP // 2
    draw.line((arrow, middle, arrow + 110, middle), fill=GREY, width=7)
    draw.polygon([(arrow + 106, middle - 20), (arrow + 140, middle), (arrow + 106, middle + 20)], fill=GREY)
    for row in range(2):
        for column in range(3):
            lit = (row, column) == (0, 1)
            x, y = arrow + 200 + column * step, top + (row + 1) * step
            _cell(draw, x, y, OUTPUT if lit else _mix(OUTPUT, 0.2))


def _cell(draw, x, y, color):
    draw.rounded_rectangle((x, y, x + CELL, y + CELL), radius=9, fill=color)


def _mix(color, strength):
    """The colour at this strength on paper."""
    ink, paper = (tuple(bytes.fromhex(name[1:])) for name in (color, PAPER))
    return tuple(round(strength * a + (1 - strength) * b) for a, b in zip(ink, paper, strict=True))


def _font(weight, size):
    """The font of our figures, in Pillow's own layout: others depend on what the machine has installed."""
    path = FONTS / f"dejavu-sans-latin-{weight}-normal.woff"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
