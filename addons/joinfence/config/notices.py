"""How an operator's own pages differ from the plain ones: a folder with a logo, colours and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an operator changes about the pages; empty where it changes nothing.

    `logo` is a data: URI, `colours` are lines of style, `templates` pairs of file name and text.
    """

    name: str = ""
    logo: str = ""
    colours: str = ""
    templates: tuple[tuple[str, str], ...] = ()


PLAIN: Final = Look()
"""The look of joinfence itself."""
