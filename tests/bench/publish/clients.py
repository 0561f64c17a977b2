"""Readers for the benchmark: connections that stay open and send the next request when the last is answered."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

# An address to ask for, and the Host to ask with. A site keeps its pages for each Host, so a new one is a first view.
Request = tuple[str, str]


@dataclass
class Taken:
    """Seconds for each answer that was 200, and how many were not."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0


def sent(request: Request, cookie: str) -> bytes:
    target, host = request
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n".encode()


def rest_of(got: bytearray) -> int | None:
    """How many bytes of the answer are still to come; None before its head is whole, or where no length is told."""
    head, end, body = got.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
    if not end:
        return None
    if length:
        return int(length) - len(body)
    return 0 if body.endswith(b"0\r\n\r\n") else None


class Reader(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], until: float, taken: Taken) -> None:
        self.requests, self.until, self.taken = requests, until, taken
        self.asked, self.lengths = b"", dict[bytes, int]()
        self.got, self.done = bytearray(), asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        request = next(self.requests, None)
        if request is None or time.perf_counter() > self.until:
            self.transport.close()
            return
        self.asked, self.began = request, time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        # The same answer again is as long as it was: reading its head each time would measure the reader.
        if len(self.got) == self.lengths.get(self.asked) or rest_of(self.got) == 0:
            self.lengths[self.asked] = len(self.got)
            if self.got[9:12] == b"200":
                self.taken.seconds.append(time.perf_counter() - self.began)
            else:
                self.taken.errors += 1
            self.got.clear()
            self.ask()

    def connection_lost(self, broken: Exception | None) -> None:
        self.taken.errors += 1 if broken or self.got else 0
        self.done.set_result(None)


def read(
    port: int, requests: Sequence[Request], cookie: str = "", readers: int = 1, seconds: float | None = None
) -> Taken:
    """Ask for all once with one reader, or round and round with several for ``seconds``."""
    taken = Taken()
    made = [sent(request, cookie) for request in requests]

    async def run() -> None:
        loop, until = asyncio.get_running_loop(), time.perf_counter() + (seconds or 3600)
        own = [iter(made) if seconds is None else cycle(made[n:] + made[:n]) for n in range(readers)]
        pairs = [await loop.create_connection(lambda o=o: Reader(o, until, taken), "127.0.0.1", port) for o in own]
        await asyncio.gather(*(reader.done for _, reader in pairs))

    asyncio.run(run())
    return taken


def fetch(port: int, target: str, cookie: str = "", host: str = "127.0.0.1") -> tuple[bytes, bytes]:
    """Head and body of one answer, not packed."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        asked = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        line.sendall(asked.encode())
        got = bytearray()
        while part := line.recv(65536):
            got += part
    head, _, body = bytes(got).partition(b"\r\n\r\n")
    return head, body
