"""The public vectors for the client address, their compact forms written out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "vectors" / "client-address.json"


def read(kind: str) -> list[dict[str, Any]]:
    """Return the vectors of a kind that state what a model that is offered answers."""
    vectors: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
    return [v for v in vectors if v["kind"] == kind and v["ours"]["outcome"] != "model_not_offered"]


def lines_of(vector: dict[str, Any]) -> tuple[tuple[bytes, bytes], ...]:
    """Return a vector's header lines."""
    lines = [(name, value) for name, value in vector["headers"]]
    if repeat := vector.get("headers_repeat"):
        lines.append((repeat["name"], repeat["unit"] * repeat["times"] + repeat.get("suffix", "")))
    if before := vector.get("header_lines_before"):
        lines = [(before["name"], before["value"])] * before["times"] + lines
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines)
