"""Meeting ids in canonical form: orders and requests go through the same chain."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable


class Step(StrEnum):
    """One step of a normaliser chain."""

    TRIM = "trim"
    NFKC = "nfkc"
    CASEFOLD = "casefold"
    DIGITS = "digits"


def normalise(text: str, chain: Iterable[Step]) -> str:
    """Return the text after each step of the chain; the empty text where nothing is left."""
    for step in chain:
        text = _apply(step, text)
    return text


def _apply(step: Step, text: str) -> str:
    match step:
        case Step.TRIM:
            return text.strip()
        case Step.NFKC:
            return unicodedata.normalize("NFKC", text)
        case Step.CASEFOLD:
            return text.casefold()
        case Step.DIGITS:
            if text.isascii() and text.isdigit():  # as most are: looked at once, and not digit by digit
                return text
            return "".join(character for character in text if "0" <= character <= "9")
        case _:
            assert_never(step)
