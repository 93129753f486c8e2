from __future__ import annotations

from joinfence.config.branding import Branding
from joinfence.refusal.template_checks.syntax import syntax_problems


def test_a_syntax_error_is_reported_with_its_line() -> None:
    templates = (
        ("refusal.html.j2", "a\n{% if %}"),
        ("page.html.j2", "{{ undefined }}"),
        ("notice.txt.j2", "{{"),
    )
    found = syntax_problems(Branding(templates=templates))
    assert [(problem.template, problem.line) for problem in found] == [
        ("refusal.html.j2", 2),
        ("notice.txt.j2", 1),
    ]
    assert all(problem.message.startswith("is not a valid template: ") for problem in found)
