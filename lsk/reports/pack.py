"""The files of a report in a folder, with a manifest that lets anyone make them again, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.csvfiles import guarded
from lsk.errors import LskError, file_trouble
from lsk.reports import period as periods
from lsk.reports.document import FOLDER, Document, Numbered
from lsk.reports.make import Told, make, silently
from lsk.reports.template import sections_of, template_of

if TYPE_CHECKING:
    from lsk.store import Store

MANIFEST = "manifest.json"
FORMAT = 1
NEEDED = ("format", "file", "asked", "today", "outputs", "program")


@dataclass(frozen=True)
class Wanted:
    """Which report: what the command was asked."""

    kind: str
    year: int
    period: str | None = None
    unit: str | None = None
    draft: bool = False


def files_of(store: Store, wanted: Wanted, told: Told = silently) -> tuple[Document, dict[str, bytes]]:
    """The report and every file of it by its name, the manifest last. Nothing is written."""
    from lsk.reports.web import markdown, page
    from lsk.reports.word import word

    moment = changes(store)
    digest = digest_of(store.path)
    asked = periods.read(wanted.year, wanted.period)
    document = make(store, wanted.kind, asked, wanted.unit, wanted.draft, told)
    files = {"rapport.docx": word(document), "rapport.html": page(document), "rapport.md": markdown(document)}
    files |= {f"{FOLDER}/{table.file}": sheet(table) for table in document.tables}
    if changes(store) != moment:
        raise LskError(f"{store.path} ändrades medan rapporten gjordes. Gör om den.")
    files[MANIFEST] = manifest(store, wanted, document, files, digest)
    return document, files


def sheet(table: Numbered) -> bytes:
    """A table as CSV: UTF-8, comma, empty where nothing is known."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(safe, table.filled.columns))
    writer.writerows([safe(value) for value in row] for row in table.filled.rows)
    return text.getvalue().encode("utf-8")


def safe(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def manifest(store: Store, wanted: Wanted, document: Document, files: dict[str, bytes], digest: str) -> bytes:
    """What the report was made from: file, template, program, day, and each table's queries and number of rows."""
    from lsk.store import VERSION

    template = template_of(store.db, wanted.kind, wanted.unit)
    version = [list(template)[:-2], *(list(section) for section in sections_of(store.db, template))]
    content = {
        "format": FORMAT,
        "title": document.title,
        "asked": wanted.__dict__,
        "today": document.today.isoformat(),
        "file": {"sha256": digest},
        "program": VERSION,
        "template": {
            "ref": template["ref"],
            "name": template["name"],
            "sha256": sha256(json.dumps(version, ensure_ascii=False).encode()),
        },
        "tables": [
            {
                "number": table.number,
                "overview": table.filled.figure.overview,
                "caption": table.caption,
                "file": f"{FOLDER}/{table.file}",
                "rows": len(table.filled.rows),
                "queries": [" ".join(query.split()) for query in table.filled.queries],
            }
            for table in document.tables
        ],
        "missing": document.missing,
        "outputs": {name: sha256(data) for name, data in files.items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def changes(store: Store) -> int:
    """A number that is another when somebody else has changed the file."""
    return int(store.db.execute("PRAGMA data_version").fetchone()[0])


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- written ---------------------------------------------------------------------------------------------------------


def write(folder: Path, files: dict[str, bytes]) -> None:
    """All the files or none: made in a folder beside, then put in place. Only the same report is written over."""
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / MANIFEST).is_file())):
        raise LskError(f"{folder} finns redan och är ingen rapport. Ange en annan mapp.")
    if (folder / MANIFEST).is_file() and (there := title_in((folder / MANIFEST).read_bytes())) != title_in(
        files[MANIFEST]
    ):
        raise LskError(f"{folder} har redan en annan rapport: {there}. Ange en annan mapp.")
    new, old = (folder.with_name(folder.name + ending) for ending in (".ny", ".gammal"))
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        for name, data in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(data)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        why = file_trouble(error)
        raise LskError(f"{folder} kunde inte skrivas: {why}. Stäng rapporten och försök igen.") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def title_in(manifest: bytes) -> str:
    """The report's title, "" where the manifest is no longer one."""
    try:
        return str(json.loads(manifest)["title"])
    except (ValueError, TypeError, KeyError):
        return ""


# --- made again ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """A report to be made again: what was asked, on which day, of which file, and what came of it."""

    wanted: Wanted
    today: date
    digest: str
    program: str
    outputs: dict[str, str]


def read_manifest(path: Path) -> Again:
    """LskError when it is no manifest of a report."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in NEEDED if name not in content]
        if missing or content["format"] != FORMAT:
            raise ValueError(", ".join(missing) or "format")
        return Again(
            Wanted(**content["asked"]),
            date.fromisoformat(content["today"]),
            content["file"]["sha256"],
            content["program"],
            dict(content["outputs"]),
        )
    except OSError as error:
        raise LskError(f"{path} kan inte läsas: {file_trouble(error)}. Ange rapportens {MANIFEST}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise LskError(f"{path} är inget manifest från en rapport. Ange rapportens {MANIFEST}.") from error


def rebuild(store: Store, again: Again, told: Told = silently) -> tuple[dict[str, bytes], list[str]]:
    """The files made again from the same file, and the names of those that did not become the same."""
    if digest_of(store.path) != again.digest:
        raise LskError(
            f"{store.path} är inte filen som rapporten gjordes av, eller så har den ändrats sedan dess. "
            "Använd kopian som sparades med rapporten."
        )
    _, files = files_of(store, again.wanted, told)
    made = {name: sha256(data) for name, data in files.items() if name != MANIFEST}
    return files, sorted(
        name for name in made.keys() | again.outputs.keys() if made.get(name) != again.outputs.get(name)
    )
