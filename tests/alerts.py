"""What a lab says about an error."""


def pythons_words(lab):
    """The error in Python's words, which the English pages show and the German ones only keep."""
    return lab.get_by_role("alert").locator("[data-message]").first.get_attribute("data-message")
