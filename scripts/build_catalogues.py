"""The build hook: compiles the gettext catalogues, for the wheel and for the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """What hatchling calls; it finds the hook through pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile, and include the results in the wheel although git ignores them."""
        compile_catalogues(Path(self.root, "addons", "joinfence", "text", "locale"))
        build_data["artifacts"].append("*.mo")


def compile_catalogues(folder: Path) -> None:
    """Write a .mo file beside every .po file below a folder."""
    for text in sorted(folder.rglob("*.po")):
        with text.open("rb") as source, text.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(source, locale=text.parts[-3]))
