"""Extracts, updates, checks and compiles the gettext catalogues; see scripts/translations.

Catalogues are ordinary .po files: a translator opens them with Poedit, Weblate, Lokalize or an editor.
Messages carry file names but no line numbers, so that moving a line changes no catalogue.
"""

from __future__ import annotations

import argparse
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import joinfence
from build_catalogues import compile_catalogues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGE: Final = Path(joinfence.__file__).parent
LOCALE: Final = PACKAGE / "text" / "locale"
TEMPLATE: Final = LOCALE / "joinfence.pot"
KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
METHODS: Final = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
WIDTH: Final = 106
_DATED: Final = {"POT-Creation-Date", "Generated-By"}
_UNSET: Final = {"PROJECT VERSION", "EMAIL@ADDRESS", "YEAR-MO-DA HO:MI+ZONE", "FULL NAME <EMAIL@ADDRESS>"}
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; return 0 if nothing is wrong, 1 if a catalogue cannot be used."""
    parser = argparse.ArgumentParser(prog="scripts/translations", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    for step in ("extract", "update", "check", "compile"):
        steps.add_parser(step)
    steps.add_parser("add").add_argument("language", help="a BCP 47 tag, such as el or pt-BR")
    chosen = parser.parse_args(arguments)
    match chosen.step:
        case "extract":
            extract()
        case "update":
            update(extract())
        case "add":
            add(chosen.language, extract())
        case step:
            problems = list(check())
            print("\n".join(problems) or f"{len(catalogues())} catalogues are complete")
            if problems:
                return 1
            if step == "compile":
                compile_catalogues(LOCALE)
    return 0


def catalogues() -> list[Path]:
    """Return all .po files, in alphabetical order of their languages."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/joinfence.po"))


def extracted() -> Catalog:
    """Return every message of code and templates, file by file, with the comments for translators."""
    found = Catalog(header_comment="# What joinfence says to people, to be translated.", fuzzy=False)
    for name, _line, message, comments, context in sorted(
        extract_from_dir(
            PACKAGE, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
        ),
        key=lambda item: (_rank(item[0]), item[1]),
    ):
        found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _rank(name: str) -> tuple[bool, str]:
    """Return a sort key: the texts of pages, from top to bottom, come before single words from the code."""
    return (not name.endswith(".j2"), name)


def extract() -> Catalog:
    """Write the template and return it."""
    template = extracted()
    _write(TEMPLATE, template)
    print(f"{_shown(TEMPLATE)}: {len(template)} messages")
    return template


def update(template: Catalog) -> None:
    """Update every catalogue from the template: new messages are empty, changed ones fuzzy, old ones gone."""
    # English comes last, because it fills in the template's own messages.
    for path in sorted(catalogues(), key=lambda path: path.parts[-3] == "en"):
        catalogue = _read(path)
        before = {message.id for message in catalogue if message.id}
        catalogue.update(template, update_header_comment=False)
        catalogue.obsolete.clear()
        if path.parts[-3] == "en":
            _speak_english(catalogue)
        _write(path, catalogue)
        new = sum(message.id not in before for message in catalogue if message.id)
        print(f"{_shown(path)}: {new} new, {sum(1 for _ in _of_catalogue(path))} to do")


def add(language: str, template: Catalog) -> None:
    """Start a catalogue in which everything is still to be translated."""
    locale = Locale.parse(language, sep="-")
    folder = LOCALE / language.replace("-", "_") / "LC_MESSAGES"
    folder.mkdir(parents=True)
    english = locale.get_display_name("en")
    catalogue = Catalog(
        locale=locale, header_comment=f"# What joinfence says to people, in {english}.", fuzzy=False
    )
    for message in template:
        if message.id:
            catalogue[message.id] = message.clone()
    _write(folder / "joinfence.po", catalogue)
    print(f"{_shown(folder / 'joinfence.po')}: {len(catalogue)} to do")


def check() -> Iterator[str]:
    """Yield a sentence for everything that prevents a catalogue from being used."""
    template = {message.id for message in extracted() if message.id}
    if {message.id for message in _read(TEMPLATE) if message.id} != template:
        yield f"{_shown(TEMPLATE)}: differs from code and templates; run `scripts/translations update`"
    for path in catalogues():
        for missing in template - {message.id for message in _read(path)}:
            yield f'{_shown(path)}: "{_first(missing)}" is missing; run `scripts/translations update`'
        yield from _of_catalogue(path)


def _of_catalogue(path: Path) -> Iterator[str]:
    catalogue = _read(path)
    for message in catalogue:
        if message.id:
            for complaint in _complaints(message, catalogue.num_plurals):
                yield f'{_shown(path)}:{message.lineno}: "{_first(message.id)}" {complaint}'


def _complaints(message: Message, plurals: int) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked fuzzy: check it"
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    if message.pluralizable and len(forms) != plurals:
        yield f"has {len(forms)} forms, and the language has {plurals}"
    wanted = set(_PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[-1]))
    for form in forms:
        if not form or not form.strip():
            yield "is not translated"
        elif set(_PLACEHOLDER.findall(form)) != wanted:
            yield f"needs exactly these placeholders: {', '.join(sorted(wanted)) or 'none'}"
        elif "%" in _PLACEHOLDER.sub("", form):
            yield "has a % outside a placeholder"
        elif "<" in form:
            yield "contains markup; a translation is plain text"


def _speak_english(catalogue: Catalog) -> None:
    """Make each English text the same as in the code."""
    for message in catalogue:
        if message.id:
            message.string = message.id
            message.flags.discard("fuzzy")


def _first(message: object) -> object:
    return message[0] if isinstance(message, tuple) else message


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=None if path == TEMPLATE else path.parts[-3])


def _write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue. The same messages give the same bytes at any time and on any machine."""
    header = [
        f'"{name}: {value}\\n"\n'
        for name, value in catalogue.mime_headers
        if name not in _DATED and value not in _UNSET and not value.endswith("<LL@li.org>")
    ]
    messages = BytesIO()
    write_po(messages, catalogue, width=WIDTH, include_lineno=False, omit_header=True)
    head = f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n{"".join(header)}\n'
    path.write_text(head + messages.getvalue().decode().rstrip() + "\n", encoding="utf-8")


def _shown(path: Path) -> str:
    return str(path.relative_to(LOCALE))


if __name__ == "__main__":
    sys.exit(main())
