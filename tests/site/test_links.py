"""Links are relative, name a file, and work from any page to any other."""

from __future__ import annotations

import posixpath

import pytest

from joinfence.site.links import Here, file_of, folder, order_page

BASE = "https://meet.example/legal/"


@pytest.mark.parametrize(
    ("language", "place", "to", "expected"),
    [
        ("en", "", "", "index.html"),
        ("en", "", "orders/DE-2026-0001/", "orders/DE-2026-0001/index.html"),
        ("en", "orders/DE-2026-0001/1/", "", "../../../index.html"),
        ("de", "orders/DE-2026-0001/", "complain/", "../../complain/index.html"),
        ("de", "location/", "feed.atom", "../feed.atom"),
    ],
)
def test_a_link_within_a_language(language: str, place: str, to: str, expected: str) -> None:
    assert Here(base=BASE, language=language, place=place).to(to) == expected


def test_a_link_to_another_language_and_to_a_file() -> None:
    here = Here(base=BASE, language="de", place="orders/DE-2026-0001/")
    assert here.to(here.place, "en") == "../../../orders/DE-2026-0001/index.html"
    assert here.to_file("reports/2026-h1.html") == "../../../reports/2026-h1.html"
    assert here.address == "https://meet.example/legal/de/orders/DE-2026-0001/"


@pytest.mark.parametrize("start", ["", "location/", order_page("DE-2026-0001", 2)])
@pytest.mark.parametrize("end", ["", "complain/", order_page("DE-2026-0001"), "feed.json"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_following_a_link_reaches_its_target(start: str, end: str, language: str) -> None:
    here = Here(base=BASE, language="de", place=start)
    link = here.to(end, language)
    arrived = posixpath.normpath(posixpath.join(posixpath.dirname(file_of(here.path)), link))
    assert arrived == folder(language) + file_of(end)
