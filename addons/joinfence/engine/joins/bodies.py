"""One body or message, as rules see it.

Parsing is done only when a rule asks for it and its result, be it a document or an error, is remembered, so a
body is parsed at most once in each format however many rules read it.

A body that is declared as compressed is tried twice: as it was sent, and decompressed. Some servers ignore
Content-Encoding and others honour it, so a client could hide a join behind either a true or a false header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from joinfence.engine.joins.extract.context import BodyPart, MatchContext
from joinfence.engine.joins.formats.content_codings import decoded
from joinfence.engine.joins.formats.json_msgpack import (
    UninspectableError,
    UnparsableError,
    parse_json,
    parse_msgpack,
)
from joinfence.engine.joins.formats.socketio import packets
from joinfence.engine.joins.formats.xml import parse_element, stanzas
from joinfence.engine.joins.rules import MessageFormat, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request


class Body:
    """The body of one request, or one WebSocket message (`message`) on the connection it opened."""

    __slots__ = ("_is_message", "_raw", "_request", "_results")

    def __init__(self, request: Request, message: bytes | None = None) -> None:
        """Take a request whose body has arrived, or a message and the request that opened its WebSocket."""
        self._request = request
        self._is_message = message is not None
        self._raw = (request.body or b"") if message is None else message
        self._results: dict[object, Any] = {}

    def contexts(self, rule: Rule, groups: Mapping[str, str]) -> list[MatchContext]:
        """Return a context for everything in it that the rule may match. Raises UnparsableError."""
        parts = rule.parts
        if not parts:
            return [MatchContext(request=self._request, groups=groups)]
        if len(self._raw) > rule.max_body_bytes:
            raise UninspectableError
        match rule.phase:
            case Phase.HTTP:
                return [self._of_request(rule, groups)]
            case Phase.MESSAGE:
                documents = self._documents(rule)
                return [MatchContext(request=self._request, groups=groups, document=d) for d in documents]
            case Phase.XMPP:
                found = self._parse_once(rule, self._stanzas) if self._raw else []
                return [MatchContext(request=self._request, groups=groups, element=e) for e in found]
            case Phase.SOCKETIO:
                events = self._parse_once(rule, self._packets)
                return [MatchContext(request=self._request, groups=groups, document=d) for d in events]
            case _:
                assert_never(rule.phase)

    def _of_request(self, rule: Rule, groups: Mapping[str, str]) -> MatchContext:
        parts = rule.parts
        return MatchContext(
            request=self._request,
            groups=groups,
            document=self._parse_once(rule, parse_json) if BodyPart.DOCUMENT in parts else None,
            element=self._parse_once(rule, parse_element) if BodyPart.ELEMENT in parts else None,
            forms=self._variants(rule) if BodyPart.FORM in parts else (),
        )

    def _documents(self, rule: Rule) -> list[Any]:
        found = []
        for message_format in rule.message_formats:
            try:
                found.append(self._parse_once(rule, _PARSERS[message_format]))
            except UninspectableError:
                raise
            except UnparsableError:
                continue
        if not found:
            raise UnparsableError
        return found

    def _stanzas(self, raw: bytes) -> Any:  # noqa: ANN401 - whatever the parser returns
        return stanzas(raw, in_stream=self._is_message)

    def _packets(self, raw: bytes) -> Any:  # noqa: ANN401 - whatever the parser returns
        return packets(raw, polling=not self._is_message)

    def _variants(self, rule: Rule) -> tuple[bytes, ...]:
        """Return the body as it was sent and, if it has content codings that can be undone, decoded."""
        if self._is_message:
            return (self._raw,)
        undone = decoded(self._raw, self._request.headers, rule.max_body_bytes)
        return (self._raw,) if undone is None else (self._raw, undone)

    def _parse_once(self, rule: Rule, parse: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - whatever the parser returns
        key = getattr(parse, "__name__", parse)
        if key not in self._results:
            self._results[key] = self._parse(rule, parse)
        found = self._results[key]
        if isinstance(found, UnparsableError):
            raise found
        return found

    def _parse(self, rule: Rule, parse: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - whatever the parser returns
        variants = self._variants(rule)
        for body in variants:
            try:
                return parse(body)
            except UninspectableError as error:
                return error
            except UnparsableError as error:
                problem = error
        compressed = not self._is_message and _declares_compression(self._request)
        return UninspectableError() if compressed and len(variants) == 1 else problem


_PARSERS: Final = {MessageFormat.JSON: parse_json, MessageFormat.MSGPACK: parse_msgpack}


def _declares_compression(request: Request) -> bool:
    return any(
        name.lower() == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}
        for name, value in request.headers
    )
