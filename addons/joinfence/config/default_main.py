"""The main file that is used if none is named."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_OF_CHECKOUT: Final = Path(__file__).parents[3] / "configs" / "geofence.yaml"

DEFAULT_MAIN: Final = _OF_CHECKOUT if _OF_CHECKOUT.exists() else Path("configs", "geofence.yaml")
"""The one in the checkout of this module, or else configs/geofence.yaml in the working directory."""
