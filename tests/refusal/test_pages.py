from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import html5lib
import pytest

from joinfence.engine.order import LegalBasis, Order
from joinfence.engine.values import Location
from joinfence.refusal import pages, problem
from joinfence.refusal.notices import FAILED, NOTICES
from joinfence.text import catalogues, layout
from joinfence.text.words import Words
from tests.refusal.samples import OPERATOR, ORDER, OTHER, refused

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from joinfence.refusal.context import RefusalContext
    from joinfence.refusal.notices import Notice

SECTIONS = {
    "de": [
        "Wer das angeordnet hat",
        "Nach welchem Recht",
        "Warum, im Wortlaut der Anordnung",
        "Wo und bis wann",
        "Wo wir Sie vermutet haben",
        "Wie Sie dagegen vorgehen können",
        "Was wir speichern und wer nicht betroffen ist",
        "Öffentliches Verzeichnis",
    ],
    "en": [
        "Who ordered this",
        "Under what law",
        "Why, in the words of the order",
        "Where and until when",
        "Where we took you to be",
        "How to contest this",
        "What we keep, and who is not affected",
        "Public record",
    ],
}
LOADING_ELEMENTS = {"script", "img", "iframe", "object", "embed", "form", "video", "audio", "svg", "base"}


def _parsed(about: RefusalContext | Notice, language: str) -> ET.Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page: ET.Element = parser.parse(pages.html(about, OPERATOR, language))
    return page


def _text(element: ET.Element | None) -> str:
    assert element is not None
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


@pytest.mark.parametrize("language", ["de", "en"])
def test_sections_are_in_order_under_one_h1(language: str) -> None:
    page = _parsed(refused(), language)
    assert page.get("lang") == language
    assert page.get("dir") == "ltr"
    assert len(page.findall(".//h1")) == 1
    main = page.find(f".//article[@lang='{language}']")
    assert main is not None
    assert [_text(heading) for heading in main.findall(".//h2")] == SECTIONS[language]
    assert _text(page.find(".//title")) == _text(page.find(".//h1"))


def test_english_comes_after_the_readers_language() -> None:
    german, english = _parsed(refused(), "de").findall(".//article")
    assert (german.get("lang"), german.get("dir")) == ("de", "ltr")
    assert (english.get("lang"), english.get("dir")) == ("en", "ltr")
    assert _text(english.find("h2")).startswith("You cannot join this meeting")
    assert [_text(heading) for heading in english.findall(".//h3")] == SECTIONS["en"]


def test_an_english_reader_gets_one_article() -> None:
    assert len(_parsed(refused(), "en").findall(".//article")) == 1


def test_no_heading_level_is_skipped() -> None:
    levels = [
        int(element.tag[1])
        for element in _parsed(refused(), "de").iter()
        if re.fullmatch("h[1-6]", element.tag)
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_text_in_another_language_has_its_own_lang_and_dir() -> None:
    english = _parsed(refused(), "en")
    how = english.find(".//ol//span")
    assert how is not None
    assert (how.get("lang"), how.get("dir")) == ("de", "ltr")
    hebrew = _parsed(refused(replace(ORDER, reasons={"he": "נימוקי הצו"})), "en").find(".//blockquote")
    assert hebrew is not None
    assert (hebrew.get("lang"), hebrew.get("dir")) == ("he", "rtl")


@pytest.mark.parametrize("about", [refused(ORDER, OTHER), FAILED])
def test_a_page_loads_nothing_and_stays_small(about: RefusalContext | Notice) -> None:
    page = pages.html(about, OPERATOR, "de")
    tree = _parsed(about, "de")
    assert len(page.encode()) < 30_000
    assert not LOADING_ELEMENTS & {element.tag for element in tree.iter()}
    assert [link.get("href") for link in tree.findall(".//link")] == ["data:,"]
    assert not re.search(r"url\(|@import|\sstyle=|\son\w+=", page)


def test_the_hash_in_the_policy_is_that_of_the_style() -> None:
    style = _parsed(refused(), "de").find(".//style")
    assert style is not None
    assert style.text is not None
    assert (
        layout.style_source(layout.stylesheet())
        == f"'sha256-{b64encode(sha256(style.text.encode()).digest()).decode()}'"
    )


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("background", ["paper", "sheet"])
@pytest.mark.parametrize("text", ["ink", "soft", "link"])
def test_text_has_the_contrast_of_wcag_2_2_aa(text: str, background: str, scheme: int) -> None:
    def colour(name: str) -> float:
        return _luminance(re.findall(rf"--{name}: (#\w+)", layout.stylesheet())[scheme])

    low, high = sorted((colour(text), colour(background)))
    assert (high + 0.05) / (low + 0.05) >= 4.5


HOSTILE = "100 % %(x)s {{ y }} <script>alert(1)</script>\"'&\r\nX: y"


def test_nothing_from_an_order_becomes_markup() -> None:
    authority = replace(ORDER.authority, name={"en": HOSTILE}, official_url="javascript:alert(1)")
    redress = replace(ORDER.redress, how=HOSTILE, url=HOSTILE, operator_contact=HOSTILE)
    basis = LegalBasis(citation=HOSTILE, scheme=HOSTILE, value="javascript:alert(2)")
    order = replace(
        ORDER,
        id=HOSTILE,
        authority=authority,
        instrument=HOSTILE,
        reference=HOSTILE,
        reasons={"en": HOSTILE},
        legal_basis=(basis,),
        territory=(HOSTILE,),
        redress=redress,
    )
    about = replace(refused(order, order), country=HOSTILE, sources=(HOSTILE,))
    operator = replace(OPERATOR, name=HOSTILE, contact=HOSTILE)
    page = html5lib.parse(pages.html(about, operator, "de"), namespaceHTMLElements=False)
    assert not LOADING_ELEMENTS & {element.tag for element in page.iter()}
    assert not [a for a in page.iter("a") if a.get("href", "").startswith("javascript:")]
    assert {"rel", "href", "dir", "lang", "id"} >= {
        name for element in page.iter("a") for name in element.attrib
    }


def test_in_plain_text_no_text_of_an_order_can_start_a_new_line() -> None:
    authority = replace(ORDER.authority, name={"en": HOSTILE})
    text = pages.plain_text(refused(replace(ORDER, authority=authority, reference=HOSTILE)), OPERATOR, "en")
    assert "\nX: y" not in text
    assert "\r" not in text


def test_plain_text_fits_a_terminal_and_breaks_no_address() -> None:
    text = pages.plain_text(refused(ORDER, OTHER), OPERATOR, "de")
    assert all(len(each) <= 78 or "://" in each for each in text.split("\n"))
    assert "\n  https://meet.example/legal/orders/DE-2026-0001\n" in text
    long = "https://lg.example/" + "x-" * 60
    order = replace(ORDER, authority=replace(ORDER.authority, official_url=long))
    assert long in pages.plain_text(refused(order), OPERATOR, "en")


def test_a_single_day_is_in_the_singular() -> None:
    order = replace(ORDER, redress=replace(ORDER.redress, answer_within_days=1))
    text = pages.plain_text(refused(order), OPERATOR, "de")
    assert "innerhalb von 1 Tag eine Antwort" in re.sub(r"\s+", " ", text)
    assert "within 1 day." in text


def test_without_sources_the_line_for_them_is_left_out() -> None:
    about = replace(refused(), sources=())
    assert "According to" not in pages.html(about, OPERATOR, "en")
    assert "According to" not in pages.plain_text(about, OPERATOR, "en")


def test_an_unknown_kind_of_order_is_shown_as_written() -> None:
    order: Order = replace(ORDER, instrument="decree")
    assert "Kind of order: decree" in pages.plain_text(refused(order), OPERATOR, "en")


@pytest.mark.parametrize("notice", [FAILED, *NOTICES.values()])
def test_a_notice_says_what_happened_and_names_the_contact(notice: Notice) -> None:
    page, text = _parsed(notice, "de"), pages.plain_text(notice, OPERATOR, "de")
    assert len(page.findall(".//h1")) == 1
    assert _text(page.findall(".//article")[1].find("p")) == notice.detail
    assert re.sub(r"\s+", " ", text).count("location@meet.example") == 2
    assert not re.search("order|Anordnung|law|court|Gericht", text.replace("expects", ""))


def test_a_notice_without_a_contact_names_none() -> None:
    operator = replace(OPERATOR, name="", contact="")
    assert "mailto:" not in pages.html(FAILED, operator, "en")
    assert "write to" not in pages.plain_text(FAILED, operator, "en")


@pytest.mark.parametrize("language", ["ar", "fa", "he"])
def test_a_page_in_a_right_to_left_language_is_rtl(language: str) -> None:
    page = _parsed(refused(), language)
    first, english = page.findall(".//article")
    assert (page.get("dir"), first.get("dir"), english.get("dir")) == ("rtl", "rtl", "ltr")
    assert _text(page.find(".//header//a")) == Words("en").own_name
    assert Words(language).territory("DE") in _text(first)
    contacts = [a for a in first.iter("a") if a.get("href", "").startswith("mailto:")]
    assert {a.get("dir") for a in contacts} == {"ltr"}
    assert {_text(name) for name in first.iter("bdi")} >= {"Meet Example", ORDER.id, ORDER.reference}


def test_in_right_to_left_text_names_are_isolated_and_links_contain_no_marks() -> None:
    text = pages.plain_text(refused(), OPERATOR, "ar")
    assert "\u2068Meet Example\u2069" in text
    assert not re.search("[\u2068\u2069]https|https\\S*[\u2068\u2069]", text)


def test_scripts_without_spaces_are_not_wrapped() -> None:
    text = pages.plain_text(refused(), OPERATOR, "ja")
    assert "参加することを禁じる命令を出しました。Meet Example はその地域に限って" in text


def test_documents_list_every_language_that_pages_exist_in() -> None:
    for tag in catalogues.languages():
        assert tag in json.loads(problem.document(FAILED, OPERATOR, tag))["languages"]
        assert f'lang="{tag}"' in pages.html(FAILED, OPERATOR, tag)


@pytest.mark.parametrize(
    ("territory", "place"),
    [(("DE",), "Germany"), (("DE-BE", "AT"), "Berlin, Germany (DE-BE)"), (("DE-BY", "DE"), "Germany")],
)
def test_a_place_is_named_as_precisely_as_the_territory(territory: tuple[str, ...], place: str) -> None:
    text = pages.plain_text(refused(replace(ORDER, territory=territory)), OPERATOR, "en")
    assert re.search(rf"^ *Country: +{re.escape(place)}$", text, re.MULTILINE)


def test_a_place_without_subdivisions_is_the_country() -> None:
    text = pages.plain_text(refused(location=Location(country="AT")), OPERATOR, "en")
    assert re.search(r"^ *Country: +Austria$", text, re.MULTILINE)


def test_sources_are_joined_in_the_reader_s_language() -> None:
    assert "registry 2026-10-30 und mmdb 2026-10-20" in pages.plain_text(refused(), OPERATOR, "de")
