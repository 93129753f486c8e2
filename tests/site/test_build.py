"""The whole site: reproducible, without dead links, without meetings, and complete."""

from __future__ import annotations

import hashlib
import json
import posixpath
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import html5lib
import pytest

from joinfence.config.approvals.sshsig import STOP
from joinfence.config.orders.named_meetings import MESSAGE
from joinfence.config.yaml.problems import ConfigError
from joinfence.loading.loader import Loader
from joinfence.refusal import problem
from joinfence.site import build as module
from joinfence.site.archive import Archive
from joinfence.site.documents import site_path
from tests.config_files import copy_configs, edit
from tests.content_model import breaches
from tests.named_meetings import CASES
from tests.order_texts import EXAMPLE, changed
from tests.refusal.samples import ORDER, refused
from tests.signing import listed, sign
from tests.site.samples import AT, DAY, OPERATOR, build_at, tree
from tests.site.test_feeds import JSON_FEED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.named_meetings import Changes

MEETINGS = ("townhall", "987 6543 2101", "98765432101", "invest-live", "912 3456 7890", "91234567890", "1234")


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "legal"


def order_file(main: Path) -> Path:
    return main.parent / "orders" / "DE-2026-0001.yaml"


def dead_links(site: dict[str, bytes], missed: tuple[str, ...] = ()) -> list[str]:
    """Return every dead link within the site, as "page -> link".

    Absolute addresses in the site count, too, except documents that a build warning names.
    """
    dead = []
    for page in (path for path in site if path.endswith(".html")):
        document = html5lib.parse(site[page])
        for element in document.iter():
            link = element.get("href") or element.get("src") or "data:"
            parts = urlsplit(link)
            if parts.scheme:
                place = site_path(link, OPERATOR.url)
                if place not in site and not any(f": {place} is" in warning for warning in missed):
                    dead += [f"{page} -> {link}"] if place else []
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
            ids = {each.get("id") for each in document.iter()}
            if parts.path and (target not in site or target.startswith("..")):
                dead.append(f"{page} -> {link}")
            if not parts.path and parts.fragment not in ids:
                dead.append(f"{page} -> {link}")
    return dead


def test_the_same_input_gives_the_same_bytes(main: Path, out: Path, tmp_path: Path) -> None:
    build_at(main, out)
    build_at(main, tmp_path / "again")
    assert tree(out) == tree(tmp_path / "again")
    build_at(main, out)
    assert tree(out) == tree(tmp_path / "again"), "built again in the same folder"


def test_there_are_no_dead_links_whatever_the_history(main: Path, out: Path) -> None:
    (main.parent / "reports" / "2026 h1").mkdir(parents=True)
    (main.parent / "reports" / "2026 h1" / "report #1.html").touch()
    edit(main, "# site: {folder: /var/www/legal}", "site: {reports: reports}")
    built = build_at(main, out)
    assert dead_links(tree(out), built.warnings) == []
    edit(order_file(main), "version: 1", "version: 2\nsupersedes: 1")
    (main.parent / "orders" / "NL-2026-0003.yaml").unlink()
    built = build_at(main, out, AT + DAY)
    assert dead_links(tree(out), built.warnings) == []


def with_copy(main: Path, content: bytes) -> None:
    """Put the document of the German order beside its file."""
    (order_file(main).parent / "order.pdf").write_bytes(content)
    named = f"{hashlib.sha256(content).hexdigest()}\n  file: order.pdf"
    edit(order_file(main), EXAMPLE["document"]["sha256"], named)


def test_a_document_with_a_copy_is_published_and_one_without_is_reported(
    main: Path, out: Path, tmp_path: Path
) -> None:
    with_copy(main, b"%PDF the order")
    built = build_at(main, out)
    build_at(main, tmp_path / "again")
    assert (out / "documents" / "DE-2026-0001.pdf").read_bytes() == b"%PDF the order"
    assert tree(out) == tree(tmp_path / "again")
    assert [warning.partition(";")[0] for warning in built.warnings] == [
        "NL-2026-0003, version 1: documents/NL-2026-0003.pdf is missing",
        "PT-2026-0002, version 1: documents/PT-2026-0002.pdf is missing",
    ]
    unwarned = dead_links(tree(out))
    assert unwarned
    assert all(each.endswith(("NL-2026-0003.pdf", "PT-2026-0002.pdf")) for each in unwarned)


def test_a_document_at_the_path_of_a_page_is_an_error_and_the_site_stays(main: Path, out: Path) -> None:
    build_at(main, out)
    before = tree(out)
    with_copy(main, b"%PDF the order")
    edit(order_file(main), "documents/DE-2026-0001.pdf", "complain/")
    with pytest.raises(ConfigError, match=r"document\.url: complain/index\.html is the path of something"):
        build_at(main, out, AT + DAY)
    assert tree(out) == before


def test_a_document_is_not_written_through_a_link_out_of_the_site(
    main: Path, out: Path, tmp_path: Path
) -> None:
    build_at(main, out)
    (tmp_path / "elsewhere").mkdir()
    (out / "documents").symlink_to(tmp_path / "elsewhere")
    with_copy(main, b"%PDF the order")
    with pytest.raises(OSError, match="A link in the site points outside of it"):
        build_at(main, out, AT + DAY)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_every_page_follows_the_content_models_of_html(main: Path, out: Path) -> None:
    edit(main, "# site: {folder: /var/www/legal}", "site: {languages: [en, ar]}")
    build_at(main, out)
    edit(order_file(main), "version: 1", "version: 2\nsupersedes: 1")
    build_at(main, out, AT + DAY)
    pages = {path: content for path, content in tree(out).items() if path.endswith(".html")}
    assert {"index.html", "ar/index.html", "orders/DE-2026-0001/1/index.html"} < set(pages)
    assert {path: found for path, content in pages.items() if (found := breaches(content.decode()))} == {}


def test_every_json_feed_is_valid(main: Path, out: Path) -> None:
    build_at(main, out)
    feeds = [json.loads(content) for path, content in tree(out).items() if path.endswith("feed.json")]
    assert sorted(feed["language"] for feed in feeds) == ["de", "en", "nl", "pt"]
    for feed in feeds:
        assert feed["items"]
        JSON_FEED.validate(feed)


def test_the_check_finds_dead_links() -> None:
    site = {
        "a/index.html": b'<a href="../b.html">',
        "c.html": b'<a href="#x">',
        "d.html": b'<a href="https://meet.example/legal/a/"><a href="https://meet.example/legal/e.pdf">',
    }
    dead = [
        "a/index.html -> ../b.html",
        "c.html -> #x",
        "d.html -> https://meet.example/legal/e.pdf",
    ]
    assert dead_links(site) == dead
    assert dead_links(site, ("DE-2026-0001, version 1: e.pdf is missing",)) == dead[:2]


def test_the_public_address_of_a_page_has_a_file(main: Path, out: Path) -> None:
    build_at(main, out)
    site = tree(out)
    for page in (path for path in site if path.endswith(".html")):
        for element in html5lib.parse(site[page]).iter():
            address = element.get("href") or ""
            if element.get("rel") in {"canonical", "alternate"} and address.startswith("https:"):
                path = str(urlsplit(address).path).removeprefix("/legal/")
                assert f"{path}index.html" in site


def test_the_type_of_a_problem_document_is_the_address_of_a_page(main: Path, out: Path) -> None:
    operator = build_at(main, out).site.operator
    kind = json.loads(problem.document(refused(ORDER), operator, "en"))["type"]
    page = (out / kind.removeprefix(operator.url) / "index.html").read_text()
    assert "application/problem+json" in page
    assert 'href="refusal/index.html"' in (out / "index.html").read_text()


def test_nothing_that_was_published_disappears(main: Path, out: Path) -> None:
    build_at(main, out)
    before = set(tree(out))
    edit(order_file(main), "version: 1", "version: 2\nsupersedes: 1")
    for name in ("NL-2026-0003", "PT-2026-0002"):
        (main.parent / "orders" / f"{name}.yaml").unlink()
    edit(main, "# site: {folder: /var/www/legal}", "site: {languages: [en]}")
    build_at(main, out, AT + DAY)
    after = tree(out)
    assert before < set(after)
    assert "orders/DE-2026-0001/2/index.html" in after
    assert b"Replaced by a newer version on 25 November 2026" in after["orders/DE-2026-0001/1/index.html"]
    assert b"Withdrawn on 25 November 2026" in after["orders/NL-2026-0003/index.html"]
    states = {
        (each["id"], each["version"]): each["state"] for each in json.loads(after["index.json"])["orders"]
    }
    assert states == {
        ("DE-2026-0001", 1): "superseded",
        ("DE-2026-0001", 2): "in_force",
        ("NL-2026-0003", 1): "withdrawn",
        ("PT-2026-0002", 1): "withdrawn",
    }


def test_no_file_of_the_site_names_a_meeting(main: Path, out: Path) -> None:
    for path in (main.parent / "orders").glob("*.yaml"):
        path.write_text(path.read_text().replace("id: 1234\n", "id: zeta-one-two\n"))
    build_at(main, out)
    for name, content in tree(out).items():
        text = content.decode()
        for meeting in (*MEETINGS[:-1], "zeta-one-two"):
            assert meeting not in text, name


@pytest.mark.parametrize(("changes", "places"), CASES)
def test_an_order_that_names_a_meeting_is_not_published(
    main: Path, changes: Changes, places: list[str]
) -> None:
    orders = main.parent / "orders"
    for path in orders.iterdir():
        path.unlink()
    order = order_file(main)
    order.write_text(changed(*changes[:-1]), encoding="utf-8")
    loaded = Loader(main).load(AT)
    order.write_text(changed(*changes), encoding="utf-8")  # edited since it was loaded
    with pytest.raises(ConfigError) if places else nullcontext() as refused:
        assert len(module._public_orders(main, loaded, Archive(), AT)[0]) == 1
    problems = refused.value.problems if refused else ()
    assert [each.message for each in problems] == [f"{place}: {MESSAGE}" for place in places]


def test_the_site_stays_if_an_order_names_its_meeting_and_a_suspension_may_not_either(
    main: Path, out: Path
) -> None:
    build_at(main, out)
    before = tree(out)
    text = order_file(main).read_text(encoding="utf-8")
    suspended = "suspended: {since: 2026-11-20T00:00:00Z, reason: The host of townhall has appealed.}"
    order_file(main).write_text(f"{text}\n{suspended}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"DE-2026-0001\.yaml:\d+:50: suspended\.reason: names the meeting"):
        build_at(main, out, AT + DAY)
    assert tree(out) == before


def states(out: Path) -> dict[str, str]:
    """Return id -> state from the index."""
    return {each["id"]: each["state"] for each in json.loads((out / "index.json").read_bytes())["orders"]}


def test_an_order_is_published_once_approved_and_suspended_by_a_signature(main: Path, out: Path) -> None:
    signers = listed(("legal-anna", "anna"), ("operations-bob", "bob"))
    (main.parent / "allowed_signers").write_text(signers, encoding="utf-8")
    edit(main, "{required: 0}", "{required: 2, signers: allowed_signers}")
    build_at(main, out)
    assert states(out) == {}
    sign(order_file(main), "anna", "legal-anna")
    sign(order_file(main), "bob", "operations-bob")
    build_at(main, out, AT + DAY)
    assert states(out) == {"DE-2026-0001": "in_force"}
    sign(order_file(main), "bob", "stop", STOP)
    for day in (2, 3):
        build_at(main, out, AT + day * DAY)
        assert states(out) == {"DE-2026-0001": "suspended"}
    assert b"Suspended since 26 November 2026, 12:00 (UTC)." in (out / "index.html").read_bytes()


def test_a_site_cannot_be_built_for_an_earlier_instant(main: Path, out: Path) -> None:
    build_at(main, out)
    with pytest.raises(ValueError, match="cannot be built for an earlier instant"):
        build_at(main, out, AT - DAY)


def test_pages_depend_on_the_given_instant_only(main: Path, out: Path, tmp_path: Path) -> None:
    build_at(main, out)
    build_at(main, tmp_path / "later", AT + DAY)
    first, second = tree(out), tree(tmp_path / "later")
    for path in first:
        if path.endswith((".html", ".json", ".atom")):
            moved = (
                first[path]
                .replace(b"24 November 2026", b"25 November 2026")
                .replace(b"2026-11-24T", b"2026-11-25T")
            )
            english = path.split("/")[0] not in {"de", "nl", "pt"}
            if english and path.endswith("index.html"):
                assert moved == second[path], path


def test_the_operators_own_documents_stay(main: Path, out: Path) -> None:
    build_at(main, out)
    (out / "documents").mkdir()
    (out / "documents" / "DE-2026-0001.pdf").write_bytes(b"%PDF")
    build_at(main, out, AT + DAY)
    assert (out / "documents" / "DE-2026-0001.pdf").read_bytes() == b"%PDF"


def test_refusals_link_to_the_english_pages(main: Path, out: Path) -> None:
    build_at(main, out)
    assert b'<html lang="en"' in (out / "orders" / "DE-2026-0001" / "index.html").read_bytes()
    assert b'<html lang="de"' in (out / "de" / "orders" / "DE-2026-0001" / "index.html").read_bytes()


def test_pages_are_small(main: Path, out: Path) -> None:
    build_at(main, out)
    heaviest = max((len(content), path) for path, content in tree(out).items())
    assert heaviest[0] < 60_000, heaviest
