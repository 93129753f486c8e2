"""Recognises the retries of a join, without storing who joined what.

Clients that are refused try again at once: some send eight requests for one join, some four per second. Each
may come over another connection, and behind a load balancer requests of many clients share a connection, so
connections do not identify clients. A retry is therefore recognised by the client's network (an IPv4 address,
or the IPv6 /64 that a household usually has) together with what was requested.

Both are stored only as one keyed hash. The key is random, new with each start and never written anywhere, so
the hashes cannot be matched with addresses afterwards. A hash is forgotten a minute after it was last seen.
Since every retry renews it, a client that keeps trying counts once, however long it goes on.
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

MAX_REMEMBERED: Final = 1 << 15
"""Joins remembered at a time. If there are more, those seen longest ago are forgotten and may count again."""

_IPV6: Final = 6
_PREFIX_BYTES: Final = 8  # of a /64


class RecentJoins:
    """The joins of the last minute, as keyed hashes."""

    def __init__(self) -> None:
        """Start without any, with a new random key."""
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, address: Address, requested: Iterable[str], now: float) -> bool:
        """Remember what a client requested, and return whether it is new. `now` is in monotonic seconds."""
        network = address.packed[:_PREFIX_BYTES] if address.version == _IPV6 else address.packed
        hasher = blake2b(network, digest_size=16, key=self._key)
        for text in requested:
            part = text.encode("utf-8", "surrogatepass")
            hasher.update(len(part).to_bytes(8) + part)
        digest = hasher.digest()
        with self._lock:
            self._forget(now)
            known = digest in self._seen
            self._seen[digest] = now
            self._seen.move_to_end(digest)
            if len(self._seen) > MAX_REMEMBERED:
                self._seen.popitem(last=False)
        return not known

    def forget(self, now: float) -> None:
        """Forget the joins that were last seen more than SECONDS ago."""
        with self._lock:
            self._forget(now)

    def _forget(self, now: float) -> None:
        while self._seen and now - next(iter(self._seen.values())) > SECONDS:
            self._seen.popitem(last=False)
