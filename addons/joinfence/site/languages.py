"""Which languages the public pages are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.text.catalogues import FALLBACK, languages
from joinfence.text.language import lookup, official_languages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.site.life import Version


def site_languages(
    chosen: Iterable[str] | None, before: Iterable[str], versions: Iterable[Version]
) -> tuple[str, ...]:
    """Return the languages of the pages, English first, the others in alphabetical order.

    Without a choice: English, and what is official where an order applies or did, as far as there is a
    catalogue. A language that the site was in before stays: its pages may be linked to. Raises ValueError for
    a chosen language without a catalogue.
    """
    wanted = set(before)
    if chosen is not None:
        wanted |= {_spoken(tag) for tag in chosen}
    else:
        for version in versions:
            countries = {code.partition("-")[0] for code in version.order.territory}
            tags = [tag for country in sorted(countries) for tag in official_languages(country)]
            tags.append(version.order.document.language)
            wanted |= {found for tag in tags if (found := lookup(tag, languages()))}
    return (FALLBACK, *sorted((wanted & set(languages())) - {FALLBACK}))


def _spoken(tag: str) -> str:
    if found := lookup(tag, languages()):
        return found
    message = f"site.languages: there is no catalogue for {tag}; known are {', '.join(languages())}"
    raise ValueError(message)
