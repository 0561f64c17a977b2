"""A folder of this computer or of a share; and what the other kinds have in common with it."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What not every place can hold, or could take for something else than a name: Windows' signs, those of addresses, and
# control characters.
UNSAFE = re.compile(r'[\\:*?"<>|#%\x00-\x1f\x7f]')
PART = ".part"  # how the name of a file ends that is not whole yet


def is_safe(name: str) -> bool:
    """Whether ``name`` names a file or folder below another, on every kind of place."""
    parts = name.split("/")
    return not UNSAFE.search(name) and all(part and part == part.strip().rstrip(".") for part in parts)


class Folder:
    """Files below ``root`` of an fsspec file system, by relative names. Errors are the library's own.

    A kind says how bytes come there (``put``) and how a name is taken without taking another's (``move``).
    """

    def __init__(self, fs: Any, root: str) -> None:
        self.fs = fs
        self.root = root

    def path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}" if self.root else name

    def check(self) -> None:
        """Raise OSError unless there is such a folder and it can be listed."""
        self.check_there()
        self.fs.ls(self.root, detail=True)

    def check_there(self) -> None:
        if self.fs.info(self.root)["type"] != "directory":
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), self.root)

    def files(self) -> Iterator[tuple[str, int]]:
        """Name and size in bytes of every file with a safe name. fsspec's ``find`` skips what cannot be listed."""
        above = self.path("")
        folders = [self.root]
        while folders:
            for info in self.fs.ls(folders.pop(), detail=True):
                name = info["name"].rstrip("/").removeprefix(above)
                if is_safe(name) and info["type"] == "directory":
                    folders.append(self.path(name))
                elif is_safe(name) and info["type"] == "file":
                    yield name, int(info["size"] or 0)

    def size(self, name: str) -> int | None:
        """Size in bytes, None when there is no such file."""
        try:
            return int(self.fs.info(self.path(name))["size"] or 0)
        except FileNotFoundError:
            return None

    def fetch(self, name: str, to: Path) -> None:
        self.fs.get_file(self.path(name), str(to))

    def create(self, name: str, source: Path) -> None:
        """Put a new file there, whole or not at all. Raises FileExistsError when the name is taken."""
        self.check_there()  # or the library would make the folder again
        part = self.path(f"{name}.{secrets.token_hex(4)}{PART}")
        try:
            self.put(source, part)
            self.move(part, name)
        except BaseException:
            # What stopped us is what to tell of; a remnant ends with .part and harms nobody.
            with contextlib.suppress(Exception):
                self.fs.rm_file(part)
            raise

    def put(self, source: Path, path: str) -> None:
        self.fs.put_file(str(source), path)

    def move(self, part: str, name: str) -> None:
        """Give a whole part its name. Raises FileExistsError when the name is taken."""

    def remove(self, name: str) -> None:
        self.fs.rm_file(self.path(name))

    def close(self) -> None:
        """Let go of what is open to the other side, and of what was remembered of it."""
        self.fs.invalidate_cache()


class Local(Folder):
    def __init__(self, path: Path) -> None:
        from fsspec.implementations.local import LocalFileSystem

        fs = LocalFileSystem(skip_instance_cache=True)
        super().__init__(fs, fs._strip_protocol(str(path)))

    def put(self, source: Path, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as old, Path(path).open("xb") as new:
            shutil.copyfileobj(old, new, 1 << 20)
            new.flush()
            os.fsync(new.fileno())

    def move(self, part: str, name: str) -> None:
        whole = self.path(name)
        try:
            # Unlike a rename, a link never takes the place of another file.
            os.link(part, whole)
        except FileExistsError:
            raise
        except OSError:
            # USB sticks and some shares have no links. Names are one's own, so nobody else takes it in between.
            if Path(whole).exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), whole) from None
            os.rename(part, whole)
        else:
            os.remove(part)
        sync_folder(Path(whole).parent)


def sync_folder(folder: Path) -> None:
    """Make a new name last through a power cut, where a folder can be opened (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some shares have no such thing for folders.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
    finally:
        os.close(handle)
