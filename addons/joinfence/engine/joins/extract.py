"""Where in a request or message a meeting's id stands. Each extractor returns every candidate, not the first.

Servers differ on repeated query keys (first, last, all) and repeated JSON keys (mostly last), so one value
would leave room for a decoy.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from joinfence.engine.joins.formats.json_msgpack import UnparsableError, parse_json
from joinfence.engine.joins.formats.urlencoded import fields
from joinfence.engine.joins.normalise import Step, normalise
from joinfence.engine.joins.paths import restore_slashes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.formats.json_msgpack import Document, Pointer
    from joinfence.engine.joins.formats.xml import Element, ElementPath
    from joinfence.engine.values import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchContext:
    """What a rule looks at: a request, and of its body or of one message what the rule reads in it.

    `request` is the handshake's where a message is looked at. `groups` are the path's, `form` the bodies that
    may be a form, `element` one stanza.
    """

    request: Request
    groups: Mapping[str, str] = field(default_factory=dict)
    document: Document = None
    element: Element | None = None
    forms: tuple[bytes, ...] = ()


class Extractor(Protocol):
    """One place where ids stand."""

    @property
    def reads(self) -> frozenset[Part]:
        """The parts of a body it needs."""
        ...

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every candidate, in order. Never raises."""
        ...


class Part(StrEnum):
    """What a body can be read as."""

    DOCUMENT = "document"
    ELEMENT = "element"
    FORM = "form"


class _OfHead:
    __slots__ = ()

    @property
    def reads(self) -> frozenset[Part]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class FromPath(_OfHead):
    """The text of a `{name}` in the path template, or of several: `{tenant}/{meeting}`."""

    text: str

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"path {self.text}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups it is made of."""
        return tuple(_GROUP.findall(self.text)) if "{" in self.text else (self.text,)

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text, where this path has all of the groups."""
        groups = context.groups
        if "{" not in self.text:
            value = groups.get(self.text)
            return [] if value is None else [restore_slashes(value)]
        if any(groups.get(name) is None for name in self.names):
            return []
        return [_GROUP.sub(lambda match: restore_slashes(groups[match[1]]), self.text)]


_GROUP: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class FromQuery(_OfHead):
    """The values of a query parameter."""

    name: str

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"query {self.name}"

    def candidates(self, context: MatchContext) -> list[str]:
        """Return all values of the parameter in the raw request target, decoded, in order."""
        query = context.request.path.partition(b"?")[2].decode("utf-8", "surrogateescape")
        # A fragment never belongs in a target; some servers end the query there, others take it as text.
        cut = [query.partition("#")[0]] if "#" in query else []
        return [value for text in (query, *cut) for value in fields(text, self.name)]


@dataclass(frozen=True, slots=True)
class FromForm:
    """The values of a form field in the body, URL-encoded or multipart (RFC 7578)."""

    name: str

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"form {self.name}"

    @property
    def reads(self) -> frozenset[Part]:
        """A form."""
        return frozenset({Part.FORM})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return all values of the field, decoded."""
        found = []
        for body in context.forms:
            text = body.decode("utf-8", "surrogateescape")
            found += fields(text.strip(), self.name)
            found += _parts(text, self.name)
        return found


def _parts(text: str, wanted: str) -> list[str]:
    """Return the contents of a multipart form's parts of a name, each without its last line break."""
    found = []
    for part in text.split("\n--"):
        head, blank, content = part.replace("\r\n", "\n").partition("\n\n")
        if blank and wanted in _NAME.findall(head):
            found.append(content.removesuffix("\r"))
    return found


_NAME: Final = re.compile(r"""\bname="?([^";\r\n]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FromHeader(_OfHead):
    """The values of a header, or the tokens of an Authorization header's Bearer scheme (RFC 6750)."""

    name: str
    bearer: bool = False

    def __str__(self) -> str:
        """Return it as a rule file has it."""
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


@dataclass(frozen=True, slots=True)
class FromJson:
    """The values a JSON pointer leads to in the body, message or packet."""

    pointer: Pointer

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"json {self.pointer.text}"

    @property
    def reads(self) -> frozenset[Part]:
        """A document."""
        return frozenset({Part.DOCUMENT})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every string and number found there."""
        return self.pointer.values(context.document)


@dataclass(frozen=True, slots=True)
class FromXml:
    """Attributes or texts in a stanza or an XML body."""

    path: ElementPath

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"xml {self.path.text}"

    @property
    def reads(self) -> frozenset[Part]:
        """An element."""
        return frozenset({Part.ELEMENT})

    def candidates(self, context: MatchContext) -> list[str]:
        """Return every attribute or text found there."""
        return [] if context.element is None else self.path.values(context.element)


class Inside(StrEnum):
    """What a candidate's text holds, for what stands inside it."""

    JWT = "jwt"
    BASE64_JSON = "base64_json"


@dataclass(frozen=True, slots=True)
class FromInside:
    """The values a pointer leads to in the JSON that another extractor's candidates hold.

    A JWT's signature is not checked (RFC 7519 section 7.2 would): a forged one fails at the service anyway,
    and refusing a forged one harms nobody.
    """

    outer: Extractor
    inside: Inside
    pointer: Pointer

    def __str__(self) -> str:
        """Return it as a rule file has it."""
        return f"{self.outer}, {self.inside} {self.pointer.text}"

    @property
    def reads(self) -> frozenset[Part]:
        """What the outer one reads."""
        return self.outer.reads

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every string and number found there."""
        found = []
        for text in self.outer.candidates(context):
            try:
                found += self.pointer.values(parse_json(_blob(text, self.inside)))
            except (UnparsableError, ValueError):
                continue
        return found


def _blob(text: str, inside: Inside) -> bytes:
    """Return the JSON: a JWT's second part, or what stands before a signature's colon (Django's Signer)."""
    if inside is Inside.JWT:
        text = text.partition(".")[2].partition(".")[0]
    coded = re.sub(r"[^A-Za-z0-9+/]", "", text.partition(":")[0].replace("-", "+").replace("_", "/"))
    # A last character alone holds no byte; what is missing of padding is given.
    coded = coded[: len(coded) - (len(coded) % 4 == 1)]
    return base64.b64decode(coded + "=" * (-len(coded) % 4))


@dataclass(frozen=True, slots=True)
class Prepared:
    """Another extractor's candidates after steps of their own, before the service's chain."""

    outer: Extractor
    chain: tuple[Step, ...]

    def __str__(self) -> str:
        """Return the outer one as a rule file has it."""
        return str(self.outer)

    @property
    def reads(self) -> frozenset[Part]:
        """What the outer one reads."""
        return self.outer.reads

    def candidates(self, context: MatchContext) -> list[str]:
        """Return every candidate after the steps."""
        return [normalise(text, self.chain) for text in self.outer.candidates(context)]
