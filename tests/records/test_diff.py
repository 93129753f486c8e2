"""The life cycle of orders, as events that are missing from the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from joinfence.engine.order import Standing
from joinfence.records.diff import (
    ConfigState,
    EventFactory,
    OrderState,
    config_events,
    order_events,
    rejection_events,
    removal_events,
)
from joinfence.records.log.events import EventKind, Signatory
from joinfence.records.logged import LoggedState
from tests.records.logs import NOW

FACTORY = EventFactory(time=NOW, engine="1")
SIGNERS = (Signatory("legal", "SHA256:a"), Signatory("operations", "SHA256:b"))
ORDER = OrderState(id="DE-2026-0001", version=1, sha256="a", standing=Standing.IN_FORCE, signers=SIGNERS)

type Step = OrderState | None


def lived(*steps: Step) -> list[list[str]]:
    """Return the events of each step; None removes the file."""
    logged, logged_events = LoggedState(), []
    for step in steps:
        events = (
            list(order_events(step, logged, FACTORY))
            if step
            else list(removal_events(set(), logged, FACTORY))
        )
        for event in events:
            logged.apply(event)
        logged_events.append(
            [
                f"{event.kind.removeprefix('order.')} {event.version}"
                + (f" {event.reason}" if event.reason else "")
                for event in events
            ]
        )
    return logged_events


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param((ORDER, ORDER), [["approved 1", "activated 1"], []], id="logged once"),
        pytest.param(
            (replace(ORDER, standing=Standing.NOT_YET_EFFECTIVE), ORDER, replace(ORDER, standing=Standing.EXPIRED), None),
            [["approved 1"], ["activated 1"], ["expired 1"], []],
            id="a whole life cycle",
        ),
        pytest.param(
            (ORDER, replace(ORDER, standing=Standing.REVIEW_MISSED), ORDER),
            [["approved 1", "activated 1"], ["suspended 1 review_missed"], ["activated 1"]],
            id="a missed review, reviewed",
        ),
        pytest.param(
            (ORDER, replace(ORDER, sha256="b", standing=Standing.SUSPENDED)),
            [["approved 1", "activated 1"], ["approved 1 edited", "suspended 1 suspended"]],
            id="suspended by an edit",
        ),
        pytest.param(
            (ORDER, replace(ORDER, version=2, sha256="b")),
            [["approved 1", "activated 1"], ["superseded 1", "approved 2", "activated 2"]],
            id="superseded",
        ),
        pytest.param((ORDER, None, None), [["approved 1", "activated 1"], ["revoked 1 removed"], []], id="removed"),
        pytest.param(
            (ORDER, None, ORDER),
            [["approved 1", "activated 1"], ["revoked 1 removed"], ["approved 1", "activated 1"]],
            id="removed and put back",
        ),
        pytest.param(
            (replace(ORDER, standing=Standing.UNAPPROVED), ORDER, replace(ORDER, standing=Standing.UNAPPROVED), ORDER),
            [[], ["approved 1", "activated 1"], ["suspended 1 unapproved"], ["activated 1"]],
            id="approved, and a key that expires",
        ),
        pytest.param(
            (ORDER, replace(ORDER, sha256="b", standing=Standing.UNAPPROVED), replace(ORDER, sha256="b")),
            [["approved 1", "activated 1"], ["suspended 1 unapproved"], ["approved 1 edited", "activated 1"]],
            id="edited and approved again",
        ),
        pytest.param(
            (replace(ORDER, standing=Standing.UNPUBLISHED), ORDER, replace(ORDER, standing=Standing.UNPUBLISHED)),
            [["approved 1"], ["activated 1"], ["suspended 1 unpublished"]],
            id="in force while it is published",
        ),
        pytest.param(
            (ORDER, replace(ORDER, standing=Standing.NOT_YET_EFFECTIVE)),
            [["approved 1", "activated 1"], ["suspended 1 not_yet_effective"]],
            id="a clock set back",
        ),
        pytest.param((replace(ORDER, standing=Standing.EXPIRED),), [["approved 1", "expired 1"]], id="expired when first seen"),
    ],
)  # fmt: skip
def test_a_life_cycle(steps: tuple[Step, ...], expected: list[list[str]]) -> None:
    assert lived(*steps) == expected


def test_an_approval_has_the_signers_and_the_file() -> None:
    approved = next(order_events(ORDER, LoggedState(), FACTORY))
    assert (approved.sha256, approved.signers, approved.time, approved.engine) == ("a", SIGNERS, NOW, "1")


def test_changes_of_the_configuration_are_logged() -> None:
    files = {EventKind.REGISTER_CHANGED: "1", EventKind.SIGNERS_CHANGED: None, EventKind.CONFIG_CHANGED: "2"}
    config = ConfigState(files=files, location=("registry",))
    logged, logged_events = LoggedState(), []
    removed = replace(config, files=files | {EventKind.REGISTER_CHANGED: None})
    for step in (config, config, replace(config, location=("other",)), removed):
        events = list(config_events(step, logged, FACTORY))
        logged_events.append(
            [(str(event.kind), event.sha256, event.reason, event.location) for event in events]
        )
        for event in events:
            logged.apply(event)
    assert logged_events == [
        [("register.changed", "1", None, ()), ("config.changed", "2", None, ()), ("location.changed", None, None, ("registry",))],
        [],
        [("location.changed", None, None, ("other",))],
        [("register.changed", None, "removed", ()), ("location.changed", None, None, ("registry",))],
    ]  # fmt: skip


def test_a_rejected_file_is_logged_once_for_each_content() -> None:
    logged, logged_events = LoggedState(), []
    for sha256 in ("1", "1", "2"):
        for event in rejection_events("DE-2026-0001", sha256, logged, FACTORY):
            logged.apply(event)
            logged_events.append((event.kind, event.order, event.sha256, event.reason))
    assert logged_events == [(EventKind.REJECTED, "DE-2026-0001", sha256, "invalid") for sha256 in ("1", "2")]
