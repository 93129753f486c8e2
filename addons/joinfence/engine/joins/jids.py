"""XMPP addresses (JIDs) to meeting ids: nodeprep (RFC 6122 appendix A), and the tenant in the domain."""

from __future__ import annotations

import json
import re
import stringprep
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACEHOLDER: Final = re.compile(r"\{(tenant|number)\}")
_PLACEHOLDER_PATTERNS: Final = {"tenant": r"(?P<tenant>[^.]+)", "number": "[0-9]+"}
_TENANT_IN_NODE: Final = re.compile(r"\[(?P<tenant>[^\]]+)\](?P<node>.+)", re.DOTALL)
_VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)
# Table B.1 of stringprep (RFC 3454): characters that are removed. To ask stringprep for each of the 65,536
# characters it may hold costs every start 7 ms.
_MAPPED_TO_NOTHING: Final = dict.fromkeys(
    [
        0xAD,
        0x34F,
        0x1806,
        *range(0x180B, 0x180E),
        *range(0x200B, 0x200E),
        0x2060,
        0xFEFF,
        *_VARIATION_SELECTORS,
    ]
)

MAX_NODE_CHARACTERS: Final = 4_096
"""Longer text is not folded, as it cannot be a room: a localpart has at most 1,023 bytes (RFC 7622, 3.3)."""


def nodeprep(text: str) -> str:
    """Return a localpart as XMPP servers compare it (RFC 6122 appendix A, without its prohibitions).

    The profile is defined on Unicode 3.2. Characters that were added later are folded, too, because some
    libraries do so.
    """
    if text.isascii():  # the usual case; table B.1 has no ASCII characters
        return text.lower()
    text = text.translate(_MAPPED_TO_NOTHING)
    if text.isascii():
        return text.lower()
    if len(text) > MAX_NODE_CHARACTERS:
        return text
    return _folded(_folded(text))  # after one pass, composing may have produced characters that fold again


def _folded(text: str) -> str:
    mapped = "".join(map(stringprep.map_table_b2, text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", mapped).casefold())


def jid_step(argument: str) -> Callable[[str], str]:
    """Return a function from the JID of a room to `node`, or to `tenant/node` if its domain names a tenant.

    `argument` is a JSON list of domain patterns such as `conference.{tenant}.meet.example`; `{number}`
    matches digits without meaning. The first pattern that matches is used. If none matches, the result is
    the node: a meeting must also be found on a server that the rule file does not list. Text without @ is
    returned as it is. Raises ValueError, with a sentence, if the argument is something else.
    """
    try:
        domains = json.loads(argument)
    except ValueError:
        domains = None
    if not isinstance(domains, list) or not all(isinstance(d, str) and _is_domain(d) for d in domains):
        message = "jid takes a list of domains such as conference.{tenant}.meet.example"
        raise ValueError(message)
    patterns = [re.compile(_pattern(domain)) for domain in domains]

    def split(text: str) -> str:
        bare = text.partition("/")[0]
        node, at, domain = bare.partition("@")
        if not at:
            return text
        inside = _TENANT_IN_NODE.fullmatch(node)
        if inside:
            return f"{inside['tenant']}/{inside['node']}"
        domain = domain.rstrip(".").casefold()
        match = next((m for pattern in patterns if (m := pattern.fullmatch(domain))), None)
        tenant = match.groupdict().get("tenant") if match else None
        return f"{tenant}/{node}" if tenant else node

    return split


def _is_domain(text: str) -> bool:
    plain = _PLACEHOLDER.sub("x", text)
    return text.count("{tenant}") <= 1 and re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", plain) is not None


def _pattern(domain: str) -> str:
    return "".join(_PLACEHOLDER_PATTERNS.get(part, re.escape(part)) for part in _PLACEHOLDER.split(domain))
