"""The committee's accounts: a file beside what is published, with a name and a scrambled password for each.

It lies there and not among a person's settings since the server runs as somebody else, often on another computer, and
whoever can read the folder has what the password protects. Each change makes a new key, which logs everyone out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from lsk.errors import LskError, file_trouble

FILE = "inloggning.json"
SHORTEST, LONGEST = 12, 200  # characters of a password
COST = (2**14, 8, 5)  # scrypt's n, r, p: 16 MB for each try


@dataclass(frozen=True)
class Accounts:
    """``key`` signs the proofs of who has logged in; ``accounts`` is name to scrambled password."""

    key: str
    accounts: dict[str, str]


def scrambled(password: str, salt: bytes, cost: tuple[int, int, int]) -> str:
    n, r, p = cost
    plain = normalize("NFC", password).encode("utf-8")  # one å, whichever keyboard it comes from
    made = hashlib.scrypt(plain, salt=salt, n=n, r=r, p=p, maxmem=2**27, dklen=32)
    return "$".join(["scrypt", *map(str, cost), *(base64.b64encode(part).decode() for part in (salt, made))])


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password. No such account (None) takes as long, so that time does not tell who has one."""
    nobodys = "$".join(["scrypt", *map(str, COST), "AAAAAAAAAAAAAAAAAAAAAA==", ""])
    _, n, r, p, salt, _ = (stored or nobodys).split("$")
    made = scrambled(password[: LONGEST + 1], base64.b64decode(salt), (int(n), int(r), int(p)))
    return secrets.compare_digest(made, stored or nobodys)


def read(text: str) -> Accounts:
    """What the file says. ValueError if it is not such a file."""
    told = json.loads(text)
    if not isinstance(told, dict) or not isinstance(told.get("konton"), dict) or not told.get("nyckel"):
        raise ValueError("no accounts")
    for stored in told["konton"].values():
        kind, n, r, p, salt, made = stored.split("$")
        if kind != "scrypt" or not made or max(map(int, (n, r, p))) > 2**16:
            raise ValueError("not scrypt")
        base64.b64decode(salt, validate=True)
    return Accounts(str(told["nyckel"]), dict(told["konton"]))


def accounts_in(folder: Path) -> Accounts | None:
    """The folder's accounts, which may be none; None where there is no file. LskError if the file is broken."""
    path = folder / FILE
    try:
        found = read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LskError(f"{path} går inte att läsa ({file_trouble(error)}).") from error
    except (ValueError, AttributeError) as error:
        raise LskError(
            f"{path} är skadad. Ta bort den och gör kontona på nytt med: lsk serve {folder} --lösenord NAMN"
        ) from error
    return found


def set_password(folder: Path, name: str, password: str) -> None:
    """Give an account a password; a new account if there is none by the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise LskError(f"Lösenordet ska ha minst {SHORTEST} tecken, högst {LONGEST}. Ta gärna fyra ord i rad.")
    known = accounts_in(folder)
    write(folder, {**(known.accounts if known else {}), name: scrambled(password, secrets.token_bytes(16), COST)})


def remove(folder: Path, name: str) -> None:
    known = accounts_in(folder)
    if known is None or name not in known.accounts:
        raise LskError(f"Det finns inget konto som heter {name} i {folder}.")
    write(folder, {other: stored for other, stored in known.accounts.items() if other != name})


def write(folder: Path, accounts: dict[str, str]) -> None:
    """A new file that only its owner may read, then moved into place."""
    path, work = folder / FILE, folder / (FILE + ".ny")
    text = json.dumps({"nyckel": secrets.token_urlsafe(32), "konton": accounts}, ensure_ascii=False, indent=1)
    try:
        work.unlink(missing_ok=True)
        with open(work, "w", encoding="utf-8", newline="\n", opener=lambda name, how: os.open(name, how, 0o600)) as out:
            out.write(text + "\n")
        work.replace(path)
    except OSError as error:
        raise LskError(f"{path} gick inte att skriva ({file_trouble(error)}).") from error
