from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from jinja2 import Environment

from joinfence.config.branding import PLAIN, Branding
from joinfence.text.layout import environment, style_source, stylesheet


def test_the_source_expression_has_the_hash_of_the_style() -> None:
    digest = b64encode(sha256(stylesheet().encode()).digest()).decode()
    assert style_source(stylesheet()) == f"'sha256-{digest}'"


def test_comments_and_indentation_are_removed() -> None:
    assert "/*" not in stylesheet()
    assert "\n" not in stylesheet()
    assert stylesheet().startswith(":root {color-scheme: light dark;")


def test_the_operators_colours_come_last_and_change_the_hash() -> None:
    own = stylesheet(Branding(colours=":root { --mark: #123456; }"))
    assert own == stylesheet() + ":root { --mark: #123456; }"
    assert style_source(own) != style_source(stylesheet())


def test_the_operators_templates_come_first() -> None:
    own = Branding(templates=(("notice.txt.j2", "{{ _('Judgment') }}: {{ 1 + 1 }}"),))
    assert environment("de", own).get_template("notice.txt.j2").render() == "Urteil: 2"
    assert environment("de", PLAIN).get_template("notice.txt.j2").name == "notice.txt.j2"


def test_lengths_scale_with_the_font_size() -> None:
    # Lengths in px would not grow with the reader's font size (WCAG 1.4.4); that is fine for lines and corners.
    in_pixels = re.findall(r"([\w-]+): [^;}]*\dpx", stylesheet())
    assert set(in_pixels) <= {
        "border",
        "border-block-start",
        "border-inline-start",
        "outline",
        "outline-offset",
        "border-radius",
    }


@pytest.mark.parametrize("physical", ["left", "right"])
def test_the_style_uses_no_physical_directions(physical: str) -> None:
    assert not re.search(rf"\b{physical}\b", stylesheet()), "logical properties work in both directions"


def test_a_template_is_compiled_once_for_all_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    environment("de").get_template("notice.txt.j2")
    own = Branding(name="a branding that no other test uses")
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", lambda *_args, **_more: pytest.fail("compiled again"))
        assert environment("fr", own).get_template("notice.txt.j2").name == "notice.txt.j2"


def test_a_template_of_the_operator_can_extend_ours_of_the_same_name() -> None:
    own = Branding(templates=(("page.html.j2", '{% extends "plain/page.html.j2" %}'),))
    assert "plain/page.html.j2" in {*environment("en", own).list_templates()}
