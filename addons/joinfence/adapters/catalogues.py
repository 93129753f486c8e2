"""The languages the product speaks: one folder below `locale` each. Adding a .po file is all it takes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DOMAIN: Final = "joinfence"
FALLBACK: Final = "en"


@cache
def languages() -> tuple[str, ...]:
    """Return the tags (BCP 47) of all languages there is a catalogue for, in alphabetical order."""
    folders = (files("joinfence.adapters") / "locale").iterdir()
    return tuple(sorted(folder.name.replace("_", "-") for folder in folders if _catalogue(folder).is_file()))


@cache
def translations(language: str) -> Translations:
    """Return the catalogue of one of `languages()`, compiled in memory from its text."""
    folder = files("joinfence.adapters") / "locale" / language.replace("-", "_")
    compiled = BytesIO()
    with _catalogue(folder).open("rb") as text:
        write_mo(compiled, read_po(text, locale=folder.name, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, DOMAIN)


def _catalogue(folder: Traversable) -> Traversable:
    return folder / "LC_MESSAGES" / f"{DOMAIN}.po"
