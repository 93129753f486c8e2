"""Extractors around another extractor: they decode or normalise its candidates."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from joinfence.engine.joins.formats.json_msgpack import UnparsableError, parse_json
from joinfence.engine.joins.normalise import Step, normalise

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import BodyPart, Extractor, MatchContext
    from joinfence.engine.joins.formats.json_msgpack import Pointer


class JsonEncoding(StrEnum):
    """How a JSON document is encoded in a text."""

    JWT = "jwt"
    BASE64_JSON = "base64_json"


@dataclass(frozen=True, slots=True)
class FromEncodedJson:
    """The values at a pointer in JSON documents that another extractor's candidates contain in encoded form.

    The signature of a JWT is not checked (a service would, RFC 7519 section 7.2). The service rejects a
    forged token anyway, so it does no harm to refuse one.
    """

    outer: Extractor
    encoding: JsonEncoding
    pointer: Pointer

    def __str__(self) -> str:
        """Return the extractor as a rule file writes it."""
        return f"{self.outer}, {self.encoding} {self.pointer.text}"

    @property
    def parts(self) -> frozenset[BodyPart]:
        """What the outer extractor needs."""
        return self.outer.parts

    def candidates(self, context: MatchContext) -> list[str]:
        """Return the text of every string and number found there."""
        found = []
        for text in self.outer.candidates(context):
            try:
                found += self.pointer.values(parse_json(_decoded(text, self.encoding)))
            except (UnparsableError, ValueError):
                continue
        return found


def _decoded(text: str, encoding: JsonEncoding) -> bytes:
    """Return the JSON in the text: the second part of a JWT, or what is before the colon of Django's Signer.

    Both Base64 alphabets are accepted, and characters outside of them are skipped, as lenient decoders do.
    """
    if encoding is JsonEncoding.JWT:
        text = text.partition(".")[2].partition(".")[0]
    encoded = re.sub(r"[^A-Za-z0-9+/]", "", text.partition(":")[0].replace("-", "+").replace("_", "/"))
    # A single character after the last group of four encodes no whole byte. Missing padding is added.
    encoded = encoded[: len(encoded) - (len(encoded) % 4 == 1)]
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))


@dataclass(frozen=True, slots=True)
class Normalised:
    """Another extractor's candidates after steps of its own, which come before the chain of the service."""

    outer: Extractor
    chain: tuple[Step, ...]

    def __str__(self) -> str:
        """Return the outer extractor as a rule file writes it."""
        return str(self.outer)

    @property
    def parts(self) -> frozenset[BodyPart]:
        """What the outer extractor needs."""
        return self.outer.parts

    def candidates(self, context: MatchContext) -> list[str]:
        """Return every candidate after the steps."""
        return [normalise(text, self.chain) for text in self.outer.candidates(context)]
