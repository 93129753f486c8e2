"""What a rule is matched against, and what an extractor is.

An extractor returns every candidate, not just the first. Servers disagree on a repeated query parameter (some
take the first value, some the last, some all) and on a repeated JSON key (most take the last). Looking at one
value only would let a client hide the real id behind a decoy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.formats.json_msgpack import JsonValue
    from joinfence.engine.joins.formats.xml import Element
    from joinfence.engine.values import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchContext:
    """What a rule is matched against: a request, and the parts of its body or of one message that it reads.

    For a message, `request` is the WebSocket handshake. `groups` are the groups of the path template,
    `element` is one stanza, and `forms` are the bodies that may be a form.
    """

    request: Request
    groups: Mapping[str, str] = field(default_factory=dict)
    document: JsonValue = None
    element: Element | None = None
    forms: tuple[bytes, ...] = ()


class BodyPart(StrEnum):
    """What a body can be parsed as."""

    DOCUMENT = "document"
    ELEMENT = "element"
    FORM = "form"


class Extractor(Protocol):
    """One place where ids can stand."""

    @property
    def parts(self) -> frozenset[BodyPart]:
        """The parts of a body that it needs; empty if it reads the request's head only."""
        ...

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every candidate, in order. Never raises."""
        ...
