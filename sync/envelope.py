r"""A bundle (.lskb): a package compressed, encrypted to its receivers, and signed, so that it can travel by any way.

Bytes: ``LSKB1\n``, the header's length (4 bytes, big-endian), the header (canonical JSON), the Ed25519 signature over
all that (64 bytes), and the payload, age(zstd(package)). The header is clear text, and holds the payload's digest:
what is read is trusted in the order length, signature, digest, decryption, decompression.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from lsk.errors import LskError

from .header import FORMAT, MOST_PLAIN, canonical, complaint, signer
from .keys import Keys, Public, valid
from .placed import placed, unreadable, unwritable

MAGIC = b"LSKB1\n"
MOST_HEADER = 1 << 16
LENGTH = 4
SIGNATURE = 64
LEVEL = 3
MOST_WINDOW = 1 << 23  # memory the sender may make us use for decompression; level 3 asks for 2 MiB
IN_MEMORY = 1 << 24  # a larger payload waits on the disk for its header
CHUNK = 1 << 18

KINDS = {
    b"PK\x03\x04": "en zip-fil (eller ett Word- eller Excel-dokument)",
    b"SQLite format 3\0": "en SQLite-databas",
    b"age-encryption.org/": "en krypterad fil av annat slag",
    b"\x1f\x8b": "en gzip-fil",
    b"7z\xbc\xaf": "en 7-zip-fil",
    b"%PDF": "en pdf-fil",
    b"\xd0\xcf\x11\xe0": "ett äldre Office-dokument eller sparat e-brev",
}
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # found in nearly every file that is not text


class Damaged(LskError):
    """A bundle that is cut off or altered; the same one may yet arrive whole."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} är skadad eller inte helt överförd: {why}. Hämta filen på nytt eller be om en ny.")


@dataclass(frozen=True)
class Header:
    """A header that was signed by the holder of ``signer``; whether to trust that key is the caller's to say."""

    fields: dict[str, Any]
    signer: Public
    start: int  # place of the payload's first byte

    @property
    def base(self) -> dict[int, int]:
        """Stream → the sequence after which the package begins."""
        return {int(stream): upto for stream, upto in self.fields["base"].items()}

    @property
    def upto(self) -> dict[int, int]:
        """Stream → the sequence the sender had come to."""
        return {int(stream): upto for stream, upto in self.fields["upto"].items()}


def wrap(package: Path, header: dict[str, Any], keys: Keys, receivers: Sequence[str], to: Path) -> dict[str, Any]:
    """Write the bundle ``to`` from a package, for the holders of the age keys ``receivers``; its final header.

    Sizes, digest and the sender's public keys are filled in here. ValueError when ``header`` lacks a field.
    """
    from pyrage import encrypt_io
    from zstandard import ZstdCompressor

    known = [recipient(key) for key in receivers]
    if not known:
        raise LskError(f"{to} har ingen mottagare. Anslut den andra filen först, så att dess nyckel är känd.")
    plain = size_of(package)
    if plain > MOST_PLAIN:
        raise LskError(f"{package} är större än 4 GiB och kan inte skickas. Synka filerna direkt med: lsk sync")
    with placed(to) as out, tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
        payload = Digested(spool, to)
        with open_to_read(package) as source:
            compressed = ZstdCompressor(level=LEVEL).stream_reader(as_file(Metered(source, package)), size=plain)
            encrypt_io(compressed, payload, known)
        sizes = {"plain_size": plain, "payload_size": payload.size, "payload_sha256": payload.digest.hexdigest()}
        signed, fields = signed_header(header | sizes, keys)
        out.write(signed)
        spool.seek(0)
        while chunk := spool.read(CHUNK):
            out.write(chunk)
    return fields


def signed_header(header: dict[str, Any], keys: Keys) -> tuple[bytes, dict[str, Any]]:
    """All bytes of a bundle before its payload, and the fields as they will be read."""
    final = header | {"sign_key": keys.public.sign.hex(), "age_key": keys.public.age}
    fields: dict[str, Any] = json.loads(canonical(final))  # numbers of streams become text before they are sorted
    text = canonical(fields)
    wrong = complaint(fields)
    if wrong or len(text) > MOST_HEADER:
        raise ValueError(f"bundle header: {wrong or 'too long'}")
    signed = MAGIC + len(text).to_bytes(LENGTH, "big") + text
    return signed + keys.sign(signed), fields


def read_header(path: Path) -> Header:
    """The header of a bundle, checked against its own signature. The payload is not looked at.

    Damaged when it is cut off or altered; LskError when it is no bundle, or one from a newer LSK.
    """
    with open_to_read(path) as file:
        source = Metered(file, path)
        begin = source.read(len(MAGIC))
        if begin != MAGIC:
            raise stranger(path, begin + source.read(CHUNK))
        length = source.read(LENGTH)
        size = int.from_bytes(length, "big")
        if size > MOST_HEADER:
            raise Damaged(path, "huvudets längd stämmer inte")
        text, signature = source.read(size), source.read(SIGNATURE)
    try:
        fields = json.loads(text)
        same = canonical(fields) == text
    except (ValueError, RecursionError) as error:
        raise Damaged(path, "huvudet går inte att läsa") from error
    public = signer(fields) if same else None
    if public is None or not valid(public.sign, begin + length + text, signature):
        raise Damaged(path, "huvudets signatur stämmer inte")
    if type(fields.get("format")) is int and fields["format"] > FORMAT:
        raise newer(path)
    wrong = complaint(fields)
    if wrong:
        raise Damaged(path, f"uppgiften ”{wrong}” saknas i huvudet eller är fel")
    return Header(fields, public, source.size)


def whole(path: Path, header: Header) -> bool:
    """Whether the payload has arrived, all of it and unaltered."""
    with open_to_read(path) as file:
        return intact(file, path, header)


def unwrap(path: Path, header: Header, keys: Keys, to: Path) -> None:
    """Write the package in a bundle to ``to``, which only its owner may read.

    Damaged when the payload is not what the header says; LskError when it was encrypted to someone else. Then
    nothing has changed at ``to``.
    """
    with open_to_read(path) as source:
        if not intact(source, path, header):
            raise Damaged(path, "innehållet är inte det som signerades")
        with placed(to, private=True, lasting=False) as out:
            decrypt(source, path, header, keys, Metered(out, to, limit=header.fields["plain_size"]))


def decrypt(source: BinaryIO, path: Path, header: Header, keys: Keys, out: Metered) -> None:
    """Open the payload of a bundle into ``out``."""
    from pyrage import DecryptError, decrypt_io
    from pyrage.x25519 import Identity
    from zstandard import ZstdDecompressor, ZstdError

    source.seek(header.start)
    payload = Digested(source, path)
    try:
        opener = ZstdDecompressor(max_window_size=MOST_WINDOW)
        with opener.stream_writer(as_file(out), write_size=CHUNK, closefd=False) as plain:
            decrypt_io(payload, plain, [Identity.from_str(keys.identity)])
    except DecryptError as error:
        raise LskError(
            f"{path} är krypterad till en annan fil. Öppna den med filen den är till, "
            "eller be avsändaren om en ny till den här filen."
        ) from error
    except Overfull as error:
        raise Damaged(path, "innehållet är större än vad huvudet säger") from error
    except (ZstdError, OSError) as error:  # OSError: the encryption's own; those of the disk are told by Metered
        raise Damaged(path, "innehållet går inte att packa upp") from error
    # The file may have been changed since it was found intact.
    if out.size != header.fields["plain_size"] or payload.digest.hexdigest() != header.fields["payload_sha256"]:
        raise Damaged(path, "innehållet är inte det som signerades")


class Overfull(Exception):
    """More was to be written than the limit."""


class Metered:
    """A binary file whose bytes are counted as they pass; what goes wrong with it is told as LskError."""

    def __init__(self, file: IO[bytes], path: Path, limit: int | None = None) -> None:
        self.file, self.path, self.limit = file, path, limit
        self.size = 0

    def passed(self, data: bytes) -> None:
        self.size += len(data)
        if self.limit is not None and self.size > self.limit:
            raise Overfull

    def read(self, size: int = -1) -> bytes:
        try:
            data = self.file.read(size)
        except OSError as error:
            raise unreadable(self.path, error) from error
        self.passed(data)
        return data

    def write(self, data: bytes) -> int:
        self.passed(data)
        try:
            return self.file.write(data)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def flush(self) -> None:
        """The file is flushed when it is closed."""


class Digested(Metered):
    """The same, with the SHA-256 of what passed."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__(file, path)
        self.digest = hashlib.sha256()

    def passed(self, data: bytes) -> None:
        super().passed(data)
        self.digest.update(data)


def as_file(metered: Metered) -> IO[bytes]:
    """For libraries that ask for a whole file in their types, and only read or write."""
    return cast(IO[bytes], metered)


def intact(file: BinaryIO, path: Path, header: Header) -> bool:
    """Whether an open bundle holds, from the payload's place to its end, what the header says."""
    if size_of(path) != header.start + header.fields["payload_size"]:
        return False
    file.seek(header.start)
    payload = Digested(file, path)
    while payload.read(CHUNK):
        pass
    return payload.digest.hexdigest() == header.fields["payload_sha256"]


def open_to_read(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise unreadable(path, error) from error


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from error


def recipient(key: str) -> Any:
    """An age key that can be encrypted to. LskError when the text is none."""
    from pyrage import RecipientError
    from pyrage.x25519 import Recipient

    try:
        return Recipient.from_str(key)
    except RecipientError as error:
        raise LskError(f"Mottagarens nyckel ”{key[:70]}” är ingen giltig nyckel. Anslut den filen på nytt.") from error


def newer(path: Path) -> LskError:
    return LskError(f"{path} är skriven av en nyare version av LSK. Uppdatera LSK och försök igen.")


def stranger(path: Path, begin: bytes) -> LskError:
    """What to say of a file that begins like no bundle of ours."""
    if MAGIC.startswith(begin[: len(MAGIC)]):
        return Damaged(path, "filen är avkortad" if begin else "filen är tom")
    if re.match(rb"LSKB[0-9]+\n", begin):
        return newer(path)
    return LskError(
        f"{path} är {looks_like(begin)}, inte en synkfil från LSK. Välj den .lskb-fil som den andra filen skrev."
    )


def looks_like(begin: bytes) -> str:
    """What a file seems to be, by its first bytes."""
    for magic, kind in KINDS.items():
        if begin.startswith(magic):
            return kind
    if begin.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "en webbsida"
    return "en fil av okänt slag" if CONTROL.search(begin) else "en textfil"
