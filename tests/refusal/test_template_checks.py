from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, get_args

import pytest

from joinfence.config.branding import PLAIN, Branding, Template
from joinfence.refusal import template_checks
from joinfence.refusal.template_checks import HEAVIEST, Complaint, complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sampling import Sample

TEMPLATES = files("joinfence.text") / "templates"


@pytest.fixture
def every_language() -> None:
    """Asked for by the tests whose point it is that pages are checked in every language."""


@pytest.fixture(autouse=True)
def _three_languages(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> Iterator[None]:
    """Check pages in three languages instead of all, unless a test asks for every language, or --all does."""
    if not sample.everything and "every_language" not in request.fixturenames:
        monkeypatch.setattr(template_checks, "languages", lambda: ("ar", "en", "th"))
    complaints.cache_clear()  # what it found in other languages
    yield
    complaints.cache_clear()


def _look(name: str, old: str = "", new: str = "") -> Branding:
    text = (TEMPLATES / name).read_text("utf-8")
    assert old in text
    return Branding(templates=((name, text.replace(old, new)),))


def _said(branding: Branding) -> set[str]:
    return {found.message for found in complaints(branding)}


def test_the_plain_look_is_fit() -> None:
    assert complaints(PLAIN) == ()


@pytest.mark.usefixtures("every_language")
@pytest.mark.parametrize("name", ["refusal.html.j2", "page.html.j2"])
def test_our_own_templates_are_fit_in_every_language(name: str) -> None:
    assert complaints(_look(name)) == ()


@pytest.mark.parametrize("name", sorted(get_args(Template)))
def test_a_copy_of_our_own_template_is_fit(name: str) -> None:
    assert complaints(_look(name)) == ()


LOST = [
    pytest.param("refusal.html.j2", "{{ _(summary, authority=authority, operator=name(operator.name)) }}", "link(order.authority.official_url, authority)", "authority", "its name", id="authority, html"),
    pytest.param("refusal.html.j2", "{{ name(order.reference) }}", "", "authority", "the file number", id="docket, html"),
    pytest.param("refusal.html.j2", "{{ link(basis.value, name(basis.citation)) }}", "", "law", "the citation", id="law, html"),
    pytest.param("refusal.html.j2", "{{ instant(order.effective_from) }}", "", "period", "the beginning", id="beginning, html"),
    pytest.param("refusal.html.j2", "{{ instant(order.expires_at) }}", "<!-- {{ instant(order.expires_at) }} -->", "period", "the end", id="end in a comment, html"),
    pytest.param("refusal.html.j2", "in order.legal_basis %}", "in order.legal_basis[:1] %}", "law", "the citation of each", id="the first law alone, html"),
    pytest.param("refusal.txt.j2", "in order.legal_basis %}", "in order.legal_basis[:1] %}", "law", "the citation of each", id="the first law alone, text"),
    pytest.param("refusal.html.j2", "{% if others %}", "{% if false %}", "other orders", "the name of each", id="other orders, html"),
    pytest.param("refusal.txt.j2", " · {{ foreign(other.reference) }}", "", "other orders", "the file number of each", id="other orders, text"),
    pytest.param("refusal.html.j2", "<p>{{ reason.text }}</p>", "<p>Ask.</p>", "reasons", "the text", id="reasons, html"),
    pytest.param("refusal.txt.j2", "{{ words.reason(order).text }}", "", "reasons", "the text", id="reasons, text"),
    pytest.param("refusal.html.j2", "{{ quote(words.how_to_contest(order), words) }}", "", "redress", "how to contest before the authority", id="redress, html"),
    pytest.param("refusal.html.j2", "contact=mail(order.redress.operator_contact)", 'contact="us"', "redress", "the operator's mailbox", id="mailbox, html"),
    pytest.param("refusal.txt.j2", "   {{ order.redress.url }}\n", "", "redress", "where that is explained", id="redress, text"),
    pytest.param("refusal.txt.j2", '{{ fact(_("Ends"), words.instant(order.expires_at)) }}', "", "period", "the end", id="end, text"),
    pytest.param("refusal.txt.j2", "- {{ foreign(basis.citation) }}", "", "law", "the citation", id="law, text"),
    pytest.param("refusal.txt.j2", "foreign(order.reference)", '""', "authority", "the file number", id="docket, text"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "part", "what"), LOST)
def test_a_required_part_that_is_lost_is_named(name: str, old: str, new: str, part: str, what: str) -> None:
    if part == "authority" and what == "its name":  # it stands twice
        branding = _look(name, "set authority = quote(words.authority(order), words)", 'set authority = "us"')
    else:
        branding = _look(name, old, new)
    assert complaints(branding) == (Complaint(name, 1, f"does not say the {part}: {what} is missing"),)


def test_every_part_that_is_lost_is_named_at_once() -> None:
    branding = Branding(templates=(("refusal.html.j2", "<h1>No.</h1>"), ("refusal.txt.j2", "No.")))
    found = complaints(branding)
    for name in ("refusal.html.j2", "refusal.txt.j2"):
        parts = {each.message.split(":")[0] for each in found if each.template == name}
        assert parts == {
            f"does not say the {part}"
            for part in ("authority", "other orders", "law", "reasons", "period", "redress")
        }


@pytest.mark.usefixtures("every_language")
def test_a_part_lost_in_one_language_only_is_found() -> None:
    branding = _look("refusal.html.j2", "{{ name(order.reference) }}", '{% if words.language != "ko" %}{{ name(order.reference) }}{% endif %}')  # fmt: skip
    assert _said(branding) == {"does not say the authority: the file number is missing"}


def test_a_page_that_drops_the_refusal_is_blamed_and_not_the_refusal() -> None:
    branding = _look("page.html.j2", "{{ block.text|safe }}", "")
    assert {found.template for found in complaints(branding)} == {"page.html.j2"}


def test_a_page_without_its_english_part_is_found() -> None:
    branding = _look("page.html.j2", "{% for block in blocks %}", "{% for block in blocks[:1] %}")
    assert {found.template for found in complaints(branding)} == {"page.html.j2"}
    assert "does not say the period: the beginning is missing" in _said(branding)


STRANGE = "has <{}> in it; expected only what our own pages use: it loads, sends and hides nothing"


@pytest.mark.parametrize(
    ("markup", "strange"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "script"),
        ('<img src="https://cdn.example/logo.png" alt="">', "img src"),
        ('<img src="data:," srcset="https://cdn.example/logo.png 2x" alt="">', "img srcset"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "link href"),
        ('<a href="/x" ping="https://cdn.example/">x</a>', "a ping"),
        ('<p style="background: url(https://cdn.example/x)">x</p>', "p style"),
        ('<iframe src="/ad"></iframe>', "iframe"),
        ('<form action="/collect"></form>', "form"),
        ('<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">', "meta http-equiv"),
        ("<svg></svg>", "svg"),
    ],
)
def test_a_page_may_load_and_send_nothing(markup: str, strange: str) -> None:
    branding = _look("page.html.j2", "{% block main %}", "{% block main %}" + markup)
    assert STRANGE.format(strange) in _said(branding)
    assert STRANGE.format(strange) in _said(_look("notice.html.j2", "<h", markup + "<h"))


HIDING = "noscript dialog datalist canvas noframes noembed details textarea meter progress select rp x-y"


@pytest.mark.parametrize("tag", [*HIDING.split(), "style", "title", "template"])
def test_a_part_in_an_element_that_hides_it_is_found(tag: str) -> None:
    end = "{{ instant(order.expires_at) }}"
    assert STRANGE.format(tag) in _said(_look("refusal.html.j2", end, f"<{tag}>{end}</{tag}>"))


@pytest.mark.parametrize("attribute", ["hidden", "inert", 'style="display:none"', 'aria-hidden="true"'])
def test_a_part_with_an_attribute_that_hides_it_is_found(attribute: str) -> None:
    end = "{{ instant(order.expires_at) }}"
    branding = _look("refusal.html.j2", end, f"<span {attribute}>{end}</span>")
    assert complaints(branding)[0] == Complaint(
        "refusal.html.j2", 1, STRANGE.format(f"span {attribute.partition('=')[0]}")
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("refusal.html.j2", "{{ quote(words.authority(other), words) }}", "{{ other.authority_name }}"),
        ("refusal.txt.j2", "{{ order_url(other) }}", "{{ other.url }}"),
        ("refusal.html.j2", "{{ basis.value|line }}", "{{ basis.address|line }}"),
        ("refusal.txt.j2", "{% if case.sources %}", "{% if case.sources[0] %}"),
        ("notice.html.j2", "{{ _(notice.title) }}", "{{ _(notice.heading) }}"),
        ("notice.txt.j2", "{{ _(notice.title) }}", "{{ _(notice.heading) }}"),
        ("notice.txt.j2", "{% if operator.contact %}", "{% if not notice.status == 503 %}{{ no_such_name }}{% endif %}{% if operator.contact %}"),
    ],
)  # fmt: skip
def test_what_fails_in_one_branch_only_is_found(name: str, old: str, new: str) -> None:
    (found,) = complaints(_look(name, old, new))
    assert found.template == name
    assert found.message.startswith("cannot be rendered: ")


def test_a_page_may_not_be_heavy() -> None:
    branding = _look("page.html.j2", "{% block main %}", "{% block main %}" + "x" * HEAVIEST)
    assert complaints(branding) == (
        Complaint("page.html.j2", 1, f"makes a page of more than {HEAVIEST} bytes"),
    )


def test_a_heavy_logo_is_found_without_templates() -> None:
    (found,) = complaints(Branding(logo="data:image/png;base64," + "A" * HEAVIEST))
    assert found.template == ""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n{% if %}", 2, "is no template: "),
        ("{{ nothing_of_this_name }}", 1, "cannot be rendered: 'nothing_of_this_name' is undefined"),
        ("{{ 1 / 0 }}", 1, "cannot be rendered: division by zero"),
        ("{{ order.__class__.__mro__ }}", 1, "cannot be rendered: "),
        ("{% include 'no.such.j2' %}", 1, "cannot be rendered: "),
    ],
)
def test_a_broken_template_is_told_with_its_place(text: str, line: int, message: str) -> None:
    (found,) = complaints(Branding(templates=(("refusal.html.j2", text),)))
    assert (found.template, found.line) == ("refusal.html.j2", line)
    assert found.message.startswith(message)


def test_text_that_would_not_stand_out_is_refused() -> None:
    branding = Branding(
        colours="@media (prefers-color-scheme: light) {:root {--ink: #777777;--sheet: #ffffff;}}"
    )
    assert [found.message for found in complaints(branding)] == [
        "colours.light: `ink` (#777777) on `paper` (#f6f5f1) has a contrast of 4.10; "
        "expected at least 4.5 (WCAG 2.2, 1.4.3)",
        "colours.light: `ink` (#777777) on `sheet` (#ffffff) has a contrast of 4.48; "
        "expected at least 4.5 (WCAG 2.2, 1.4.3)",
    ]


def test_a_colour_by_night_is_held_against_the_grounds_by_night() -> None:
    branding = Branding(colours="@media (prefers-color-scheme: dark) {:root {--link: #0b4f94;}}")
    assert {message.split(" on ")[0] for message in _said(branding)} == {"colours.dark: `link` (#0b4f94)"}


def test_the_colour_of_marks_is_one_of_text_too() -> None:
    branding = Branding(colours="@media (prefers-color-scheme: light) {:root {--mark: #ffe082;}}")
    assert {message.split(" on ")[0] for message in _said(branding)} == {"colours.light: `mark` (#ffe082)"}
