from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest

from joinfence.config.branding import PLAIN, Branding, read_branding
from joinfence.config.yaml.problems import ConfigError

SHIPPED = Path(__file__).parents[2] / "configs" / "notices"


def _write(folder: Path, text: str = "", **files: bytes) -> Path:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    path = folder / "branding.yaml"
    path.write_text(f"schema: notices/1\n{text}", encoding="utf-8")
    return path


def _problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_branding(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_plain_branding_changes_nothing(tmp_path: Path) -> None:
    assert Branding() == PLAIN
    assert not any((PLAIN.name, PLAIN.logo, PLAIN.colours, PLAIN.templates))
    assert read_branding(_write(tmp_path))[0] == PLAIN


def test_the_shipped_branding_example_is_read() -> None:
    branding, document = read_branding(SHIPPED / "branding.yaml")
    kind, _, data = branding.logo.partition(",")
    assert branding.name == "Example Meetings"
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(data) == (SHIPPED / "logo.svg").read_bytes()
    assert branding.templates == (("page.html.j2", (SHIPPED / "page.html.j2").read_text("utf-8")),)
    assert document.path == SHIPPED / "branding.yaml"


def test_colours_of_the_light_scheme_do_not_apply_to_the_dark_one(tmp_path: Path) -> None:
    path = _write(tmp_path, 'colours: {light: {mark: "#123456"}, dark: {ink: "#ffffff", link: "#aabbcc"}}')
    assert read_branding(path)[0].colours == (
        "@media (prefers-color-scheme: light) {:root {--mark: #123456;}}"
        "@media (prefers-color-scheme: dark) {:root {--ink: #ffffff;--link: #aabbcc;}}"
    )
    one = _write(tmp_path, 'colours: {light: {mark: "#123456"}}')
    assert "dark" not in read_branding(one)[0].colours


def test_a_png_is_inlined(tmp_path: Path) -> None:
    path = _write(tmp_path, "logo: logo.png", logo_png=b"\x89PNG")
    assert read_branding(path)[0].logo == "data:image/png;base64,iVBORw=="


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("logo: logo.svg", '2:7: logo: "logo.svg" cannot be read: No such file or directory'),
        ("logo: big.svg", '2:7: logo: "big.svg" is larger than 8 KB'),
        ("logo: logo.gif", '2:7: logo: found "logo.gif", expected the path of an .svg or .png file'),
        ("templates: [page.html.j2]", '2:13: templates[0]: "page.html.j2" cannot be read: No such file or directory'),
        ("templates: [own.html.j2]", "2:13: templates[0]: "),
        ('colours: {light: {ink: "red"}}', '2:24: colours.light.ink: found "red", expected a colour such as #1d4f3f'),
        ('colours: {light: {ink: "#12345"}}', '2:24: colours.light.ink: found "#12345", expected a colour such as #1d4f3f'),
        ("colors: {}", "2:1: colors: unknown key; did you mean `colours`?"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(tmp_path: Path, text: str, problem: str) -> None:
    path = _write(tmp_path, text, big_svg=b"x" * 8193)
    assert [each for each in _problems(path) if re.match(re.escape(problem), each)]


def test_all_missing_files_are_reported_together(tmp_path: Path) -> None:
    path = _write(tmp_path, "logo: a.svg\ntemplates: [page.html.j2, refusal.txt.j2]")
    assert len(_problems(path)) == 3
