"""Every file that ships under configs/ is read by something."""

from __future__ import annotations

import configparser
import re
from datetime import UTC, datetime
from pathlib import Path

from mitmproxy.options import Options
from mitmproxy.test import taddons

from joinfence.config.services.reader import read_service
from joinfence.config.yaml.document import parse_document
from joinfence.loading.loader import Loader
from tests.config_files import SHIPPED, copy_configs, edit
from tests.report.example import HALF_YEARS

IN_USE = {"demo.yaml", "janus-videoroom.yaml", "zoom.yaml"}
SERVICES = {path for path in (SHIPPED / "services").glob("*.yaml") if path.name not in IN_USE}
REPORTS = SHIPPED / "reports"
UNIT = SHIPPED / "deployment" / "joinfence.service"


def test_every_file_is_part_of_the_shipped_configuration_or_an_example_of_its_own() -> None:
    read = set()
    for main in (SHIPPED / "geofence.yaml", REPORTS / "geofence.yaml"):
        loader = Loader(main)
        loader.load(datetime.now(UTC))
        read |= {Path(path).resolve() for path in loader.fingerprint()}
    # What the reports are made of besides, and what they are made into: tests/report/test_publish.py reads them.
    read |= {REPORTS / "demands.yaml"}
    read |= {path for part in ("nodes", *HALF_YEARS) for path in (REPORTS / part).rglob("*")}
    shipped = {path for path in SHIPPED.rglob("*") if path.is_file()}
    assert shipped - read == {
        UNIT,
        SHIPPED / "demands.yaml",  # read by `joinfence site build` and `joinfence report`
        SHIPPED / "schemas" / "order.json",  # tests/config/test_order_schema.py compares it
        *(SHIPPED / "deployment" / name for name in ("nginx.conf", "haproxy.cfg")),
        *SERVICES,
        *(SHIPPED / "services" / name for name in ("README.md", "service.schema.json")),
        # What reads these is in tests/e2e/test_observability.py.
        *(
            SHIPPED / "observability" / name
            for name in ("prometheus.yaml", "alerts.yaml", "alerts.test.yaml", "dashboard.json")
        ),
        *(SHIPPED / "notices").iterdir(),
    }


def test_all_shipped_services_can_be_in_use_together(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    text = main.read_text(encoding="utf-8")
    main.write_text(re.sub(r"(?m)^services: .*", "services: [services/*.yaml]", text), encoding="utf-8")
    rules = Loader(main).load(datetime.now(UTC)).policy.rules.rules
    assert {rule.service for rule in rules} == {path.stem for path in (SHIPPED / "services").glob("*.yaml")}


def test_the_readme_of_the_services_knows_each_and_shows_one_that_is_valid() -> None:
    text = (SHIPPED / "services" / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in (SHIPPED / "services").glob("*.yaml")} <= set(
        re.findall(r"`([\w-]+\.yaml)`", text)
    )
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert read_service(parse_document(Path("example.yaml"), example))[0] == "example"


def test_the_branded_pages_load_where_they_are_named(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "# notices:", "notices:")
    loader = Loader(main)
    loaded = loader.load(datetime.now(UTC))
    assert loaded.branding.logo
    assert loaded.branding.colours
    assert [name for name, _text in loaded.branding.templates] == ["page.html.j2"]
    assert {Path(path) for path in loader.fingerprint()} >= set((tmp_path / "configs" / "notices").iterdir())
    edit(main.parent / "notices" / "logo.svg", "#0f766a", "#0f7660")
    assert loader.load(datetime.now(UTC)).policy.revision != loaded.policy.revision


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
