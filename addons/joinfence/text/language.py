"""Which language to answer in: what the client reads, then what is spoken where it is, then English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from babel.core import get_global

from joinfence.text.catalogues import FALLBACK, languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TAG: Final = re.compile(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8}){0,8}")
_OFFICIAL: Final = frozenset({"official", "de_facto_official"})


@dataclass(frozen=True, slots=True)
class Range:
    """One item of an Accept or Accept-Language list, lower case, with its weight from 0 to 1."""

    value: str
    weight: float


def page_language(accepted: Iterable[Range], country: str | None) -> str:
    """Return the one of `languages()` to answer in, English if nothing else fits."""
    by_weight = sorted(accepted, key=lambda item: -item.weight)
    unwanted = {lookup(item.value, languages()) for item in by_weight if not item.weight}
    for item in by_weight:
        if item.weight and (found := lookup(item.value, languages())):
            return found
    spoken = (lookup(tag, languages()) for tag in official_languages(country))
    return next((tag for tag in spoken if tag and tag not in unwanted), FALLBACK)


def lookup(tag: str, available: Iterable[str]) -> str | None:
    """Return the best match among available tags (RFC 4647 section 3.4), None if there is none.

    A shorter tag stands for its likely script too: zh-TW finds zh-Hant.
    """
    known = {candidate.lower(): candidate for candidate in available}
    return next((known[each] for each in _shorter(tag.lower()) if each in known), None)


def closest(available: Iterable[str], *wanted: str) -> str:
    """Return the best available tag for the first wanted language that has one, else the first available.

    A language stands in for its variants, and one variant for another. `available` holds at least one tag.
    """
    tags = list(available)
    for tag in wanted:
        primary = tag.partition("-")[0]
        kin = (each for each in tags if each.partition("-")[0] == primary)
        if found := lookup(tag, tags) or next(kin, None):
            return found
    return tags[0]


@cache
def official_languages(country: str | None) -> tuple[str, ...]:
    """Return the official languages of a whole country (CLDR), the most spoken first."""
    spoken = get_global("territory_languages").get(country or "", {})
    official = [tag for tag, facts in spoken.items() if facts["official_status"] in _OFFICIAL]
    official.sort(key=lambda tag: -spoken[tag]["population_percent"])
    return tuple(tag.replace("_", "-") for tag in official)


def unspoken(country: str) -> tuple[str, ...]:
    """Return the official languages of a country that there is no catalogue for, as BCP 47 tags."""
    return tuple(tag for tag in official_languages(country) if lookup(tag, languages()) is None)


def _shorter(tag: str) -> Iterator[str]:
    if not _TAG.fullmatch(tag):
        return
    for each in _truncated(tag):
        yield each
        yield from _truncated(_likely().get(each, each))


def _truncated(tag: str) -> Iterator[str]:
    """Yield the tag, shortened by a subtag each time; one of a single letter never stands last."""
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()


@cache
def _likely() -> dict[str, str]:
    table = get_global("likely_subtags").items()
    return {_tag(short): _tag(full) for short, full in table}


def _tag(locale: str) -> str:
    return locale.replace("_", "-").lower()
