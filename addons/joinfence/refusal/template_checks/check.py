"""All checks of an operator's branding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from joinfence.refusal.template_checks.colours import colour_problems
from joinfence.refusal.template_checks.rendering import rendering_problems
from joinfence.refusal.template_checks.syntax import syntax_problems

if TYPE_CHECKING:
    from joinfence.config.branding import Branding
    from joinfence.refusal.template_checks.problems import BrandingProblem


@lru_cache(maxsize=4)
def branding_problems(branding: Branding) -> tuple[BrandingProblem, ...]:
    """Return everything that keeps a branding from being used, each problem once. Never raises."""
    found = [*colour_problems(branding)]
    if branding.templates or branding.logo:
        found += syntax_problems(branding) or rendering_problems(branding)
    return tuple(dict.fromkeys(found))
