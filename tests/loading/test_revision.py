from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from joinfence.loading.revision import TextDigests, revision


def sha256(path: str) -> bytes:
    return hashlib.sha256(Path(path).read_bytes()).digest()


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for name in "ab":
        (tmp_path / name).write_text(name, encoding="utf-8")
    return [str(tmp_path / name) for name in "ab"]


def test_of_a_text_that_is_held_back_the_last_version_in_use_counts(paths: list[str]) -> None:
    digests = TextDigests()
    first = digests.of(paths, held_back=())
    assert first == {path: sha256(path) for path in paths}
    for path in paths:
        Path(path).write_text("edited", encoding="utf-8")
    second = digests.of(paths, held_back={paths[0]})
    assert second == {paths[0]: first[paths[0]], paths[1]: sha256(paths[1])}


def test_a_text_that_was_never_in_use_has_no_digest(paths: list[str]) -> None:
    assert list(TextDigests().of(paths, held_back={paths[0]})) == [paths[1]]


def test_a_text_that_is_gone_is_an_error_of_the_system(paths: list[str]) -> None:
    with pytest.raises(FileNotFoundError):
        TextDigests().of(["missing", *paths], held_back=())


def test_other_content_has_another_name() -> None:
    texts = [b"a" * 32, b"b" * 32]
    names = {
        revision(texts, 1, None),
        revision(texts[::-1], 1, None),
        revision(texts, 2, None),
        revision(texts, 1, ["0a"]),
        revision(texts, 1, ["0a", "0b"]),
    }
    assert len(names) == 5
    assert {len(name) for name in names} == {12}
    assert revision(texts, 1, ["0b", "0a"]) in names, "in whatever order"
    assert revision(texts, 1, []) == revision(texts, 1, None)
