"""The feeds are what their specifications say, in the eyes of others."""

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
def test_atom_is_valid_and_read_without_complaint(language: str) -> None:
    document = etree.fromstring(as_atom(language))
    assert SCHEMA.validate(document), SCHEMA.error_log
    read = feedparser.parse(as_atom(language))
    assert read.bozo is False
    assert read.version == "atom10"
    assert len(read.entries) == len(CHANGES)
    assert read.feed.language == language


def test_the_schema_finds_what_is_wrong() -> None:
    broken = as_atom().replace(b"<updated>2026", b"<updated>last year", 1)
    assert not SCHEMA.validate(etree.fromstring(broken))
    assert not SCHEMA.validate(
        etree.fromstring(as_atom().replace(b"<author>", b"<writer>").replace(b"</author>", b"</writer>"))
    )


def test_ids_are_addresses_that_never_change_and_never_repeat() -> None:
    ids = [entry.id for entry in feedparser.parse(as_atom()).entries]
    assert len(set(ids)) == len(ids)
    later = [entry.id for entry in feedparser.parse(as_atom(found=CHANGES[2:])).entries]
    assert later == ids[2:]
    assert all(urlsplit(each).scheme == "https" and each.startswith(OPERATOR.url) for each in ids)


def test_the_feed_is_as_old_as_its_latest_entry() -> None:
    read = feedparser.parse(as_atom())
    assert read.feed.updated == read.entries[0].updated == "2027-02-07T23:00:00Z"
    assert feedparser.parse(as_atom(found=())).feed.updated == "2026-11-24T12:00:00Z"


def test_an_entry_says_who_where_and_what() -> None:
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
        pytest.param(("home_page_url",), "legal pages", id="no address"),
        pytest.param(("generator",), "joinfence", id="an unknown member"),
        pytest.param(("_joinfence",), "text", id="an extension that is no object"),
        pytest.param(("_",), {}, id="an extension without a name"),
        pytest.param(("author",), {"name": "x"}, id="a member of version 1"),
        pytest.param(("language",), "en_GB", id="no language tag"),
        pytest.param(("authors", 0), {}, id="an author without anything"),
        pytest.param(("items", 0, "id"), 1, id="an id that is a number"),
        pytest.param(("items", 0, "url"), "orders/1", id="an item without an address"),
        pytest.param(("items", 0, "content"), "text", id="an unknown member of an item"),
        pytest.param(("items", 0, "date_published"), "2026-11-24T12:00:00", id="an instant without a zone"),
        pytest.param(("items", 0, "date_published"), "24 November 2026", id="no instant"),
    ],
)
def test_the_schema_of_json_feeds_finds_what_is_wrong(place: tuple[str | int, ...], value: object) -> None:
    feed = as_json()
    assert JSON_FEED.is_valid({**feed, "_joinfence": {"about": "extensions are allowed"}})
    node = feed
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    assert not JSON_FEED.is_valid(feed)


@pytest.mark.parametrize("member", ["version", "title", "items"])
def test_a_json_feed_without_what_it_has_to_say_is_found(member: str) -> None:
    assert not JSON_FEED.is_valid({key: value for key, value in as_json().items() if key != member})


@pytest.mark.parametrize("member", ["id", "content_text"])
def test_an_item_without_what_it_has_to_say_is_found(member: str) -> None:
    feed = as_json()
    del feed["items"][0][member]
    assert not JSON_FEED.is_valid(feed)


def test_both_feeds_tell_the_same() -> None:
    told = [
        (entry.id, entry.title, entry.link, entry.updated, entry.summary)
        for entry in feedparser.parse(as_atom()).entries
    ]
    assert told == [
        (item["id"], item["title"], item["url"], item["date_published"], item["content_text"])
        for item in as_json()["items"]
    ]


def test_characters_that_xml_forbids_break_no_feed() -> None:
    reference = "17 O \ufffe\x01 123"
    version = make_version(Path("order.yaml"), ("authority.reference", "17 O"))
    authority = version.order.authority.model_copy(
        update={"reference": reference, "name": {"en": f"Court \ufffe of {reference}"}}
    )
    version = version.model_copy(update={"order": version.order.model_copy(update={"authority": authority})})
    document = etree.fromstring(as_atom(found=changes([version], [], AT + DAY)))
    assert SCHEMA.validate(document), SCHEMA.error_log
    assert "17 O" in etree.tostring(document, encoding="unicode")
