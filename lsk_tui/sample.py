"""The sample municipality, built from the app: ``lsk demo`` in a process of its own, so that the screen stays quick."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from lsk.errors import LskError
from lsk.store import Store

COMMAND = (sys.executable, "-c", "from lsk.cli import main; main()", "demo")
FOLDER = "LSK-exempel"


async def build(folder: Path, told: Callable[[str], None]) -> Path:
    """The sample's main file in ``folder``; one that is there already is left as it is. ``told`` hears every step.

    LskError when it cannot be built. When cancelled the process ends, and what it had made is left for the next try.
    """
    there = main_file(folder)
    if there is not None:
        return there
    process = await asyncio.create_subprocess_exec(
        *COMMAND, str(folder),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    line = ""
    try:
        async for said in process.stdout:
            line = said.decode("utf-8", errors="replace").strip() or line
            told(line)
        failed = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    made = main_file(folder)
    if failed or made is None:
        raise LskError(f"Exempelkommunen kunde inte byggas: {line.removeprefix('Fel: ')}")
    return made


def main_file(folder: Path) -> Path | None:
    """The main file among those in the folder."""
    for path in sorted(folder.glob("*.db")) if folder.is_dir() else ():
        try:
            with Store.open(path, readonly=True) as store:
                if not store.file.is_unit_file:
                    return path
        except LskError:
            continue  # some other file, or one half made: it is no sample to open
    return None
