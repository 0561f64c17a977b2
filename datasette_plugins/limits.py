"""How often, and how much at once: bounds for what costs the server something or may be guessed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from ipaddress import IPv6Address, ip_address
from typing import Any


class Allowance:
    """``burst`` at once for each key, and then one each ``every`` seconds. Keys not seen for long are forgotten.

    Only one time is kept for a key: when all that it has taken is paid for.
    """

    def __init__(
        self, burst: int, every: float, clock: Callable[[], float] = time.monotonic, most: int = 10_000
    ) -> None:
        self.burst, self.every, self.clock, self.most = burst, every, clock, most
        self.paid: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one: 0, or the seconds until there is one to take."""
        now = self.clock()
        paid = max(self.paid.get(key, now), now)
        wait = paid + self.every - self.burst * self.every - now
        if wait > 0:
            return wait
        self.paid[key] = paid + self.every
        self.paid.move_to_end(key)
        if len(self.paid) > self.most:
            self.paid.popitem(last=False)
        return 0.0

    def give_back(self, key: str) -> None:
        if key in self.paid:
            self.paid[key] -= self.every


class Full(Exception):
    """Too many are waiting already."""


class Turns:
    """So many at the same time, and so many more who wait for theirs."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.free, self.room = asyncio.Semaphore(at_once), at_once + waiting

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn. Full when there is no room to wait in."""
        if not self.room:
            raise Full
        self.room -= 1
        try:
            async with self.free:
                yield
        finally:
            self.room += 1


# --- who is asking ---------------------------------------------------------------------------------------------------


def header(scope: dict[str, Any], name: bytes) -> str | None:
    """A header's value; the last where it is repeated, which is the nearest server's."""
    for known, value in reversed(scope["headers"]):  # ASGI has them in lower case
        if known == name:
            return str(value, "latin-1")
    return None


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def neighbour(scope: dict[str, Any]) -> str:
    """The address at the other end of the connection: the visitor's, or the server's in front."""
    return str((scope.get("client") or ("",))[0])


def visitor_address(scope: dict[str, Any], behind: bool) -> str:
    """Whom to count for. Told by the server in front, which is believed only on this computer and only when
    there is one. An IPv6 subscriber has a whole /64 to choose addresses from, and counts as one."""
    address = neighbour(scope)
    if behind and is_loopback(address):
        told = (header(scope, b"x-forwarded-for") or "").rpartition(",")[2].strip()
        address = told or address
    try:
        known = ip_address(address)
    except ValueError:
        return neighbour(scope)
    wide = isinstance(known, IPv6Address) and not known.ipv4_mapped and not known.is_loopback
    return known.exploded[:19] if wide else str(known)


def is_secure(scope: dict[str, Any], behind: bool) -> bool:
    """Whether the visitor came by https."""
    told = header(scope, b"x-forwarded-proto") if behind and is_loopback(neighbour(scope)) else None
    return (told or scope.get("scheme")) == "https"
