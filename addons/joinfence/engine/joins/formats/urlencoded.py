"""The values of a field in a URL-encoded query or form (WHATWG URL section 5)."""

from __future__ import annotations

from urllib.parse import unquote_plus


def field_values(text: str, wanted: str) -> list[str]:
    """Return all values of the field, decoded, in order."""
    if wanted not in text and "%" not in text and "+" not in text:
        return []
    found = []
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name == wanted or (("%" in name or "+" in name) and _decode(name) == wanted):
            found.append(_decode(value))
    return found


def _decode(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")
