"""What a translator meets: messages are found, gaps and slips are told in place, and compiling needs none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from babel.support import Translations

import build_catalogues
import translations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy two catalogues and the template, and have the script work on them."""
    for name in ("pl", "en"):
        shutil.copytree(translations.LOCALE / name, tmp_path / name, ignore=shutil.ignore_patterns("*.mo"))
    shutil.copy(translations.TEMPLATE, tmp_path)
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    monkeypatch.setattr(translations, "TEMPLATE", tmp_path / "joinfence.pot")
    return tmp_path


def _replace(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def _polish(locale: Path) -> Path:
    return locale / "pl" / "LC_MESSAGES" / "joinfence.po"


def test_what_ships_is_complete() -> None:
    assert list(translations.check()) == []
    tags = "ar cs de en es fa fr he hi id it ja ko nl pl pt ru sv th tr uk vi zh_Hans zh_Hant".split()  # noqa: SIM905
    assert [path.parts[-3] for path in translations.catalogues()] == tags


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgstr "Kraj"', 'msgstr ""', '"Country" is not translated'),
        ('msgstr "Kraj"', 'msgstr "Kraj <b>"', '"Country" contains markup; a translation is plain text'),
        ('msgstr "Kraj"', 'msgstr "100 % kraj"', '"Country" has a % outside a placeholder'),
        ('msgid "Country"', '#, fuzzy\nmsgid "Country"', '"Country" is marked fuzzy: check it'),
        ("na adres %(contact)s.", "na adres.", "needs exactly these placeholders: %(contact)s"),
        ('msgstr "Kraj"', 'msgstr "Kraj %(contact)s"', '"Country" needs exactly these placeholders: none'),
    ],
)
def test_a_slip_is_told_in_place(
    locale: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    _replace(_polish(locale), old, new)
    assert translations.main(["compile"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("pl/LC_MESSAGES/joinfence.po:")
    assert complaint in out
    assert not list(locale.rglob("*.mo"))


def test_a_plural_form_too_few_is_told(locale: Path) -> None:
    text = _polish(locale).read_text("utf-8")
    third = text[text.index("msgstr[2]") : text.index("\n\n", text.index("msgstr[2]"))]
    _replace(_polish(locale), third, "")
    assert [
        line for line in translations.check() if "needs" in line or "forms" in line or "translated" in line
    ]


def test_a_message_of_the_code_that_no_catalogue_has_is_told_and_added(locale: Path) -> None:
    for path in (_polish(locale), locale / "joinfence.pot"):
        text = path.read_text("utf-8")
        entry = next(each for each in text.split("\n\n") if 'msgid "File number"' in each)
        path.write_text(text.replace(entry + "\n\n", ""), encoding="utf-8")
    assert [line.partition(": ")[2] for line in translations.check()] == [
        "differs from code and templates; run `scripts/translations update`",
        '"File number" is missing; run `scripts/translations update`',
    ]
    assert translations.main(["update"]) == 0
    assert [line.partition(" ")[2] for line in translations.check()] == ['"File number" is not translated']


def test_an_update_that_changes_nothing_writes_the_same_bytes(locale: Path) -> None:
    before = {path: path.read_bytes() for path in locale.rglob("*.po*")}
    assert translations.main(["update"]) == 0
    assert {path: path.read_bytes() for path in locale.rglob("*.po*")} == before


def test_what_the_code_no_longer_says_goes_and_a_translators_header_stays(locale: Path) -> None:
    path = _replace(
        _polish(locale), 'msgid "Country"', 'msgid "Nobody says this"\nmsgstr "Nikt"\n\nmsgid "Country"'
    )
    _replace(path, '"MIME-Version', '"Last-Translator: A Person <a@b.example>\\n"\n"MIME-Version')
    translations.main(["update"])
    text = path.read_text("utf-8")
    assert "Nobody says this" not in text
    assert "A Person <a@b.example>" in text
    assert "Project-Id-Version" not in text, "nothing that only looks like information"


def test_another_language_is_begun(locale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["add", "pt-BR"]) == 0
    begun = locale / "pt_BR" / "LC_MESSAGES" / "joinfence.po"
    assert begun.read_text("utf-8").startswith("# What joinfence says to people, in Portuguese (Brazil).\n")
    assert translations.main(["check"]) == 1
    assert "is not translated" in capsys.readouterr().out


def test_compiling_writes_what_is_read_at_run_time(locale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["compile"]) == 0
    assert "2 catalogues are complete" in capsys.readouterr().out
    with _polish(locale).with_suffix(".mo").open("rb") as compiled:
        assert Translations(compiled).gettext("Country") == "Kraj"


def test_the_build_compiles_and_takes_what_git_ignores(tmp_path: Path) -> None:
    folder = tmp_path / "addons" / "joinfence" / "text" / "locale"
    shutil.copytree(translations.LOCALE / "pl", folder / "pl", ignore=shutil.ignore_patterns("*.mo"))
    hook = build_catalogues.CatalogueHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel")  # type: ignore[arg-type]
    taken: dict[str, list[str]] = {"artifacts": []}
    hook.initialize("standard", taken)
    assert taken == {"artifacts": ["*.mo"]}
    assert _polish(folder).with_suffix(".mo").is_file()
