"""Each file's own keys: one to sign with, one to be written to. They stay in the user's folder on this computer."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from lsk.errors import LskError

from .placed import placed, unreadable

FORMAT = 1
SUFFIX = ".nyckel"
REPLICA = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEALED = b"age-encryption.org/v1\n-> scrypt "  # how every age file locked with a passphrase begins
MOST_BYTES = 1 << 16  # no key file is larger


@dataclass(frozen=True)
class Public:
    """What others may know: ``sign`` 32 bytes (Ed25519), ``age`` the text "age1…" (X25519)."""

    sign: bytes
    age: str


@dataclass(frozen=True)
class Keys:
    """The keys of the file ``replica``: ``seed`` 32 bytes (Ed25519), ``identity`` the text "AGE-SECRET-KEY-1…"."""

    replica: str
    public: Public
    seed: bytes = field(repr=False)
    identity: str = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes by which ``valid`` knows that the holder of this key wrote ``data``."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)


def folder() -> Path:
    """Where this computer's user keeps keys; the environment variable LSK_NYCKLAR says another place."""
    chosen = os.environ.get("LSK_NYCKLAR")
    return Path(chosen) if chosen else user_config_path("lsk", appauthor=False) / "nycklar"


def own(replica: str) -> Keys | None:
    """The keys of a file, or None when this computer has none. LskError when the key file is damaged."""
    path = key_file(replica)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error
    keys = parsed(text)
    if keys is None or keys.replica != replica:
        raise LskError(
            f"Nyckelfilen {path} är skadad. Ta bort den, och läs in din nyckelkopia med: lsk key FIL --load KOPIA "
            "(finns ingen kopia säger lsk key FIL vad som går att göra)."
        )
    return keys


def create(replica: str) -> Keys:
    """The keys of a file, made now unless there are some. Of two processes at once, both get the same."""
    keys = own(replica)
    if keys is None:
        keep(fresh(replica))
        keys = own(replica)
    if keys is None:
        raise LskError(f"Nyckelfilen {key_file(replica)} försvann medan den skapades. Försök igen.")
    return keys


def valid(public_sign: bytes, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) on ``data`` was made by the holder of ``public_sign`` (32 bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_sign).verify(signature, data)
    except (InvalidSignature, ValueError):  # ValueError: not the bytes of a key
        return False
    return True


def save_copy(replica: str, to: Path, passphrase: str) -> None:
    """Write the keys of a file to ``to``, locked with ``passphrase``, to be restored on another computer."""
    from pyrage.passphrase import encrypt

    keys = own(replica)
    if keys is None:
        raise LskError(f"Den här datorn har ingen nyckel för filen {replica}. Säkerhetskopiera på datorn som har den.")
    if not passphrase.strip():
        raise LskError("Lösenfrasen är tom. Välj en lösenfras med minst några ord och skriv upp den.")
    if to.exists():
        raise LskError(f"{to} finns redan. Välj ett annat filnamn.")
    locked = encrypt(written(keys), passphrase)
    with placed(to, private=True) as file:
        file.write(locked)


def restore(path: Path, passphrase: str) -> str:
    """Take in the keys that ``save_copy`` wrote; which file (replica) they belong to.

    LskError on a wrong passphrase, a damaged copy, or when this computer has other keys for the same file.
    """
    keys = unlocked(path, passphrase)
    take_in(keys)
    return keys.replica


def locked_copy(path: Path) -> bytes:
    """What ``save_copy`` wrote, still locked. LskError when it is no such copy."""
    try:
        with open(path, "rb") as file:
            locked = file.read(MOST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    if not locked.startswith(SEALED):
        raise LskError(f"{path} är ingen nyckelkopia från LSK. Välj filen som skapades när nyckeln kopierades.")
    return locked


def unlocked(path: Path, passphrase: str) -> Keys:
    """The keys in a copy."""
    from pyrage import DecryptError
    from pyrage.passphrase import decrypt

    locked = locked_copy(path)
    try:
        keys = parsed(decrypt(locked, passphrase))
    except (DecryptError, OSError) as error:  # OSError: the content is cut off or altered
        raise LskError(f"Lösenfrasen öppnar inte {path}: den är fel, eller så är filen skadad. Försök igen.") from error
    if keys is None:
        raise LskError(f"{path} är låst med lösenfras men innehåller ingen nyckel från LSK. Välj en annan fil.")
    return keys


def take_in(keys: Keys) -> None:
    """Keep keys that come from another computer; never instead of others for the same file."""
    keep(keys)
    if own(keys.replica) != keys:
        raise LskError(
            f"Den här datorn har redan en annan nyckel för samma fil, {key_file(keys.replica)}. "
            "Flytta undan den först om kopians nyckel ska gälla."
        )


def proof(token: str, public: Public) -> str:
    """What shows the main file that whoever holds these keys was given the enrolment token: 64 hex digits."""
    message = b"lsk enrol 1\n" + public.sign + public.age.encode()
    return hmac.new(token.encode(), message, hashlib.sha256).hexdigest()


def proves(token: str, public: Public, shown: str) -> bool:
    """Whether ``shown`` is the proof of ``token`` for these keys; an empty token proves nothing."""
    return bool(token) and hmac.compare_digest(proof(token, public).encode(), shown.encode())


def key_file(replica: str) -> Path:
    """Where the keys of a file are. The replica comes out of a file that may be anybody's: it is no path."""
    if not REPLICA.fullmatch(replica):
        raise LskError(f"”{replica[:40]}” är inget id för en fil. Kontrollera filen med: lsk verify FIL")
    return folder() / f"{replica}{SUFFIX}"


def keep(keys: Keys) -> None:
    """Write the key file, unless there is one."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unreadable(folder(), error) from error
    with contextlib.suppress(FileExistsError), placed(key_file(keys.replica), private=True, new=True) as file:
        file.write(written(keys))


def fresh(replica: str) -> Keys:
    """New keys, not kept anywhere yet."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from pyrage.x25519 import Identity

    return derived(replica, Ed25519PrivateKey.generate().private_bytes_raw(), str(Identity.generate()))


def derived(replica: str, seed: bytes, identity: str) -> Keys:
    """Keys with their public halves. ValueError or pyrage.IdentityError when these are no keys."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from pyrage.x25519 import Identity

    sign = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Keys(replica, Public(sign, str(Identity.from_str(identity).to_public())), seed, identity)


def written(keys: Keys) -> bytes:
    """The content of a key file. The public halves are in it so that damage to the secret ones is seen."""
    content = {
        "format": FORMAT,
        "replica": keys.replica,
        "sign_secret": keys.seed.hex(),
        "age_secret": keys.identity,
        "sign_key": keys.public.sign.hex(),
        "age_key": keys.public.age,
    }
    return json.dumps(content, indent=2).encode()


def parsed(text: bytes) -> Keys | None:
    """The keys in the content of a key file, or None when it is not what ``written`` wrote."""
    from pyrage import IdentityError

    try:
        content: dict[str, Any] = json.loads(text)
        keys = derived(content["replica"], bytes.fromhex(content["sign_secret"]), content["age_secret"])
        sound = REPLICA.fullmatch(keys.replica) is not None and written(keys) == text
    except (ValueError, KeyError, TypeError, RecursionError, IdentityError):
        return None
    return keys if sound else None
