"""What a proxy file may contain. That its networks are trusted is tested in test_client_address.py."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from joinfence.config.proxy_files import LARGEST_FILE, ProxyFile, read_proxies
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_each_line_holds_one_network(tmp_path: Path) -> None:
    file = tmp_path / "cdn.txt"
    file.write_text("# all\r\n192.0.2.0/24\r\n\t2001:db8::/32 # here\r\n")
    assert read_proxies(file) == [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "1:1: cannot be read: No such file or directory; check the path and its permissions"),
        (b"\xff\xfe", "1:1: cannot be read: it is not UTF-8 text; check the path and its permissions"),
        (b"# nothing\n", "1:1: contains no networks; expected one per line, such as 192.0.2.0/24"),
        (b" " * (LARGEST_FILE + 1), "1:1: is larger than 1 MiB; check that it is the right file"),
    ],
    ids=["missing", "not text", "no networks", "too large"],
)
def test_an_unusable_file_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "cdn.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_proxies(file)
    assert str(caught.value) == f"{file}:{message}"


def test_without_a_limit_no_file_is_too_old(tmp_path: Path) -> None:
    (tmp_path / "cdn.txt").write_text("192.0.2.0/24")
    assert (
        ProxyFile("cdn.txt").age_warning(tmp_path / "geofence.yaml", datetime(2999, 1, 1, tzinfo=UTC)) is None
    )
