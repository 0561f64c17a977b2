"""What a process did to the files of a folder, as strace saw it, and which bytes a power cut would have left of it."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

RENAMING = ("unlink", "rename", "link")
CALLS = ("openat", "close", "lseek", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", *RENAMING)
# Calls that change files in ways this model does not follow: a trace that has one for a file in the folder is refused.
UNKNOWN_TO_FILES = ("writev", "pwritev", "sendfile", "copy_file_range", "fallocate")
UNKNOWN_TO_NAMES = ("truncate", "renameat2", "linkat")
WATCHED = ",".join((*CALLS, *UNKNOWN_TO_FILES, *UNKNOWN_TO_NAMES))
STRACE = ("strace", "-f", "-qq", "-xx", "-s", "10000000", "-e", f"trace={WATCHED}", "-o")
LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass
class Inode:
    """A file's content on the disk, and what has been written since the last fsync: (offset, data) or a new length."""

    content: bytearray
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    def after(self, some: list[tuple[int, bytes] | int]) -> bytearray:
        content = bytearray(self.content)
        for change in some:
            if isinstance(change, int):
                del content[change:]
                content.extend(bytes(change - len(content)))
            else:
                offset, data = change
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + len(data)] = data
        return content

    def settle(self) -> None:
        self.content, self.pending = self.after(self.pending), []


@dataclass
class Open:
    """An open file, or a folder when there is no inode."""

    path: Path
    inode: Inode | None
    position: int = 0


class Disk:
    """A folder on a disk that keeps what was synced. ``lasting``: the names it keeps; ``names``: those there are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = {p: Inode(bytearray(p.read_bytes())) for p in folder.rglob("*") if p.is_file()}
        self.lasting = dict(self.names)
        self.files: dict[int, Open] = {}

    def apply(self, call: str, text: str, result: int) -> bool:
        """One system call; whether what a power cut leaves may be another than before it."""
        strings = [decoded(match) for match in STRING.finditer(text)]
        numbers = [int(n) for n in re.findall(r"(?<![\w\\.])\d+", STRING.sub("", text))]
        naming = call in ("openat", *RENAMING, *UNKNOWN_TO_NAMES)
        paths = [Path(os.fsdecode(s)) for s in strings] if naming else []
        if naming and not any(path.is_relative_to(self.folder) for path in paths):
            return False
        assert call not in UNKNOWN_TO_NAMES, f"this model does not know {call}"
        if call == "openat":
            return self.open(paths[0], text, result)
        if call in RENAMING:
            return self.rename(call, paths)
        to = numbers[1] if call == "copy_file_range" else numbers[0]
        if to not in self.files:
            return False
        assert call not in UNKNOWN_TO_FILES, f"this model does not know {call}"
        return self.change(call, numbers, strings, result)

    def open(self, path: Path, flags: str, number: int) -> bool:
        new = path not in self.names and "O_CREAT" in flags
        if new:
            self.names[path] = Inode(bytearray())
        inode = self.names.get(path)
        if inode is not None and "O_TRUNC" in flags:
            inode.pending.append(0)
        self.files[number] = Open(path, inode)
        return new

    def rename(self, call: str, paths: list[Path]) -> bool:
        self.names[paths[-1]] = self.names[paths[0]]
        if call != "link":
            del self.names[paths[0]]
        return True

    def change(self, call: str, numbers: list[int], strings: list[bytes], result: int) -> bool:
        file = self.files[numbers[0]]
        if call == "close":
            del self.files[numbers[0]]
        elif call in ("fsync", "fdatasync"):
            if file.inode is not None:
                file.inode.settle()
            else:
                inside = {path for path in {*self.names, *self.lasting} if path.parent == file.path}
                kept = {path: inode for path, inode in self.lasting.items() if path not in inside}
                self.lasting = kept | {path: self.names[path] for path in inside if path in self.names}
            return True
        elif call == "lseek":
            file.position = result
        elif file.inode is not None and call == "ftruncate":
            file.inode.pending.append(numbers[1])
        elif file.inode is not None and call == "pwrite64":
            file.inode.pending.append((numbers[-1], strings[0][:result]))
        elif file.inode is not None and call == "write":
            file.inode.pending.append((file.position, strings[0][:result]))
            file.position += result
        return False

    def left(self, how: str, chance: random.Random) -> dict[Path, bytes]:
        """What is on the disk after a power cut, by path within the folder.

        "avbrott": what was synced and no more. "stickan": below, on a disk of its own, all has got there.
        "namn": all names got there, not the data. "något": some of the data too.
        "allt": everything, as when only the process was killed.
        """
        below = {path: inode for path, inode in self.names.items() if path.parent != self.folder}
        above = {path: inode for path, inode in self.lasting.items() if path.parent == self.folder}
        names = {"avbrott": self.lasting, ONE_OF_TWO: above | below}.get(how, self.names)
        keep = {"något": 0.5, "allt": 1.0}.get(how, 0.0)
        return {
            path.relative_to(self.folder): bytes(inode.after([c for c in inode.pending if chance.random() < keep]))
            for path, inode in names.items()
        }


ONE_OF_TWO = "stickan"  # few, and each worth looking at
HOW = ("avbrott", ONE_OF_TWO, "namn", "något", "allt")


def decoded(match: re.Match[str]) -> bytes:
    assert not match[2], "strace cut a string off"
    return bytes.fromhex(match[1].replace("\\x", ""))


def calls(trace: Path) -> Iterator[tuple[str, str, int]]:
    """(call, arguments, result) for each call that succeeded, in the order they were done."""
    begun: dict[str, str] = {}
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            thread, _, rest = line.rstrip("\n").partition(" ")
            if line.endswith("<unfinished ...>\n"):
                begun[thread] = line.removesuffix("<unfinished ...>\n")
                continue
            if resumed := re.match(r" *<\.\.\. \w+ resumed>(.*)", rest):
                line = begun.pop(thread) + resumed[1]
            if (found := LINE.match(line)) and not found[4].startswith("-"):
                yield found[2], found[3], int(found[4])


def images(before: Path, there: Path, trace: Path, seed: int) -> Iterator[tuple[str, dict[Path, bytes]]]:
    """Every different folder that a power cut during the traced run could leave, with when and how, in order of time.

    ``before``: a copy of the folder as the run found it at ``there``.
    """
    disk, chance = Disk(before), random.Random(seed)
    disk.names = disk.lasting = {there / path.relative_to(before): inode for path, inode in disk.names.items()}
    disk.names, disk.folder = dict(disk.names), there
    seen: set[int] = set()
    for number, (call, text, result) in enumerate((*calls(trace), ("end", "", 0))):
        ending = call in ("fsync", "fdatasync", "end", *RENAMING)
        moments = [(how, disk.left(how, chance)) for how in HOW] if ending else []
        changed = call == "end" or disk.apply(call, text, result)
        for how, image in moments if changed else []:
            mark = hash(frozenset(image.items()))
            if mark not in seen:
                seen.add(mark)
                yield f"before call {number}, {call}: {how}", image


def restore(image: dict[Path, bytes], folder: Path, start: Path) -> Path:
    """Write what was left to ``folder``, which gets the same folders as ``start``."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in (start, *start.rglob("*")):
        if path.is_dir():
            (folder / path.relative_to(start)).mkdir(parents=True)
    for name, content in image.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
