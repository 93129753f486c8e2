"""Which language to answer in: one the client accepts, else one of the country it is in, else English."""

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
    """Return the language to answer in, one of `languages()`; English if no other fits."""
    by_weight = sorted(accepted, key=lambda item: -item.weight)
    unwanted = {lookup(item.value, languages()) for item in by_weight if not item.weight}
    for item in by_weight:
        if item.weight and (found := lookup(item.value, languages())):
            return found
    spoken = (lookup(tag, languages()) for tag in official_languages(country))
    return next((tag for tag in spoken if tag and tag not in unwanted), FALLBACK)


def lookup(tag: str, available: Iterable[str]) -> str | None:
    """Return the best match among the available tags (RFC 4647 section 3.4), None if there is none.

    After each shortened tag, its likely subtags (CLDR) are tried, too: zh-TW finds zh-Hant.
    """
    known = {candidate.lower(): candidate for candidate in available}
    return next((known[each] for each in _lookup_sequence(tag.lower()) if each in known), None)


def closest(available: Iterable[str], *wanted: str) -> str:
    """Return the best available tag for the first wanted language that has one, else the first available tag.

    A language matches its variants, and variants match each other. `available` must not be empty.
    """
    tags = list(available)
    for tag in wanted:
        primary = tag.partition("-")[0]
        variants = (each for each in tags if each.partition("-")[0] == primary)
        if found := lookup(tag, tags) or next(variants, None):
            return found
    return tags[0]


@cache
def official_languages(country: str | None) -> tuple[str, ...]:
    """Return the languages that are official in the whole country (CLDR), the most spoken first."""
    spoken = get_global("territory_languages").get(country or "", {})
    official = [tag for tag, facts in spoken.items() if facts["official_status"] in _OFFICIAL]
    official.sort(key=lambda tag: -spoken[tag]["population_percent"])
    return tuple(tag.replace("_", "-") for tag in official)


def untranslated_languages(country: str) -> tuple[str, ...]:
    """Return the official languages of a country that have no catalogue, as BCP 47 tags."""
    return tuple(tag for tag in official_languages(country) if lookup(tag, languages()) is None)


def _lookup_sequence(tag: str) -> Iterator[str]:
    if not _TAG.fullmatch(tag):
        return
    for each in _truncations(tag):
        yield each
        yield from _truncations(_likely_subtags().get(each, each))


def _truncations(tag: str) -> Iterator[str]:
    """Yield the tag, then without its last subtag, and so on, but never one that ends in a single letter."""
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()


@cache
def _likely_subtags() -> dict[str, str]:
    table = get_global("likely_subtags").items()
    return {_tag(short): _tag(full) for short, full in table}


def _tag(locale: str) -> str:
    return locale.replace("_", "-").lower()
