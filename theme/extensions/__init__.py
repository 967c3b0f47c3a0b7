"""Our Sphinx extensions: how the book is built, apart from its text."""
