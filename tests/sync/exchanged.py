"""A World whose files only meet through a folder, and what can go wrong with a folder."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from sync.exchange import Outcome, exchange
from tests.sync.world import ACTOR, World


class Hub:
    """A shared folder, and the files of a World that are exchanged through it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        folder.mkdir()

    def run(self, name: str, **how: Any) -> Outcome:
        """One file reads and writes."""
        self.world.close(name)
        return exchange(self.world.path(name), str(self.folder), ACTOR, **how)

    def round(self, *names: str) -> None:
        """Every file twice and the main file in between, so that all have seen all."""
        for name in (*names, "main", *names, "main"):
            self.run(name)

    def files(self, part: str = "") -> list[Path]:
        """The bundles in the folder whose name holds ``part``."""
        return sorted(
            p for p in self.folder.rglob("*") if p.is_file() and part in p.relative_to(self.folder).as_posix()
        )

    def state(self) -> str:
        """Every byte in the folder and in the files, as one digest."""
        self.world.close()
        found = sorted(p for f in (self.folder, self.world.folder) for p in f.rglob("*") if p.is_file())
        return hashlib.sha256(b"".join(str(p).encode() + p.read_bytes() for p in found)).hexdigest()

    def backup(self, name: str) -> Path:
        """A copy of a file, to be restored later."""
        self.world.close(name)
        return Path(shutil.copyfile(self.world.path(name), self.world.folder / f"{name}.backup"))

    def restore(self, name: str, copy: Path) -> None:
        self.world.close(name)
        shutil.copyfile(copy, self.world.path(name))
        copy.unlink()

    def hold(self, path: Path) -> bytes:
        """Take a file out of the folder; its bytes."""
        content = path.read_bytes()
        path.unlink()
        return content


def agree(world: World, *names: str) -> None:
    """Each unit's file holds what the main file holds of its rows, and nothing that the main file has not."""
    main = world.all_rows("main")
    for name in names:
        rows = world.all_rows(name)
        assert rows == {key: main[key] for key in rows}
        assert world.contested(name) <= world.contested("main")
