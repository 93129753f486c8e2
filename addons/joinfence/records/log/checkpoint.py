"""Checkpoints (C2SP tlog-checkpoint): the size and root of a log at one moment, as a signed note."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from joinfence.records.log.signed_note import NoteError, open_note, split_note

if TYPE_CHECKING:
    from joinfence.records.log.signed_note import Signer, Verifier

_TEXT: Final = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of a log: `origin` is its name, `size` the number of lines, `root` the hash tree's root."""

    origin: str
    size: int
    root: bytes

    def signed(self, signer: Signer) -> str:
        """Return the checkpoint as a signed note."""
        root = base64.b64encode(self.root).decode("ascii")
        return signer.sign(f"{self.origin}\n{self.size}\n{root}\n")

    @classmethod
    def parse(cls, note: str, verifier: Verifier | None) -> Self:
        """Return the checkpoint in a note. Without a verifier, no signature is checked. Raises NoteError."""
        text = open_note(note, verifier) if verifier else split_note(note)[0]
        found = _TEXT.fullmatch(text)
        if found is None:
            message = "expected a checkpoint: a name, a size and a root, each on its line"
            raise NoteError(message)
        if verifier and found["origin"] != verifier.name:
            message = f"the checkpoint is of {found['origin']}, but the key is of {verifier.name}"
            raise NoteError(message)
        return cls(origin=found["origin"], size=int(found["size"]), root=base64.b64decode(found["root"]))
