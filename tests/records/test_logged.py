"""The state that the event log describes."""

from __future__ import annotations

from dataclasses import replace

from joinfence.records.log.events import Event, EventKind
from joinfence.records.logged import LoggedOrder, LoggedState
from tests.records.logs import NOW, event


def event_of(kind: EventKind, **fields: object) -> Event:
    return replace(Event(time=NOW, kind=kind, engine="0"), **fields)  # type: ignore[arg-type]


def test_the_latest_state_of_each_kind_of_file_is_kept() -> None:
    logged = LoggedState.replayed(
        [
            event_of(EventKind.CONFIG_CHANGED, sha256="1"),
            event_of(EventKind.CONFIG_CHANGED, sha256="2"),
            event_of(EventKind.REGISTER_CHANGED, sha256="3"),
            event_of(EventKind.SIGNERS_CHANGED),
            event_of(EventKind.LOCATION_CHANGED, location=("registry",)),
            event_of(EventKind.REJECTED, sha256="4"),
            event_of(EventKind.REPORT_PUBLISHED),
            event_of(EventKind.LOG_REPAIRED),
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


def test_an_order_has_its_last_event_and_its_last_file() -> None:
    logged = LoggedState.replayed(
        [
            replace(event(), sha256="5"),
            event(kind=EventKind.ACTIVATED),
            replace(event(kind=EventKind.SUSPENDED), reason="suspended"),
        ]
    )
    latest = order(logged)
    assert (latest.kind, latest.version, latest.sha256, latest.reason) == (
        EventKind.SUSPENDED,
        1,
        "5",
        "suspended",
    )
    assert not latest.is_over
    logged.apply(event(kind=EventKind.EXPIRED))
    assert order(logged).is_over


def test_superseding_a_version_does_not_change_the_next_one() -> None:
    logged = LoggedState.replayed([replace(event(), version=2, sha256="6"), event(kind=EventKind.SUPERSEDED)])
    assert order(logged).version == 2
