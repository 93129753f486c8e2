"""The main file that is read where none is named."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_OF_CHECKOUT: Final = Path(__file__).parents[3] / "configs" / "geofence.yaml"

DEFAULT_MAIN: Final = _OF_CHECKOUT if _OF_CHECKOUT.exists() else Path("configs", "geofence.yaml")
"""The configuration of the checkout this file lies in; else that of the folder where it is used."""
