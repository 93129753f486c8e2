"""Extractors that need only the head of a request: its path, query and headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.formats.urlencoded import field_values
from joinfence.engine.joins.paths import restore_slashes

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import BodyPart, MatchContext


class _NeedsNoBody:
    __slots__ = ()

    @property
    def parts(self) -> frozenset[BodyPart]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class FromPath(_NeedsNoBody):
    """The text of one `{name}` of the path template, or of several combined: `{tenant}/{meeting}`."""

    text: str

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"path {self.text}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups it uses."""
        return tuple(_GROUP.findall(self.text)) if "{" in self.text else (self.text,)

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text if the path has all of the groups."""
        groups = context.groups
        if "{" not in self.text:
            value = groups.get(self.text)
            return [] if value is None else [restore_slashes(value)]
        if any(groups.get(name) is None for name in self.names):
            return []
        return [_GROUP.sub(lambda match: restore_slashes(groups[match[1]]), self.text)]


_GROUP: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class FromQuery(_NeedsNoBody):
    """The values of a query parameter."""

    name: str

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"query {self.name}"

    def candidates(self, context: MatchContext) -> list[str]:
        """Return all values of the parameter in the raw request target, decoded, in order."""
        query = context.request.path.partition(b"?")[2].decode("utf-8", "surrogateescape")
        # A request target should have no fragment. Some servers end the query at "#", others keep it as text.
        without_fragment = [query.partition("#")[0]] if "#" in query else []
        return [value for text in (query, *without_fragment) for value in field_values(text, self.name)]


@dataclass(frozen=True, slots=True)
class FromHeader(_NeedsNoBody):
    """The values of a header, or with `bearer` the Bearer tokens (RFC 6750) in it."""

    name: str
    bearer: bool = False

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"{'bearer' if self.bearer else 'header'} {self.name}"

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the value of every line."""
        wanted = self.name.lower().encode("ascii")
        lines = [
            v.decode("utf-8", "surrogateescape") for n, v in context.request.headers if n.lower() == wanted
        ]
        if not self.bearer:
            return lines
        return [line.strip()[7:].strip() for line in lines if line.strip()[:7].lower() == "bearer "]
