"""The built-in registry: what the five regional internet registries say of an address, offline."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import iptocc

from joinfence.location.source import Place, place_of

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import Address


class Registry:
    """The country to which a registry assigned an address; it need not be used there."""

    def __init__(self) -> None:
        """Take the registry data that comes with the installed package."""
        self.name = f"registry (iptocc {version('iptocc')})"

    def is_stale(self, at: datetime) -> bool:  # noqa: ARG002 - the package states no date
        """Return False: the data has a version and no date."""
        return False

    def find(self, address: Address) -> Place | None:
        """Return the country of assignment, None where there is none."""
        return place_of(iptocc.country_code(str(address)))
