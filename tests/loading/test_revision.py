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


def test_the_digest_of_a_held_back_file_is_that_of_its_version_in_use(paths: list[str]) -> None:
    digests = TextDigests()
    first = digests.of(paths, held_back=())
    assert first == {path: sha256(path) for path in paths}
    for path in paths:
        Path(path).write_text("edited", encoding="utf-8")
    second = digests.of(paths, held_back={paths[0]})
    assert second == {paths[0]: first[paths[0]], paths[1]: sha256(paths[1])}


def test_a_file_that_was_never_in_use_has_no_digest(paths: list[str]) -> None:
    assert list(TextDigests().of(paths, held_back={paths[0]})) == [paths[1]]


def test_a_missing_file_raises_an_error(paths: list[str]) -> None:
    with pytest.raises(FileNotFoundError):
        TextDigests().of(["missing", *paths], held_back=())


def test_different_contents_have_different_revisions() -> None:
    texts = [b"a" * 32, b"b" * 32]
    revisions = {
        revision(texts, 1, None),
        revision(texts[::-1], 1, None),
        revision(texts, 2, None),
        revision(texts, 1, ["0a"]),
        revision(texts, 1, ["0a", "0b"]),
    }
    assert len(revisions) == 5
    assert {len(each) for each in revisions} == {12}
    assert revision(texts, 1, ["0b", "0a"]) in revisions, "in any order"
    assert revision(texts, 1, []) == revision(texts, 1, None)
