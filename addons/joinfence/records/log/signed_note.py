"""Signed notes (C2SP signed-note): a text followed by Ed25519 signatures, each made with a named key."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"  # the signature type in an encoded key
_PRIVATE: Final = "PRIVATE+KEY+"
_HINT_BYTES: Final = 4
_KEY_BYTES: Final = 32
_NAME: Final = re.compile(r"[^\s+]+")
_SIGNATURE: Final = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)")


class NoteError(Exception):
    """A note or key that is invalid. The message says why."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key's name and public part, which are written as `name+hash+key`."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the verifier in a text. Raises NoteError."""
        name, hint, key = _fields(text.strip(), "a verifier key, name+hash+key")
        verifier = cls(name, key)
        if verifier.hint.hex() != hint:
            message = "the hash in the verifier key does not match its name and key"
            raise NoteError(message)
        return verifier

    @property
    def hint(self) -> bytes:
        """Return the first four bytes of the key's hash, which distinguish keys of the same name."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_HINT_BYTES]

    def signed(self, text: str, signature: bytes) -> bool:
        """Return whether a signature, without its hint, is a valid signature of a text by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        """Return `name+hash+key`, for those who verify the notes."""
        return f"{self.name}+{self.hint.hex()}+{_base64(_ED25519 + self.key)}"


class Signer:
    """A private key and its name."""

    def __init__(self, name: str, key: bytes) -> None:
        """Take a name, without blanks or plus signs, and a private key of 32 bytes. Raises NoteError."""
        if not _NAME.fullmatch(name):
            message = f'found the key name {name!r}, expected one without blanks and "+"'
            raise NoteError(message)
        self._key = key
        self._private = Ed25519PrivateKey.from_private_bytes(key)
        self.verifier = Verifier(name, self._private.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the signer in a text such as `PRIVATE+KEY+name+hash+key`. Raises NoteError."""
        expected = "a private key, PRIVATE+KEY+name+hash+key"
        text = text.strip()
        if not text.startswith(_PRIVATE):
            message = f"expected {expected}"
            raise NoteError(message)
        name, hint, key = _fields(text.removeprefix(_PRIVATE), expected)
        signer = cls(name, key)
        if signer.verifier.hint.hex() != hint:
            message = "the hash in the private key does not match its name and key"
            raise NoteError(message)
        return signer

    @classmethod
    def generate(cls, name: str) -> Self:
        """Return a signer with a new random key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def secret(self) -> str:
        """Return the private key as `PRIVATE+KEY+name+hash+key`."""
        verifier = self.verifier
        return f"{_PRIVATE}{verifier.name}+{verifier.hint.hex()}+{_base64(_ED25519 + self._key)}"

    def sign(self, text: str) -> str:
        """Return a note: the text, which must end in a line break, an empty line and the signature."""
        signature = _base64(self.verifier.hint + self._private.sign(text.encode()))
        return f"{text}\n— {self.verifier.name} {signature}\n"


def open_note(note: str, verifier: Verifier) -> str:
    """Return the text of a note, if the verifier's key signed it. Raises NoteError.

    Signatures by other keys, such as those of witnesses, are ignored.
    """
    text, signatures = split_note(note)
    for name, signature in signatures:
        if name == verifier.name and signature[:_HINT_BYTES] == verifier.hint:
            if verifier.signed(text, signature[_HINT_BYTES:]):
                return text
            message = f"the signature by {name} is invalid"
            raise NoteError(message)
    message = f"there is no signature by {verifier.name}"
    raise NoteError(message)


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note and its signatures, unverified: pairs of name, and hint with signature.

    Raises NoteError if the text is not a note.
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
        if found is None or signature is None or len(signature) <= _HINT_BYTES:
            message = "found a line after the empty line that is not a signature"
            raise NoteError(message)
        signatures.append((found["name"], signature))
    return f"{text}\n", signatures


def _fields(text: str, expected: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    hint, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    if not _NAME.fullmatch(name) or key is None or key[:1] != _ED25519 or len(key) != 1 + _KEY_BYTES:
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
