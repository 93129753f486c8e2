"""Small JSON files in the state folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from joinfence.background.whole_files import PRIVATE, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_json(path: Path, data: object) -> None:
    """Write data to a file in one step, with mode 0600; creates its folder with mode 0700. Raises OSError.

    Does not wait for the disk, since this is called with every heartbeat.
    """
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, text.encode(), mode=PRIVATE, fsync=False)


def read_json(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """Return the data in a file; None if the file is missing or is not JSON. Raises OSError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
