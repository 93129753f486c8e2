"""A document whose address lies in the site lies there, or is missed; nothing is written anywhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.site.documents import LocalCopy, local_copy, missing, place_of, with_documents
from tests.order_texts import changed
from tests.site.samples import make_version

BASE = "https://meet.example/legal/"
URL = f"{BASE}documents/DE-2026-0001.pdf"
PLACE = "documents/DE-2026-0001.pdf"
CONTENT = b"%PDF the order"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        pytest.param(URL, PLACE, id="below"),
        pytest.param(f"{URL}?download=1#page=2", PLACE, id="with a query and a fragment"),
        pytest.param(f"{BASE}a%20b/%C3%A9.pdf", "a b/é.pdf", id="with escapes"),
        pytest.param(f"{BASE}a/./b//../c.pdf", "a/c.pdf", id="with dots that stay inside"),
        pytest.param(f"{BASE}documents/", "documents/index.html", id="a folder"),
        pytest.param(f"{BASE}documents/..", "index.html", id="dots that lead to the top"),
        pytest.param(BASE, "index.html", id="the site itself"),
        pytest.param("https://MEET.example/legal/x.pdf", "x.pdf", id="the host in capitals"),
        pytest.param("https://court.example/legal/x.pdf", None, id="another host"),
        pytest.param("https://meet.example:8443/legal/x.pdf", None, id="another port"),
        pytest.param("https://meet.example/legal", None, id="without the slash"),
        pytest.param("https://meet.example/legally/x.pdf", None, id="a folder beside it"),
        pytest.param(f"{BASE}../x.pdf", None, id="dots that lead out"),
        pytest.param(f"{BASE}a/%2e%2e/%2E%2e/x.pdf", None, id="escaped dots that lead out"),
        pytest.param(f"{BASE}..%2fx.pdf", None, id="an escaped slash that leads out"),
        pytest.param(f"{BASE}a%00b.pdf", None, id="a character no file can have"),
    ],
)
def test_where_an_address_leads(url: str, place: str | None) -> None:
    assert place_of(url, BASE) == place


@pytest.mark.parametrize("base", [BASE, "https://legal.example/"])
@given(st.lists(st.sampled_from(["..", ".", "a", "%2e%2e", "%2f", "/", "%5c", "", "%00"]), max_size=8))
def test_no_address_leads_out_of_the_site(base: str, steps: list[str]) -> None:
    place = place_of(base + "/".join(steps), base)
    if place is not None:
        assert (Path("/site") / place).resolve().is_relative_to("/site")


def test_a_site_at_the_top_of_its_host() -> None:
    assert place_of("https://legal.example/a/b.pdf", "https://legal.example/") == "a/b.pdf"
    assert place_of("https://legal.example//etc/passwd", "https://legal.example/") == "etc/passwd"
    assert place_of("https://legal.example", "https://legal.example/") == "index.html"


def copy_of(folder: Path, url: str = URL, name: str | None = "order.pdf") -> LocalCopy | None:
    path = folder / "order.yaml"
    place = [("document.file", name)] if name else []
    path.write_text(changed(("document.url", url), ("document.sha256", SHA256), *place), encoding="utf-8")
    document = read_document(path)
    return local_copy(validate(OrderFile, document), document, BASE)


def test_a_copy_beside_the_order_is_taken_if_its_address_lies_in_the_site(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path)
    assert copy is not None
    assert (copy.place, copy.content) == (PLACE, CONTENT)
    assert copy_of(tmp_path, name=None) is None
    assert copy_of(tmp_path, url="https://court.example/order.pdf") is None


def test_a_copy_that_changed_since_it_was_checked_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(b"something else")
    with pytest.raises(ConfigError, match=r"order\.yaml:\d+:\d+: document\.sha256: order\.pdf was changed"):
        copy_of(tmp_path)


@pytest.mark.parametrize(
    ("place", "what"),
    [
        pytest.param("index.html", "is the place of something else", id="a page"),
        pytest.param("orders", "is the place of something else", id="a folder of pages"),
        pytest.param("index.html/x.pdf", "is the place of something else", id="below a page"),
        pytest.param(".htaccess", "would be a hidden file", id="a hidden file"),
        pytest.param(".well-known/x.pdf", "would be a hidden file", id="in a hidden folder"),
    ],
)
def test_a_document_takes_no_place_of_another(tmp_path: Path, place: str, what: str) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path, BASE + place)
    assert copy is not None
    with pytest.raises(ConfigError, match=rf"order\.yaml:\d+:\d+: document\.url: {place} {what}"):
        with_documents({"index.html": b"<!doctype html>", "orders/A/index.html": b""}, [copy])


def test_two_orders_may_share_one_document_and_no_address_of_two(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path)
    assert copy is not None
    assert with_documents({"index.html": b""}, [copy, copy]) == {"index.html": b"", PLACE: CONTENT}
    other = LocalCopy(place=copy.place, content=b"another", named_in=copy.named_in)
    with pytest.raises(ConfigError, match="is the place of something else"):
        with_documents({}, [copy, other])


@pytest.mark.parametrize(
    ("url", "content", "told"),
    [
        pytest.param(URL, CONTENT, [], id="there"),
        pytest.param("https://court.example/x.pdf", None, [], id="elsewhere"),
        pytest.param(URL, None, [f"DE-2026-0001, version 1: {PLACE} is not there"], id="missing"),
        pytest.param(
            URL, b"else", [f"DE-2026-0001, version 1: {PLACE} is not the document"], id="another document"
        ),
    ],
)
def test_a_document_that_is_not_where_its_address_says_is_missed(
    tmp_path: Path, url: str, content: bytes | None, told: list[str]
) -> None:
    if content is not None:
        (tmp_path / PLACE).parent.mkdir()
        (tmp_path / PLACE).write_bytes(content)
    version = make_version(tmp_path / "order.yaml", ("document.url", url), ("document.sha256", SHA256))
    found = list(missing([version], BASE, tmp_path))
    assert [each[: len(start)] for each, start in zip(found, told, strict=True)] == told
