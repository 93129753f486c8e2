"""The feeds conform to their specifications, according to independent parsers and schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from joinfence.site.changes import changes
from joinfence.site.feeds import atom, json_feed
from joinfence.site.life import Pause
from joinfence.site.links import Here
from joinfence.site.speech import Speech
from joinfence.text.catalogues import languages
from tests.site.samples import AT, DAY, OPERATOR, make_version
from tests.site.test_changes import REJECTED

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
JSON_FEED = Draft202012Validator(
    json.loads(Path(__file__).with_name("json_feed.schema.json").read_text("utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)
PAUSE = Pause(kind="suspended", since=AT + DAY, until=AT + 2 * DAY)
VERSION = make_version(Path("order.yaml"), ("authority.reference", "17 O <1> & 2"), pauses=[PAUSE])
CHANGES = changes([VERSION], [REJECTED], VERSION.order.expires_at)


def as_atom(language: str = "en", found: Any = CHANGES) -> bytes:
    return atom(found, OPERATOR.url, Speech(language, OPERATOR), AT)


def as_json(language: str = "en", found: Any = CHANGES) -> Any:
    return json.loads(json_feed(found, OPERATOR.url, Speech(language, OPERATOR)))


@pytest.mark.parametrize("language", languages())
def test_the_atom_feed_is_valid_and_parsed_without_errors(language: str) -> None:
    document = etree.fromstring(as_atom(language))
    assert SCHEMA.validate(document), SCHEMA.error_log
    read = feedparser.parse(as_atom(language))
    assert read.bozo is False
    assert read.version == "atom10"
    assert len(read.entries) == len(CHANGES)
    assert read.feed.language == language


def test_the_atom_schema_finds_errors() -> None:
    broken = as_atom().replace(b"<updated>2026", b"<updated>last year", 1)
    assert not SCHEMA.validate(etree.fromstring(broken))
    assert not SCHEMA.validate(
        etree.fromstring(as_atom().replace(b"<author>", b"<writer>").replace(b"</author>", b"</writer>"))
    )


def test_ids_are_permanent_and_unique_addresses() -> None:
    ids = [entry.id for entry in feedparser.parse(as_atom()).entries]
    assert len(set(ids)) == len(ids)
    later = [entry.id for entry in feedparser.parse(as_atom(found=CHANGES[2:])).entries]
    assert later == ids[2:]
    assert all(urlsplit(each).scheme == "https" and each.startswith(OPERATOR.url) for each in ids)


def test_the_feed_was_updated_when_its_latest_entry_was() -> None:
    read = feedparser.parse(as_atom())
    assert read.feed.updated == read.entries[0].updated == "2027-02-07T23:00:00Z"
    assert feedparser.parse(as_atom(found=())).feed.updated == "2026-11-24T12:00:00Z"


def test_an_entry_states_authority_territory_and_change() -> None:
    entry = feedparser.parse(as_atom()).entries[0]
    assert entry.title == "DE-2026-0001, Version 1: Ended"
    assert entry.summary == "Regional Court of Beispielstadt, 17 O <1> & 2. Germany."
    assert entry.link == "https://meet.example/legal/orders/DE-2026-0001/1/"


def test_a_rejected_demand_is_an_entry_with_its_reasons() -> None:
    (entry,) = [each for each in feedparser.parse(as_atom()).entries if "rejected" in each.title]
    assert entry.title == "D-2026-0001: Demand rejected"
    assert entry.summary == "Private sender, United States. Beyond the sender's competence."


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("found", [CHANGES, ()], ids=["changes", "none yet"])
def test_the_json_feed_is_valid(language: str, found: Any) -> None:
    Draft202012Validator.check_schema(JSON_FEED.schema)
    feed = as_json(language, found)
    JSON_FEED.validate(feed)
    assert feed["language"] == language
    assert feed["feed_url"] == Here(base=OPERATOR.url, language=language, place="feed.json").address
    assert len(feed["items"]) == len(found)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(("version",), "https://jsonfeed.org/version/1", id="another version"),
        pytest.param(("title",), "", id="no title"),
        pytest.param(("items",), None, id="no items"),
        pytest.param(("home_page_url",), "legal pages", id="not an address"),
        pytest.param(("generator",), "joinfence", id="an unknown member"),
        pytest.param(("_joinfence",), "text", id="an extension that is not an object"),
        pytest.param(("_",), {}, id="an extension without a name"),
        pytest.param(("author",), {"name": "x"}, id="a member of version 1"),
        pytest.param(("language",), "en_GB", id="not a language tag"),
        pytest.param(("authors", 0), {}, id="an empty author"),
        pytest.param(("items", 0, "id"), 1, id="an id that is a number"),
        pytest.param(("items", 0, "url"), "orders/1", id="an item without an address"),
        pytest.param(("items", 0, "content"), "text", id="an unknown member of an item"),
        pytest.param(("items", 0, "date_published"), "2026-11-24T12:00:00", id="an instant without a zone"),
        pytest.param(("items", 0, "date_published"), "24 November 2026", id="not an instant"),
    ],
)
def test_the_json_feed_schema_finds_errors(place: tuple[str | int, ...], value: object) -> None:
    feed = as_json()
    assert JSON_FEED.is_valid({**feed, "_joinfence": {"about": "extensions are allowed"}})
    node = feed
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    assert not JSON_FEED.is_valid(feed)


@pytest.mark.parametrize("member", ["version", "title", "items"])
def test_the_json_feed_schema_finds_missing_members(member: str) -> None:
    assert not JSON_FEED.is_valid({key: value for key, value in as_json().items() if key != member})


@pytest.mark.parametrize("member", ["id", "content_text"])
def test_the_json_feed_schema_finds_missing_members_of_items(member: str) -> None:
    feed = as_json()
    del feed["items"][0][member]
    assert not JSON_FEED.is_valid(feed)


def test_both_feeds_have_the_same_items() -> None:
    entries = [
        (entry.id, entry.title, entry.link, entry.updated, entry.summary)
        for entry in feedparser.parse(as_atom()).entries
    ]
    assert entries == [
        (item["id"], item["title"], item["url"], item["date_published"], item["content_text"])
        for item in as_json()["items"]
    ]


def test_characters_that_xml_forbids_do_not_break_the_feed() -> None:
    reference = "17 O \ufffe\x01 123"
    version = make_version(Path("order.yaml"), ("authority.reference", "17 O"))
    authority = version.order.authority.model_copy(
        update={"reference": reference, "name": {"en": f"Court \ufffe of {reference}"}}
    )
    version = version.model_copy(update={"order": version.order.model_copy(update={"authority": authority})})
    document = etree.fromstring(as_atom(found=changes([version], [], AT + DAY)))
    assert SCHEMA.validate(document), SCHEMA.error_log
    assert "17 O" in etree.tostring(document, encoding="unicode")
