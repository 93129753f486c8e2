"""The site is its own archive: nothing that was published is lost, and its history continues."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.approvals import Approvals
from joinfence.site.archive import Archive, merge, read_archive, with_suspension
from joinfence.site.life import State
from tests.config_files import copy_configs
from tests.factories import make_order
from tests.site.samples import AT, DAY, build_at, make_public

HERE = Path("order.yaml")
KEY = ("DE-2026-0001", 1)
SUSPENDED = {"since": "2026-11-25T12:00:00+00:00", "reason": "An appeal was lodged."}


def lives(*states: tuple[tuple[str, Any], ...] | None) -> Any:
    """Return the versions after builds a day apart, each with the order changed, or without it."""
    versions: dict[Any, Any] = {}
    for day, changes in enumerate(states):
        orders = [] if changes is None else [make_public(HERE, *changes)]
        versions = merge(Archive(versions=versions), orders, AT + day * DAY)
    return versions


def test_a_version_keeps_the_instant_of_its_first_publication() -> None:
    assert lives((), ())[KEY].published_at == AT


def test_an_edit_of_a_published_version_becomes_a_revision() -> None:
    version = lives((), (("authority.reference", "17 O 124/26"),), (("authority.reference", "17 O 124/26"),))[
        KEY
    ]
    assert [(each.at, each.parts) for each in version.revisions] == [(AT + DAY, ["authority"])]
    assert version.order.authority.reference == "17 O 124/26"


def test_a_new_version_supersedes_the_previous_one() -> None:
    versions = lives((), (("version", 2), ("supersedes", 1)))
    assert versions[KEY].state(AT + DAY) is State.SUPERSEDED
    assert versions[KEY].state(AT) is State.IN_FORCE
    assert versions["DE-2026-0001", 2].state(AT + DAY) is State.IN_FORCE


def test_a_version_whose_file_returns_is_no_longer_superseded() -> None:
    versions = lives((), (("version", 2), ("supersedes", 1)), ())
    assert versions[KEY].state(AT + 2 * DAY) is State.IN_FORCE
    assert versions["DE-2026-0001", 2].state(AT + 2 * DAY) is State.WITHDRAWN


def test_an_order_whose_file_is_gone_is_withdrawn_until_the_file_returns() -> None:
    assert lives((), None)[KEY].state(AT + DAY) is State.WITHDRAWN
    assert lives((), None, None)[KEY].pauses == lives((), None)[KEY].pauses
    back = lives((), None, ())[KEY]
    assert [back.state(AT + day * DAY) for day in range(3)] == [
        State.IN_FORCE,
        State.WITHDRAWN,
        State.IN_FORCE,
    ]


def test_an_order_that_had_expired_before_its_file_was_deleted_is_not_withdrawn() -> None:
    order = make_public(HERE)
    published = merge(Archive(), [order], AT)
    later = merge(Archive(versions=published), [], order.expires_at)
    assert (later[KEY].pauses, later[KEY].state(order.expires_at)) == ([], State.EXPIRED)


def test_a_suspension_stays_in_the_history_after_it_is_lifted() -> None:
    version = lives((), (("suspended", SUSPENDED),), (("suspended", SUSPENDED),), ())[KEY]
    assert [version.state(AT + day * DAY) for day in range(4)] == [
        State.IN_FORCE,
        State.SUSPENDED,
        State.SUSPENDED,
        State.IN_FORCE,
    ]
    assert [pause.reason for pause in version.pauses] == ["An appeal was lodged."]
    assert version.revisions == []


def test_a_suspension_that_is_edited_is_corrected() -> None:
    moved = {**SUSPENDED, "since": "2026-11-26T00:00:00+00:00"}
    version = lives((("suspended", SUSPENDED),), (("suspended", {**SUSPENDED, "reason": "Two appeals."}),))[
        KEY
    ]
    assert [pause.reason for pause in version.pauses] == ["Two appeals."]
    version = lives((("suspended", SUSPENDED),), (("suspended", moved),))[KEY]
    assert [(pause.since.day, pause.until) for pause in version.pauses] == [(26, None)]


def test_an_order_suspended_by_a_signature_is_suspended_since_that_was_first_published() -> None:
    stopped = make_order(approvals=Approvals(suspended_by=("legal@meet.example",)))
    versions: Any = {}
    for day in range(3):
        known = versions.get(KEY)
        order = (
            make_public(HERE)
            if day == 0
            else with_suspension(make_public(HERE), stopped, known, AT + day * DAY)
        )
        versions = merge(Archive(versions=versions), [order], AT + day * DAY)
    assert [(pause.since, pause.until) for pause in versions[KEY].pauses] == [(AT + DAY, None)]
    public = make_public(HERE, ("suspended", SUSPENDED))
    assert with_suspension(public, stopped, None, AT) is public
    assert with_suspension(public, make_order(), None, AT) is public


def test_a_build_reads_what_the_previous_one_wrote(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    built = build_at(main, tmp_path / "legal")
    archive = read_archive(tmp_path / "legal")
    assert archive.versions == built.site.versions
    assert (archive.languages, archive.built_at) == (built.site.languages, AT)


@pytest.mark.parametrize("make", [False, True], ids=["no folder", "an empty folder"])
def test_without_a_site_the_archive_is_empty(tmp_path: Path, *, make: bool) -> None:
    folder = tmp_path / "legal"
    if make:
        folder.mkdir()
    assert read_archive(folder) == Archive()


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ConfigError, match="this folder does not contain the site"):
        read_archive(tmp_path)


@pytest.mark.parametrize("damage", ["", "{}", None], ids=["empty", "other content", "missing"])
def test_a_damaged_archive_is_reported(tmp_path: Path, damage: str | None) -> None:
    main = copy_configs(tmp_path)
    build_at(main, tmp_path / "legal")
    record = tmp_path / "legal" / "orders" / "DE-2026-0001" / "1" / "order.json"
    record.unlink()
    if damage is not None:
        record.write_text(damage)
    with pytest.raises(ConfigError, match="restore the site from a backup"):
        read_archive(tmp_path / "legal")
    index = tmp_path / "legal" / "index.json"
    index.write_text(json.dumps({"schema": "site/2"}))
    with pytest.raises(ConfigError, match="is not an index written by `joinfence site build`"):
        read_archive(tmp_path / "legal")
