"""Write a file so that it is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lsk.errors import LskError, file_trouble


@contextlib.contextmanager
def placed(to: Path, *, private: bool = False, new: bool = False, lasting: bool = True) -> Iterator[BinaryIO]:
    """A file to write in; when all went well it is at ``to``, else nothing has changed there.

    ``private``: only its owner may read it. ``new``: FileExistsError when there is one at ``to`` already.
    ``lasting``: it survives a power cut. LskError when it cannot be written.
    """
    if not to.absolute().parent.is_dir():
        raise LskError(f"Mappen {to.absolute().parent} finns inte. Skapa den eller välj en annan mapp.")
    work = to.with_name(f"{to.name}.{secrets.token_hex(4)}.part")
    try:
        with open(work, "xb", opener=owner_only if private else None) as file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if new:
            claim(work, to)
        else:
            work.replace(to)
        if lasting:
            settle(to.absolute().parent)
    except OSError as error:
        if new and isinstance(error, FileExistsError):
            raise
        raise unwritable(to, error) from error
    finally:
        work.unlink(missing_ok=True)


def owner_only(path: str, flags: int) -> int:
    """For ``open``: a file made here is its owner's alone, where the system knows such a thing."""
    return os.open(path, flags, 0o600)


def claim(work: Path, to: Path) -> None:
    """Give a finished file its name unless the name is taken (FileExistsError); of two processes one succeeds."""
    if os.name == "nt":
        work.rename(to)  # refuses a taken name on Windows, and only there
    else:
        os.link(work, to)


def settle(folder: Path) -> None:
    """Make the file's new name survive a power cut."""
    # The content is on the disk already. Windows, and some network folders, cannot do this for a folder: then the
    # name may be missing after a power cut, which is the same as not having written it.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unwritable(path: Path, error: OSError) -> LskError:
    return LskError(f"{path} kunde inte skrivas: {file_trouble(error)}. Rätta det och försök igen.")


def unreadable(path: Path, error: OSError) -> LskError:
    return LskError(f"{path} kan inte läsas: {file_trouble(error)}. Rätta det och försök igen.")
