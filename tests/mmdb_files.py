"""Location databases for tests, written as the real ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mmdb_writer import MMDBWriter
from netaddr import IPSet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COUNTRIES: Final = {
    "9.9.0.0/16": {"country": {"iso_code": "US"}, "registered_country": {"iso_code": "GB"}},
    "2003::/19": {"country": {"iso_code": "DE"}},
}


def write_mmdb(
    path: Path, records: Mapping[str, Any] = COUNTRIES, *, kind: str = "GeoLite2-Country", version: int = 6
) -> Path:
    """Write network -> record to a database of a type; return its path."""
    writer = MMDBWriter(version, kind, languages=["en"], description="test", ipv4_compatible=version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path
