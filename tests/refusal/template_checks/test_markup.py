from __future__ import annotations

import pytest

from joinfence.refusal.template_checks.markup import Markup, read_markup


def test_text_is_read_as_it_is_shown() -> None:
    html = "<!doctype html><title>x</title><style>x</style><!-- x --><p>a &amp; <b>b</b><br>c</p>"
    assert read_markup(html, whole_page=True) == Markup("a & bc", frozenset())


def test_text_after_an_element_that_is_never_shown_is_read_even_if_tags_inside_it_stay_open() -> None:
    assert read_markup("<title><b>x<i>y</title>a</b>b", whole_page=True).text == "ab"


HIDING = "noscript dialog datalist canvas noframes noembed details textarea meter progress select rp x-y"


@pytest.mark.parametrize("tag", [*HIDING.split(), "template", "script", "iframe", "form", "svg"])
@pytest.mark.parametrize("whole_page", [True, False])
def test_elements_that_hide_load_or_send_something_are_not_allowed(tag: str, whole_page: bool) -> None:
    assert read_markup(f"<p><{tag}>x</{tag}></p>", whole_page=whole_page).not_allowed == {tag}


@pytest.mark.parametrize("tag", ["style", "title", "body", "link", "meta"])
def test_elements_of_the_frame_are_allowed_only_in_a_whole_page(tag: str) -> None:
    assert read_markup(f"<{tag}>", whole_page=True).not_allowed == frozenset()
    assert read_markup(f"<{tag}>", whole_page=False).not_allowed == {tag}


@pytest.mark.parametrize(
    "attribute", ["hidden", "inert", 'style="display:none"', 'aria-hidden="true"', "onclick"]
)
def test_attributes_that_hide_or_run_something_are_not_allowed(attribute: str) -> None:
    name = attribute.partition("=")[0]
    assert read_markup(f"<span {attribute}>x</span>", whole_page=True).not_allowed == {f"span {name}"}


@pytest.mark.parametrize(
    ("html", "not_allowed"),
    [
        ('<img src="https://cdn.example/logo.png" alt="">', "img src"),
        ("<img src>", "img src"),
        ('<img src="data:," srcset="https://cdn.example/logo.png 2x" alt="">', "img srcset"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "link href"),
        ('<a href="/x" ping="https://cdn.example/">x</a>', "a ping"),
        ('<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">', "meta http-equiv"),
    ],
)
def test_attributes_that_load_or_send_something_are_not_allowed(html: str, not_allowed: str) -> None:
    assert read_markup(html, whole_page=True).not_allowed == {not_allowed}


@pytest.mark.parametrize(
    "html",
    ['<img src="data:," alt="x">', '<link rel="icon" href="data:,">', '<a href="https://x.example/">x</a>'],
)
def test_data_and_links_are_allowed(html: str) -> None:
    assert read_markup(html, whole_page=True).not_allowed == frozenset()
