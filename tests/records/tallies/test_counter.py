"""Which joins are counted for which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.decide import decide
from joinfence.engine.order import Mode
from joinfence.engine.values import Join
from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.counter import TallyCounter
from joinfence.records.tallies.database import Tally, TallyKey, TallyStore, read_tallies
from tests.factories import NOW, make_order, make_policy, make_request

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.engine.order import Order
    from joinfence.engine.values import Request

KEY = TallyKey("2026-H2", "DE-2026-0001", 1)


def counted(folder: Path, *orders: Order, requests: list[Request]) -> dict[TallyKey, Tally]:
    tallies, policy = TallyCounter(), make_policy(*orders)
    for request in requests:
        tallies.count(decide(request, policy), request.at)
    tallies.write(TallyStore(folder))
    return read_tallies(folder / TALLIES)[1] if (folder / TALLIES).exists() else {}


def from_(client: str, path: str = "/j/123") -> Request:
    return make_request(path, headers=((b"X-Forwarded-For", client.encode()),))


def test_a_refused_join_and_its_retries_count_once(tmp_path: Path) -> None:
    requests = [from_("5.5.5.5")] * 8 + [from_("5.5.5.6")]
    assert counted(tmp_path, requests=requests) == {KEY: Tally(2, 0)}


def test_the_same_join_in_another_spelling_is_a_retry(tmp_path: Path) -> None:
    assert counted(tmp_path, requests=[from_("5.5.5.5"), from_("5.5.5.5", "/wc/1%2023/join")]) == {
        KEY: Tally(1, 0)
    }


def test_a_retry_that_names_further_meetings_is_still_a_retry(tmp_path: Path) -> None:
    policy, tallies = make_policy(), TallyCounter()
    decision = decide(from_("5.5.5.5"), policy)
    for number in range(5):
        further = Join("zoom", f"zz{number}")
        tallies.count(replace(decision, joins=(*decision.joins, further)), NOW)
    tallies.write(TallyStore(tmp_path))
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(1, 0)}


def test_one_request_for_several_meetings_of_an_order_counts_once_in_any_combination(tmp_path: Path) -> None:
    meetings = (Join("zoom", "123"), Join("zoom", "124"))
    tallies = TallyCounter()
    decision = decide(from_("5.5.5.5"), make_policy(make_order(meetings=meetings)))
    (one,) = decision.considered
    both = replace(decision, joins=meetings, considered=(one, replace(one, join=meetings[1])))
    for each in (both, replace(both, considered=both.considered[::-1]), decision):
        tallies.count(each, NOW)
    tallies.write(TallyStore(tmp_path))
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(1, 0)}


@pytest.mark.parametrize(
    "request_",
    [from_("9.9.9.9"), from_("7.7.7.7"), from_("unknown"), from_("5.5.5.5", "/"), from_("5.5.5.5", "/j/9")],
    ids=["outside", "unlocated", "undetermined", "no join", "no order"],
)
def test_what_no_order_covers_is_not_counted(tmp_path: Path, request_: Request) -> None:
    assert counted(tmp_path, requests=[request_]) == {}


def test_an_observing_order_counts_what_it_would_refuse_even_if_another_order_refuses(tmp_path: Path) -> None:
    observing = make_order(id="DE-2026-0002", mode=Mode.OBSERVE)
    elsewhere = make_order(id="US-2026-0003", mode=Mode.OBSERVE, territory=("US",))
    assert counted(tmp_path, make_order(), observing, elsewhere, requests=[from_("5.5.5.5")] * 3) == {
        KEY: Tally(1, 0),
        TallyKey("2026-H2", "DE-2026-0002", 1): Tally(0, 1),
    }


def test_a_refusal_counts_only_for_the_order_that_refused(tmp_path: Path) -> None:
    later = make_order(id="DE-2026-0002", effective_from=datetime(2026, 11, 20, tzinfo=UTC))
    assert counted(tmp_path, later, make_order(), requests=[from_("5.5.5.5")]) == {KEY: Tally(1, 0)}


def test_nothing_is_counted_or_remembered_for_an_order_without_tally(tmp_path: Path) -> None:
    silent = make_order(tally=False)
    also = make_order(id="DE-2026-0002", mode=Mode.OBSERVE, tally=False)
    assert counted(tmp_path, silent, also, requests=[from_("5.5.5.5")]) == {}
    tallies = TallyCounter()
    tallies.count(decide(from_("5.5.5.5"), make_policy(silent)), NOW)
    assert len(tallies._recent._seen) == 0


def test_versions_and_half_years_are_counted_separately(tmp_path: Path) -> None:
    tallies = TallyCounter()
    policy = make_policy(make_order(version=2))
    tallies.count(decide(from_("5.5.5.5"), policy), NOW)
    tallies.count(decide(from_("5.5.5.6"), policy), datetime(2027, 1, 1, tzinfo=UTC))
    tallies.write(TallyStore(tmp_path))
    assert {(key.half_year, key.version) for key in read_tallies(tmp_path / TALLIES)[1]} == {
        ("2026-H2", 2),
        ("2027-H1", 2),
    }


def test_a_join_refused_because_of_a_claim_counts_for_the_claimed_address(tmp_path: Path) -> None:
    tallies, order = TallyCounter(), make_order()
    decision = decide(from_("5.5.5.5"), make_policy(order))
    tallies.count(decision, NOW)
    tallies.count(replace(decision, claim=ip_address("5.5.5.9")), NOW)
    tallies.write(TallyStore(tmp_path))
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(2, 0)}


def test_two_meetings_of_one_order_are_two_joins(tmp_path: Path) -> None:
    order = make_order(meetings=(Join("zoom", "123"), Join("zoom", "124")))
    requests = [from_("5.5.5.5"), from_("5.5.5.5", "/j/124")]
    assert counted(tmp_path, order, requests=requests) == {KEY: Tally(2, 0)}


def test_counts_that_could_not_be_written_are_written_next_time(tmp_path: Path) -> None:
    tallies, policy = TallyCounter(), make_policy()
    (tmp_path / "state").write_text("in the way", encoding="utf-8")
    store = TallyStore(tmp_path / "state")
    for client in ("5.5.5.5", "5.5.5.6"):
        tallies.count(decide(from_(client), policy), NOW)
        with pytest.raises(OSError, match="File exists"):
            tallies.write(store)
    (tmp_path / "state").unlink()
    tallies.write(store)
    tallies.write(store)
    assert read_tallies(tmp_path / "state" / TALLIES)[1] == {KEY: Tally(2, 0)}
