"""One LSK file: make it, open it, change it. Every change is one transaction and one change set."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsk import capture, schema, search
from lsk.errors import LskError, Refused
from lsk.terms import overriding

if TYPE_CHECKING:
    from lsk.change import Change

VERSION = "0.1.0"
BUSY_MILLISECONDS = 5000
SEARCH_AT_ONCE = 2000  # operations indexed with the save; a larger import is indexed on its own, with progress


@dataclass(frozen=True)
class FileInfo:
    """Who this file is: its short code, its stream in the log, and for a unit file the unit's id."""

    code: str
    stream: int
    kind: str
    name: str
    unit: str | None
    replica: str

    @property
    def is_unit_file(self) -> bool:
        return self.kind == "enhetsfil"


class Store:
    """An open file with one connection. Each thread opens its own."""

    def __init__(self, path: Path, db: sqlite3.Connection, readonly: bool = False, today: date | None = None) -> None:
        self.path = path
        self.db = db
        self.readonly = readonly
        self._today = today
        if today is not None:
            tell_day(db, today)
        row = db.execute("SELECT code, stream, kind, name, unit, replica FROM sync_local").fetchone()
        self.file = FileInfo(
            row["code"], row["stream"], row["kind"], row["name"] or path.stem, row["unit"], row["replica"]
        )
        self.terms = overriding(db)

    @property
    def today(self) -> date:
        """The day it is; a sample file can be told another."""
        return self._today or date.today()

    @classmethod
    def create(
        cls, path: Path, profile: str | None = None, *, code: str = "HK", actor: str = "LSK", today: date | None = None
    ) -> Store:
        """Make a new main file, with a profile if named. LskError when something is there already."""
        if path.exists():
            raise LskError(f"{path} finns redan. Välj ett annat filnamn eller öppna filen med: lsk open {path}")
        work = path.with_name(path.name + ".ny")
        work.unlink(missing_ok=True)
        store = None
        try:
            store = cls.blank(work, code=code, kind="huvudfil", stream=1, name=path.stem, today=today)
            if profile is not None:
                from lsk.profile import load

                load(store, profile, actor=actor)
            store.close()
            work.replace(path)
        except sqlite3.DatabaseError as error:
            raise explained(error, path) from error
        finally:
            if store is not None:
                store.close()
            work.unlink(missing_ok=True)
        return cls.open(path, today=today)

    @classmethod
    def blank(
        cls, path: Path, *, code: str, kind: str, stream: int, name: str, unit: str | None = None,
        today: date | None = None,
    ) -> Store:  # fmt: skip
        """A file with tables and an identity but no rows: the start of a main file or of a unit's file."""
        db = connect(path)
        try:
            schema.begin(db)
            with transaction(db):
                replica = str(uuid.uuid4())
                db.execute(
                    "INSERT INTO sync_local(one, replica, code, kind, name, unit, stream) VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (replica, code, kind, name, unit, stream),
                )
                db.execute(
                    "INSERT INTO sync_stream(no, replica, code, name, unit, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (stream, replica, code, name, unit, now()),
                )
        except BaseException:
            db.close()
            raise
        return cls(path, db, today=today)

    @classmethod
    def open(cls, path: Path, *, readonly: bool = False, today: date | None = None) -> Store:
        """Open ``path``, bringing an older file up to date after a backup copy. LskError says why it cannot be done."""
        examine(path)
        with contextlib.ExitStack() as undone:
            try:
                db = undone.enter_context(contextlib.closing(connect(path, readonly=readonly)))
                db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                refuse_foreign(db, path)
                bring_up_to_date(db, path, readonly)
                store = cls(path, db, readonly, today)
            except sqlite3.DatabaseError as error:
                raise explained(error, path) from error
            undone.pop_all()
        return store

    @contextlib.contextmanager
    def change(self, actor: str, why: str = "", undoes: int | None = None) -> Iterator[Change]:
        """One change set: all of it or nothing. Gates run before it is kept; Refused says which said no."""
        from lsk.change import Change  # with it comes every rule, which whoever only reads does not need

        if self.readonly:
            raise LskError(f"{self.path} är öppnad för läsning och kan inte ändras.")
        try:
            with transaction(self.db):
                change = Change(self.db, self.file, self.today, self.terms)
                change.begin()
                yield change
                change.warnings = change.judge(check=undoes is None)
                change.end(now(), actor, why, VERSION, undoes)
                if change.operations <= SEARCH_AT_ONCE:
                    search.refresh(self.db)
        except sqlite3.IntegrityError as error:
            raise Refused([change.integrity(str(error))]) from error
        except sqlite3.DatabaseError as error:
            raise explained(error, self.path) from error

    def search(self, text: str, limit: int = 20, kind: str | None = None) -> list[search.Hit]:
        """Search, after indexing what other tools and merges have changed."""
        self.index()
        return search.search(self.db, text, limit, kind)

    def index(self) -> None:
        """Bring the search index up to the log. A file that cannot be written is searched as it was last indexed."""
        if self.readonly or not search.behind(self.db):
            return
        try:
            with transaction(self.db):
                search.refresh(self.db)
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):
                raise explained(error, self.path) from error

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise explained(error, self.path) from error


def now() -> str:
    """This moment, UTC, as the log writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection as LSK wants it. A rollback journal leaves one file, which can be mailed or carried on a stick."""
    db = sqlite3.connect(uri(path, "ro" if readonly else "rwc"), uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA recursive_triggers = ON")
    db.execute("PRAGMA cache_size = -65536")
    db.execute("PRAGMA temp_store = MEMORY")
    tell_day(db)
    # A commit outlives a power cut before another file is told of it: none may know more than the main file.
    db.execute("PRAGMA synchronous = EXTRA")
    return db


def tell_day(db: sqlite3.Connection, today: date | None = None) -> None:
    """Lend the connection ``today()``, for rules and overviews: the day here, where SQLite's own is Greenwich's."""
    db.create_function("today", 0, lambda: (today or date.today()).isoformat(), deterministic=True)


def uri(path: Path, mode: str) -> str:
    """The file as SQLite's URI; ``mode`` ro or rwc."""
    place = path.absolute().as_posix()
    # A Windows share //server/share needs two more slashes: SQLite takes what follows file:// for a host.
    start = "file://" if place.startswith("/") else "file:///"
    return f"{start}{quote(place, safe='/:')}?mode={mode}"


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock at once, so that what was read is what is changed."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def examine(path: Path) -> None:
    """Say no to what plainly is no LSK file, before SQLite touches it."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise LskError(
            f"{path} finns inte. Kontrollera namnet och mappen. En ny huvudfil görs med: lsk new FIL --profile ragunda"
        ) from error
    except OSError as error:
        if path.is_dir():
            raise LskError(f"{path} är en mapp, inte en fil. Ange filen i mappen.") from error
        raise LskError(f"{path} får inte läsas av dig. Be den som äger filen om läsrätt.") from error
    if head != b"SQLite format 3\x00":
        raise LskError(f"{path} är inte en LSK-fil (ingen SQLite-databas). Kontrollera att du valt rätt fil.")


def refuse_foreign(db: sqlite3.Connection, path: Path) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application != schema.APPLICATION_ID:
        raise LskError(f"{path} är en databas från ett annat program, inte en LSK-fil. Välj en fil som LSK har skapat.")
    if version > schema.FORMAT:
        raise LskError(
            f"{path} är skapad av en nyare version av LSK (filformat {version}, här {schema.FORMAT}). Uppdatera LSK."
        )


def bring_up_to_date(db: sqlite3.Connection, path: Path, readonly: bool) -> None:
    """Migrate an older file after a backup copy, and put back triggers that somebody dropped."""
    older = schema.pending(db)
    if readonly:
        if older:
            raise LskError(f"{path} är skapad av en äldre version av LSK. Öppna den en gång med: lsk open {path}")
        return
    if older:
        backup(db, path)
        schema.migrate(db)
    if not (capture.intact(db) and schema.guarded(db)):
        with transaction(db):
            capture.install(db)
            schema.guard(db)


def backup(db: sqlite3.Connection, path: Path) -> Path:
    """A whole copy beside the file, before anything in it is rebuilt."""
    copy = path.with_name(f"{path.stem}-före-uppgradering-{now()[:19].replace(':', '')}{path.suffix}")
    target = sqlite3.connect(copy)
    with contextlib.closing(target):
        db.backup(target)
    return copy


def explained(error: sqlite3.Error, path: Path) -> LskError:
    """What SQLite says, in words a person can act on."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return LskError(
            f"{path} används just nu av ett annat program. Vänta en stund eller stäng det, och försök igen."
        )
    if "readonly" in text:
        return LskError(f"{path} är skrivskyddad. Kopiera filen till en mapp där du får skriva.")
    if "is full" in text:
        return LskError(
            f"Disken är full, så {path} kunde inte sparas. Inget är ändrat. Frigör utrymme och försök igen."
        )
    if "too big" in text:
        return LskError(f"{path} har ett värde som är större än LSK läser. Inget är ändrat. Gör en ny fil.")
    if "unable to open" in text:
        return LskError(f"{path} kan inte öppnas. Kontrollera att mappen finns och att du får skriva i den.")
    if "malformed" in text or "not a database" in text or "disk I/O" in text:
        return LskError(f"{path} är skadad eller avklippt ({text}). Använd senaste säkerhetskopian.")
    return LskError(f"{path} kunde inte läsas eller skrivas ({text}). Inget är ändrat.")
