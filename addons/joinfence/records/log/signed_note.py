"""Signed notes (C2SP signed-note): a text with Ed25519 signatures below it, each by a named key."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"  # the signature type, in the encoding of keys
_PRIVATE: Final = "PRIVATE+KEY+"
_HINT: Final = 4
_SIZE: Final = 32
_NAME: Final = re.compile(r"[^\s+]+")
_SIGNATURE: Final = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)")


class NoteError(Exception):
    """A note or key that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key's name and public part, written as `name+hash+key`."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the verifier a text stands for. Raises NoteError."""
        name, hint, key = _fields(text.strip(), "a verifier key, name+hash+key")
        verifier = cls(name, key)
        if verifier.hint.hex() != hint:
            message = "the hash in the verifier key does not belong to it"
            raise NoteError(message)
        return verifier

    @property
    def hint(self) -> bytes:
        """Return the first four bytes of the key's hash, which tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_HINT]

    def signed(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature (without its hint) is this key's over a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        """Return `name+hash+key`, which whoever checks the notes is given."""
        return f"{self.name}+{self.hint.hex()}+{_base64(_ED25519 + self.key)}"


class Signer:
    """A private key and its name."""

    def __init__(self, name: str, key: bytes) -> None:
        """Take a name (no blanks, no plus sign) and a private key of 32 bytes. Raises NoteError."""
        if not _NAME.fullmatch(name):
            message = f'the name of a key has no blanks and no "+": {name!r}'
            raise NoteError(message)
        self._key = key
        self._private = Ed25519PrivateKey.from_private_bytes(key)
        self.verifier = Verifier(name, self._private.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the signer that `PRIVATE+KEY+name+hash+key` stands for. Raises NoteError."""
        expected = "a private key, PRIVATE+KEY+name+hash+key"
        text = text.strip()
        if not text.startswith(_PRIVATE):
            message = f"expected {expected}"
            raise NoteError(message)
        name, hint, key = _fields(text.removeprefix(_PRIVATE), expected)
        signer = cls(name, key)
        if signer.verifier.hint.hex() != hint:
            message = "the hash in the private key does not belong to it"
            raise NoteError(message)
        return signer

    @classmethod
    def generate(cls, name: str) -> Self:
        """Return a fresh signer."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def secret(self) -> str:
        """Return `PRIVATE+KEY+name+hash+key`."""
        verifier = self.verifier
        return f"{_PRIVATE}{verifier.name}+{verifier.hint.hex()}+{_base64(_ED25519 + self._key)}"

    def sign(self, text: str) -> str:
        """Return a note: the text, which ends in a line break, an empty line and the signature."""
        signature = _base64(self.verifier.hint + self._private.sign(text.encode()))
        return f"{text}\n— {self.verifier.name} {signature}\n"


def open_note(note: str, verifier: Verifier) -> str:
    """Return the text of a note that a key has signed. Raises NoteError.

    Signatures of other keys, such as those of witnesses, are passed over.
    """
    text, signatures = split_note(note)
    for name, signature in signatures:
        if name == verifier.name and signature[:_HINT] == verifier.hint:
            if verifier.signed(text, signature[_HINT:]):
                return text
            message = f"the signature of {name} is wrong"
            raise NoteError(message)
    message = f"there is no signature of {verifier.name}"
    raise NoteError(message)


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note and its signatures, unchecked: name, and hint with signature.

    Raises NoteError for what is no note.
    """
    text, separator, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not separator or lines.pop() or not lines:
        message = "expected a signed note: a text, an empty line and signatures"
        raise NoteError(message)
    signatures = []
    for line in lines:
        found = _SIGNATURE.fullmatch(line)
        signature = _decoded(found["signature"]) if found else None
        if found is None or signature is None or len(signature) <= _HINT:
            message = "a line below the empty line is no signature"
            raise NoteError(message)
        signatures.append((found["name"], signature))
    return f"{text}\n", signatures


def _fields(text: str, expected: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    hint, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    if not _NAME.fullmatch(name) or key is None or key[:1] != _ED25519 or len(key) != 1 + _SIZE:
        message = f"expected {expected}"
        raise NoteError(message)
    return name, hint, key[1:]


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
