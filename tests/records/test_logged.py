"""What the log says already."""

from __future__ import annotations

from dataclasses import replace

from joinfence.records.log.events import Event, EventKind
from joinfence.records.logged import Known, KnownOrder
from tests.records.logs import NOW, event


def told(kind: EventKind, **fields: object) -> Event:
    return replace(Event(time=NOW, kind=kind, engine="0"), **fields)  # type: ignore[arg-type]


def test_the_last_of_each_is_known() -> None:
    known = Known.replayed(
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
    assert known.files == {
        EventKind.CONFIG_CHANGED: "2",
        EventKind.REGISTER_CHANGED: "3",
        EventKind.SIGNERS_CHANGED: None,
    }
    assert (known.location, known.rejected, list(known.orders())) == (("registry",), {"4"}, [])


def order(known: Known) -> KnownOrder:
    found = known.order("DE-2026-0001")
    assert found
    return found


def test_of_an_order_the_last_that_happened_with_its_file() -> None:
    known = Known.replayed(
        [
            replace(event(), sha256="5"),
            event(kind=EventKind.ACTIVATED),
            replace(event(kind=EventKind.SUSPENDED), reason="suspended"),
        ]
    )
    said = order(known)
    assert (said.kind, said.version, said.sha256, said.reason) == (EventKind.SUSPENDED, 1, "5", "suspended")
    assert not said.is_over
    known.take(event(kind=EventKind.EXPIRED))
    assert order(known).is_over


def test_what_a_superseded_version_was_does_not_count_for_the_next() -> None:
    known = Known.replayed([replace(event(), version=2, sha256="6"), event(kind=EventKind.SUPERSEDED)])
    assert order(known).version == 2
