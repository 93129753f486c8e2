"""Where each page lies, and how to get from one to another without knowing where the site is served.

A page is a folder with an `index.html`, so that its address has no ending. Links name the file all the same:
they work from a folder on disk, below any path of a server, and in a copy.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from joinfence.text.catalogues import FALLBACK

INDEX_PAGE: Final = ""
LOCATION_PAGE: Final = "location/"
COMPLAINT_PAGE: Final = "complain/"
REFUSAL_PAGE: Final = "refusal/"  # what the type of a refusal as a problem document names
REPORTS: Final = "reports/"
ATOM: Final = "feed.atom"
JSON_FEED: Final = "feed.json"


def order_page(order_id: str, version: int | None = None) -> str:
    """Return the place of an order's page, which shows its newest version, or of the page of one version."""
    return f"orders/{order_id}/" if version is None else f"orders/{order_id}/{version}/"


def folder(language: str) -> str:
    """Return where the pages of a language lie: English at the top, where refusals link to."""
    return "" if language == FALLBACK else f"{language}/"


def file_of(place: str) -> str:
    """Return the file behind a place: a folder's index."""
    return f"{place}index.html" if place.endswith("/") or not place else place


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A page in one language, to link from. `base` is the site's public address and ends in "/"."""

    base: str
    language: str
    place: str

    @property
    def path(self) -> str:
        """Return the page's place from the top of the site."""
        return folder(self.language) + self.place

    @property
    def address(self) -> str:
        """Return the page's public address."""
        return self.base + self.path

    def to(self, place: str, language: str | None = None) -> str:
        """Return the relative link to a place, in this page's language if no other is named."""
        return self.to_file(folder(language or self.language) + place)

    def to_file(self, path: str) -> str:
        """Return the relative link to a path from the top of the site."""
        return quote(posixpath.relpath(file_of(path), posixpath.dirname(file_of(self.path)) or "."))
