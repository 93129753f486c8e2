"""Thousands of ways to write a path, the same ones in every run."""

from __future__ import annotations

import http.client
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from joinfence.config.services.reader import read_service
from joinfence.config.yaml.document import read_document
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.values import Request
from tests.config_files import SHIPPED, edit
from tests.e2e.harness import PATIENCE
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FRONTS: Final = [
    "/x/..",
    "/.",
    "//",
    "/acme",
    "/a/b",
    "/%2e",
    "/..",
    "/x/%2e%2e",
    "/;a=b",
    "/acme;x",
    "/%2f",
    "/%61cme",
]
_BACKS: Final = [
    "/", "//", "/.", "/x/..", "ZZZ", "/x", "/x/y", ";a=b", "%20", "%00", "%00x", "?", "?a=b", "?/../", "#x", "%23x", "%3f",
    "/..;/", "\\", "%5c", ".", ".json", "%0a", "%2f", "%2e", "&a", "/%2e%2e/x", "?room=lie&prefix=x",
]  # fmt: skip


def _encode_one(draw: random.Random, path: str) -> str:
    at = draw.randrange(len(path))
    if path[at] in "%?#" or "%" in path[max(0, at - 2) : at]:
        return path
    code = f"%{ord(path[at]):02x}"
    return path[:at] + (code.upper() if draw.random() < 0.3 else code) + path[at + 1 :]


def _encode_twice(draw: random.Random, path: str) -> str:
    at = draw.randrange(len(path))
    return f"{path[:at]}%25{ord(path[at]):02x}{path[at + 1 :]}"


def _capital(draw: random.Random, path: str) -> str:
    at = draw.randrange(len(path))
    return path[:at] + path[at].swapcase() + path[at + 1 :]


def _slash(draw: random.Random, path: str) -> str:
    at = draw.choice([at for at, sign in enumerate(path) if sign == "/"] or [0])
    return (
        path[:at] + draw.choice(["//", "/./", "/x/../", "%2f", "\\", "/;x/", "///", "/%2e/"]) + path[at + 1 :]
    )


def _front(draw: random.Random, path: str) -> str:
    return draw.choice(_FRONTS) + path


def _back(draw: random.Random, path: str) -> str:
    return path + draw.choice(_BACKS)


_CHANGES: Final[list[Callable[[random.Random, str], str]]] = [
    _encode_one,
    _encode_one,
    _encode_twice,
    _capital,
    _slash,
    _front,
    _back,
]


def spellings(path: str, count: int, seed: int = 1) -> Iterator[str]:
    """Yield the path itself, then that many different spellings, each made from it by one to three changes."""
    draw = random.Random(f"{seed} {path}")  # noqa: S311 - no secret
    seen = {path}
    yield path
    while len(seen) <= count:
        changed = path
        for _ in range(draw.randint(1, 3)):
            changed = draw.choice(_CHANGES)(draw, changed)
        if changed not in seen and " " not in changed and "\n" not in changed:
            seen.add(changed)
            yield changed


class Wire:
    """A persistent connection to a server, for targets exactly as they are written."""

    def __init__(
        self, port: int, method: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._method, self._body = method, body
        self._headers = {**(headers or {}), "Content-Length": str(len(body))}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, target: str) -> tuple[int, bytes]:
        """Return status and body, 0 where the server hung up."""
        try:
            self._connection.putrequest(self._method, target)
            for name, value in self._headers.items():
                self._connection.putheader(name, value)
            self._connection.endheaders(self._body)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()
            return 0, b""


def rules(service: str, old: str = "", new: str = "") -> RuleSet:
    """Return the shipped rules of a service, or weakened ones: with a text in their file replaced by another."""
    path = SHIPPED / "services" / f"{service}.yaml"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        if old:
            edit(copy, old, new)
        return RuleSet(read_service(read_document(copy))[2])


def request(method: str, target: str, body: bytes, headers: dict[str, str] | None = None) -> Request:
    """Return a request as the fence sees it."""
    return Request(
        method=method,
        scheme="http",
        hosts=("meet.example",),
        path=target.encode(),
        headers=tuple((name.encode(), value.encode()) for name, value in (headers or {}).items()),
        body=body,
        peer="192.0.2.1",
        at=NOW,
    )
