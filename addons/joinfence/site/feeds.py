"""The changes as an Atom feed (RFC 4287) and as a JSON feed (version 1.1), in one language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from joinfence.engine.joins.templates import NOT_ALLOWED_IN_XML
from joinfence.site.links import ATOM, INDEX_PAGE, JSON_FEED, Here, folder, order_page
from joinfence.text.timestamps import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from joinfence.site.changes import Change
    from joinfence.site.speech import Speech


class Item:
    """A change as a feed item. Its id is a permanent address made of page, kind and instant."""

    def __init__(self, change: Change, base: str, speech: Speech) -> None:
        """Make the item of a change."""
        self.updated = rfc3339(change.at, "seconds")
        self.title = speech.change_title(change)
        self.summary = speech.change_summary(change)
        place, anchor = INDEX_PAGE, "rejected"
        if change.version is not None:
            order = change.version.order
            place, anchor = order_page(order.id, order.version), change.kind.value
        elif change.rejected is not None:
            anchor = change.rejected.id
        self.url = Here(base=base, language=speech.language, place=place).address
        stamp = self.updated.replace(":", "").replace("-", "")
        self.id = f"{base}{folder(speech.language)}{place}#{anchor}-{stamp}"


def atom(changes: Iterable[Change], base: str, speech: Speech, at: datetime) -> bytes:
    """Return the Atom feed. `base` is the site's address, `at` the aware instant of the build."""
    home = Here(base=base, language=speech.language, place=INDEX_PAGE).address
    items = [Item(change, base, speech) for change in changes]
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": speech.language})
    SubElement(feed, "id").text = f"{home}{ATOM}"
    SubElement(feed, "title").text = speech.feed_title()
    SubElement(feed, "updated").text = items[0].updated if items else rfc3339(at, "seconds")
    SubElement(SubElement(feed, "author"), "name").text = speech.operator.name
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{home}{ATOM}"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": home})
    SubElement(feed, "generator", {"uri": base}).text = "joinfence"
    for item in items:
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = item.id
        SubElement(entry, "title").text = item.title
        SubElement(entry, "updated").text = item.updated
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
        SubElement(entry, "summary").text = item.summary
    indent(feed)
    text = NOT_ALLOWED_IN_XML.sub("", tostring(feed, "unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def json_feed(changes: Iterable[Change], base: str, speech: Speech) -> bytes:
    """Return the JSON feed (jsonfeed.org, version 1.1)."""
    home = Here(base=base, language=speech.language, place=INDEX_PAGE).address
    items = [Item(change, base, speech) for change in changes]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": speech.feed_title(),
        "home_page_url": home,
        "feed_url": f"{home}{JSON_FEED}",
        "language": speech.language,
        "authors": [{"name": speech.operator.name, "url": base}],
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "content_text": item.summary,
                "date_published": item.updated,
            }
            for item in items
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
