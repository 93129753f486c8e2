"""Groups of states that may be named while drafting an order. Its file lists the member states one by one."""

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
    """Return the codes with each group replaced by its members, each code once, in the order given."""
    result: dict[object, None] = {}
    for code in codes:
        result.update(dict.fromkeys(GROUPS.get(code, (code,)) if isinstance(code, str) else (str(code),)))
    return list(result)
