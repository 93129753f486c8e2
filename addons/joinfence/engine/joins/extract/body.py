"""Extractors that read a body or message: a form, a JSON document or XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.extract.context import BodyPart
from joinfence.engine.joins.formats.urlencoded import field_values

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import MatchContext
    from joinfence.engine.joins.formats.json_msgpack import Pointer
    from joinfence.engine.joins.formats.xml import ElementPath


@dataclass(frozen=True, slots=True)
class FromForm:
    """The values of a form field in the body, URL-encoded or multipart (RFC 7578)."""

    name: str

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"form {self.name}"

    @property
    def parts(self) -> frozenset[BodyPart]:
        """A form."""
        return frozenset({BodyPart.FORM})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return all values of the field, decoded."""
        found = []
        for body in context.forms:
            text = body.decode("utf-8", "surrogateescape")
            found += field_values(text.strip(), self.name)
            found += _multipart_values(text, self.name)
        return found


def _multipart_values(text: str, wanted: str) -> list[str]:
    """Return the contents of the multipart parts with this name, each without its last line break.

    The boundary is not taken from Content-Type, which the client may write in many ways: whatever looks
    like a part after a line break and two hyphens is read.
    """
    found = []
    for part in text.split("\n--"):
        head, blank, content = part.replace("\r\n", "\n").partition("\n\n")
        if blank and wanted in _NAME.findall(head):
            found.append(content.removesuffix("\r"))
    return found


_NAME: Final = re.compile(r"""\bname="?([^";\r\n]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FromJson:
    """The values at a JSON pointer in a body, message or packet."""

    pointer: Pointer

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"json {self.pointer.text}"

    @property
    def parts(self) -> frozenset[BodyPart]:
        """A document."""
        return frozenset({BodyPart.DOCUMENT})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every string and number found there."""
        return self.pointer.values(context.document)


@dataclass(frozen=True, slots=True)
class FromXml:
    """Attributes or texts in a stanza or an XML body."""

    path: ElementPath

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"xml {self.path.text}"

    @property
    def parts(self) -> frozenset[BodyPart]:
        """An element."""
        return frozenset({BodyPart.ELEMENT})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return every attribute or text found there."""
        return [] if context.element is None else self.path.values(context.element)
