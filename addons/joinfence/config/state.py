"""The state folder, which holds everything the fence writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.files import beside

if TYPE_CHECKING:
    from joinfence.config.settings import SettingsFile


def state_folder(main: Path, settings: SettingsFile) -> Path:
    """Return the folder that `state` names. It may not exist yet: whoever writes first creates it, mode 0700.

    If `state` is left out, it is the folder that systemd created (STATE_DIRECTORY, systemd.exec(5)), or else
    `joinfence` in XDG_STATE_HOME, which defaults to ~/.local/state and counts only if it is an absolute path
    (XDG Base Directory Specification).
    """
    if settings.state is not None:
        return beside(main, settings.state)
    first = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd separates several with colons
    if first:
        return Path(first)
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "joinfence"
