"""The built-in source: the data of the five regional internet registries, offline."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import iptocc

from joinfence.location.source import Place, place_of

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import Address


class Registry:
    """The country to which a registry assigned an address. The address may be used elsewhere."""

    def __init__(self) -> None:
        """Use the registry data in the installed package."""
        self.name = f"registry (iptocc {version('iptocc')})"

    def is_stale(self, at: datetime) -> bool:  # noqa: ARG002 - the package states no date
        """Return False: the data has a version but no date."""
        return False

    def find(self, address: Address) -> Place | None:
        """Return the country that the address is assigned to, None if there is none."""
        return place_of(iptocc.country_code(str(address)))
