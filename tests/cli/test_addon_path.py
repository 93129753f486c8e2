from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

import geofence
from joinfence.cli import addon_path, app

if TYPE_CHECKING:
    import pytest


def test_the_path_of_the_addon_is_printed() -> None:
    done = CliRunner().invoke(app, ["addon-path"])
    assert (done.exit_code, done.stdout) == (0, f"{geofence.__file__}\n")


def test_a_missing_addon_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addon_path, "find_spec", lambda _name: None)
    done = CliRunner().invoke(app, ["addon-path"])
    assert (done.exit_code, done.stderr) == (
        2,
        "geofence.py is missing from the installation; reinstall joinfence\n",
    )
