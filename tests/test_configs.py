"""Every file that ships under configs/ is read by something."""

from __future__ import annotations

import configparser
from datetime import UTC, datetime
from pathlib import Path

from mitmproxy.options import Options
from mitmproxy.test import taddons

from joinfence.assembly import Loader
from tests.config_files import SHIPPED

UNIT = SHIPPED / "deployment" / "joinfence.service"


def test_every_file_is_part_of_the_shipped_configuration_or_an_example_of_its_own() -> None:
    loader = Loader(SHIPPED / "geofence.yaml")
    loader.load(datetime.now(UTC))
    read = {Path(path) for path in loader.fingerprint()}
    shipped = {path for path in SHIPPED.rglob("*") if path.is_file()}
    assert shipped - read == {
        UNIT,
        SHIPPED / "schemas" / "order.json",  # tests/config/test_order_schema.py compares it
        *(SHIPPED / "deployment" / name for name in ("nginx.conf", "haproxy.cfg")),
    }


def test_the_systemd_unit_restarts_and_sets_options_that_mitmproxy_has() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT.read_text(encoding="utf-8").replace("\\\n", ""))
    assert unit["Service"]["Restart"] == "always"
    words = unit["Service"]["ExecStart"].split()
    settings = {words[i + 1].partition("=")[0] for i, word in enumerate(words) if word == "--set"}
    with taddons.context() as context:
        known = set(context.options.keys()) | set(Options().keys()) | {"geofence_config", "flow_detail"}
        known |= {"keep_host_header", "onboarding", "connection_strategy", "body_size_limit"}
    assert settings - known == set()
