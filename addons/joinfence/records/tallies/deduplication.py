"""Tells a join from its retries, without keeping what either was.

Clients that are refused try again at once, over connections of their own: some ask eight times for one
join, some four times a second. Behind a balancer a connection says nothing of a client, whose requests come
over any of those that the balancer holds open. So what is recognised is the client's network, an IPv4 address
or the /64 that a household has of IPv6, together with what it asked for: as a hash under a key that is drawn
at the start and never leaves the memory, forgotten a minute after it was last seen.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.values import Address

SECONDS: Final = 60.0
"""How long a join is remembered after it was last seen."""

MOST: Final = 1 << 15
"""Joins remembered at a time. Beyond, those not seen for longest are forgotten first, and may count again."""

_IPV6: Final = 6
_NETWORK: Final = 8  # bytes of a /64


class Recent:
    """The joins of the last minute, as hashes."""

    def __init__(self) -> None:
        """Start with none, under a fresh key."""
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, address: Address, asked: Iterable[str], now: float) -> bool:
        """Remember what a client asked for; tell whether it is no repetition. `now` is monotonic seconds."""
        packed = address.packed[:_NETWORK] if address.version == _IPV6 else address.packed
        mark = blake2b(packed, digest_size=16, key=self._key)
        for text in asked:
            part = text.encode("utf-8", "surrogatepass")
            mark.update(len(part).to_bytes(8) + part)
        digest = mark.digest()
        with self._lock:
            self._forget(now)
            known = digest in self._seen
            self._seen[digest] = now
            self._seen.move_to_end(digest)
            if len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return not known

    def forget(self, now: float) -> None:
        """Forget what was not seen for a minute."""
        with self._lock:
            self._forget(now)

    def _forget(self, now: float) -> None:
        while self._seen and now - next(iter(self._seen.values())) > SECONDS:
            self._seen.popitem(last=False)
