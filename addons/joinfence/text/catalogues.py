"""The languages of the product: one folder below `locale` each. To add a language, add its .po file.

Translators edit text catalogues (.po); the program reads compiled ones (.mo), which the build and
scripts/setup make. If a compiled catalogue is missing or older than its text, the text is compiled in
memory, so the texts shown are always those in the .po file.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
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
    """Return the tags (BCP 47) of all languages that have a catalogue, in alphabetical order."""
    folders = (files("joinfence.text") / "locale").iterdir()
    return tuple(sorted(folder.name.replace("_", "-") for folder in folders if _catalogue(folder).is_file()))


@cache
def translations(language: str) -> Translations:
    """Return the translations of one of `languages()`."""
    text = _catalogue(files("joinfence.text") / "locale" / language.replace("-", "_"))
    with as_file(text) as path:
        compiled = path.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime >= path.stat().st_mtime:
            return Translations(BytesIO(compiled.read_bytes()), DOMAIN)
    return Translations(_compiled(text, language), DOMAIN)


def _compiled(text: Traversable, language: str) -> BytesIO:
    compiled = BytesIO()
    with text.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.replace("-", "_"), domain=DOMAIN))
    compiled.seek(0)
    return compiled


def _catalogue(folder: Traversable) -> Traversable:
    return folder / "LC_MESSAGES" / f"{DOMAIN}.po"
