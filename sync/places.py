"""Places: dumb folders, near or far, through which files pass without a server that knows of them and without locks.

A name is written once and never changed; everybody writes only names of their own, and a name says what the file holds.
So a name that is taken can only be the same file, or the beginning of it that a copy which broke off has left.
"""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lsk.errors import LskError, Usage, file_trouble
from sync.transports.folder import PART, Folder, Local, is_safe

if TYPE_CHECKING:
    from types import TracebackType

    from sync.transports.address import Address

KINDS = {
    "sftp": ("sync.transports.sftp", "Sftp"),
    "webdav": ("sync.transports.webdav", "WebDav"),
    "webdavs": ("sync.transports.webdav", "WebDav"),
    "s3": ("sync.transports.s3", "S3"),
}
BLOCK = 1 << 20


@dataclass(frozen=True, order=True)
class Entry:
    """A file at a place: its name below the place's folder, with "/" between folders, and its size in bytes."""

    name: str
    size: int


class Place:
    """A folder to leave files in and to fetch them from. Whatever goes wrong is an LskError."""

    def __init__(self, shown: str, folder: Callable[[], Folder]) -> None:
        self.shown = shown
        with self._told(f"Platsen {shown} går inte att använda"):
            self.folder = folder()
            try:
                self.folder.check()
            except BaseException:
                self.folder.close()
                raise

    def __enter__(self) -> Place:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with self._told(f"Förbindelsen till {self.shown} kunde inte avslutas"):
            self.folder.close()

    def names(self, *, parts: bool = False) -> list[Entry]:
        """All files at the place, sorted; with ``parts`` instead what interrupted writes have left.

        A file whose name could not have been written here is somebody else's, and left out.
        """
        with self._told(f"Platsen {self.shown} kunde inte läsas igenom"):
            found = [Entry(name, size) for name, size in self.folder.files()]
        return sorted(entry for entry in found if entry.name.endswith(PART) == parts)

    def read(self, name: str, to: Path) -> None:
        """Fetch a file to ``to``, whole or not at all. Its content is not judged."""
        with self._told(f"Filen {safe(name)} kunde inte hämtas från {self.shown}", reading=True):
            part = to.with_name(to.name + PART)
            try:
                self.folder.fetch(name, part)
                part.replace(to)
            finally:
                part.unlink(missing_ok=True)

    def write(self, name: str, source: Path) -> None:
        """Put ``source`` there as ``name``; afterwards it is there, and has been read back and found equal.

        A name that is taken by an equal file is as good as written. One taken by the beginning of it is written anew.
        Anything else with that name is left alone and refused.
        """
        if name.endswith(PART):
            raise LskError(
                f"”{name}” slutar på {PART}, som bara det som inte är färdigt får göra; ge filen ett annat namn."
            )
        size = source_size(source)
        with self._told(f"Filen {safe(name)} kunde inte skrivas till {self.shown}"):
            if self._holds(name, source, size):
                return
            # If another run of ours was quicker, what it wrote is judged like our own.
            with contextlib.suppress(FileExistsError):
                self.folder.create(name, source)
            if not self._holds(name, source, size):
                raise LskError(f"Filen {name} kom inte hel till {self.shown}; försök igen.")

    def remove(self, name: str) -> None:
        """Remove a file of one's own; that it is gone already is fine."""
        with self._told(f"Filen {safe(name)} kunde inte tas bort från {self.shown}"):
            if self.folder.size(name) is not None:
                with contextlib.suppress(FileNotFoundError):
                    self.folder.remove(name)

    def _holds(self, name: str, source: Path, size: int) -> bool:
        """Whether the place has exactly ``source``; a beginning of it is removed, anything else refused."""
        there = self.folder.size(name)
        if there is None:
            return False
        if there <= size:
            with tempfile.TemporaryDirectory() as folder:
                held = Path(folder, "fil")
                self.folder.fetch(name, held)
                if begins_with(source, held):
                    if held.stat().st_size == size:
                        return True
                    self.folder.remove(name)
                    return False
        raise LskError(
            f"På {self.shown} finns redan en annan fil med namnet {name}, och den är lämnad orörd; "
            "flytta undan den och försök igen."
        )

    @contextlib.contextmanager
    def _told(self, what: str, *, reading: bool = False) -> Iterator[None]:
        try:
            yield
        except LskError:
            raise
        # The transports' libraries raise what they like, each its own; none of it may reach the user as it is.
        except Exception as error:
            from sync.transports.troubles import trouble

            raise LskError(f"{what}: {trouble(error, reading=reading)}.") from error


def open_place(text: str) -> Place:
    """The place that a path or an address names. Raises LskError when it cannot be reached, logged in to or listed."""
    scheme, mark, _ = text.partition("://")
    if not text.strip():
        raise Usage("Ingen plats är angiven; ange en mapp eller en adress som sftp://namn@server/mapp.")
    if not mark:
        path = Path(text).expanduser().absolute()
        return Place(str(path), lambda: Local(path))
    if scheme.lower() not in KINDS:
        known = ", ".join(f"{kind}://" for kind in KINDS)
        raise Usage(f"Platser av slaget {scheme}:// finns inte; ange en mapp eller en adress som börjar med {known}.")
    from sync.transports.address import parsed

    address = parsed(text)
    return Place(address.shown, lambda: connected(address))


def connected(address: Address) -> Folder:
    """The folder on a server. Raises LskError when what such servers need is not installed."""
    module, name = KINDS[address.scheme]
    try:
        return cast(Folder, getattr(importlib.import_module(module), name)(address))
    except ImportError as error:
        raise LskError(
            f"För platser av slaget {address.scheme}:// saknas ett programbibliotek ({error.name}); "
            "installera med: pip install lsk[transports]."
        ) from error


def safe(name: str) -> str:
    """``name`` itself. Raises LskError if it could lead out of the place's folder."""
    if not is_safe(name):
        raise LskError(f"”{name}” kan inte vara namn på en fil på en plats; inget är läst eller skrivet.")
    return name


def source_size(source: Path) -> int:
    """Size in bytes of a file to be sent."""
    try:
        return source.stat().st_size
    except OSError as error:
        raise LskError(f"Filen {source} kan inte skickas: {file_trouble(error)}.") from error


def begins_with(source: Path, held: Path) -> bool:
    """Whether all of ``held`` is how ``source`` begins."""
    with source.open("rb") as whole, held.open("rb") as beginning:
        while block := beginning.read(BLOCK):
            if whole.read(len(block)) != block:
                return False
    return True
