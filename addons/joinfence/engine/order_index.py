"""The index from meetings to the orders that name them."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.order import Order
    from joinfence.engine.values import Join

_SHARDS: Final = 1024

_earliest_first: Final = attrgetter("effective_from", "id")


class OrderIndex:
    """All orders, found by meeting in constant time.

    An index is immutable. A changed register gets a new index, which shares unchanged parts with the old one.
    """

    __slots__ = ("_orders", "_shards")

    def __init__(self, orders: Iterable[Order]) -> None:
        """Take orders in any order; several may name the same meeting."""
        self._orders: Mapping[str, Order] = {order.id: order for order in orders}
        named = ((order.id, map(meeting_key, order.meetings)) for order in self._orders.values())
        self._shards: tuple[_Shard, ...] = _added(_EMPTY, named)

    def changed(
        self,
        orders: Mapping[str, Order],
        *,
        removed: Iterable[tuple[str, Iterable[str]]],
        added: Iterable[tuple[str, Iterable[str]]],
    ) -> OrderIndex:
        """Return the index of `orders`, id -> order; the mapping may load an order when it is asked for it.

        `removed` and `added` are the differences from this index: ids with the keys of their meetings.
        """
        index = OrderIndex.__new__(OrderIndex)
        index._orders = orders  # noqa: SLF001 - another instance of this class
        index._shards = _added(_removed(self._shards, removed), added)  # noqa: SLF001
        return index

    def for_meeting(self, join: Join) -> tuple[Order, ...]:
        """Return the orders that name the meeting, earliest effective first."""
        key = meeting_key(join)
        named_by = self._shards[hash(key) % _SHARDS].get(key)
        if named_by is None:
            return ()
        if isinstance(named_by, str):
            return (self._orders[named_by],)
        return tuple(sorted((self._orders[order_id] for order_id in named_by), key=_earliest_first))

    def get(self, order_id: str) -> Order | None:
        """Return the order with this id, None if there is none."""
        return self._orders.get(order_id)

    def __iter__(self) -> Iterator[Order]:
        """Yield every order once, earliest effective first."""
        return iter(sorted(self._orders.values(), key=_earliest_first))

    def unsorted(self) -> Iterator[Order]:
        """Yield every order once, in no particular order and without loading all of them first."""
        return iter(self._orders.values())

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self._orders)


def meeting_key(join: Join) -> str:
    """Return the text that a meeting is indexed by. It is unique: the name of a service contains no slash."""
    return f"{join.service}/{join.meeting}"


# The index is a hash table split into shards: meeting key -> the id of the order that names the meeting, or
# the ids if several orders do. A new version of the index copies only the shards that differ. Each shard is
# small, so neither copying nor growing one holds the interpreter lock long enough to delay a request.
type _Ids = dict[str, None]
type _Shard = dict[str, str | _Ids]

_EMPTY: Final[tuple[_Shard, ...]] = tuple({} for _ in range(_SHARDS))


def _added(shards: tuple[_Shard, ...], added: Iterable[tuple[str, Iterable[str]]]) -> tuple[_Shard, ...]:
    copies = _CopyOnWrite(shards)
    for order_id, keys in added:
        for key in keys:
            shard = copies.shard(key)
            before = shard.setdefault(key, order_id)
            if before != order_id:
                copies.ids(shard, key, before)[order_id] = None
    return tuple(copies.shards)


def _removed(shards: tuple[_Shard, ...], removed: Iterable[tuple[str, Iterable[str]]]) -> tuple[_Shard, ...]:
    copies = _CopyOnWrite(shards)
    for order_id, keys in removed:
        for key in dict.fromkeys(keys):
            shard = copies.shard(key)
            ids = copies.ids(shard, key, shard[key])
            del ids[order_id]
            if not ids:
                del shard[key]
    return tuple(copies.shards)


class _CopyOnWrite:
    """Shards that are copied, once each, before they are written to."""

    def __init__(self, shards: tuple[_Shard, ...]) -> None:
        self.shards = list(shards)
        self._copied: set[int] = set()
        self._own_ids: dict[str, _Ids] = {}

    def shard(self, key: str) -> _Shard:
        """Return a writable shard for the key."""
        number = hash(key) % _SHARDS
        if number not in self._copied:
            self._copied.add(number)
            self.shards[number] = self.shards[number].copy()
        return self.shards[number]

    def ids(self, shard: _Shard, key: str, found: str | _Ids) -> _Ids:
        """Return the ids of the key as a writable table."""
        own = self._own_ids.get(key)
        if own is None:
            own = self._own_ids[key] = {found: None} if isinstance(found, str) else found.copy()
            shard[key] = own
        return own
