"""Reports are copied from their folder, and linked, as are those already in the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinfence.config.yaml.problems import ConfigError
from joinfence.site.reports import report_files, report_links


def test_all_files_except_hidden_ones_are_copied(tmp_path: Path) -> None:
    (tmp_path / "2026-h1").mkdir()
    (tmp_path / "2026-h1" / "report.csv").write_text("a,b")
    (tmp_path / "2026.html").write_text("<p>")
    (tmp_path / ".draft").touch()
    assert report_files(tmp_path) == {"reports/2026-h1/report.csv": b"a,b", "reports/2026.html": b"<p>"}


def test_a_missing_folder_has_no_reports(tmp_path: Path) -> None:
    assert report_files(tmp_path / "none") == {}


def test_reports_in_the_site_are_linked_too(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2025.html").touch()
    assert report_links({"reports/2026.html": b""}, tmp_path) == (
        ("reports/2025.html", "2025.html"),
        ("reports/2026.html", "2026.html"),
    )


def test_a_report_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "2026.html").touch()

    def failing(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(ConfigError, match="a report cannot be read: Permission denied"):
        report_files(tmp_path)


def test_a_link_to_a_file_outside_of_the_folder_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "2026.html").symlink_to(tmp_path / "secret")
    with pytest.raises(ConfigError, match="is a link to a file outside of the reports folder"):
        report_files(folder)
    (folder / "2026.html").unlink()
    (folder / "2025.html").write_text("<p>")
    (folder / "latest.html").symlink_to("2025.html")
    (tmp_path / "linked").symlink_to(folder)
    assert set(report_files(tmp_path / "linked")) == {"reports/2025.html", "reports/latest.html"}
