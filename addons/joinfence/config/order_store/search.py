"""Finds the file of one order by its id, without reading the whole configuration.

So a broken file elsewhere does not keep anybody from stopping an order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.files import matching
from joinfence.config.yaml.document import LARGEST_FILE, parse_document, read_bytes
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.document import Document


def find_order(main: Path, settings: SettingsFile, order_id: str) -> list[Document]:
    """Return the order files with an id, of which there should be one.

    Files with the id in their name are tried first, and the others only if none of those has it. A file that
    cannot be read as YAML is skipped.
    """
    paths = matching(main, settings.orders)
    named = [path for path in paths if order_id in Path(path).name]
    found = _with_id(named, order_id)
    return found or _with_id([path for path in paths if path not in set(named)], order_id)


def _with_id(paths: list[str], order_id: str) -> list[Document]:
    return [document for path in paths if (document := _order(Path(path), order_id))]


def _order(path: Path, order_id: str) -> Document | None:
    try:
        raw = read_bytes(path, LARGEST_FILE + 1)
        if order_id.encode() not in raw or len(raw) > LARGEST_FILE:
            return None
        document = parse_document(path, raw.decode("utf-8-sig"))
    except (ConfigError, UnicodeDecodeError):
        return None
    data = document.data
    return document if isinstance(data, dict) and data.get("id") == order_id else None
