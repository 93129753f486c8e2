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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from prometheus_client.core import Metric

    from joinfence.loading.loader import Loaded
    from joinfence.monitoring.client_alarms import ClientFaults
    from joinfence.monitoring.meter import Meter
    from joinfence.records.recorder import Recorder

_PREFIX: Final = "joinfence_"
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
        yield _counter(
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
            _PREFIX + "decisions", "Decisions by verdict and reason.", labels=("verdict", "reason")
        )
        counted = dict.fromkeys(((v, r) for v, r in _VERDICTS), 0) | _snapshot(meter.decisions)
        for (verdict, reason), count in counted.items():
            decisions.add_metric((str(verdict), str(reason)), count)
        yield decisions
        buckets = list(accumulate(meter.buckets))
        bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
        yield HistogramMetricFamily(
            _PREFIX + "decision_seconds",
            "Time a decision took.",
            buckets=list(zip(bounds, buckets, strict=True)),
            sum_value=meter.seconds,
        )
        yield _counter(
            "unlocated",
            "Client addresses without a location, by reason.",
            "reason",
            _zeros(UnlocatedReason) | _snapshot(meter.unlocated),
        )

    def _addresses(self) -> Iterator[Metric]:
        clients = self._clients
        outcomes = _snapshot(clients.outcomes)
        found = {basis: outcomes.get(basis, 0) for basis in AddressBasis}
        undetermined = {reason: outcomes.get(reason, 0) for reason in UndeterminedReason}
        yield _counter(
            "client_addresses", "Client addresses determined, by where they were found.", "basis", found
        )
        yield _counter("undetermined", "Joins without a client address, by reason.", "reason", undetermined)
        yield _counter(
            "undetermined_details",
            "What was wrong with malformed entries.",
            "detail",
            _snapshot(clients.details),
        )
        yield _counter(
            "ignored_headers",
            "Forwarding headers that were sent and not used.",
            "header",
            _snapshot(clients.ignored_headers),
        )
        yield _counter(
            "client_alarms",
            "Joins that indicated a fault of the deployment.",
            "alarm",
            _snapshot(clients.alarms),
        )

    def _policy(self) -> Iterator[Metric]:
        health, now = self._health(), self._now()
        yield _gauge(
            "policy_problems", "Problems that keep the last edit from being in force.", health.problems
        )
        if health.checked_at:
            yield _gauge(
                "policy_last_good_load_timestamp_seconds",
                "When the files were last all good.",
                health.checked_at.timestamp(),
            )
        if health.loaded is None or health.loaded_at is None:
            return
        loaded = health.loaded
        yield InfoMetricFamily(
            _PREFIX + "policy", "The policy in force.", {"revision": loaded.policy.revision}
        )
        yield _gauge(
            "policy_age_seconds",
            "How long the policy has been in force.",
            (now - health.loaded_at).total_seconds(),
        )
        ages = GaugeMetricFamily(
            _PREFIX + "location_build_age_seconds", "Age of a location source's data.", labels=("source",)
        )
        stale = GaugeMetricFamily(
            _PREFIX + "location_stale",
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

    def _orders(self) -> Iterator[Metric]:
        census = self._recorder.census
        orders = GaugeMetricFamily(_PREFIX + "orders", "Orders by standing.", labels=("standing",))
        for standing in Standing:
            orders.add_metric((str(standing),), census.standings.get(standing, 0))
        yield orders
        yield _gauge(
            "reviews_due", "Orders in force that have to be reviewed within seven days.", census.reviews_due
        )


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


def _snapshot[K](counter: Mapping[K, int]) -> dict[K, int]:
    """Return a copy of a counter that another thread may be adding to."""
    while True:
        try:
            return dict(counter)
        except RuntimeError:  # a key was added during the copy
            continue


def _zeros[K](labels: Iterable[K]) -> dict[K, int]:
    return dict.fromkeys(labels, 0)


def _counter[K](name: str, help_text: str, label: str, counts: Mapping[K, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(_PREFIX + name, help_text, labels=(label,))
    for value, count in counts.items():
        family.add_metric((str(value),), count)
    return family


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(_PREFIX + name, help_text, value=value)
