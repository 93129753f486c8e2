"""Brandings for tests of the checks."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from joinfence.config.branding import Branding

_TEMPLATES: Final = files("joinfence.text") / "templates"


def edited(name: str, old: str = "", new: str = "") -> Branding:
    """Return a branding with a copy of one of our templates in which a text is replaced."""
    text = (_TEMPLATES / name).read_text("utf-8")
    assert old in text
    return Branding(templates=((name, text.replace(old, new)),))
