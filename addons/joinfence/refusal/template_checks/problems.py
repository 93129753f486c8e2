"""What is wrong with a branding, and which of its templates is to blame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joinfence.config.branding import Branding


@dataclass(frozen=True, slots=True)
class BrandingProblem:
    """A problem of a template (its name and line) or, with an empty name, of the colours or the logo."""

    template: str
    line: int
    message: str


def template_to_blame(branding: Branding, name: str) -> str:
    """Return the operator's template in which to report a problem of the named one; empty if it has none.

    If the operator has not replaced the named template, the problem must come from another one of the same
    kind, or at least from one that the operator did replace.
    """
    own = [own for own, _text in branding.templates]
    kind = name.partition(".")[2]
    return name if name in own else next((each for each in own if each.endswith(kind)), own[0] if own else "")
