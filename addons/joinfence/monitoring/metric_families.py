"""Metric families of one label or none, and copies of counters that other threads add to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "joinfence_"


def counter_family[K](name: str, help_text: str, label: str, counts: Mapping[K, int]) -> CounterMetricFamily:
    """Return a counter with one series for each key of `counts`, the values of its label."""
    family = CounterMetricFamily(PREFIX + name, help_text, labels=(label,))
    for value, count in counts.items():
        family.add_metric((str(value),), count)
    return family


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    """Return a gauge without labels."""
    return GaugeMetricFamily(PREFIX + name, help_text, value=value)


def copy_of[K](counts: Mapping[K, int]) -> dict[K, int]:
    """Return a copy of counts that another thread may be adding to."""
    while True:
        try:
            return dict(counts)
        except RuntimeError:  # a key was added during the copy
            continue
