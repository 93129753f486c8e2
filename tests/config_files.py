"""Configurations on disk for tests: the shipped one, copied, with pieces of text replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1] / "configs"


def copy_configs(folder: Path) -> Path:
    """Copy the shipped configuration below a folder; return its main file."""
    shutil.copytree(SHIPPED, folder / "configs")
    return folder / "configs" / "geofence.yaml"


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there. Whoever follows the file sees it whole, before or after."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    fresh = path.parent.parent / f"{path.name}.fresh"  # where nothing is followed
    fresh.write_text(text.replace(old, new), encoding="utf-8")
    fresh.replace(path)
