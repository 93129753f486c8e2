"""The file of the event log's heads: one signed checkpoint for each writing, the newest of them last.

All heads are kept. If somebody changes a line later and recomputes all links after it, the first head over
the line still reveals the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINES: Final = 5  # name, size, root, an empty line, signature
_LONGEST_NOTE: Final = 4096
_MAX_DIGITS: Final = 20


def read_heads(path: Path) -> Iterator[str]:
    """Yield the notes in the file, oldest first, without an incomplete one at the end. Raises OSError."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines: list[str] = []
        while (line := file.readline(_LONGEST_NOTE)).endswith("\n"):
            lines.append(line)
            if len(lines) == _LINES:
                yield "".join(lines)
                lines = []


def last_head(path: Path) -> tuple[str, int]:
    """Return the last complete note and the offset of its end, "" and 0 if there is none. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_NOTE))
        tail = file.read()
    tail = tail[: tail.rfind(b"\n") + 1]
    signature = tail.rfind("\n— ".encode())
    if signature < 0:
        return "", 0
    end = tail.index(b"\n", signature + 1) + 1
    lines = tail[:end].decode("utf-8", "replace").split("\n")[-_LINES - 1 :]
    return "\n".join(lines), max(0, size - _LONGEST_NOTE) + end


def size_and_root(note: str) -> tuple[int, str] | None:
    """Return the size and base64 root that a head states, or None if it is not a head.

    The signature is not checked.
    """
    lines = note.split("\n")
    return (int(lines[1]), lines[2]) if lines[1].isdecimal() and len(lines[1]) < _MAX_DIGITS else None
