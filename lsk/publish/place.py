"""Where a publication may lie: in a folder of its own, so that nothing else is shown or copied with it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from lsk import schema
from lsk.errors import LskError, file_trouble
from lsk.publish.write import APPLICATION_ID

SQLITE = b"SQLite format 3\0"


def refuse_unfit(folder: Path, name: str) -> None:
    """LskError when a folder holds one of LSK's own files, or another file by the name of the publication.

    What else there may be in the folder is left alone.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise LskError(f"{folder} är ingen mapp. Ange en mapp för det publicerade, till exempel {folder}-publicerat.")
    try:
        for path in sorted(folder.iterdir()):
            kind = kind_of(path)
            if kind == schema.APPLICATION_ID:
                raise LskError(
                    f"I {folder} ligger {path.name}, som inte får följa med när mappen visas eller kopieras. "
                    f"Publicera i en egen mapp, till exempel {folder / 'publicerat'}."
                )
            if path.name == name and kind != APPLICATION_ID:
                raise LskError(
                    f"{path} finns redan och är ingen publicering. Flytta filen, eller publicera i en annan mapp."
                )
    except OSError as error:
        raise LskError(f"{folder} kunde inte läsas: {file_trouble(error)}. Välj en annan mapp.") from error


def kind_of(path: Path) -> int | None:
    """The application id of an SQLite file; None for anything else."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            return None
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        try:
            return int(db.execute("PRAGMA application_id").fetchone()[0])
        except sqlite3.DatabaseError:
            return None
