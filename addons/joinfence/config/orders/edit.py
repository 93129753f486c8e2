"""Writes a suspension into an order's file. The rest of the text is kept, including comments."""

from __future__ import annotations

import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from joinfence.background.whole_files import write_whole
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.fields import Instant
from joinfence.config.yaml.writer import dumped, round_trip

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.yaml.document import Document


def suspended_since(document: Document) -> datetime | None:
    """Return since when the order's text says it is suspended, or None if it does not say so."""
    block = _mapping(document.data).get("suspended")
    try:
        return TypeAdapter(Instant).validate_python(block["since"]) if isinstance(block, dict) else None
    except (KeyError, ValidationError):
        return None


def with_suspension(document: Document, since: datetime, reason: str) -> str:
    """Return the order's text with `suspended`: since an aware instant, for a reason.

    The block is added at the end. A text that already has one, or that is written in braces, is loaded and
    dumped again instead, which keeps comments but may move line breaks.
    """
    block = {"suspended": {"since": since.isoformat(), "reason": reason}}
    expected = {**_mapping(document.data), **block}
    text = document.text if document.text.endswith("\n") else document.text + "\n"
    extended = f"{text}\n{dumped(block)}"
    with suppress(Exception):  # appending to some texts, such as one in braces, does not give valid YAML
        if parse_document(document.path, extended).data == expected:
            return extended
    data = round_trip().load(document.text)
    data.update(block)
    return dumped(data)


def _mapping(data: object) -> dict[str, Any]:
    assert isinstance(data, dict)  # noqa: S101 - only orders are edited, and an order is a mapping
    return data


def replace_file(path: Path, text: str) -> None:
    """Replace a file in one step, and wait for the disk: it may stop an order. Raises OSError.

    If the path is a link, the file it points to is replaced. The file mode is kept.
    """
    target = path.resolve()
    write_whole(target, text.encode(), mode=stat.S_IMODE(target.stat().st_mode), fsync=True)
