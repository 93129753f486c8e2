from __future__ import annotations

from collections.abc import Iterator, Mapping

from joinfence.monitoring.metric_families import copy_of, counter_family, gauge


def test_a_counter_has_a_series_for_each_key() -> None:
    samples = counter_family("x", "X.", "kind", {"a": 1, "b": 0}).samples
    assert [(sample.name, sample.labels, sample.value) for sample in samples] == [
        ("joinfence_x_total", {"kind": "a"}, 1),
        ("joinfence_x_total", {"kind": "b"}, 0),
    ]


def test_a_gauge_has_one_series_without_labels() -> None:
    (sample,) = gauge("x", "X.", 2.5).samples
    assert (sample.name, sample.labels, sample.value) == ("joinfence_x", {}, 2.5)


def test_counts_that_grow_while_they_are_copied_are_copied_again() -> None:
    class Growing(Mapping[str, int]):
        reads = 0

        def __getitem__(self, key: str) -> int:
            return {"a": 1}[key]

        def __len__(self) -> int:
            return 1

        def __iter__(self) -> Iterator[str]:
            Growing.reads += 1
            if Growing.reads == 1:
                message = "dictionary changed size during iteration"
                raise RuntimeError(message)
            return iter(["a"])

    assert copy_of(Growing()) == {"a": 1}
    assert Growing.reads > 1
