"""What a rule sees of one body or message: read at most once in each way, however many rules ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from joinfence.engine.joins.extract import MatchContext, Part
from joinfence.engine.joins.formats.content_codings import decoded
from joinfence.engine.joins.formats.json_msgpack import (
    UnparsableError,
    UnreadableError,
    parse_json,
    parse_msgpack,
)
from joinfence.engine.joins.formats.socketio import packets
from joinfence.engine.joins.formats.xml import parse_element, stanzas
from joinfence.engine.joins.rules import Phase, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request


class Body:
    """The body of one request, or one WebSocket message (`message`) on the connection it opened."""

    __slots__ = ("_is_message", "_raw", "_read", "_request")

    def __init__(self, request: Request, message: bytes | None = None) -> None:
        """Take a request whose body has arrived, or a message."""
        self._request = request
        self._is_message = message is not None
        self._raw = (request.body or b"") if message is None else message
        self._read: dict[object, Any] = {}

    def contexts(self, rule: Rule, groups: Mapping[str, str]) -> list[MatchContext]:
        """Return everything in it that may be a join by the rule. Raises UnparsableError."""
        parts = rule.parts
        if not parts:
            return [MatchContext(request=self._request, groups=groups)]
        if len(self._raw) > rule.max_body_bytes:
            raise UnreadableError
        match rule.phase:
            case Phase.HTTP:
                return [self._of_request(rule, groups)]
            case Phase.MESSAGE:
                documents = self._documents(rule)
                return [MatchContext(request=self._request, groups=groups, document=d) for d in documents]
            case Phase.XMPP:
                found = self._parsed(rule, self._stanzas) if self._raw else []
                return [MatchContext(request=self._request, groups=groups, element=e) for e in found]
            case Phase.SOCKETIO:
                events = self._parsed(rule, self._packets)
                return [MatchContext(request=self._request, groups=groups, document=d) for d in events]
            case _:
                assert_never(rule.phase)

    def _of_request(self, rule: Rule, groups: Mapping[str, str]) -> MatchContext:
        parts = rule.parts
        return MatchContext(
            request=self._request,
            groups=groups,
            document=self._parsed(rule, parse_json) if Part.DOCUMENT in parts else None,
            element=self._parsed(rule, parse_element) if Part.ELEMENT in parts else None,
            forms=self._plain(rule) if Part.FORM in parts else (),
        )

    def _documents(self, rule: Rule) -> list[Any]:
        found = []
        for reading in rule.reads:
            try:
                found.append(self._parsed(rule, _READERS[reading]))
            except UnreadableError:
                raise
            except UnparsableError:
                continue
        if not found:
            raise UnparsableError
        return found

    def _stanzas(self, raw: bytes) -> Any:  # noqa: ANN401 - what the reader makes of it
        return stanzas(raw, in_stream=self._is_message)

    def _packets(self, raw: bytes) -> Any:  # noqa: ANN401 - what the reader makes of it
        return packets(raw, polling=not self._is_message)

    def _plain(self, rule: Rule) -> tuple[bytes, ...]:
        """Return the body as it was sent, and as a server has it that undoes its codings."""
        if self._is_message:
            return (self._raw,)
        undone = decoded(self._raw, self._request.headers, rule.max_body_bytes)
        return (self._raw,) if undone is None else (self._raw, undone)

    def _parsed(self, rule: Rule, read: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - what the reader makes of it
        key = getattr(read, "__name__", read)
        if key not in self._read:
            self._read[key] = self._first(rule, read)
        found = self._read[key]
        if isinstance(found, UnparsableError):
            raise found
        return found

    def _first(self, rule: Rule, read: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - what the reader makes of it
        # As it was sent, whatever it calls itself; then as a server has it that undoes what was done to it.
        bodies = self._plain(rule)
        for body in bodies:
            try:
                return read(body)
            except UnreadableError as error:
                return error
            except UnparsableError as error:
                problem = error
        coded = not self._is_message and _is_coded(self._request)
        return UnreadableError() if coded and len(bodies) == 1 else problem


_READERS: Final = {Reading.JSON: parse_json, Reading.MSGPACK: parse_msgpack}


def _is_coded(request: Request) -> bool:
    return any(
        name.lower() == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}
        for name, value in request.headers
    )
