from __future__ import annotations

from pathlib import Path

from joinfence.config import default_main

ROOT = Path(__file__).parents[2]
FILE = Path("configs", "geofence.yaml")


def test_in_a_checkout_it_is_that_of_the_checkout_whatever_the_current_folder() -> None:
    in_checkout = Path(default_main.__file__).is_relative_to(ROOT / "addons")
    assert (ROOT / FILE).is_file()
    assert (ROOT / FILE if in_checkout else FILE) == default_main.DEFAULT_MAIN
