"""Signed notes, compared with the example of golang.org/x/mod/sumdb/note and with the specification."""

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


def test_a_note_is_signed_byte_for_byte_like_that_of_another_implementation() -> None:
    signer = Signer.parse(SECRET)
    assert signer.sign(TEXT) == NOTE
    assert (str(signer.verifier), signer.secret()) == (PUBLIC, SECRET)


def test_a_note_of_another_implementation_is_opened() -> None:
    assert open_note(NOTE, Verifier.parse(PUBLIC)) == TEXT


def test_a_note_with_a_second_signature_of_a_witness_is_opened() -> None:
    signer, witness = Signer.generate("meet.example/log"), Signer.generate("witness.example")
    cosigned = signer.sign(TEXT) + witness.sign(TEXT).removeprefix(f"{TEXT}\n")
    assert Signer.parse(signer.secret()).verifier == signer.verifier == Verifier.parse(str(signer.verifier))
    assert [open_note(cosigned, each.verifier) for each in (signer, witness)] == [TEXT, TEXT]


def test_hint_and_key_are_encoded_as_specified() -> None:
    # C2SP signed-note: key hash = SHA-256(name || 0x0A || 0x01 || public key)[:4], encoded key = 0x01 || key.
    name, hint, encoded = PUBLIC.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == hint
    assert split_note(NOTE)[1][0][1][:4].hex() == hint


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (NOTE.replace("problem is", "problem was"), "the signature by PeterNeumann is invalid"),
        (NOTE.replace("— PeterNeumann", "— PeterPan"), "there is no signature by PeterNeumann"),
        (NOTE.replace("x08go/", "y08go/"), "there is no signature by PeterNeumann"),
        (NOTE.replace("\n\n", "\n"), "expected a signed note: a text, an empty line and signatures"),
        (NOTE.rstrip("\n"), "expected a signed note: a text, an empty line and signatures"),
        (f"{TEXT}\n", "expected a signed note: a text, an empty line and signatures"),
        ("", "expected a signed note: a text, an empty line and signatures"),
        (NOTE.replace("— ", "- "), "found a line after the empty line that is not a signature"),
        (f"{TEXT}\n— PeterNeumann AAA\n", "found a line after the empty line that is not a signature"),
        (f"{TEXT}\n— PeterNeumann AAAA\n", "found a line after the empty line that is not a signature"),
    ],
    ids=["text", "name", "hint", "no empty line", "cut short", "no signature", "empty", "hyphen", "base64", "short"],
)  # fmt: skip
def test_a_note_without_a_valid_signature_is_refused(note: str, message: str) -> None:
    with pytest.raises(NoteError, match=message):
        open_note(note, Verifier.parse(PUBLIC))


@pytest.mark.parametrize(
    "text",
    ["", "name", "name+c74f20a3", PUBLIC.replace("ARpc", "Brpc"), PUBLIC[:-4], PUBLIC.replace("c7", "c8"), "a b" + PUBLIC],
    ids=["empty", "name only", "no key", "another algorithm", "short", "wrong hash", "blank"],
)  # fmt: skip
def test_an_invalid_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", PUBLIC, SECRET.replace("c74f20a3", "c84f20a3"), SECRET[:-4]],
    ids=["empty", "public", "wrong hash", "short"],
)
def test_an_invalid_private_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Signer.parse(text)


def test_a_key_name_with_blanks_is_refused() -> None:
    with pytest.raises(NoteError, match="expected one without blanks"):
        Signer.generate("two words")


def test_a_signature_of_another_length_is_invalid() -> None:
    verifier = Verifier.parse(PUBLIC)
    signature = base64.b64encode(verifier.hint + b"short").decode()
    with pytest.raises(NoteError, match="is invalid"):
        open_note(f"{TEXT}\n— PeterNeumann {signature}\n", verifier)
