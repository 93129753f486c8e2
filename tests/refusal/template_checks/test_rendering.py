"""What the operator's templates make of example refusals; test_check.py tries every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.branding import PLAIN, Branding
from joinfence.refusal.template_checks import rendering
from joinfence.refusal.template_checks.problems import BrandingProblem
from joinfence.refusal.template_checks.rendering import MAX_PAGE_BYTES, rendering_problems
from tests.refusal.template_checks.branded import edited

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.fixture(autouse=True)
def three_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render one language with a whole page, one without, and English."""
    monkeypatch.setattr(rendering, "languages", lambda: ("ar", "de", "en"))


def messages(problems: Iterable[BrandingProblem]) -> set[str]:
    return {problem.message for problem in problems}


def test_the_built_in_templates_have_no_problems() -> None:
    assert rendering_problems(PLAIN) == []


MISSING = [
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


@pytest.mark.parametrize(("name", "old", "new", "part", "piece"), MISSING)
def test_a_required_part_that_is_missing_is_named(
    name: str, old: str, new: str, part: str, piece: str
) -> None:
    if part == "authority" and piece == "its name":  # the template has it twice
        branding = edited(
            name, "set authority = quote(words.authority(order), words)", 'set authority = "us"'
        )
    else:
        branding = edited(name, old, new)
    problem = BrandingProblem(name, 1, f"does not state the {part}: {piece} is missing")
    assert set(rendering_problems(branding)) == {problem}


def test_all_parts_that_are_missing_are_named_together() -> None:
    branding = Branding(templates=(("refusal.html.j2", "<h1>No.</h1>"), ("refusal.txt.j2", "No.")))
    found = rendering_problems(branding)
    for name in ("refusal.html.j2", "refusal.txt.j2"):
        parts = {each.message.split(":")[0] for each in found if each.template == name}
        assert parts == {
            f"does not state the {part}"
            for part in ("authority", "other orders", "law", "reasons", "period", "redress")
        }


def test_a_page_without_the_refusal_is_blamed_and_not_the_refusal() -> None:
    branding = edited("page.html.j2", "{{ block.text|safe }}", "")
    assert {found.template for found in rendering_problems(branding)} == {"page.html.j2"}


def test_a_page_without_its_english_part_is_found() -> None:
    branding = edited("page.html.j2", "{% for block in blocks %}", "{% for block in blocks[:1] %}")
    found = rendering_problems(branding)
    assert {problem.template for problem in found} == {"page.html.j2"}
    assert "does not state the period: the beginning is missing" in messages(found)


NOT_ALLOWED = (
    "contains <{}>; expected only elements and attributes that the built-in pages use, none of which loads, "
    "sends or hides anything"
)


@pytest.mark.parametrize("markup", ['<script src="https://cdn.example/x.js"></script>', "<p style>x</p>"])
def test_markup_that_is_not_allowed_is_found_in_pages_and_notices(markup: str) -> None:
    name = "script src" if "script" in markup else "p style"
    page = edited("page.html.j2", "{% block main %}", "{% block main %}" + markup)
    notice = edited("notice.html.j2", "<h", markup + "<h")
    for branding in (page, notice):
        assert NOT_ALLOWED.format(name) in messages(rendering_problems(branding))


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("<details>", "</details>", "details"),
        ("<title>", "</title>", "title"),
        ('<span aria-hidden="true">', "</span>", "span aria-hidden"),
    ],
)
def test_a_part_that_is_hidden_is_found(before: str, after: str, name: str) -> None:
    end = "{{ instant(order.expires_at) }}"
    found = rendering_problems(edited("refusal.html.j2", end, before + end + after))
    assert BrandingProblem("refusal.html.j2", 1, NOT_ALLOWED.format(name)) in found


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("refusal.html.j2", "{{ quote(words.authority(other), words) }}", "{{ other.authority_name }}"),
        ("refusal.txt.j2", "{{ order_url(other) }}", "{{ other.url }}"),
        ("refusal.html.j2", "{{ basis.value|line }}", "{{ basis.address|line }}"),
        ("refusal.txt.j2", "{% if context.sources %}", "{% if context.sources[0] %}"),
        ("notice.html.j2", "{{ _(notice.title) }}", "{{ _(notice.heading) }}"),
        ("notice.txt.j2", "{{ _(notice.title) }}", "{{ _(notice.heading) }}"),
        ("notice.txt.j2", "{% if operator.contact %}", "{% if not notice.status == 503 %}{{ no_such_name }}{% endif %}{% if operator.contact %}"),
    ],
)  # fmt: skip
def test_a_failure_in_one_branch_only_is_found(name: str, old: str, new: str) -> None:
    (found,) = rendering_problems(edited(name, old, new))
    assert found.template == name
    assert found.message.startswith("cannot be rendered: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nothing_of_this_name }}", "cannot be rendered: 'nothing_of_this_name' is undefined"),
        ("{{ 1 / 0 }}", "cannot be rendered: division by zero"),
        ("{{ order.__class__.__mro__ }}", "cannot be rendered: "),
        ("{% include 'no.such.j2' %}", "cannot be rendered: "),
    ],
)
def test_a_template_that_cannot_be_rendered_is_reported_with_the_error(text: str, message: str) -> None:
    (found,) = rendering_problems(Branding(templates=(("refusal.html.j2", text),)))
    assert (found.template, found.line) == ("refusal.html.j2", 1)
    assert found.message.startswith(message)


def test_a_page_may_not_be_too_large() -> None:
    branding = edited("page.html.j2", "{% block main %}", "{% block main %}" + "x" * MAX_PAGE_BYTES)
    problem = BrandingProblem("page.html.j2", 1, f"makes a page of more than {MAX_PAGE_BYTES} bytes")
    assert set(rendering_problems(branding)) == {problem}
