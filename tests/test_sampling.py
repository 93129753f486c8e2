"""What a run leaves out is run by another: by each draw every case once, and by all draws all there is."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest

from tests.sampling import Sample, left_out, sample_of

PLACES, TRANSPORTS, CASES = 2, 3, 5


def table(request: pytest.FixtureRequest) -> list[pytest.Function]:
    """Return items as pytest makes them of a test with three parameters, of which two alternate."""
    items = []
    for place, transport, case in product(range(PLACES), range(TRANSPORTS), range(CASES)):
        item = pytest.Function.from_parent(request.node.parent, name="case", callobj=lambda: None)
        item.callspec = SimpleNamespace(indices={"place": place, "transport": transport, "case": case})  # type: ignore[assignment]
        item.add_marker(pytest.mark.alternating("place", "transport"))
        items.append(item)
    return items


def run_by(items: list[pytest.Function], draw: int) -> list[tuple[int, int, int]]:
    out = left_out(items, Sample(everything=False, draw=draw))
    found = [item.callspec.indices for item in items if item not in out]
    return [(place["case"], place["place"], place["transport"]) for place in found]


def test_each_case_is_run_in_one_combination_and_neighbours_in_others(request: pytest.FixtureRequest) -> None:
    run = sorted(run_by(table(request), 4))
    assert [case for case, _, _ in run] == list(range(CASES))
    assert len({(place, transport) for _, place, transport in run}) == CASES


def test_as_many_draws_as_there_are_combinations_run_everything(request: pytest.FixtureRequest) -> None:
    items = table(request)
    run = {each for draw in range(7, 7 + PLACES * TRANSPORTS) for each in run_by(items, draw)}
    assert run == set(product(range(CASES), range(PLACES), range(TRANSPORTS)))


def test_everything_leaves_nothing_out(request: pytest.FixtureRequest) -> None:
    assert left_out(table(request), Sample(everything=True, draw=1)) == set()


def test_a_test_that_is_not_marked_is_always_run(request: pytest.FixtureRequest) -> None:
    assert left_out([request.node], Sample(everything=False, draw=1)) == set()


def test_a_turn_takes_one_and_the_next_draw_another() -> None:
    looks = ["light", "dark", "large"]
    draws = [Sample(everything=False, draw=draw) for draw in range(3)]
    assert sorted(look for sample in draws for look in sample.turn(looks, 8)) == sorted(looks)
    assert Sample(everything=True, draw=2).turn(looks, 8) == looks


@pytest.mark.parametrize(("seed", "draw"), [("17", 17), ("random", 0), ("", 0)])
def test_the_draw_is_the_seed_of_the_hashes(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, seed: str, draw: int
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    assert sample_of(pytestconfig).draw == draw


def test_every_marked_parameter_is_one_of_its_test(request: pytest.FixtureRequest) -> None:
    """A misspelt name would be an error while tests are collected, and not a table that is never sampled."""
    items = table(request)
    items[0].callspec = SimpleNamespace(indices={"case": 0})  # type: ignore[assignment]
    with pytest.raises(KeyError, match="place"):
        left_out(items, Sample(everything=False, draw=1))
