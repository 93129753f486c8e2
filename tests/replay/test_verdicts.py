"""Recorded traffic, replayed through the whole policy and compared with the reviewed table in traffic.py."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.io import FlowReader
from typer.testing import CliRunner

from joinfence.adapters.mitm_flow import read_request
from joinfence.assembly import Loader
from joinfence.cli import app
from joinfence.engine.decide import decide
from tests.config_files import copy_configs, edit
from tests.replay.traffic import AT, DEMO, NO_JOIN, PROXIES, ZOOM, Sent, janus

HERE = Path(__file__).parent
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    main = copy_configs(tmp_path_factory.mktemp("replay"))
    edit(main, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', PROXIES)
    return main


def flows(name: str) -> list[http.HTTPFlow]:
    with (HERE / f"{name}.flows").open("rb") as file:
        return [flow for flow in FlowReader(file).stream() if isinstance(flow, http.HTTPFlow)]


def table(name: str) -> tuple[Sent, ...]:
    if name != "janus":
        return {"demo": DEMO, "zoom-links": ZOOM}[name]
    _create, attach, first, *_ = flows("janus")
    session, handle = (int(part) for part in first.request.path.split("/")[2:])
    assert attach.request.path == f"/janus/{session}"
    opening = (
        Sent("POST", "/janus", (), NO_JOIN, "creating a session is no join"),
        Sent("POST", attach.request.path, (), NO_JOIN, "attaching a plugin is no join"),
    )
    return (*opening, *janus(session, handle))


@pytest.mark.parametrize("name", ["demo", "zoom-links", "janus"])
def test_recorded_traffic_gets_the_verdicts_of_the_reviewed_table(name: str, config: Path) -> None:
    policy = Loader(config).load(AT).policy
    recorded, rows = flows(name), table(name)
    assert len(recorded) == len(rows)
    for flow, row in zip(recorded, rows, strict=True):
        assert (flow.request.method, flow.request.path) == (row.method, row.target)
        decision = decide(read_request(flow, at=AT, with_body=True), policy)
        order = decision.order.id if decision.order else None
        assert (decision.verdict, decision.reason, order) == row.verdict, row.why


@pytest.mark.parametrize("name", ["demo", "zoom-links", "janus"])
def test_the_command_counts_what_the_table_says(name: str, config: Path) -> None:
    arguments = [
        "replay",
        "--json",
        "--config",
        str(config),
        "--at",
        AT.isoformat(),
        str(HERE / f"{name}.flows"),
    ]
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 1
    counted = {(r["verdict"], r["reason"], r["order"]): r["count"] for r in json.loads(done.stdout)["rows"]}
    assert counted == Counter(row.verdict for row in table(name))


@pytest.mark.parametrize("as_json", [True, False])
def test_replaying_prints_nothing_of_a_request(config: Path, as_json: bool) -> None:
    files = [str(HERE / f"{name}.flows") for name in ("demo", "zoom-links", "janus")]
    arguments = [
        "replay",
        *(["--json"] if as_json else []),
        "--config",
        str(config),
        "--at",
        AT.isoformat(),
        *files,
    ]
    printed = RUNNER.invoke(app, arguments).output
    for value in ("townhall", "98765432101", "1234", "2003::1", "145.100.0.1", "127.0.0.1"):
        assert value not in printed


def test_the_same_traffic_as_har_gets_the_same_verdicts(tmp_path: Path, config: Path) -> None:
    # A HAR file keeps no peer: mitmproxy reads each request as coming from 127.0.0.1, which is trusted here.
    pairs = [
        (flow, row)
        for flow, row in zip(flows("demo"), DEMO, strict=True)
        if row.from_address == "127.0.0.1" and (row.body is None or row.body.isascii())
    ]
    har: dict[str, Any] = SaveHar().make_har([flow for flow, _ in pairs])
    path = tmp_path / "demo.har"
    path.write_text(json.dumps(har), encoding="utf-8")
    done = RUNNER.invoke(
        app, ["replay", "--json", "--config", str(config), "--at", AT.isoformat(), str(path)]
    )
    counted = {(r["verdict"], r["reason"], r["order"]): r["count"] for r in json.loads(done.stdout)["rows"]}
    assert counted == Counter(row.verdict for _, row in pairs)
