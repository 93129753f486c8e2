"""`allowed_signers`: whose signatures count, and in which role; see ALLOWED SIGNERS in ssh-keygen(1).

Stricter than OpenSSH, so that a line has only one meaning: each name is `ROLE-NAME` and identifies one
person, certificate authorities are not allowed, and dates are in UTC.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from joinfence.config.yaml.document import read_bytes
from joinfence.config.yaml.problems import ConfigError, Problem, quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE: Final = 1 << 20

_FIELD: Final = re.compile(r'(?:[^\s"]|"[^"]*")+')
_OPTION: Final = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(?:,|$)')
_NAME: Final = re.compile(r"([a-z][a-z_]*)-[A-Za-z0-9][A-Za-z0-9._@-]*")
_INSTANT: Final = re.compile(r"(\d{8})(?:(\d{4})(\d{2})?)?(Z?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigner:
    """One name of one key.

    `key` is the key's fingerprint, `public` its type and base64, and `line` the whole line that lists it. The
    key is valid from `since` until just before `until`; None means no limit.
    """

    name: str
    role: str
    key: str
    public: str
    line: str
    since: datetime | None = None
    until: datetime | None = None


class _BadFieldError(ValueError):
    """What is wrong with a field, and the column at which it begins, counted from 0."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(message)
        self.column = column


def read_signers(path: Path) -> tuple[AllowedSigner, ...]:
    """Return the signers in the order of the file. Raises ConfigError with the problems of all lines."""
    signers: list[AllowedSigner] = []
    problems: list[Problem] = []
    for number, line in significant_lines(path):
        try:
            signers += _signers(line)
        except _BadFieldError as bad:
            problems.append(Problem(path, number, bad.column + 1, str(bad)))
    if problems:
        raise ConfigError(problems)
    return tuple(signers)


def significant_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is neither blank nor a comment. Raises ConfigError."""
    raw = read_bytes(path, LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise ConfigError([Problem(path, 1, 1, "is larger than 1 MiB; check that it is the right file")])
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def fingerprint(blob: bytes) -> str:
    """Return a public key's fingerprint as `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_public_key(kind: str, text: str) -> bytes | None:
    """Return the public key that a key type and base64 text give, or None if they are not a key."""
    try:
        blob = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    name = kind.encode()
    is_key = blob.startswith(len(name).to_bytes(4) + name) and not _has_padded_number(blob)
    return blob if is_key else None


def _has_padded_number(blob: bytes) -> bool:
    """Return whether a number in an RSA key has unnecessary leading zeros (RFC 4251, section 5).

    OpenSSH treats such a key as equal to the one without them, but here the one key would then have two
    fingerprints and could approve twice.
    """
    if not blob.startswith(b"\0\0\0\7ssh-rsa"):
        return False
    rest = blob
    while rest:
        end = 4 + int.from_bytes(rest[:4])
        number, rest = rest[4:end], rest[end:]
        if number[:1] == b"\0" and number[1:2] < b"\x80":
            return True
    return False


def _signers(line: str) -> Iterator[AllowedSigner]:
    fields = list(_FIELD.finditer(line))
    with_options = len(fields) > 3 and parse_public_key(fields[2][0], fields[3][0]) is not None  # noqa: PLR2004
    at = 2 if with_options else 1
    blob = parse_public_key(fields[at][0], fields[at + 1][0]) if len(fields) > at + 1 else None
    if blob is None:
        raise _BadFieldError(
            0, "expected NAME[,NAME] [OPTIONS] KEY-TYPE KEY, as in ssh-keygen(1) under ALLOWED SIGNERS"
        )
    options = _options(fields[1]) if with_options else {}
    for name in fields[0][0].strip('"').split(","):
        found = _NAME.fullmatch(name)
        if not found:
            message = (
                f"found {quote(name)}, expected ROLE-NAME such as legal-anna: approvals are counted by role"
            )
            raise _BadFieldError(fields[0].start(), message)
        yield AllowedSigner(
            name=name,
            role=found[1],
            key=fingerprint(blob),
            public=f"{fields[at][0]} {fields[at + 1][0]}",
            line=line.strip(),
            since=options.get("valid-after"),
            until=options.get("valid-before"),
        )


def _options(field: re.Match[str]) -> dict[str, datetime]:
    """Return the dates among the options. The namespaces are left to ssh-keygen, which checks them."""
    dates: dict[str, datetime] = {}
    text, at = field[0], 0
    while at < len(text):
        option = _OPTION.match(text, at)
        name = option[1].lower() if option else ""
        if name in {"valid-after", "valid-before"} and option and option[2]:
            dates[name] = _instant(option[2], field.start() + at)
        elif name != "namespaces":
            message = f"found {quote(text[at:])}, expected namespaces, valid-after or valid-before"
            raise _BadFieldError(field.start() + at, message)
        assert option  # noqa: S101 - it has a name
        at = option.end()
    return dates


def _instant(text: str, column: int) -> datetime:
    found = _INSTANT.fullmatch(text)
    if found and not found[4]:
        message = f"found {quote(text)}, which is local time; expected UTC, with Z at the end"
        raise _BadFieldError(column, message)
    try:
        if found:
            day, minute, second = found[1], found[2] or "0000", found[3] or "00"
            return datetime.strptime(day + minute + second, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass
    message = f"found {quote(text)}, expected YYYYMMDDZ or YYYYMMDDHHMM[SS]Z"
    raise _BadFieldError(column, message)
