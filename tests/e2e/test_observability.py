"""A real Prometheus scrapes a running fence: every query of the dashboard has a result, and alerts fire."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.config_files import SHIPPED, edit
from tests.e2e.harness import PATIENCE, Fence, Upstream, free_port, make_config, running, until
from tests.mmdb_files import COUNTRIES, write_mmdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

OBSERVABILITY = SHIPPED / "observability"
DASHBOARD = json.loads((OBSERVABILITY / "dashboard.json").read_text(encoding="utf-8"))
QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if not (shutil.which("prometheus") and shutil.which("promtool")):
        assert not os.environ.get("CI"), "prometheus is missing"
        pytest.skip("prometheus is not installed")


def promtool(*arguments: str) -> str:
    done = subprocess.run(
        ["promtool", *arguments], cwd=OBSERVABILITY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_configuration_and_the_rules_are_valid() -> None:
    promtool("check", "config", "prometheus.yaml")
    promtool("check", "rules", "alerts.yaml")


def test_each_alert_has_a_test_and_all_of_them_pass() -> None:
    promtool("test", "rules", "alerts.test.yaml")
    alerts = set(re.findall(r"- alert: (\w+)", (OBSERVABILITY / "alerts.yaml").read_text(encoding="utf-8")))
    tested = (OBSERVABILITY / "alerts.test.yaml").read_text(encoding="utf-8").split("  - name: ")
    assert len(alerts) == 7
    for alert in alerts:
        assert [part for part in tested[2:] if f"alertname: {alert}\n        exp_alerts:" in part], alert


def test_the_rules_own_tests_fail_if_an_alert_does_not_fire(tmp_path: Path) -> None:
    # The control: promtool would also accept tests that check nothing.
    for name in ("alerts.yaml", "alerts.test.yaml"):
        shutil.copy(OBSERVABILITY / name, tmp_path)
    edit(tmp_path / "alerts.yaml", "joinfence_reviews_due > 0", "joinfence_reviews_due > 1")
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts.test.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "JoinfenceReviewDue" in done.stdout + done.stderr


class Prometheus:
    """A running Prometheus that scrapes one fence."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, **query: str) -> Any:
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[Any]:
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found

    def firing(self) -> set[str]:
        return {
            alert["labels"]["alertname"]
            for alert in self.ask("alerts")["alerts"]
            if alert["state"] == "firing"
        }


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def observed(
    tmp_path_factory: pytest.TempPathFactory, upstream: Upstream, metrics_port: int
) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("observed")
    config = make_config(folder)
    write_mmdb(config.parent / "geo.mmdb", COUNTRIES)
    edit(
        config, "- kind: registry ", "- {kind: mmdb, path: geo.mmdb, max_age_days: 30}\n    - kind: registry "
    )
    with config.open("a", encoding="utf-8") as file:
        file.write(f"metrics: 127.0.0.1:{metrics_port}\n")
    with Fence(folder, upstream.port, config) as fence:
        yield fence


@pytest.fixture(scope="module")
def prometheus(
    tmp_path_factory: pytest.TempPathFactory, observed: Fence, metrics_port: int
) -> Iterator[Prometheus]:
    """The shipped configuration with the ports of this test, scraping every half second, alerting at once."""
    assert observed.is_open()
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    for name in ("alerts.yaml", "prometheus.yaml"):
        shutil.copy(OBSERVABILITY / name, folder)
    edit(folder / "prometheus.yaml", "127.0.0.1:9464", f"127.0.0.1:{metrics_port}")
    edit(folder / "prometheus.yaml", "15s", "500ms")
    alerts = (folder / "alerts.yaml").read_text(encoding="utf-8")
    (folder / "alerts.yaml").write_text(re.sub(r"for: \w+", "for: 1s", alerts), encoding="utf-8")
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
    ]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    with running(command, "Server is ready to receive web requests", folder / "log"):
        it = Prometheus(port)
        assert until(lambda: it.query("up == 1")), (folder / "log").read_text()
        yield it


def drive(fence: Fence) -> None:
    """Cause every kind of event that the dashboard has a query for."""
    for client in ("2003::1", "9.9.9.9", "10.9.8.7", "nonsense", "127.0.0.1"):
        fence.get("/join?meeting=townhall", client, {"X-Real-IP": "9.9.9.9"})
    fence.get("/join?meeting=nobody-ordered-this")
    fence.get("/")


def test_every_query_of_the_dashboard_has_a_result(observed: Fence, prometheus: Prometheus) -> None:
    asked = [(title, _filled(expression)) for title, expression in QUERIES]
    deadline = time.monotonic() + PATIENCE
    unanswered = asked
    while unanswered and time.monotonic() < deadline:
        drive(observed)
        unanswered = [each for each in unanswered if not prometheus.query(each[1])]
    assert unanswered == []
    assert len(asked) > 15


def _filled(expression: str) -> str:
    for name, value in (("$__rate_interval", "10s"), ("$job", ".*"), ("$instance", ".*")):
        expression = expression.replace(name, value)
    assert "$" not in expression
    return expression


def test_the_variables_of_the_dashboard_have_values(prometheus: Prometheus) -> None:
    for name in ("job", "instance"):
        assert prometheus.ask(f"label/{name}/values", **{"match[]": "joinfence_policy_info"})


def test_metrics_contain_nothing_about_single_joins(
    observed: Fence, metrics_port: int, prometheus: Prometheus
) -> None:
    drive(observed)
    assert until(lambda: prometheus.query("joinfence_decisions_total > 0"))
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    assert not [
        value
        for value in ("townhall", "2003:", "9.9.9.9", "10.9.8.7", "nonsense", "DE-2026", '"DE"')
        if value in text
    ]


def test_a_broken_edit_raises_an_alert_until_it_is_fixed(observed: Fence, prometheus: Prometheus) -> None:
    order = observed.config.parent / "orders" / "DE-2026-0001.yaml"
    assert "JoinfencePolicyStale" not in prometheus.firing()
    edit(order, "version: 1", "version: 0")
    assert until(lambda: "JoinfencePolicyStale" in prometheus.firing())
    edit(order, "version: 0", "version: 1")
    assert until(lambda: "JoinfencePolicyStale" not in prometheus.firing())
