"""The metrics for Prometheus. No label contains an order, a meeting, an address or a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector

from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.order import Standing
from joinfence.engine.values import AddressBasis, UndeterminedReason, UnlocatedReason
from joinfence.monitoring.meter import BOUNDS
from joinfence.monitoring.metric_families import PREFIX, copy_of, counter_family, gauge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from prometheus_client.core import Metric

    from joinfence.loading.loader import Loaded
    from joinfence.monitoring.client_alarms import ClientFaults
    from joinfence.monitoring.meter import Meter
    from joinfence.records.recorder import Recorder

ERRORS: Final = ("decision", "configuration", "tallies", "event_log")
"""The parts of the fence that errors are counted for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The policy in force, and since when. `checked_at` is when all files were last good.

    `problems` is how many keep edits from being in force.
    """

    loaded: Loaded | None
    loaded_at: datetime | None
    checked_at: datetime | None
    problems: int


class Metrics(Collector):
    """Builds the metrics at each scrape, from counters that exist anyway."""

    def __init__(
        self,
        meter: Meter,
        clients: ClientFaults,
        recorder: Recorder,
        health: Callable[[], Health],
        now: Callable[[], datetime],
    ) -> None:
        """Take the counters. `health` and `now` are called at each scrape."""
        self._meter = meter
        self._clients = clients
        self._recorder = recorder
        self._health = health
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield every metric. Series whose labels are known in advance exist from the start, at zero."""
        yield from self._decisions()
        yield from self._addresses()
        yield counter_family(
            "errors",
            "Errors by part of the fence.",
            "part",
            dict.fromkeys(ERRORS, 0) | self._meter.errors | self._recorder.failures,
        )
        yield from self._policy()
        yield from self._orders()

    def _decisions(self) -> Iterator[Metric]:
        meter = self._meter
        decisions = CounterMetricFamily(
            PREFIX + "decisions", "Decisions by verdict and reason.", labels=("verdict", "reason")
        )
        counted = dict.fromkeys(((v, r) for v, r in _VERDICTS), 0) | copy_of(meter.decisions)
        for (verdict, reason), count in counted.items():
            decisions.add_metric((str(verdict), str(reason)), count)
        yield decisions
        buckets = list(accumulate(meter.buckets))
        bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
        yield HistogramMetricFamily(
            PREFIX + "decision_seconds",
            "Time a decision took.",
            buckets=list(zip(bounds, buckets, strict=True)),
            sum_value=meter.seconds,
        )
        yield counter_family(
            "unlocated",
            "Client addresses without a location, by reason.",
            "reason",
            dict.fromkeys(UnlocatedReason, 0) | copy_of(meter.unlocated),
        )

    def _addresses(self) -> Iterator[Metric]:
        clients = self._clients
        outcomes = copy_of(clients.outcomes)
        found = {basis: outcomes.get(basis, 0) for basis in AddressBasis}
        undetermined = {reason: outcomes.get(reason, 0) for reason in UndeterminedReason}
        yield counter_family(
            "client_addresses", "Client addresses determined, by where they were found.", "basis", found
        )
        yield counter_family(
            "undetermined", "Joins without a client address, by reason.", "reason", undetermined
        )
        yield counter_family(
            "undetermined_details",
            "What was wrong with malformed entries.",
            "detail",
            copy_of(clients.details),
        )
        yield counter_family(
            "ignored_headers",
            "Forwarding headers that were sent and not used.",
            "header",
            copy_of(clients.ignored_headers),
        )
        yield counter_family(
            "client_alarms",
            "Joins that indicated a fault of the deployment.",
            "alarm",
            copy_of(clients.alarms),
        )

    def _policy(self) -> Iterator[Metric]:
        health, now = self._health(), self._now()
        yield gauge(
            "policy_problems", "Problems that keep the last edit from being in force.", health.problems
        )
        if health.checked_at:
            yield gauge(
                "policy_last_good_load_timestamp_seconds",
                "When the files were last all good.",
                health.checked_at.timestamp(),
            )
        if health.loaded is None or health.loaded_at is None:
            return
        loaded = health.loaded
        yield InfoMetricFamily(
            PREFIX + "policy", "The policy in force.", {"revision": loaded.policy.revision}
        )
        yield gauge(
            "policy_age_seconds",
            "How long the policy has been in force.",
            (now - health.loaded_at).total_seconds(),
        )
        yield from _location_ages(loaded, now)

    def _orders(self) -> Iterator[Metric]:
        census = self._recorder.census
        orders = GaugeMetricFamily(PREFIX + "orders", "Orders by standing.", labels=("standing",))
        for standing in Standing:
            orders.add_metric((str(standing),), census.standings.get(standing, 0))
        yield orders
        yield gauge(
            "reviews_due", "Orders in force that have to be reviewed within seven days.", census.reviews_due
        )


def _location_ages(loaded: Loaded, now: datetime) -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        PREFIX + "location_build_age_seconds", "Age of a location source's data.", labels=("source",)
    )
    stale = GaugeMetricFamily(
        PREFIX + "location_stale",
        "1 if a source is older than allowed and locates nobody.",
        labels=("source",),
    )
    for number, source in enumerate(loaded.sources):
        label = (f"{number}:{_name_without_build(source.name)}",)
        build = getattr(source, "build", None)
        if build is not None:
            ages.add_metric(label, (now - build).total_seconds())
        stale.add_metric(label, source.is_stale(now))
    yield ages
    yield stale


_VERDICTS: Final = [
    (
        Verdict.REFUSE
        if reason in {Reason.ORDER, Reason.UNPARSABLE, Reason.NO_MEETING_ID}
        else Verdict.ADMIT,
        reason,
    )
    for reason in Reason
]
_BUILD_SUFFIX: Final = re.compile(r" of [0-9]{4}-[0-9]{2}-[0-9]{2}\Z| \(.*\)\Z")


def _name_without_build(name: str) -> str:
    """Return a source's name without its build, so that a new build does not start a new series."""
    return _BUILD_SUFFIX.sub("", name)
