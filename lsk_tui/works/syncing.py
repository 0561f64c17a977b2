"""Sync from the app: the same functions as the commands, told as lines that lead on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from lsk.errors import LskError
from lsk.records import find
from lsk.store import Store, uri
from lsk.terms import numbered
from lsk_tui.lines import Contested, Line
from lsk_tui.works import Job, Result
from sync import exchange
from sync import unit_file as making
from sync.commands import RESTORED, amount, label, unsigned
from sync.commands_exchange import from_one, shortened
from sync.conflicts import Conflict
from sync.merge import Summary, sync_files
from sync.sides import refuse_network

MOST = 40  # files looked at beside the main file


def beside(store: Store) -> dict[str, str]:
    """The unit files of this main file that lie in the same folder."""
    mine = {row[0] for row in store.db.execute("SELECT replica FROM sync_stream WHERE no > 1")}
    near = sorted(store.path.absolute().parent.glob("*.db"))[:MOST]
    return {"files": "; ".join(path.name for path in near if replica(path) in mine)}


def replica(path: Path) -> str | None:
    """Which file this is; None when it is no LSK file."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri(path, "ro"), uri=True)) as db:
        row = db.execute("SELECT replica FROM sync_local").fetchone()
        return str(row[0]) if row else None
    return None


def several(job: Job, name: str) -> list[Path]:
    """The files that were answered, semicolons between them."""
    texts = [text.strip().strip('"') for text in job.answers.get(name, "").split(";")]
    found = [(job.path.parent / Path(text).expanduser()).absolute() for text in texts if text]
    if not found:
        raise LskError("Skriv minst en fil.")
    return found


def files(job: Job) -> Result:
    """Sync unit files with this main file, or try it on copies."""
    others = several(job, "files")
    for path in (job.path, *others):
        refuse_network(path)
    job.say(f"{'Provar på kopior' if job.rehearse else 'Synkar'}: {numbered(len(others), 'fil', 'filer')}")
    summaries = sync_files(job.path, others, job.actor, job.rehearse)
    lines = [line for summary in summaries for line in of_file(summary)]
    found = [c for summary in summaries for c in summary.conflicts]
    new = any(not s.nothing_new for s in summaries)
    what = "Synkat" if new else "Inget nytt i någon av filerna"
    undo = f"Ta tillbaka hela synken i ett kommandofönster: lsk undo {job.path.name} --merge"
    return ended(job, what, lines, found, undo if new else "")


def of_file(summary: Summary) -> Iterable[Line]:
    name = Path(summary.file).name
    if summary.nothing_new:
        yield Line("inget nytt", name)
        return
    yield Line(f"upp {amount(summary.up)}; ned {amount(summary.down)}", name)
    for row in summary.up.quarantined:
        yield Line(f"{label(row.entity)} {row.ref or row.record}: {row.reason}. {RESTORED}", "inte taget")
    if n := summary.up.unsealed:
        yield Line(unsigned(n), "inte underskrivet")
    if n := summary.up.forgotten:
        yield Line(f"{numbered(n, 'ändring', 'ändringar')} av poster som är gallrade efter beslut", "gallrat")
    for name in dict.fromkeys((*summary.up.unknown, *summary.down.unknown)):
        yield Line(f"{name} finns bara i en nyare version av LSK. Uppdatera LSK.", "inte visat")


def ended(job: Job, what: str, lines: list[Line], found: list[Conflict], after: str = "") -> Result:
    """The lines of a sync, the conflicts last, and what to do about them."""
    if job.rehearse:
        told = [Line(f"{c.ref} {c.label}", "skulle bli konflikt") for c in found]
        return Result("Prov på en kopia: inget är ändrat och inget skickat.", lines + told)
    if found:
        lines += [
            Line("", heading=True),
            Line(f"{numbered(len(found), 'konflikt', 'konflikter')}: Enter avgör den som är markerad.", heading=True),
            *(Line(in_words(c), c.ref, Contested(c.record, c.column, c.field)) for c in found),
        ]
    elif after:
        lines.append(Line(after, "sedan", faint=True))
    return Result(f"{what}.", lines)


def in_words(conflict: Conflict) -> str:
    return f"{conflict.label}: " + " ≠ ".join(f"”{side.words}” ({side.actor})" for side in conflict.sides)


def place(job: Job) -> Result:
    """Read and write at a place that all reach."""
    where = job.answers["place"].strip()
    if "://" not in where:
        where = str(job.file("place"))
    job.say(f"Öppnar {where}")
    done = exchange.exchange(job.path, where, job.actor, dry_run=job.rehearse, steps=job.steps)
    return of_exchange(job, done)


def receive(job: Job) -> Result:
    job.say("Läser synkfiler")
    return of_exchange(job, exchange.receive(job.path, several(job, "files"), job.actor, job.steps))


def of_exchange(job: Job, done: exchange.Outcome) -> Result:
    """What came, what waits, what was refused, what was sent."""
    f = done.fetched
    lines = [Line(done.clock, "klockan")] if done.clock else []
    lines += [Line(text.strip(), "hämtat") for heard in f.heard.values() for text in from_one(heard)]
    lines += [Line(text, "väntar") for text in shortened(f.waiting)]
    lines += [Line(text, "inte taget") for text in shortened(f.refused)]
    lines += [Line(name, "ingen synkfil") for name in shortened(f.foreign)]
    if f.elsewhere:
        lines.append(Line("På platsen finns också filer från en annan huvudfil; de lämnas.", "andras"))
    if done.sent:
        lines.append(Line(", ".join(done.sent), "skickat till"))
    if done.removed:
        lines.append(Line(f"{numbered(done.removed, 'synkfil', 'synkfiler')} som inte längre behövs", "städat"))
    what = "Redan taget; inget nytt" if f.again else "Inget nytt" if done.nothing_new else "Klart"
    return ended(job, f"{numbered(len(f.refused), 'synkfil', 'synkfiler')} kunde inte tas in" if f.refused else what,
                 lines, done.conflicts)  # fmt: skip


def bundle(job: Job) -> Result:
    job.say("Skriver synkfiler")
    folder = job.file("folder")
    folder.mkdir(parents=True, exist_ok=True)
    done = exchange.bundle(job.path, folder)
    if not done.written:
        return Result("Inget nytt att skicka.")
    lines = [Line(str(folder / name), code) for name, code in zip(done.written, done.sent, strict=True)]
    lines.append(
        Line("Mejla eller bär filen dit. Mottagaren tar in den med Arbeten, Ta in synkfiler.", "sedan", faint=True)
    )
    return Result(f"{numbered(len(done.written), 'synkfil', 'synkfiler')} skrivna.", lines)


def unit_file(job: Job) -> Result:
    """A new file for a unit, beside the main file unless said otherwise."""
    out = job.file("out")
    out = out if out.suffix else out.with_suffix(".db")
    job.say(f"Gör {out.name}")
    with job.store() as store:
        info = making.make_unit_file(store, find(store.db, "unit", job.answers["unit"].strip())[1], out, job.actor)
    lines = [
        Line(str(out), "filen"),
        Line(info.code, "kod"),
        Line("Ge filen till enheten. Synka den sedan med Arbeten, Synka enhetsfiler.", "sedan", faint=True),
    ]
    return Result(f"{info.name} har en egen fil.", lines)
