"""Checkpoints in the format of C2SP tlog-checkpoint."""

from __future__ import annotations

import base64
import re

import pytest

from joinfence.records.log.checkpoint import Checkpoint
from joinfence.records.log.signed_note import NoteError, Signer

# The example of C2SP tlog-checkpoint; its key is not published there.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
SIGNER = Signer.generate("meet.example/joinfence/1")
HEAD = Checkpoint(origin="meet.example/joinfence/1", size=3, root=bytes(range(32)))


def test_the_example_of_the_specification_is_read() -> None:
    found = Checkpoint.parse(EXAMPLE, None)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(found.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    assert Checkpoint.parse(HEAD.signed(SIGNER), SIGNER.verifier) == HEAD


def test_a_parser_written_from_the_specification_reads_a_checkpoint() -> None:
    text, signatures = HEAD.signed(SIGNER).split("\n\n")
    origin, size, root = text.split("\n")
    assert (origin, int(size), base64.b64decode(root)) == (HEAD.origin, HEAD.size, HEAD.root)
    assert re.fullmatch(r"\u2014 meet\.example/joinfence/1 [A-Za-z0-9+/]{91}=\n", signatures)


@pytest.mark.parametrize(
    "text",
    ["a\n1\n", "a\n01\nAAAA\n", "a\n-1\n" + "A" * 43 + "=\n", "a\nb\n" + "A" * 43 + "=\n", "\n1\n" + "A" * 43 + "=\n"],
    ids=["no root", "leading zero", "negative", "not a number", "no origin"],
)  # fmt: skip
def test_text_that_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="expected a"):
        Checkpoint.parse(SIGNER.sign(text), SIGNER.verifier)


def test_extension_lines_are_ignored_but_another_origin_is_refused() -> None:
    text = HEAD.signed(SIGNER).partition("\n\n")[0]
    assert Checkpoint.parse(SIGNER.sign(f"{text}\nextension\n"), SIGNER.verifier) == HEAD
    other = Checkpoint(origin="other.example", size=3, root=HEAD.root)
    with pytest.raises(NoteError, match=r"the checkpoint is of other\.example"):
        Checkpoint.parse(other.signed(SIGNER), SIGNER.verifier)
