"""Content negotiation: reads `Accept`, `Accept-Language` and `Origin`, which may contain anything.

Nothing here raises. At most 2 KB and 50 ranges of each header are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.text.language import Range, page_language

if TYPE_CHECKING:
    from joinfence.engine.values import Request

MAX_BYTES: Final = 2048
MAX_RANGES: Final = 50
# No digit can match in two places: otherwise a long number that does not match would be tried in every split,
# which takes quadratic time.
_WEIGHT: Final = re.compile(r"\s*q\s*=\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*", re.IGNORECASE)
_ORIGIN: Final = re.compile(rb"[!-~]{1,512}")


class Format(StrEnum):
    """The media types of answers. The first is sent if the client has no preference."""

    PROBLEM = "application/problem+json"
    JSON = "application/json"
    HTML = "text/html"
    TEXT = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How to write an answer: the result of all negotiation.

    `language` is a tag of one of the catalogues, `origin` is the Origin whose scripts may read the answer in
    a browser, and `has_body` is False for HEAD.
    """

    form: Format
    language: str
    origin: str | None
    has_body: bool


def negotiate(request: Request, country: str | None) -> Preferences:
    """Return how to answer a request. `country` is where the client is taken to be, None if not known."""
    return Preferences(
        form=accepted_format(request),
        language=page_language(ranges(request, b"accept-language"), country),
        origin=origin(request),
        has_body=request.method != "HEAD",
    )


def ranges(request: Request, name: bytes) -> tuple[Range, ...]:
    """Return the items of a list header in the order they were sent, without malformed ones."""
    items = _joined(request, name).decode("latin-1").split(",")[:MAX_RANGES]
    return tuple(found for item in items if (found := _range(item)) is not None)


def accepted_format(request: Request) -> Format:
    """Return the form to answer in (RFC 9110 section 12.5.1); PROBLEM if none is acceptable or preferred."""
    accepted = {item.value: item.weight for item in reversed(ranges(request, b"accept"))}
    best = max(Format, key=lambda form: _quality(form, accepted))
    return best if _quality(best, accepted) > (0, 0) else Format.PROBLEM


def origin(request: Request) -> str | None:
    """Return the Origin to allow; None if there is none, more than one, or one that is unsafe in a header."""
    lines = [value for field, value in request.headers if field.lower() == b"origin"]
    if len(lines) != 1 or not _ORIGIN.fullmatch(lines[0]):
        return None
    return lines[0].decode("ascii")


def _joined(request: Request, name: bytes) -> bytes:
    """Return the lines of a header joined by commas (RFC 9110 section 5.3), up to the limit."""
    joined = b""
    for field, value in request.headers:
        if len(joined) >= MAX_BYTES:
            break
        if field.lower() == name:
            joined += value[:MAX_BYTES] + b","
    return joined[:MAX_BYTES]


def _range(item: str) -> Range | None:
    value, *parameters = item.split(";")
    weight = 1.0
    for parameter in parameters:
        if parameter.strip()[:1] in {"q", "Q"} and "=" in parameter:
            match = _WEIGHT.fullmatch(parameter)
            if match is None:
                return None
            weight = min(1.0, float(match[1]))
    value = value.strip().lower()
    return Range(value, weight) if value else None


def _quality(form: Format, accepted: dict[str, float]) -> tuple[float, int]:
    """Return the weight of the most specific range that matches a form, and how specific that range is."""
    kind = form.partition("/")[0]
    for specific, name in ((3, form.value), (2, f"{kind}/*"), (1, "*/*")):
        if name in accepted:
            return (accepted[name], specific) if accepted[name] else (0, 0)
    return (0, 0)
