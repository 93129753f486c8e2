"""Checks that the operator's templates can be parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

from joinfence.refusal.template_checks.problems import BrandingProblem
from joinfence.text.layout import environment

if TYPE_CHECKING:
    from joinfence.config.branding import Branding


def syntax_problems(branding: Branding) -> list[BrandingProblem]:
    """Return the first syntax error of each template, with its line."""
    found = []
    for name, text in branding.templates:
        try:
            environment("en", branding).parse(text)
        except TemplateSyntaxError as error:
            found.append(BrandingProblem(name, error.lineno, f"is not a valid template: {error.message}"))
    return found
