"""`joinfence site build`: its options, output and exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from joinfence.cli import app
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

AT = ("--at", "2026-11-24T12:00:00Z")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["site", "build", *map(str, arguments)])
    return result.exit_code, result.output


def test_the_build_is_summarised(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    status, output = run("--config", main, "--out", tmp_path / "legal", *AT)
    assert status == 0
    assert output.endswith(f"{tmp_path / 'legal'} is built: 3 orders, 4 languages, 52 files\n")
    assert (tmp_path / "legal" / "index.html").is_file()
    for order in ("DE-2026-0001", "NL-2026-0003", "PT-2026-0002"):
        assert f"warning: {order}, version 1: documents/{order}.pdf is missing; put the document" in output


def test_the_configuration_can_name_the_folder(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: ../legal}")
    assert run("--config", main, *AT)[0] == 0
    assert (tmp_path / "legal" / "index.html").is_file()


def test_a_folder_is_required(tmp_path: Path) -> None:
    status, output = run("--config", copy_configs(tmp_path), *AT)
    assert (status, output) == (
        2,
        "no folder to build the site in; give --out DIR, or set site.folder in the configuration\n",
    )


def test_a_problem_is_reported_and_nothing_is_changed(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    (tmp_path / "thesis.tex").touch()
    status, output = run("--config", main, "--out", tmp_path, *AT)
    assert status == 2
    assert f"{tmp_path / 'index.json'}:1:1: is missing, so this folder does not contain the site" in output
    assert output.endswith("nothing was changed\n")
    edit(main, "# site: {folder: /var/www/legal}", "site: {languages: [la]}")
    status, output = run("--config", main, "--out", tmp_path / "legal", *AT)
    assert (status, "there is no catalogue for la" in output) == (2, True)
    assert not (tmp_path / "legal").exists()


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    (tmp_path / "legal").write_text("a file")
    status, output = run("--config", main, "--out", tmp_path / "legal" / "deep", *AT)
    assert status == 2
    assert "nothing was changed" in output
