from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from joinfence.report.markdown import plain, to_markdown
from tests.report.samples import BASE, make_order

COURT = BASE.register["de-lg-beispielstadt"]


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").render(text))


@pytest.mark.parametrize(
    "text",
    [
        "*bold* _under_ `code`",
        "[link](https://evil.example)",
        "<script>alert(1)</script>",
        "# heading",
        "1. item",
        "- item",
        "> quote",
        "a | b",
        "A &amp; B",
        "two\nlines\n\n# and a heading",
        "back\\slash",
    ],
)
def test_text_from_outside_is_escaped(text: str) -> None:
    page = rendered(plain(text))
    assert page.startswith("<p>")
    assert page.count("<") == 2
    shown = page.removeprefix("<p>").removesuffix("</p>\n")
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, letter)
    assert shown == " ".join(text.split())


def test_the_content_of_a_file() -> None:
    page = rendered(to_markdown(make_order(narrowed_from="worldwide"), COURT, BASE.operator))
    for part in (
        "<h1>DE-2026-0001, version 1</h1>",
        "Landgericht Beispielstadt / Regional Court of Beispielstadt",
        '<a href="https://lg-beispielstadt.example/">',
        "<li>Narrowed from: worldwide</li>",
        "<li>Meetings: 2, which are not published</li>",
        "<h2>Reasons (de)</h2>",
        "<blockquote>",
        "<h2>How to contest</h2>",
        "mailto:legal@meet.example",
    ):
        assert part in page


def test_what_an_order_does_not_state_is_left_out() -> None:
    text = to_markdown(
        make_order(host_notice={"state": "not_possible", "reason": "No address."}), COURT, BASE.operator
    )
    assert "Narrowed from" not in text
    assert "Suspended since" not in text
    assert "- Host told: not\\_possible\n" in text
    suspended = make_order(suspended={"since": "2026-12-01T00:00:00Z", "reason": "An appeal."})
    assert "- Suspended since: 2026-12-01T00:00:00+00:00" in to_markdown(suspended, COURT, BASE.operator)


def test_a_law_without_an_address_is_named() -> None:
    law = [{"citation": "Art. 9", "scheme": "urn-lex", "value": "urn:lex:eu:x"}]
    assert "- Law: Art. 9 (urn:lex:eu:x)\n" in to_markdown(make_order(legal_basis=law), COURT, BASE.operator)
