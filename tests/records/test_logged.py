"""What the log says already."""

from __future__ import annotations

from dataclasses import replace

from joinfence.records.log.events import Event, EventKind
from joinfence.records.logged import LoggedOrder, LoggedState
from tests.records.logs import NOW, event


def told(kind: EventKind, **fields: object) -> Event:
    return replace(Event(time=NOW, kind=kind, engine="0"), **fields)  # type: ignore[arg-type]


def test_the_last_of_each_is_known() -> None:
    logged = LoggedState.replayed(
        [
            told(EventKind.CONFIG_CHANGED, sha256="1"),
            told(EventKind.CONFIG_CHANGED, sha256="2"),
            told(EventKind.REGISTER_CHANGED, sha256="3"),
            told(EventKind.SIGNERS_CHANGED),
            told(EventKind.LOCATION_CHANGED, location=("registry",)),
            told(EventKind.REJECTED, sha256="4"),
            told(EventKind.REPORT_PUBLISHED),
            told(EventKind.LOG_REPAIRED),
        ]
    )
    assert logged.files == {
        EventKind.CONFIG_CHANGED: "2",
        EventKind.REGISTER_CHANGED: "3",
        EventKind.SIGNERS_CHANGED: None,
    }
    assert (logged.location, logged.rejected, list(logged.orders())) == (("registry",), {"4"}, [])


def order(logged: LoggedState) -> LoggedOrder:
    found = logged.order("DE-2026-0001")
    assert found
    return found


def test_of_an_order_the_last_that_happened_with_its_file() -> None:
    logged = LoggedState.replayed(
        [
            replace(event(), sha256="5"),
            event(kind=EventKind.ACTIVATED),
            replace(event(kind=EventKind.SUSPENDED), reason="suspended"),
        ]
    )
    said = order(logged)
    assert (said.kind, said.version, said.sha256, said.reason) == (EventKind.SUSPENDED, 1, "5", "suspended")
    assert not said.is_over
    logged.take(event(kind=EventKind.EXPIRED))
    assert order(logged).is_over


def test_what_a_superseded_version_was_does_not_count_for_the_next() -> None:
    logged = LoggedState.replayed([replace(event(), version=2, sha256="6"), event(kind=EventKind.SUPERSEDED)])
    assert order(logged).version == 2
