"""Special-purpose addresses, which have no meaningful location, whatever a source says.

The networks are those of the IANA special-purpose address registries (IPv4 and IPv6, as of 2026-10) and of
the multicast registries. The table is here because the answers of `ipaddress.is_global` differ between
versions of Python. It is needed because databases have records for some of these networks: they store IPv4
under `::/96`.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.networks import Networks

if TYPE_CHECKING:
    from joinfence.engine.values import Address

_SPECIAL: Final = (
    ("0.0.0.0/8", "RFC 791 this network"),
    ("10.0.0.0/8", "RFC 1918 private"),
    ("100.64.0.0/10", "RFC 6598 shared (carrier-grade NAT)"),
    ("127.0.0.0/8", "RFC 1122 loopback"),
    ("169.254.0.0/16", "RFC 3927 link-local"),
    ("172.16.0.0/12", "RFC 1918 private"),
    ("192.0.0.0/24", "RFC 6890 protocol assignments"),
    ("192.0.2.0/24", "RFC 5737 documentation"),
    ("192.31.196.0/24", "RFC 7535 AS112"),
    ("192.52.193.0/24", "RFC 7450 automatic multicast tunnelling"),
    ("192.88.99.0/24", "RFC 7526 6to4 relay"),
    ("192.168.0.0/16", "RFC 1918 private"),
    ("192.175.48.0/24", "RFC 7534 AS112"),
    ("198.18.0.0/15", "RFC 2544 benchmarking"),
    ("198.51.100.0/24", "RFC 5737 documentation"),
    ("203.0.113.0/24", "RFC 5737 documentation"),
    ("224.0.0.0/4", "RFC 5771 multicast"),
    ("240.0.0.0/4", "RFC 1112 reserved and broadcast"),
    ("::/96", "RFC 4291 unspecified, loopback, IPv4-compatible"),
    ("64:ff9b::/96", "RFC 6052 NAT64: the address of a translator"),
    ("64:ff9b:1::/48", "RFC 8215 local NAT64"),
    ("100::/64", "RFC 6666 discard"),
    ("100:0:0:1::/64", "RFC 9780 dummy prefix"),
    ("2001::/23", "RFC 2928 protocol assignments, including Teredo: the embedded address is a claim"),
    ("2001:db8::/32", "RFC 3849 documentation"),
    ("2002::/16", "RFC 3056 6to4: the embedded address is a claim"),
    ("2620:4f:8000::/48", "RFC 7534 AS112"),
    ("3fff::/20", "RFC 9637 documentation"),
    ("5f00::/16", "RFC 9602 segment routing"),
    ("fc00::/7", "RFC 4193 unique local"),
    ("fe80::/10", "RFC 4291 link-local"),
    ("fec0::/10", "RFC 3879 site-local, deprecated"),
    ("ff00::/8", "RFC 4291 multicast"),
)

_NETWORKS: Final = Networks(ip_network(network) for network, _source in _SPECIAL)


def is_special(address: Address) -> bool:
    """Tell whether the folded address is in a special-purpose network."""
    return address in _NETWORKS


_PRIVATE: Final = Networks(
    ip_network(network)
    for network, source in _SPECIAL
    if source.startswith(("RFC 1918", "RFC 6598", "RFC 4193", "RFC 1122", "RFC 3927", "RFC 4291 link"))
    or network == "::/96"
)


def is_private(address: Address) -> bool:
    """Tell whether the folded address is in a network that cannot be reached from outside."""
    return address in _PRIVATE
