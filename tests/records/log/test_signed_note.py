"""Signed notes, against the example of Go's golang.org/x/mod/sumdb/note and a parser written from the text."""

from __future__ import annotations

import base64
import hashlib

import pytest

from joinfence.records.log.signed_note import NoteError, Signer, Verifier, open_note, split_note

# The example of pkg.go.dev/golang.org/x/mod/sumdb/note, which Go's own implementation signs and verifies.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 - published
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = f"{TEXT}\n{SIGNATURE}"


def test_a_note_of_another_implementation_is_made_byte_for_byte() -> None:
    signer = Signer.parse(SECRET)
    assert signer.sign(TEXT) == NOTE
    assert (str(signer.verifier), signer.secret()) == (PUBLIC, SECRET)


def test_and_opened() -> None:
    assert open_note(NOTE, Verifier.parse(PUBLIC)) == TEXT


def test_a_fresh_key_signs_what_its_verifier_opens_beside_a_witness() -> None:
    signer, witness = Signer.generate("meet.example/log"), Signer.generate("witness.example")
    cosigned = signer.sign(TEXT) + witness.sign(TEXT).removeprefix(f"{TEXT}\n")
    assert Signer.parse(signer.secret()).verifier == signer.verifier == Verifier.parse(str(signer.verifier))
    assert [open_note(cosigned, each.verifier) for each in (signer, witness)] == [TEXT, TEXT]


def test_hint_and_key_are_laid_out_as_the_specification_says() -> None:
    # C2SP signed-note: key hash = SHA-256(name || 0x0A || 0x01 || public key)[:4], encoded key = 0x01 || key.
    name, hint, encoded = PUBLIC.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == hint
    assert split_note(NOTE)[1][0][1][:4].hex() == hint


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (NOTE.replace("problem is", "problem was"), "the signature of PeterNeumann is wrong"),
        (NOTE.replace("— PeterNeumann", "— PeterPan"), "there is no signature of PeterNeumann"),
        (NOTE.replace("x08go/", "y08go/"), "there is no signature of PeterNeumann"),
        (NOTE.replace("\n\n", "\n"), "expected a signed note: a text, an empty line and signatures"),
        (NOTE.rstrip("\n"), "expected a signed note: a text, an empty line and signatures"),
        (f"{TEXT}\n", "expected a signed note: a text, an empty line and signatures"),
        ("", "expected a signed note: a text, an empty line and signatures"),
        (NOTE.replace("— ", "- "), "a line below the empty line is no signature"),
        (f"{TEXT}\n— PeterNeumann AAA\n", "a line below the empty line is no signature"),
        (f"{TEXT}\n— PeterNeumann AAAA\n", "a line below the empty line is no signature"),
    ],
    ids=["text", "name", "hint", "no empty line", "cut short", "no signature", "empty", "hyphen", "base64", "short"],
)  # fmt: skip
def test_no_note_is_opened_that_the_key_has_not_signed(note: str, message: str) -> None:
    with pytest.raises(NoteError, match=message):
        open_note(note, Verifier.parse(PUBLIC))


@pytest.mark.parametrize(
    "text",
    ["", "name", "name+c74f20a3", PUBLIC.replace("ARpc", "Brpc"), PUBLIC[:-4], PUBLIC.replace("c7", "c8"), "a b" + PUBLIC],
    ids=["empty", "name only", "no key", "another algorithm", "short", "wrong hash", "blank"],
)  # fmt: skip
def test_no_verifier(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", PUBLIC, SECRET.replace("c74f20a3", "c84f20a3"), SECRET[:-4]],
    ids=["empty", "public", "wrong hash", "short"],
)
def test_no_signer(text: str) -> None:
    with pytest.raises(NoteError):
        Signer.parse(text)


def test_a_name_that_notes_could_not_hold() -> None:
    with pytest.raises(NoteError, match="no blanks"):
        Signer.generate("two words")


def test_a_signature_of_another_length_is_wrong_and_no_error() -> None:
    verifier = Verifier.parse(PUBLIC)
    signature = base64.b64encode(verifier.hint + b"short").decode()
    with pytest.raises(NoteError, match="is wrong"):
        open_note(f"{TEXT}\n— PeterNeumann {signature}\n", verifier)
