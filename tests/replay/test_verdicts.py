"""Recorded traffic, replayed through the whole policy and compared with the reviewed table in traffic.py."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy import http
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.io import FlowReader
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.engine.decide import decide
from joinfence.loading.loader import Loader
from joinfence.proxy.flows import read_request
from tests.config_files import copy_configs, edit
from tests.replay.traffic import (
    AT,
    DE,
    DE4,
    DE6,
    DEMO,
    NL,
    NL6,
    NO_JOIN,
    PROXIES,
    PT,
    PT6,
    US,
    ZOOM,
    By,
    Sent,
    janus,
)

if TYPE_CHECKING:
    from typer.testing import Result

HERE = Path(__file__).parent
RUNNER = CliRunner()
NAMES = ("demo", "zoom-links", "janus")


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


@pytest.mark.parametrize("name", NAMES)
def test_recorded_traffic_gets_the_verdicts_of_the_reviewed_table(name: str, config: Path) -> None:
    policy = Loader(config).load(AT).policy
    recorded, rows = flows(name), table(name)
    assert len(recorded) == len(rows)
    for flow, row in zip(recorded, rows, strict=True):
        assert (flow.request.method, flow.request.path) == (row.method, row.target)
        decision = decide(read_request(flow, at=AT, with_body=True), policy)
        order = decision.order.id if decision.order else None
        assert (decision.verdict, decision.reason, order) == row.verdict, row.why


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_recordings_of_what_the_table_says(name: str) -> None:
    for flow, row in zip(flows(name), table(name), strict=True):
        assert flow.client_conn.peername is not None
        assert flow.client_conn.peername[0] == row.from_address
        assert flow.response is not None  # by the service itself: nothing was refused
        assert flow.response.status_code not in {451, 502, 503}
        assert (flow.websocket is not None) == (row.by is By.WEBSOCKET)
        assert flow.request.is_http2 == (row.by is By.HTTP2)


def test_there_is_traffic_of_every_kind() -> None:
    rows = [row for name in NAMES for row in table(name)]
    assert {row.by for row in rows} == set(By)
    assert {":" in row.from_address for row in rows} == {True, False}
    assert {row.verdict[1] for row in rows} == {
        "no_join",
        "no_order",
        "undetermined",
        "unlocated",
        "outside_territory",
        "order",
    }
    assert sum(path.stat().st_size for path in HERE.glob("*.flows")) < 500_000


def replay(config: Path, *arguments: str) -> Result:
    command = ["replay", "--config", str(config), "--at", AT.isoformat(), *arguments]
    return RUNNER.invoke(app, command)


def totals(result: Result) -> dict[tuple[str, str, str | None], int]:
    return {(r["verdict"], r["reason"], r["order"]): r["count"] for r in json.loads(result.stdout)["rows"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_command_counts_what_the_table_says(name: str, config: Path) -> None:
    done = replay(config, "--json", str(HERE / f"{name}.flows"))
    assert done.exit_code == 1
    assert totals(done) == Counter(row.verdict for row in table(name))
    assert json.loads(done.stdout)["requests"] == len(table(name))


@pytest.mark.parametrize("as_json", [True, False])
def test_replaying_prints_nothing_of_a_request(config: Path, as_json: bool) -> None:
    files = [str(HERE / f"{name}.flows") for name in NAMES]
    printed = replay(config, *(["--json"] if as_json else []), *files).output
    printed = printed.replace(Loader(config).load(AT).policy.revision, "")
    recorded = [flow for name in NAMES for flow in flows(name)]
    planted = {"townhall", "invest-live", "98765432101", "987-6543-2101", "1234", "127.0.0.1", "meet.example"}
    planted |= {DE, DE4, DE6, PT, PT6, NL, NL6, US} | {flow.request.path for flow in recorded} - {"/"}
    assert [value for value in planted if value in printed] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_same_traffic_as_har_gets_the_same_verdicts(name: str, tmp_path: Path, config: Path) -> None:
    # A HAR file keeps no peer, and mitmproxy reads each request as coming from 127.0.0.1, which is trusted
    # here; it is JSON, so it keeps text only.
    pairs = [
        (flow, row)
        for flow, row in zip(flows(name), table(name), strict=True)
        if row.from_address in {"127.0.0.1", "::1"}
        and "".join(row.forwarded).isascii()
        and (row.body is None or row.body.isascii())
        and "Content-Encoding: gzip" not in row.headers
    ]
    assert len(pairs) > 0.9 * len(table(name))
    har: dict[str, Any] = SaveHar().make_har([flow for flow, _ in pairs])
    path = tmp_path / "recorded.har"
    path.write_text(json.dumps(har), encoding="utf-8")
    assert totals(replay(config, "--json", str(path))) == Counter(row.verdict for _, row in pairs)
