"""XMPP addresses to meeting ids: nodeprep (RFC 6122 appendix A), and the tenant that a domain names."""

from __future__ import annotations

import json
import re
import stringprep
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_HOLE: Final = re.compile(r"\{(tenant|number)\}")
_HOLES: Final = {"tenant": r"(?P<tenant>[^.]+)", "number": "[0-9]+"}
_IN_NODE: Final = re.compile(r"\[(?P<tenant>[^\]]+)\](?P<node>.+)", re.DOTALL)
_VARIANTS: Final = range(0xFE00, 0xFE10)
# Table B.1 of RFC 3454: what is mapped to nothing.
_NOTHING: Final = dict.fromkeys(
    (0xAD, 0x34F, 0x1806, *range(0x180B, 0x180E), *range(0x200B, 0x200E), 0x2060, *_VARIANTS, 0xFEFF)
)

LONGEST_NODE: Final = 4_096
"""A longer name is no room's: a localpart has at most 1,023 bytes (RFC 7622 section 3.3)."""


def nodeprep(text: str) -> str:
    """Return a localpart as XMPP servers compare it (RFC 6122 appendix A, without its prohibitions).

    What Unicode has learned since version 3.2, which the profile is fixed at, is folded too: libraries
    differ.
    """
    if text.isascii():  # as most are; of table B.1 nothing is
        return text.lower()
    text = text.translate(_NOTHING)
    if text.isascii():
        return text.lower()
    if len(text) > LONGEST_NODE:
        return text
    return _folded(_folded(text))  # folding can leave what composing changes again


def _folded(text: str) -> str:
    mapped = "".join(map(stringprep.map_table_b2, text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", mapped).casefold())


def jid_step(argument: str) -> Callable[[str], str]:
    """Return what turns a room's JID into `node`, or `tenant/node` where its domain names a tenant.

    `argument` is a JSON list of domains such as `conference.{tenant}.meet.example`; `{number}` stands for
    digits that say nothing. The first that fits counts. A domain that fits none is left out: a meeting on a
    server that nobody told us of is found by its node. Text without @ stays. Raises ValueError with a
    sentence.
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
        inside = _IN_NODE.fullmatch(node)
        if inside:
            return f"{inside['tenant']}/{inside['node']}"
        domain = domain.rstrip(".").casefold()
        match = next((m for pattern in patterns if (m := pattern.fullmatch(domain))), None)
        tenant = match.groupdict().get("tenant") if match else None
        return f"{tenant}/{node}" if tenant else node

    return split


def _is_domain(text: str) -> bool:
    plain = _HOLE.sub("x", text)
    return text.count("{tenant}") <= 1 and re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", plain) is not None


def _pattern(domain: str) -> str:
    return "".join(_HOLES.get(part, re.escape(part)) for part in _HOLE.split(domain))
