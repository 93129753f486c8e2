"""The heads of the event log: one signed checkpoint after each writing, the last of which is the log's head.

All are kept. A line that is changed later, with all links behind it made to fit, is found by the first head
that it does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINES: Final = 5  # name, size, root, an empty line, the signature
_LONGEST: Final = 4096
_DIGITS: Final = 20


def read_heads(path: Path) -> Iterator[str]:
    """Yield the notes in the file, oldest first; what is not whole at the end is left out. Raises OSError."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines: list[str] = []
        while (line := file.readline(_LONGEST)).endswith("\n"):
            lines.append(line)
            if len(lines) == _LINES:
                yield "".join(lines)
                lines = []


def last_head(path: Path) -> tuple[str, int]:
    """Return the last whole note and the offset at its end; nothing and 0 without one. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST))
        tail = file.read()
    tail = tail[: tail.rfind(b"\n") + 1]
    below = tail.rfind("\n— ".encode())
    if below < 0:
        return "", 0
    end = tail.index(b"\n", below + 1) + 1
    lines = tail[:end].decode("utf-8", "replace").split("\n")[-_LINES - 1 :]
    return "\n".join(lines), max(0, size - _LONGEST) + end


def size_and_root(note: str) -> tuple[int, str] | None:
    """Return what a head says, in base64 and without checking the signature; None if it is no head."""
    lines = note.split("\n")
    return (int(lines[1]), lines[2]) if lines[1].isdecimal() and len(lines[1]) < _DIGITS else None
