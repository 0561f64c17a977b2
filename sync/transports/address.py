"""An address such as ``sftp://anna@server:2222/mapp`` taken apart."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from lsk.errors import Usage

PASSWORD = "LSK_PLATS_LOSENORD"
CONNECT_SECONDS = 15
READ_SECONDS = 60


@dataclass(frozen=True)
class Address:
    """``path`` is "" or begins with "/" and has no percent signs left; ``shown`` has no password."""

    scheme: str
    user: str
    password: str = field(repr=False)
    host: str
    port: int | None
    path: str
    shown: str


def parsed(text: str) -> Address:
    """Raises Usage when ``text`` is no address of a folder on a server."""
    # What stands before the last @ may be a password, and is not repeated.
    shown_text = text.rpartition("@")[2] if "@" in text else text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Usage(
            f"Adressen till platsen ({shown_text}) går inte att läsa; skriv som sftp://namn@server/mapp."
        ) from error
    if not parts.hostname or parts.query or parts.fragment:
        raise Usage(
            f"Adressen till platsen ({shown_text}) går inte att läsa; skriv som sftp://namn@server/mapp, "
            "och tecknen ? och # som %3F och %23."
        )
    user = unquote(parts.username or "")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = unquote(parts.path).rstrip("/")
    before = f"{user}@" if user and parts.scheme != "s3" else ""
    return Address(
        scheme=parts.scheme,
        user=user,
        password=unquote(parts.password or "") or os.environ.get(PASSWORD, ""),
        host=parts.hostname,
        port=port,
        path=path,
        shown=f"{parts.scheme}://{before}{host}{f':{port}' if port else ''}{path}",
    )
