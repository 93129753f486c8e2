"""The README's commands print what it says they print, and its examples are the files it names.

`python tests/test_readme.py` writes the present outputs into the README.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.config.settings import SettingsFile
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.validate import validate

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TERMINAL = {"COLUMNS": "110", "NO_COLOR": "1"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

REGISTRY = re.compile(r"\(iptocc [\d.]+\)")


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(README.read_text(encoding="utf-8")) if found == language]


def command_of(block: str) -> str:
    first, _, _ = block.replace("\\\n", " ").partition("\n")
    return first.removeprefix("$ ")


def arguments_of(command: str) -> list[str]:
    name, *arguments = shlex.split(command)
    assert name == "joinfence"
    return arguments


def run(command: str) -> str:
    """Return what a command prints, in this process: forty would take longer to start than to run."""
    with contextlib.chdir(ROOT):
        done = CliRunner(env=TERMINAL).invoke(app, arguments_of(command), prog_name="joinfence")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return shown(done.stdout, done.stderr)


def run_as_a_process(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "joinfence", *arguments_of(command)],
        cwd=ROOT,
        env={**os.environ, **TERMINAL},
        capture_output=True,
        text=True,
        check=False,
    )
    return shown(done.stdout, done.stderr)


def shown(out: str, errors: str) -> str:
    # The README shows the pinned registry; the tests also run with another one.
    text = (out + errors).replace(
        f"(iptocc {version('iptocc')})", REGISTRY.findall(README.read_text("utf-8"))[0]
    )
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def output_of(block: str) -> str:
    head, _, rest = block.partition("\n")
    while head.endswith("\\"):
        head, _, rest = rest.partition("\n")
    return rest


def test_the_registry_shown_is_the_pinned_one() -> None:
    pinned = re.findall(r"^iptocc==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert set(REGISTRY.findall(README.read_text("utf-8"))) == {f"(iptocc {each})" for each in pinned}


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: command_of(block)[:60])
def test_a_command_prints_what_the_readme_shows(block: str) -> None:
    assert run(command_of(block)) == output_of(block)


def test_a_process_of_its_own_prints_the_same() -> None:
    block = blocks("console")[0]
    assert run_as_a_process(command_of(block)) == output_of(block)


def test_there_are_commands_to_show() -> None:
    assert len(blocks("console")) >= 3


def test_the_shortened_configuration_is_valid() -> None:
    text = next(text for text in blocks("yaml") if text.startswith("schema: geofence/1"))
    assert validate(SettingsFile, parse_document(README, text)).location.agreement == "all"


def test_the_service_shown_is_the_service_shipped() -> None:
    text = next(text for text in blocks("yaml") if text.startswith("schema: service/1"))
    shipped = (ROOT / "configs" / "services" / "zoom.yaml").read_text(encoding="utf-8")
    assert shipped.endswith(text)


def test_the_python_shown_answers_what_it_shows() -> None:
    (block,) = blocks("python")
    *lines, call, answer = block.splitlines()
    names: dict[str, object] = {"IPv4Address": IPv4Address}
    exec("\n".join(lines), names)  # noqa: S102 - our own README
    assert repr(eval(call, names)) == answer.removeprefix("# ")  # noqa: S307


@pytest.mark.parametrize(
    "script", sorted(set(re.findall(r"scripts/[a-z]+", README.read_text(encoding="utf-8"))))
)
def test_a_script_named_in_the_readme_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)]+)\)", README.read_text(encoding="utf-8")))
def test_a_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def rewrite() -> None:
    """Write the present outputs into the README."""

    def renewed(match: re.Match[str]) -> str:
        language, block = match.groups()
        if language != "console":
            return match[0]
        shown = block.removesuffix(output_of(block))
        return f"```console\n{shown}{run(command_of(block))}```"

    README.write_text(BLOCK.sub(renewed, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
