"""A site on loopback, and requests sent to it byte for byte: a client library would tidy them first."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn

from datasette_plugins.commands import listen

PATIENCE = 60  # seconds; an answer that takes longer is a fault and raises


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.header("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode("utf-8")

    def header(self, name: str) -> str:
        """The header's value, "" without it. It may not be there twice."""
        found = [value for known, value in self.headers if known == name]
        assert len(found) < 2, (name, found)
        return found[0] if found else ""


@dataclass(frozen=True)
class Running:
    """A server that answers on ``port``."""

    port: int

    def raw(self, sent: bytes) -> Answer:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            line.sendall(sent)
            got = bytearray()
            while part := line.recv(65536):
                got += part
        return parsed(bytes(got))

    def ask(
        self, target: str, method: str = "GET", body: bytes = b"", host: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """``target`` goes out as it is. A header's name is written with _ for -."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        return self.raw("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body)


def parsed(got: bytes) -> Answer:
    head, _, body = got.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
    if ("transfer-encoding", "chunked") in headers:
        body = joined(body)
    return Answer(int(first.split()[1]), headers, body)


def joined(chunks: bytes) -> bytes:
    found, size = b"", -1
    while size:
        line, _, chunks = chunks.partition(b"\r\n")
        size = int(line, 16)
        found, chunks = found + chunks[:size], chunks[size + 2 :]
    return found


@contextlib.contextmanager
def running(app: Any) -> Iterator[Running]:
    """The app on a free port of this computer, as ``lsk serve`` runs it."""
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="warning", lifespan="on", server_header=False, proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Running(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
