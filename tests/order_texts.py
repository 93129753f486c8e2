"""Order texts for tests: the shipped German example with single values changed."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

from joinfence.config.yaml.document import read_document
from tests.config_files import SHIPPED

REMOVED: Final = object()
EXAMPLE: Final[Any] = read_document(SHIPPED / "orders" / "DE-2026-0001.yaml").data


def changed(*changes: tuple[str, Any]) -> str:
    """Return the example as text with each `a.b[0].c` place set to a value, or REMOVED."""
    data = copy.deepcopy(EXAMPLE)
    for place, value in changes:
        *way, last = steps(place)
        node = data
        for step in way:
            node = node[step]
        if value is REMOVED:
            del node[last]
        else:
            node[last] = copy.deepcopy(value)
    # JSON is YAML, and one key to a line keeps positions telling.
    return json.dumps(data, indent=1, ensure_ascii=False)


def steps(place: str) -> list[Any]:
    """Return the keys and positions of a place such as `a.b[0].c`."""
    return [int(s) if s.isdigit() else s for s in place.replace("]", "").replace("[", ".").split(".")]
