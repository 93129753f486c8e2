from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from tests.config_files import SHIPPED, copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

JANUS = '{"body": {"request": "join", "room": " 1234"}}'


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


def services(main: Path, *arguments: str, stdin: bytes | None = None) -> Result:
    options = [] if arguments[0] == "schema" else ["--config", str(main)]
    command = ["services", *arguments, *options]
    return CliRunner(env={"COLUMNS": "110"}).invoke(app, command, input=stdin)


def test_every_rule_file_is_listed_and_those_in_use_are_marked(main: Path) -> None:
    lines = services(main, "list").stdout.splitlines()
    names = {line.split()[1]: "yes" in line for line in lines if line.startswith("│")}
    assert set(names) == {path.stem for path in (SHIPPED / "services").glob("*.yaml")}
    assert {name for name, in_use in names.items() if in_use} == {"demo", "janus-videoroom", "zoom"}


def test_a_service_is_shown_rule_by_rule(main: Path) -> None:
    shown = services(main, "show", "janus-videoroom").stdout
    assert [line.split()[0] for line in shown.splitlines() if line][:3] == [
        "janus-videoroom:",
        "ids:",
        "http",
    ]
    assert "json /body/request one of join, joinandconfigure, ignoring case" in shown
    assert "the socket stays open" in shown


@pytest.mark.parametrize("name", sorted(path.stem for path in (SHIPPED / "services").glob("*.yaml")))
def test_every_shipped_service_can_be_shown(main: Path, name: str) -> None:
    done = services(main, "show", name)
    assert (done.exit_code, "refusal" in done.stdout) == (0, True)


def test_a_request_is_tried_on_the_rules(main: Path) -> None:
    done = services(main, "try", "zoom", "--url", "https://zoom.example/j/987-6543%202101")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "link: matches",
        '  path meeting: "987-6543 2101"',
        '    digits: "98765432101"',
        "personal-link: does not match: the path, method, host, upgrade or subprotocol differs",
        "joins: zoom 98765432101",
    ]


@pytest.mark.parametrize("url", ["http://m.example/", "https://m.example/", "wss://m.example/"])
def test_a_message_is_tried_on_the_socket_that_the_url_opens(main: Path, url: str) -> None:
    header = "Sec-WebSocket-Protocol: janus-protocol"
    done = services(main, "try", "janus-videoroom", "--url", url, "-H", header, "--message", JANUS)
    assert done.stdout.splitlines() == [
        "http: does not match: the path, method, host, upgrade or subprotocol differs",
        "socket: matches",
        '  json /body/room: " 1234"',
        '    trim: "1234"',
        "joins: janus-videoroom 1234",
    ]


def test_a_body_is_tried_on_the_rules(main: Path, tmp_path: Path) -> None:
    (tmp_path / "body").write_text(JANUS)
    url = "https://m.example/janus/1/2"
    for source, stdin in ((str(tmp_path / "body"), None), ("-", JANUS.encode())):
        done = services(main, "try", "janus-videoroom", "--url", url, "--body", source, stdin=stdin)
        assert done.stdout.splitlines()[-1] == "joins: janus-videoroom 1234"
    done = services(main, "try", "janus-videoroom", "--url", url, "--body", str(tmp_path / "none"))
    assert (done.exit_code, "cannot be read" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--url", "https://m.example/janus", "--method", "POST"), "cannot be parsed"),
        (("--url", "https://m.example/x"), "joins: none"),
    ],
)
def test_each_rule_says_how_far_it_matched(main: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in services(main, "try", "janus-videoroom", *arguments).stdout


def test_an_unknown_service_is_reported_with_the_known_ones(main: Path) -> None:
    done = services(main, "show", "skype")
    assert done.exit_code == 2
    assert done.stderr.startswith('there is no service "skype"; expected one of bigbluebutton, demo, ')


def test_invalid_rule_files_are_reported(main: Path) -> None:
    edit(main.parent / "services" / "zoom.yaml", "name: link", "nam: link")
    edit(main.parent / "services" / "demo.yaml", "methods: [POST]", "methods: [post]")
    done = services(main, "list")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 4)
    main.write_text("schema: geofence/2\n")
    assert services(main, "list").exit_code == 2


def test_the_schema_is_printed_as_json(main: Path) -> None:
    assert json.loads(services(main, "schema").stdout)["title"] == "ServiceFile"
