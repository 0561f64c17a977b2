"""Läser och kontrollerar ett arkiv som LSK har skrivit. Behöver bara Python 3.8 eller senare, inget annat.

Kör i arkivets mapp:  python -I las_arkiv.py
Eller:                python -I las_arkiv.py MAPP

Kontrollerar att ingen fil saknas, är ändrad eller har kommit till (KONTROLLSUMMOR.txt), läser varje tabell i
databasen (arkiv.db) och jämför den cell för cell med tabellens CSV. Avslutas med 0 när allt stämmer, annars 1.
"""

from __future__ import annotations

import csv
import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import zip_longest
from pathlib import Path

SUMS = "KONTROLLSUMMOR.txt"
DATABASE = "arkiv.db"
TABLES = "tabeller"


def checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def wrong_files(folder: Path) -> Iterator[str]:
    """What differs between the list of checksums and the files that are there."""
    listed = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    yield from (f"{name} saknas" for name in sorted(set(listed) - there))
    yield from (f"{name} finns inte i {SUMS}" for name in sorted(there - set(listed)))
    for name in sorted(there & set(listed)):
        if checksum(folder / name) != listed[name]:
            yield f"{name} är ändrad"


def as_text(value: object) -> str:
    return "" if value is None else str(value)


def compared(db: sqlite3.Connection, folder: Path, table: str) -> tuple[int, list[str]]:
    """The number of rows of a table, and what differs from its CSV."""
    path = folder / TABLES / f"{table}.csv"
    if not path.is_file():
        return 0, [f"{TABLES}/{table}.csv saknas"]
    found = db.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
    count = 0
    wrong: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        if next(lines, None) != [column[0] for column in found.description]:
            return 0, [f"{table}: rubrikerna i CSV-filen är inte tabellens kolumner"]
        for count, (row, line) in enumerate(zip_longest(found, lines), start=1):
            if row is None or line is None or [as_text(value) for value in row] != line:
                wrong.append(f"{table}: rad {count} är inte samma i databasen och i CSV-filen")
                break
    return count, wrong


def read(folder: Path) -> list[str]:
    """Check everything; print each table; return what is wrong."""
    wrong = list(wrong_files(folder))
    db = sqlite3.connect((folder / DATABASE).absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
    try:
        wrong += [f"{DATABASE}: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"{row[0]}: en hänvisning till {row[2]} saknar mål" for row in db.execute("PRAGMA foreign_key_check")]
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in names:
            count, differs = compared(db, folder, table)
            print(f"{count:>9}  {table}")
            wrong += differs
        extra = {path.stem for path in (folder / TABLES).glob("*.csv")} - set(names)
        wrong += [f"{TABLES}/{name}.csv har ingen tabell i databasen" for name in sorted(extra)]
    except sqlite3.DatabaseError as error:
        wrong.append(f"{DATABASE} går inte att läsa: {error}")
    finally:
        db.close()
    return wrong


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    csv.field_size_limit(2**31 - 1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).absolute().parent
    missing = [name for name in (SUMS, DATABASE) if not (folder / name).is_file()]
    wrong = [f"{name} saknas i {folder}" for name in missing] or read(folder)
    if wrong:
        print(f"\n{len(wrong)} fel:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    print("\nAllt stämmer: inga filer saknas eller är ändrade, och varje tabell är hel.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
