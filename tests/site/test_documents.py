"""A document that the site publishes is in the site or reported missing; nothing is written elsewhere."""

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
from joinfence.site.documents import LocalCopy, local_copy, missing_documents, site_path, with_documents
from tests.order_texts import changed
from tests.site.samples import make_version

BASE = "https://meet.example/legal/"
URL = f"{BASE}documents/DE-2026-0001.pdf"
PATH = "documents/DE-2026-0001.pdf"
CONTENT = b"%PDF the order"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        pytest.param(URL, PATH, id="a file in the site"),
        pytest.param(f"{URL}?download=1#page=2", PATH, id="with a query and a fragment"),
        pytest.param(f"{BASE}a%20b/%C3%A9.pdf", "a b/é.pdf", id="with escapes"),
        pytest.param(f"{BASE}a/./b//../c.pdf", "a/c.pdf", id="with dots that stay inside"),
        pytest.param(f"{BASE}documents/", "documents/index.html", id="a folder"),
        pytest.param(f"{BASE}documents/..", "index.html", id="dots that lead to the top"),
        pytest.param(BASE, "index.html", id="the site itself"),
        pytest.param("https://MEET.example/legal/x.pdf", "x.pdf", id="the host in upper case"),
        pytest.param("https://court.example/legal/x.pdf", None, id="another host"),
        pytest.param("https://meet.example:8443/legal/x.pdf", None, id="another port"),
        pytest.param("https://meet.example/legal", None, id="without the final slash"),
        pytest.param("https://meet.example/legally/x.pdf", None, id="a folder with the same prefix"),
        pytest.param(f"{BASE}../x.pdf", None, id="dots that lead out"),
        pytest.param(f"{BASE}a/%2e%2e/%2E%2e/x.pdf", None, id="escaped dots that lead out"),
        pytest.param(f"{BASE}..%2fx.pdf", None, id="an escaped slash that leads out"),
        pytest.param(f"{BASE}a%00b.pdf", None, id="a character that file names cannot contain"),
    ],
)
def test_the_path_of_an_address_in_the_site(url: str, place: str | None) -> None:
    assert site_path(url, BASE) == place


@pytest.mark.parametrize("base", [BASE, "https://legal.example/"])
@given(st.lists(st.sampled_from(["..", ".", "a", "%2e%2e", "%2f", "/", "%5c", "", "%00"]), max_size=8))
def test_no_address_leads_out_of_the_site(base: str, steps: list[str]) -> None:
    place = site_path(base + "/".join(steps), base)
    if place is not None:
        assert (Path("/site") / place).resolve().is_relative_to("/site")


def test_a_site_at_the_top_of_its_host() -> None:
    assert site_path("https://legal.example/a/b.pdf", "https://legal.example/") == "a/b.pdf"
    assert site_path("https://legal.example//etc/passwd", "https://legal.example/") == "etc/passwd"
    assert site_path("https://legal.example", "https://legal.example/") == "index.html"


def copy_of(folder: Path, url: str = URL, name: str | None = "order.pdf") -> LocalCopy | None:
    path = folder / "order.yaml"
    place = [("document.file", name)] if name else []
    path.write_text(changed(("document.url", url), ("document.sha256", SHA256), *place), encoding="utf-8")
    document = read_document(path)
    return local_copy(validate(OrderFile, document), document, BASE)


def test_a_copy_is_taken_if_its_address_is_in_the_site(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path)
    assert copy is not None
    assert (copy.path_in_site, copy.content) == (PATH, CONTENT)
    assert copy_of(tmp_path, name=None) is None
    assert copy_of(tmp_path, url="https://court.example/order.pdf") is None


def test_a_copy_that_has_changed_since_it_was_checked_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(b"something else")
    with pytest.raises(ConfigError, match=r"order\.yaml:\d+:\d+: document\.sha256: order\.pdf has changed"):
        copy_of(tmp_path)


@pytest.mark.parametrize(
    ("place", "what"),
    [
        pytest.param("index.html", "is the path of something else", id="a page"),
        pytest.param("orders", "is the path of something else", id="a folder of pages"),
        pytest.param("index.html/x.pdf", "is the path of something else", id="below a page"),
        pytest.param(".htaccess", "would be a hidden file", id="a hidden file"),
        pytest.param(".well-known/x.pdf", "would be a hidden file", id="in a hidden folder"),
    ],
)
def test_a_document_must_not_replace_anything_in_the_site(tmp_path: Path, place: str, what: str) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path, BASE + place)
    assert copy is not None
    with pytest.raises(ConfigError, match=rf"order\.yaml:\d+:\d+: document\.url: {place} {what}"):
        with_documents({"index.html": b"<!doctype html>", "orders/A/index.html": b""}, [copy])


def test_two_orders_may_share_a_document_but_not_an_address(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(CONTENT)
    copy = copy_of(tmp_path)
    assert copy is not None
    assert with_documents({"index.html": b""}, [copy, copy]) == {"index.html": b"", PATH: CONTENT}
    other = LocalCopy(path_in_site=copy.path_in_site, content=b"another", named_in=copy.named_in)
    with pytest.raises(ConfigError, match="is the path of something else"):
        with_documents({}, [copy, other])


@pytest.mark.parametrize(
    ("url", "content", "warnings"),
    [
        pytest.param(URL, CONTENT, [], id="present"),
        pytest.param("https://court.example/x.pdf", None, [], id="elsewhere"),
        pytest.param(URL, None, [f"DE-2026-0001, version 1: {PATH} is missing"], id="missing"),
        pytest.param(
            URL, b"else", [f"DE-2026-0001, version 1: {PATH} has a different hash"], id="another document"
        ),
    ],
)
def test_a_document_that_is_missing_in_the_site_is_reported(
    tmp_path: Path, url: str, content: bytes | None, warnings: list[str]
) -> None:
    if content is not None:
        (tmp_path / PATH).parent.mkdir()
        (tmp_path / PATH).write_bytes(content)
    version = make_version(tmp_path / "order.yaml", ("document.url", url), ("document.sha256", SHA256))
    found = list(missing_documents([version], BASE, tmp_path))
    assert [each[: len(start)] for each, start in zip(found, warnings, strict=True)] == warnings
