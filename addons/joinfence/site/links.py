"""The place of each page, and relative links between pages.

The place of a page is its path within a language: the folder of its `index.html`. So page addresses need no
file name. Links are relative and do name the file, so that they work wherever the site is served and also
when it is opened from disk.
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
REFUSAL_PAGE: Final = "refusal/"  # the address in the `type` of a problem document
REPORTS: Final = "reports/"
ATOM: Final = "feed.atom"
JSON_FEED: Final = "feed.json"


def order_page(order_id: str, version: int | None = None) -> str:
    """Return the place of an order's page, which shows its current version, or of the page of one version."""
    return f"orders/{order_id}/" if version is None else f"orders/{order_id}/{version}/"


def folder(language: str) -> str:
    """Return the folder of a language's pages. English is at the top, because refusals link there."""
    return "" if language == FALLBACK else f"{language}/"


def file_of(place: str) -> str:
    """Return the file of a place; for a folder, that is its index."""
    return f"{place}index.html" if place.endswith("/") or not place else place


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The page, in one language, that links start from. `base` is the site's address and ends in "/"."""

    base: str
    language: str
    place: str

    @property
    def path(self) -> str:
        """Return the page's path from the top of the site."""
        return folder(self.language) + self.place

    @property
    def address(self) -> str:
        """Return the page's public address."""
        return self.base + self.path

    def to(self, place: str, language: str | None = None) -> str:
        """Return the relative link to a place, in this page's language unless another is given."""
        return self.to_file(folder(language or self.language) + place)

    def to_file(self, path: str) -> str:
        """Return the relative link to a path from the top of the site."""
        return quote(posixpath.relpath(file_of(path), posixpath.dirname(file_of(self.path)) or "."))
