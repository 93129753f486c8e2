"""All checks together, in every language."""

from __future__ import annotations

from typing import get_args

import pytest

from joinfence.config.branding import PLAIN, Branding, Template
from joinfence.refusal.template_checks.check import branding_problems
from joinfence.refusal.template_checks.rendering import MAX_PAGE_BYTES
from tests.refusal.template_checks.branded import edited


def test_the_default_branding_has_no_problems() -> None:
    assert branding_problems(PLAIN) == ()


@pytest.mark.parametrize("name", sorted(get_args(Template)))
def test_a_copy_of_a_built_in_template_has_no_problems(name: str) -> None:
    assert branding_problems(edited(name)) == ()


@pytest.mark.usefixtures("every_language")
@pytest.mark.parametrize("name", ["refusal.html.j2", "page.html.j2"])
def test_a_copy_of_a_built_in_template_has_no_problems_in_any_language(name: str) -> None:
    assert branding_problems(edited(name)) == ()


@pytest.mark.usefixtures("every_language")
def test_a_part_that_is_missing_in_one_language_only_is_found() -> None:
    reference = "{{ name(order.reference) }}"
    branding = edited(
        "refusal.html.j2", reference, f'{{% if words.language != "ko" %}}{reference}{{% endif %}}'
    )
    assert {problem.message for problem in branding_problems(branding)} == {
        "does not state the authority: the file number is missing"
    }


def test_colours_and_templates_are_reported_together_and_each_problem_once() -> None:
    branding = Branding(
        colours=":root {--ink: #777777;}",
        templates=(("refusal.html.j2", "<h1>No.</h1>"), ("refusal.txt.j2", "No.")),
    )
    problems = branding_problems(branding)
    assert len(set(problems)) == len(problems)
    assert {problem.template for problem in problems} == {"", "refusal.html.j2", "refusal.txt.j2"}


def test_templates_are_rendered_only_if_all_can_be_parsed() -> None:
    branding = Branding(templates=(("refusal.html.j2", "<h1>No.</h1>"), ("refusal.txt.j2", "{% if %}")))
    assert [problem.template for problem in branding_problems(branding)] == ["refusal.txt.j2"]


def test_a_logo_is_checked_without_templates() -> None:
    (problem,) = branding_problems(Branding(logo="data:image/png;base64," + "A" * MAX_PAGE_BYTES))
    assert problem.template == ""
    assert "bytes" in problem.message
