"""Checks that text in the operator's colours can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

from joinfence.refusal.template_checks.problems import BrandingProblem
from joinfence.text.layout import stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.branding import Branding

_MIN_CONTRAST: Final = 4.5
_TEXTS: Final = ("ink", "soft", "link", "mark")
_BACKGROUNDS: Final = ("paper", "sheet")


def colour_problems(branding: Branding) -> Iterator[BrandingProblem]:
    """Yield each text colour with too little contrast to a background, in either colour scheme."""
    for scheme, colours in zip(("light", "dark"), _schemes(branding), strict=True):
        for text, background in product(_TEXTS, _BACKGROUNDS):
            contrast = _contrast(colours[text], colours[background])
            if contrast < _MIN_CONTRAST:
                message = (
                    f"colours.{scheme}: `{text}` ({colours[text]}) on `{background}` ({colours[background]}) "
                    f"has a contrast of {contrast:.2f}; expected at least {_MIN_CONTRAST} (WCAG 2.2, 1.4.3)"
                )
                yield BrandingProblem("", 0, message)


def _schemes(branding: Branding) -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours of the light and the dark scheme: name -> colour.

    Read from the style sheet as browsers do: a later declaration replaces an earlier one, and one inside a
    media query for a colour scheme applies to that scheme only.
    """
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for scheme, declarations in re.findall(r"(?:(light|dark)\) \{)?:root \{([^}]*)\}", stylesheet(branding)):
        colours = dict(re.findall(r"--(\w+): ?(#\w+)", declarations))
        if scheme != "dark":
            light |= colours
        if scheme != "light":
            dark |= colours
    return light, dark


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb (WCAG 2.2, "relative luminance")."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 - #abc is short for #aabbcc
        digits = "".join(digit * 2 for digit in digits)
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
