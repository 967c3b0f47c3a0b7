"""Say where two files part, for the log of a machine that nobody can look into."""

from pypdf import PdfReader


def difference(one, other):
    """The place where two files part; of a PDF the first page that differs, and what it says there."""
    if one.suffix != ".pdf":
        return parting(one.read_bytes(), other.read_bytes())
    books = [PdfReader(path).pages for path in (one, other)]
    if len(books[0]) != len(books[1]):
        return "{} pages and {}".format(*map(len, books))
    for number, pages in enumerate(zip(*books, strict=True), 1):
        drawn = [page.get_contents().get_data() for page in pages]
        if drawn[0] != drawn[1]:
            said = parting(*(page.extract_text().split() for page in pages))
            return f"page {number}: words {said}; drawn {parting(*drawn)}"
    return f"every page draws the same; {parting(one.read_bytes(), other.read_bytes())}"


def parting(one, other):
    """The first place where two sequences differ, with what stands around it in both."""
    if one == other:
        return "the same"
    unequal = (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    at = next(unequal, min(len(one), len(other)))
    around = slice(max(at - 10, 0), at + 40)
    return f"part at {at}: {one[around]!r} and {other[around]!r}"
