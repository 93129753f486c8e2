"""Meeting ids to their canonical form, with a chain of steps.

The chain belongs to the service. The ids in orders and the ids in requests go through the same chain, so
two spellings of one meeting are equal exactly if the chain makes them equal.

A step is a string: its name, followed by a space and its argument if it has one. So a chain can be stored,
compared and sent to another process as it is, and the function of a step is looked up by that string.

`derive` is an exception. Some services let a client join under a hash of the id, which cannot be reversed. So
the step does nothing to the ids in requests; instead, an order's meeting is indexed under the derived form as
well (see `canonical_forms`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, Self
from urllib.parse import unquote

from joinfence.engine.joins.jids import jid_step, nodeprep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

type Function = Callable[[str], str]


class Step(str):
    """One step of a chain. Raises ValueError, with a sentence, if the text is not a step."""

    __slots__ = ()

    TRIM: ClassVar[Step]
    NFKC: ClassVar[Step]
    CASEFOLD: ClassVar[Step]
    DIGITS: ClassVar[Step]

    def __new__(cls, text: str) -> Self:
        """Check the name and the argument."""
        name, _, argument = text.partition(" ")
        if name in _PLAIN:
            if argument:
                message = f"{name} takes no argument"
                raise ValueError(message)
        elif name in _MAKERS:
            _MAKERS[name](argument)
        else:
            message = f"one of {', '.join(STEP_NAMES)}"
            raise ValueError(message)
        return super().__new__(cls, text)

    @classmethod
    def of(cls, name: str, argument: object) -> Self:
        """Return the step with this name and argument; an argument that is not text is written as JSON."""
        text = argument if isinstance(argument, str) else json.dumps(argument, ensure_ascii=False)
        return cls(f"{name} {text}")


def normalise(text: str, chain: Iterable[Step]) -> str:
    """Return the text after all steps of the chain, which may be empty."""
    for step in chain:
        text = _function(step)(text)
    return text


def canonical_forms(text: str, chain: tuple[Step, ...]) -> tuple[str, ...]:
    """Return every canonical form of an order's meeting: of the id itself, then the derived ones."""
    own = normalise(text, chain)
    return (own, *(derive(own) for derive in _derivations(chain))) if own else (own,)


def _strip(argument: str) -> Function:
    try:
        pattern = re.compile(argument)
    except re.error:
        pattern = None
    if pattern is None or not re.fullmatch(r"\[\^?(?:\\.|[^\]\\])+\]", argument):
        message = 'strip takes one class of characters such as "[^A-Za-z0-9_-]"'
        raise ValueError(message)
    return lambda text: pattern.sub("", text)


def _alias(argument: str) -> Function:
    try:
        table = json.loads(argument)
    except ValueError:
        table = None
    if not isinstance(table, dict) or not all(isinstance(to, str) for to in table.values()):
        message = "alias takes a table from other names to the id: {name: id}"
        raise ValueError(message)
    return lambda text: table.get(text, text)


def _digits(text: str) -> str:
    if text.isascii() and text.isdigit():  # the usual case, tested without a loop
        return text
    return "".join(character for character in text if "0" <= character <= "9")


def _path_clean(text: str) -> str:
    """Return a path without empty, `.` and `..` segments and without outer slashes (Go's path.Clean)."""
    kept: list[str] = []
    for segment in text.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return "/".join(kept)


def _derive(argument: str) -> Function:
    _derivation_of(argument)
    return str  # requests have the derived form already


def _derivation_of(argument: str) -> Function:
    kind, _, slot = argument.partition(" ")
    if kind != "matrixrtc" or not slot:
        message = "derive takes matrixrtc and a slot, such as: matrixrtc m.call#ROOM"
        raise ValueError(message)
    return lambda room: livekit_room(room, slot)


def livekit_room(room_id: str, slot_id: str) -> str:
    """Return the LiveKit room of a slot in a Matrix room: unpadded Base64 of the SHA-256 of both as JSON.

    Source: MSC4195; its test vector is among our tests. The JSON is as Go writes it, with <, > and & escaped.
    """
    text = json.dumps([room_id, slot_id], separators=(",", ":"), ensure_ascii=False)
    text = re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(digest).decode("ascii").rstrip("=")


_PLAIN: Final[dict[str, Function]] = {
    "percent-decode": lambda text: unquote(text, errors="surrogateescape") if "%" in text else text,
    "trim": str.strip,
    "nfkc": lambda text: text if text.isascii() else unicodedata.normalize("NFKC", text),
    "casefold": str.casefold,
    "nodeprep": nodeprep,
    "digits": _digits,
    "path-clean": _path_clean,
}
_MAKERS: Final[dict[str, Callable[[str], Function]]] = {
    "strip": _strip,
    "jid": jid_step,
    "alias": _alias,
    "derive": _derive,
}
STEP_NAMES: Final = (*_PLAIN, *_MAKERS)
"""The names of all steps; those with an argument are last."""

Step.TRIM, Step.NFKC, Step.CASEFOLD, Step.DIGITS = map(Step, ("trim", "nfkc", "casefold", "digits"))


@lru_cache(maxsize=1024)
def _function(step: str) -> Function:
    name, _, argument = step.partition(" ")
    return _PLAIN[name] if name in _PLAIN else _MAKERS[name](argument)


@lru_cache(maxsize=128)
def _derivations(chain: tuple[Step, ...]) -> tuple[Function, ...]:
    return tuple(_derivation_of(step.partition(" ")[2]) for step in chain if step.startswith("derive "))
