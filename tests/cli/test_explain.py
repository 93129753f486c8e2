from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

AT = "2026-11-24T12:00:00Z"
KEYS = [
    "verdict",
    "reason",
    "order",
    "joins",
    "client",
    "undetermined",
    "location",
    "unlocated",
    "claim",
    "walk",
    "policy",
    "trail",
]


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_configs(tmp_path_factory.mktemp("explain"))


def explain(
    main: Path, url: str, *arguments: str, peer: str = "127.0.0.1", stdin: bytes | None = None
) -> Result:
    command = ["explain", "--config", str(main), "--at", AT, "--url", url, "--peer", peer, *arguments]
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, command, input=stdin)


def test_a_refusal_as_json(main: Path) -> None:
    done = explain(main, "https://meet.example/j/98765432101", "-H", "X-Forwarded-For: 2003::1", "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert list(said) == KEYS
    source = said["location"]["sources"]
    assert {key: said[key] for key in KEYS[:-2]} == {
        "verdict": "refuse",
        "reason": "order",
        "order": {"id": "DE-2026-0001"},
        "joins": [{"service": "zoom", "meeting": "98765432101"}],
        "client": {"address": "2003::1", "basis": "header"},
        "undetermined": None,
        "location": {"country": "DE", "subdivisions": [], "sources": source},
        "unlocated": None,
        "claim": None,
        "walk": [{"entry": "2003::1", "mark": "client"}],
    }
    assert len(said["policy"]["revision"]) == 12


@pytest.mark.parametrize(
    ("arguments", "part", "value"),
    [
        ((), "undetermined", {"reason": "header_missing", "detail": None}),
        (("-H", "X-Forwarded-For: x"), "undetermined", {"reason": "malformed", "detail": "not_an_address"}),
        (("-H", "X-Forwarded-For: 10.0.0.1"), "unlocated", {"reason": "special"}),
    ],
)
def test_an_undetermined_or_unlocated_client_as_json(
    main: Path, arguments: tuple[str, ...], part: str, value: dict[str, Any]
) -> None:
    done = explain(main, "https://meet.example/j/98765432101", "--json", *arguments)
    said = json.loads(done.stdout)
    assert (done.exit_code, said["verdict"], said[part]) == (0, "admit", value)


def test_a_peer_that_is_not_a_trusted_proxy_is_the_client(main: Path) -> None:
    done = explain(main, "https://meet.example/j/98765432101", "--json", peer="2003::5")
    assert json.loads(done.stdout)["client"] == {"address": "2003::5", "basis": "peer_untrusted"}
    assert done.exit_code == 1


def test_a_refusal_as_text(main: Path) -> None:
    done = explain(main, "https://meet.example/j/98765432101", "-H", "X-Forwarded-For: 2003::1")
    headings = [line.split("  ")[0] for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert headings == [
        "Join",
        "Order DE-2026-0001",
        "Entry 1",
        "Client",
        "Location",
        "Verdict",
        "Under",
        "Policy",
    ]


@pytest.mark.parametrize("source", ["file", "-"])
def test_the_body_is_read_from_a_file_or_standard_input(main: Path, tmp_path: Path, source: str) -> None:
    body = b'{"meeting": "townhall"}'
    (tmp_path / "body").write_bytes(body)
    where = source if source == "-" else str(tmp_path / "body")
    done = explain(
        main, "http://meet.example/api/join", "-H", "X-Forwarded-For: 2003::1", "--body", where, stdin=body
    )
    assert done.exit_code == 1


def test_a_request_that_is_not_a_join_is_admitted(main: Path) -> None:
    done = explain(main, "https://meet.example", "--json")
    assert (done.exit_code, json.loads(done.stdout)["reason"]) == (0, "no_join")


@pytest.mark.parametrize(
    ("url", "arguments", "message"),
    [
        ("meet.example/j/1", (), '--url: found "meet.example/j/1", expected an address such as https://meet.example/j/123\n'),
        ("ftp://meet.example/", (), '--url: found "ftp://meet.example/", expected an address such as https://meet.example/j/123\n'),
        ("https://m/", ("-H", "nothing"), "--header: found \"nothing\", expected 'Name: value'\n"),
        ("https://m/", ("--body", "/missing/file"), "--body: /missing/file cannot be read: No such file or directory\n"),
        ("https://m/", ("--config", "/missing.yaml"), "/missing.yaml:1:1: cannot be read: No such file or directory; check the path and its permissions\n1 problem(s) in /missing.yaml\n"),
    ],
)  # fmt: skip
def test_invalid_options_end_with_status_2(
    main: Path, url: str, arguments: tuple[str, ...], message: str
) -> None:
    done = explain(main, url, *arguments)
    assert (done.exit_code, done.stderr) == (2, message)


def test_a_missing_option_ends_with_status_2(main: Path) -> None:
    assert CliRunner().invoke(app, ["explain", "--config", str(main)]).exit_code == 2


def test_control_characters_do_not_reach_the_terminal(main: Path) -> None:
    done = explain(main, "http://m/join?meeting=%1b%5b2J%0a", "-H", "X-Forwarded-For: 2003::1")
    assert "\x1b" not in done.stdout
    assert done.exit_code == 0


def test_the_walk_lists_each_entry_and_a_decisive_claim_is_shown(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    line = ("-H", "X-Forwarded-For: 1.1.1.1, 2003::1, 9.9.9.9, ::1")
    url = "https://meet.example/j/98765432101"
    plain = explain(main, url, *line)
    assert plain.exit_code == 0
    walked = [row.split()[2:] for row in plain.stdout.splitlines() if row.startswith("Entry")]
    assert walked == [["trusted", "::1"], ["client", "9.9.9.9"], ["unread", "2003::1"], ["unread", "1.1.1.1"]]
    edit(main, "source: X-Forwarded-For", "source: X-Forwarded-For\n  chain: client_or_claims")
    claimed = explain(main, url, *line)
    assert claimed.exit_code == 1
    assert "Entry 3             claim   2003::1" in claimed.stdout
    assert "Claim               2003::1, an entry to the left of the client: it decides" in claimed.stdout
    said = json.loads(explain(main, url, *line, "--json").stdout)
    assert (said["claim"], said["client"]["address"]) == ({"address": "2003::1"}, "9.9.9.9")
    assert {"step": "claim", "address": "2003::1"} in said["trail"]
