"""Copies the example configuration and re-dates its orders, which end on time like any others."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DATES: Final = {
    "authority.issued_on",
    "received_at",
    "effective_from",
    "review_by",
    "expires_at",
    "host_notice.at",
    "host_notice.until",
    "suspended.since",
}


def copy_config(source: Path, target: Path) -> None:
    """Copy a configuration to a fresh folder, with its orders in force since yesterday."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    for path in sorted((target / "orders").glob("*.yaml")):
        path.write_text(redated(path.read_text("utf-8")), "utf-8")


def redated(order: str) -> str:
    """Return the text of an order, with all dates moved by as many days as put it in force yesterday."""
    dates = [
        (name, node) for name, node in _scalars(YAML(typ="rt", pure=True).compose(order)) if name in _DATES
    ]
    start = next((node.value for name, node in dates if name == "effective_from"), None)
    if start is None:
        return order
    begins = datetime.fromisoformat(start)
    move = datetime.now(begins.tzinfo).date() - timedelta(days=1) - begins.date()
    # From the end, so that the positions of earlier dates stay valid. Nothing else in the text changes.
    for _, node in reversed(dates):
        first, last = node.start_mark.index, node.end_mark.index
        day = date.fromisoformat(node.value[:10])
        order = order[:first] + order[first:last].replace(str(day), str(day + move)) + order[last:]
    return order


def _scalars(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  ruamel's nodes are untyped
    """Yield every scalar below a mapping with its dotted name, in the order of the text."""
    if isinstance(node, ScalarNode):
        yield name, node
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _scalars(value, f"{name}.{key.value}" if name else key.value)
