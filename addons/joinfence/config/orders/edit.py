"""A suspension written into an order's file; all else in the text stays as it was, comments included."""

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
    """Return since when the order's text says that it is suspended, None where it does not."""
    block = _mapping(document.data).get("suspended")
    try:
        return TypeAdapter(Instant).validate_python(block["since"]) if isinstance(block, dict) else None
    except (KeyError, ValidationError):
        return None


def suspended(document: Document, since: datetime, reason: str) -> str:
    """Return the order's text with `suspended`: since an aware instant, for a reason.

    A block is added at the end. A text that already has one, or that is written in braces, goes through a
    round trip, which keeps comments and may place line breaks anew.
    """
    block = {"suspended": {"since": since.isoformat(), "reason": reason}}
    wanted = {**_mapping(document.data), **block}
    text = document.text if document.text.endswith("\n") else document.text + "\n"
    added = f"{text}\n{dumped(block)}"
    with suppress(Exception):  # not every text can be continued by a block
        if parse_document(document.path, added).data == wanted:
            return added
    data = round_trip().load(document.text)
    data.update(block)
    return dumped(data)


def _mapping(data: object) -> dict[str, Any]:
    assert isinstance(data, dict)  # noqa: S101 - an order was found in it
    return data


def replace_file(path: Path, text: str) -> None:
    """Put a text in place of a file whole, and wait for the disk: it stops an order. Raises OSError.

    What a link leads to is replaced, and not the link. The mode stays.
    """
    target = path.resolve()
    write_whole(target, text.encode(), mode=stat.S_IMODE(target.stat().st_mode), fsync=True)
