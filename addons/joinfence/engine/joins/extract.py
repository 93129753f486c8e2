"""Where in a request a meeting's id stands. Each extractor returns every candidate, not the first.

Servers differ on repeated query keys (first, last, all) and repeated JSON keys (mostly last), so one value
would leave room for a decoy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from joinfence.engine.joins.paths import restore_slashes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.documents import Document, Pointer


@dataclass(frozen=True, slots=True)
class FromPath:
    """The text of a `{name}` in the path template."""

    name: str

    def candidates(self, groups: Mapping[str, str]) -> list[str]:
        """Return the group's text, where this path has the group."""
        return [restore_slashes(groups[self.name])] if self.name in groups else []


@dataclass(frozen=True, slots=True)
class FromQuery:
    """The values of a query parameter."""

    name: str

    def candidates(self, target: bytes) -> list[str]:
        """Return all values of the parameter in the raw request target, decoded, in order."""
        query = target.partition(b"?")[2].decode("utf-8", "surrogateescape")
        # A fragment never belongs in a target; some servers end the query there, others take it as text.
        cut = [query.partition("#")[0]] if "#" in query else []
        found = []
        for pair in [pair for text in (query, *cut) for pair in text.split("&")]:
            name, _, value = pair.partition("=")
            if name == self.name or (("%" in name or "+" in name) and _decode(name) == self.name):
                found.append(_decode(value))
        return found


def _decode(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")


@dataclass(frozen=True, slots=True)
class FromJson:
    """The values a JSON pointer leads to in the body."""

    pointer: Pointer

    def candidates(self, document: Document) -> list[str]:
        """Return the text of every string and number found there."""
        return self.pointer.values(document)


type Extractor = FromPath | FromQuery | FromJson
