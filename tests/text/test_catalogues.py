from __future__ import annotations

import os
import re
import shutil
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from build_catalogues import compile_catalogues
from joinfence.text import catalogues
from joinfence.text.catalogues import languages, translations

TEXT = files("joinfence.text")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}

type Message = str | tuple[str, ...]


def _read(*path: str) -> dict[Message, tuple[str, ...]]:
    catalogue = read_po(BytesIO(TEXT.joinpath("locale", *path).read_bytes()))
    return {
        entry.id if isinstance(entry.id, str) else tuple(entry.id): (
            (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        )
        for entry in catalogue
        if entry.id
    }


def _used() -> set[Message]:
    with as_file(files("joinfence")) as folder:
        extracted = extract_from_dir(
            folder,
            method_map=[("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")],
            keywords=KEYWORDS,
        )
        return {message for _, _, message, _, _ in extracted}


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


TEMPLATE = _read("joinfence.pot")


def test_the_template_has_exactly_the_messages_that_code_and_pages_use() -> None:
    assert set(TEMPLATE) == _used()


def test_there_are_catalogues_for_english_and_german() -> None:
    assert {"de", "en"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_every_message_is_translated_with_its_placeholders(language: str) -> None:
    catalogue = _read(language.replace("-", "_"), "LC_MESSAGES", "joinfence.po")
    assert set(catalogue) == set(TEMPLATE)
    for message, forms in catalogue.items():
        source = message if isinstance(message, str) else message[-1]
        for form in forms:
            assert form.strip(), message
            assert _placeholders(form) == _placeholders(source), message
            assert form.replace("%(", "").count("%") == 0, "a bare % would break the page"
            assert "<" not in form, "translations are plain text"


def test_the_english_catalogue_repeats_the_messages() -> None:
    catalogue = _read("en", "LC_MESSAGES", "joinfence.po")
    assert all(forms == ((m,) if isinstance(m, str) else m) for m, forms in catalogue.items())


def test_a_catalogue_has_plural_forms() -> None:
    german = translations("de")
    one, many = next(m for m in TEMPLATE if isinstance(m, tuple))
    assert german.gettext("Judgment") == "Urteil"
    assert "%(num)s Tag " in german.ungettext(one, many, 1)
    assert "%(num)s Tagen " in german.ungettext(one, many, 2)


def test_a_compiled_catalogue_is_read_unless_its_text_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(str(TEXT)) / "locale" / "pl", tmp_path / "locale" / "pl")
    monkeypatch.setattr(catalogues, "files", lambda _: tmp_path)
    text = tmp_path / "locale" / "pl" / "LC_MESSAGES" / "joinfence.po"
    compiled = text.with_suffix(".mo")
    compile_catalogues(tmp_path)
    text.write_text(text.read_text("utf-8").replace('msgstr "Kraj"', 'msgstr "Nowy kraj"'), encoding="utf-8")
    for age, expected in ((-10, "Kraj"), (10, "Nowy kraj")):
        at = compiled.stat().st_mtime + age
        os.utime(text, (at, at))
        assert translations.__wrapped__("pl").gettext("Country") == expected
    compiled.unlink()
    assert translations.__wrapped__("pl").gettext("Country") == "Nowy kraj"
