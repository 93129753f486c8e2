"""The address and port that metrics are served on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.listener import parse_listener
from joinfence.config.settings import read_settings
from joinfence.config.yaml.problems import ConfigError
from tests.config_files import copy_configs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["127.0.0.1:9464", "[::1]:1", "127.9.9.9:65535"])
def test_a_loopback_address_is_accepted(tmp_path: Path, text: str) -> None:
    address, port = parse_listener(text)
    assert address.is_loopback
    assert port > 0
    assert load(tmp_path, f'metrics: "{text}"') == text


def load(folder: Path, *lines: str) -> str | None:
    main = copy_configs(folder)
    with main.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
    return read_settings(main)[0].metrics


@pytest.mark.parametrize(
    "text",
    ["9464", "localhost:9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:9464", "1.2.3:80", ":80"],
)
def test_an_invalid_listener_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"expected an address and port such as 127\.0\.0\.1:9464"):
        load(tmp_path, f'metrics: "{text}"')


@pytest.mark.parametrize("text", ["0.0.0.0:9464", "192.0.2.1:9464", "[::]:9464"])
def test_other_addresses_need_metrics_public(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        ConfigError, match="expected a loopback address; for any other, also set metrics_public: true"
    ):
        load(tmp_path / "a", f'metrics: "{text}"')
    assert load(tmp_path / "b", f'metrics: "{text}"', "metrics_public: true") == text
