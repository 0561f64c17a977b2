"""Is the file whole, and do its tables say what its log says? Each thing that is wrong becomes a finding in Swedish."""

from __future__ import annotations

from collections.abc import Iterator

from lsk import capture
from lsk.rules import Finding
from lsk.store import Store

from .unexplained import conflicts_differ, differences
from .verify_log import BACKUP, chains, log, suspects, wrong

OUTSIDE = (
    "Filen har ändrats av ett annat program med loggningen avstängd. Ta in ändringen i historiken med "
    "lsk verify --adopt, eller lägg tillbaka det som loggen säger med lsk verify --restore."
)


def verify(store: Store) -> list[Finding]:
    """Everything that is wrong with the file itself. Reads only; open the file with readonly to see it as it lies."""
    if broken := list(structure(store)):
        return broken
    found = list(tables(store))
    suspects(store.db, ((f.record, f.ref, f.field) for f in found if f.record))
    return [*triggers(store), *log(store), *chains(store), *found, *conflict_list(store)]


def structure(store: Store) -> Iterator[Finding]:
    for (text,) in store.db.execute("PRAGMA integrity_check"):
        if text != "ok":
            yield wrong(f"Filen är skadad: {text}.", BACKUP, "integritet")
    for table, rowid, to, _ in store.db.execute("PRAGMA foreign_key_check"):
        yield wrong(f"Rad {rowid} i {table} hänvisar till en post i {to} som inte finns.", OUTSIDE, "hänvisningar")


def triggers(store: Store) -> Iterator[Finding]:
    if not capture.intact(store.db):
        yield wrong(
            "Loggningen är ändrad eller borttagen ur filen.", "Öppna filen i LSK, så läggs den tillbaka.", "loggning"
        )
    if not store.db.execute("SELECT capture FROM sync_local").fetchone()[0]:
        yield wrong("Loggningen är avstängd i filen.", OUTSIDE, "loggning")


def tables(store: Store) -> Iterator[Finding]:
    """Work out every logged row anew and compare: what somebody changed past the log."""
    for odd in differences(store):
        label = store.terms.entity_label(odd.entity)
        field = ""
        if odd.kind == "saknas":
            message = f"{label} {odd.ref} saknas fast den inte är borttagen enligt loggen."
        elif odd.kind == "död":
            message = f"{label} {odd.ref} finns fast den är borttagen enligt loggen."
        elif odd.kind == "okänd":
            message = f"{label} {odd.ref} finns fast loggen inte vet att den har lagts till."
        else:
            field = "Beteckning" if odd.field == "ref" else store.terms.field_label(odd.entity, odd.field)
            message = f"{label} {odd.ref}: ”{field}” är inte vad loggen säger."
        yield wrong(message, OUTSIDE, "tabell", (odd.entity, odd.record, odd.ref), field)


def conflict_list(store: Store) -> Iterator[Finding]:
    for row in conflicts_differ(store.db):
        yield wrong(
            f"Listan över konflikter stämmer inte med loggen för posten {row}.",
            "Räkna om listan med lsk verify --restore.",
            "konflikter",
        )
