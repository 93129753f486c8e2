"""Thousands of ways to write one path, the same ones in every run."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FRONTS: Final = ["/x/..", "/.", "//", "/acme", "/a/b", "/%2e", "/..", "/x/%2e%2e", "/;a=b", "/acme;x", "/%2f", "/%61cme"]
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
    return path[:at] + draw.choice(["//", "/./", "/x/../", "%2f", "\\", "/;x/", "///", "/%2e/"]) + path[at + 1 :]


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
    """Yield the path itself, then that many different ones that come of it by one to three changes."""
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
