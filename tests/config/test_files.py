from __future__ import annotations

import glob
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from joinfence.config import files as module
from joinfence.config.files import beside, file_stamp, files_of, matching, texts_of
from joinfence.config.settings import read_settings
from tests.config_files import copy_configs, edit


def test_a_file_stamp_changes_however_a_file_is_changed(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    assert file_stamp(path) is None
    path.write_text("1")
    seen = [file_stamp(path)]
    path.write_text("2")
    os.utime(path, ns=(1, 1))  # an edit that keeps size and time: the change of the inode still shows
    seen.append(file_stamp(path))
    other.write_text("2")
    other.replace(path)
    seen.append(file_stamp(path))
    path.rename(tmp_path / "c")
    path.symlink_to(tmp_path / "c")
    (tmp_path / "d").write_text("2")
    path.unlink()
    path.symlink_to(tmp_path / "d")
    seen.append(file_stamp(path))
    assert len(set(seen)) == len(seen)


def test_paths_are_relative_to_the_main_file() -> None:
    main = Path("/etc/joinfence/geofence.yaml")
    assert beside(main, "orders/a.yaml") == Path("/etc/joinfence/orders/a.yaml")
    assert beside(main, "/srv/a.mmdb") == Path("/srv/a.mmdb")
    assert beside(main, "~/a.mmdb") == Path.home() / "a.mmdb"


def test_patterns_are_expanded_and_plain_names_are_kept(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (tmp_path / name).touch()
    main = tmp_path / "main.yaml"
    assert matching(main, ["*.yaml", "a.yaml", "missing.yaml", "none/*.yaml"]) == [
        str(tmp_path / name) for name in ("a.yaml", "b.yaml", "missing.yaml")
    ]


@pytest.mark.parametrize("settled", [0, 2_000_000_000], ids=["settled", "within one tick of the clock"])
def test_a_folder_is_listed_again_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: int
) -> None:
    listings: list[str] = []

    def listing(pattern: str) -> list[str]:
        listings.append(pattern)
        return glob.glob(pattern)  # noqa: PTH207 - as the module does

    monkeypatch.setattr(module, "glob", SimpleNamespace(has_magic=glob.has_magic, glob=listing))
    monkeypatch.setattr(module, "_SETTLED_NS", settled)
    main, folder, other = tmp_path / "main.yaml", tmp_path / "orders", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (folder / "b.yaml").touch()

    def names(pattern: str = "orders/*.yaml") -> list[str]:
        return [Path(path).name for path in matching(main, [pattern])]

    time.sleep(0.02)  # a tick of the file system's clock
    assert names() == names() == ["b.yaml"]
    assert len(listings) == (2 if settled else 1)
    matching(main, ["orders/*.yaml"]).clear()
    (folder / "a.yaml").touch()
    assert names() == ["a.yaml", "b.yaml"]
    (folder / "a.yaml").rename(folder / "c.yaml")
    assert names() == ["b.yaml", "c.yaml"]
    (folder / "b.yaml").unlink()
    assert names() == ["c.yaml"]
    folder.rename(tmp_path / "away")
    assert names() == []
    folder.symlink_to(other)
    (other / "d.yaml").touch()
    assert names() == ["d.yaml"]
    folder.unlink()
    folder.symlink_to(tmp_path / "away")
    assert names() == names("ord*/*.yaml") == ["c.yaml"]
    (folder / "e.yaml").touch()
    assert names("ord*/*.yaml") == ["c.yaml", "e.yaml"]


def test_the_files_of_a_configuration(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "- kind: registry", "- {kind: mmdb, path: geo.mmdb}\n    - kind: registry")
    settings, _document = read_settings(main)
    relative = [str(Path(path).relative_to(main.parent)) for path in files_of(main, settings)]
    assert relative == [
        "geofence.yaml",
        "authorities.yaml",
        "corrections.yaml",
        "services/demo.yaml",
        "services/janus-videoroom.yaml",
        "services/zoom.yaml",
        "orders/DE-2026-0001.yaml",
        "orders/NL-2026-0003.yaml",
        "orders/PT-2026-0002.yaml",
        "geo.mmdb",
    ]
    edit(main, "corrections: corrections.yaml", "")
    assert str(main.parent / "corrections.yaml") not in texts_of(main, read_settings(main)[0])
