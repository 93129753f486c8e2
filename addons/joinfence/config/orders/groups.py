"""Groups of states that an order may be drafted for; an order's file names the states one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_EU: Final = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
GROUPS: Final = {"EU": _EU, "EEA": tuple(sorted((*_EU, "IS", "LI", "NO")))}
"""The European Union (Art. 52 TEU) since 2020, and the European Economic Area."""


def expanded(codes: Iterable[object]) -> list[object]:
    """Return the codes with each group written out, each code once, in the order given."""
    found: dict[object, None] = {}
    for code in codes:
        found.update(dict.fromkeys(GROUPS.get(code, (code,)) if isinstance(code, str) else (str(code),)))
    return list(found)
