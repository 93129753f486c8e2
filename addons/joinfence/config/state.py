"""Where the fence keeps what it writes: the state folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.files import beside

if TYPE_CHECKING:
    from joinfence.config.settings import SettingsFile


def state_folder(main: Path, settings: SettingsFile) -> Path:
    """Return the folder that `state` names, which may not exist: whoever writes makes it, with mode 0700.

    Left out it is the folder that systemd made (STATE_DIRECTORY, systemd.exec(5)), or else `joinfence` below
    XDG_STATE_HOME, which is ~/.local/state unless set to an absolute path (XDG Base Directory Specification).
    """
    if settings.state is not None:
        return beside(main, settings.state)
    first = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd lists several with colons
    if first:
        return Path(first)
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "joinfence"
