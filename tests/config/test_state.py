from __future__ import annotations

from pathlib import Path

import pytest

from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from tests.config_files import copy_configs


@pytest.mark.parametrize(
    ("state", "environment", "expected"),
    [
        pytest.param("kept", {"STATE_DIRECTORY": "/s"}, "{main}/kept", id="named, relative to the main file"),
        pytest.param("/kept", {}, "/kept", id="named, absolute"),
        pytest.param(None, {"STATE_DIRECTORY": "/s", "XDG_STATE_HOME": "/x"}, "/s", id="made by systemd"),
        pytest.param(None, {"STATE_DIRECTORY": "/s:/t"}, "/s", id="the first of several that systemd made"),
        pytest.param(None, {"XDG_STATE_HOME": "/x"}, "/x/joinfence", id="below XDG_STATE_HOME"),
        pytest.param(
            None,
            {"XDG_STATE_HOME": "x"},
            "/h/.local/state/joinfence",
            id="a relative XDG_STATE_HOME is ignored",
        ),
        pytest.param(None, {"STATE_DIRECTORY": ""}, "/h/.local/state/joinfence", id="below the home folder"),
    ],
)
def test_the_state_folder_comes_from_the_settings_or_the_environment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: str | None,
    environment: dict[str, str],
    expected: str,
) -> None:
    for name in ("STATE_DIRECTORY", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"HOME": "/h"} | environment).items():
        monkeypatch.setenv(name, value)
    main = copy_configs(tmp_path)
    if state:
        main.write_text(f"{main.read_text(encoding='utf-8')}state: {state}\n", encoding="utf-8")
    folder = state_folder(main, read_settings(main)[0])
    assert folder == Path(expected.format(main=main.parent))
    assert not (main.parent / "kept").exists(), "reading the settings creates nothing"
