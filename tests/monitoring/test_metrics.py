"""The metrics, as Prometheus' own parser reads them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from joinfence.engine.decide import decide
from joinfence.engine.order import Standing
from joinfence.monitoring.client_alarms import ClientFaults
from joinfence.monitoring.meter import Meter
from joinfence.monitoring.metrics import ERRORS, Health, Metrics
from joinfence.records.census import Census
from joinfence.records.recorder import Recorder
from tests.factories import NOW, make_policy, make_request

NOTHING = Health(loaded=None, loaded_at=None, checked_at=None, problems=0)


class Source:
    """A location source whose data is 30 days old."""

    name = "GeoLite2-Country of 2026-10-25"
    build = NOW - timedelta(days=30)

    def is_stale(self, _at: object) -> bool:
        return True


def health(**changes: Any) -> Health:
    registry = SimpleNamespace(name="registry (iptocc 3)", is_stale=lambda _at: False)
    loaded: Any = SimpleNamespace(policy=make_policy(), sources=(Source(), registry))
    return Health(
        **{"loaded": loaded, "loaded_at": NOW - timedelta(hours=1), "checked_at": NOW, "problems": 2}
        | changes
    )


def scraped(meter: Meter, found: Health, recorder: Recorder | None = None) -> dict[str, float]:
    registry, clients = CollectorRegistry(), ClientFaults()
    policy = make_policy()
    for client in (b"5.5.5.5", b"7.7.7.7", b"nonsense", b"10.0.0.9, 10.0.0.8"):
        request = make_request(headers=((b"X-Forwarded-For", client), (b"X-Real-IP", b"5.5.5.5")))
        decision = decide(request, policy)
        meter.note(decision, 0.0001)
        list(clients.note(decision, request, policy.client_address))
    registry.register(Metrics(meter, clients, recorder or Recorder(), lambda: found, lambda: NOW))
    text = generate_latest(registry).decode()
    return {
        sample.name + (str(dict(sorted(sample.labels.items()))) if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_all_metrics_of_a_running_fence() -> None:
    recorder = Recorder()
    recorder.census = Census({Standing.IN_FORCE: 4, Standing.SUSPENDED: 1}, 2)
    recorder.failures["tallies"] = 3
    meter = Meter()
    meter.errors["decision"] = 1
    found = scraped(meter, health(), recorder)
    assert (
        found.items()
        >= {
            "joinfence_decisions_total{'reason': 'order', 'verdict': 'refuse'}": 1,
            "joinfence_decisions_total{'reason': 'unlocated', 'verdict': 'admit'}": 1,
            "joinfence_decisions_total{'reason': 'undetermined', 'verdict': 'admit'}": 2,
            "joinfence_decision_seconds_bucket{'le': '5e-05'}": 0,
            "joinfence_decision_seconds_bucket{'le': '0.0001'}": 4,
            "joinfence_decision_seconds_bucket{'le': '+Inf'}": 4,
            "joinfence_decision_seconds_count": 4,
            "joinfence_unlocated_total{'reason': 'unknown'}": 1,
            "joinfence_client_addresses_total{'basis': 'header'}": 2,
            "joinfence_undetermined_total{'reason': 'malformed'}": 1,
            "joinfence_undetermined_total{'reason': 'all_trusted'}": 1,
            "joinfence_undetermined_details_total{'detail': 'not_an_address'}": 1,
            "joinfence_ignored_headers_total{'header': 'x-real-ip'}": 4,
            "joinfence_client_alarms_total{'alarm': 'all_trusted'}": 1,
            "joinfence_errors_total{'part': 'decision'}": 1,
            "joinfence_errors_total{'part': 'tallies'}": 3,
            "joinfence_errors_total{'part': 'event_log'}": 0,
            "joinfence_policy_problems": 2,
            "joinfence_policy_info{'revision': 'test'}": 1,
            "joinfence_policy_age_seconds": 3600,
            "joinfence_policy_last_good_load_timestamp_seconds": NOW.timestamp(),
            "joinfence_location_build_age_seconds{'source': '0:GeoLite2-Country'}": 30 * 86400,
            "joinfence_location_stale{'source': '0:GeoLite2-Country'}": 1,
            "joinfence_location_stale{'source': '1:registry'}": 0,
            "joinfence_orders{'standing': 'in_force'}": 4,
            "joinfence_orders{'standing': 'suspended'}": 1,
            "joinfence_orders{'standing': 'expired'}": 0,
            "joinfence_reviews_due": 2,
        }.items()
    )


def test_series_that_are_known_in_advance_start_at_zero() -> None:
    found = scraped(Meter(), NOTHING)
    assert {name for name in found if name.startswith("joinfence_errors")} == {
        f"joinfence_errors_total{{'part': '{part}'}}" for part in ERRORS
    }
    assert not [
        name
        for name in found
        if name.startswith(("joinfence_policy_age", "joinfence_policy_last", "joinfence_location"))
    ]


def test_no_label_contains_an_order_a_meeting_an_address_or_a_place() -> None:
    registry = CollectorRegistry()
    registry.register(Metrics(Meter(), ClientFaults(), Recorder(), health, lambda: NOW))
    labels = {label for family in registry.collect() for sample in family.samples for label in sample.labels}
    assert labels == {"verdict", "reason", "le", "basis", "part", "revision", "source", "standing"}
    text = generate_latest(registry).decode()
    assert not [value for value in ("DE-2026-0001", "123", '"DE"', "5.5.5.5") if value in text]


@pytest.mark.parametrize("name", ["GeoLite2-Country of 2026-10-25", "GeoLite2-Country of 2026-11-01"])
def test_a_new_build_does_not_start_a_new_series(name: str) -> None:
    source = Source()
    source.name = name
    found = scraped(Meter(), health(loaded=SimpleNamespace(policy=make_policy(), sources=(source,))))
    assert "joinfence_location_stale{'source': '0:GeoLite2-Country'}" in found
