"""The languages of the public pages."""

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
    """Return the languages of the pages: English first, the others in alphabetical order.

    If none are chosen: English and the official languages, as far as they have a catalogue, of all
    countries where an order applies or once did, and the languages of the documents. A language that the
    site had before stays, because its pages may be linked to. Raises ValueError for a chosen language
    without a catalogue.
    """
    wanted = set(before)
    if chosen is not None:
        wanted |= {_catalogue_for(tag) for tag in chosen}
    else:
        for version in versions:
            countries = {code.partition("-")[0] for code in version.order.territory}
            tags = [tag for country in sorted(countries) for tag in official_languages(country)]
            tags.append(version.order.document.language)
            wanted |= {found for tag in tags if (found := lookup(tag, languages()))}
    return (FALLBACK, *sorted((wanted & set(languages())) - {FALLBACK}))


def _catalogue_for(tag: str) -> str:
    if found := lookup(tag, languages()):
        return found
    message = f"site.languages: there is no catalogue for {tag}; expected one of {', '.join(languages())}"
    raise ValueError(message)
