"""Destruction by decision (gallring): what the rules allow now, what stands in the way, and the doing of it.

What hangs on a record goes with it: the records that follow its owner (an investigation, a cause, a follow-up), its
links and the imported texts about it. What only mentions it stays, with that reference emptied (an action's origin), if
it is finished. What must refer to it, what is not finished, and what a rule keeps longer stand in the way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsk.change import Change
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Choice, Entity, Ref
from lsk.records import title_of
from lsk.store import Store, now
from lsk.terms import entity_label, entity_named

from . import forget
from .columns import fresh
from .scope import parent, parents_first

Record = tuple[str, str]  # entity, id


@dataclass(frozen=True)
class Proposal:
    """A record that a rule lets go: why, and what stands in the way, if anything."""

    entity: str
    record: str
    ref: str
    day: str
    why: str
    hindrance: str = ""


@dataclass(frozen=True)
class Line:
    """How many of one kind were destroyed, and the first and last day they were about."""

    entity: str
    count: int
    first: str | None
    last: str | None


@dataclass(frozen=True)
class Protocol:
    """What was destroyed by a decision: kinds and numbers, nothing of what stood there."""

    decision: str
    at: str
    lines: list[Line]


# --- what the rules say ----------------------------------------------------------------------------------------


def kinds() -> dict[str, str]:
    """Entity → its word in a retention rule: the kinds that can be destroyed by decision."""
    choice = ENTITIES["retention_rule"].field("record_kind")
    assert isinstance(choice, Choice)
    return {str(entity_named(word)): word for word in choice.values}


def rules(db: sqlite3.Connection) -> dict[str, sqlite3.Row]:
    """Entity → its retention rule."""
    words = {word: entity for entity, word in kinds().items()}
    return {words[row["record_kind"]]: row for row in db.execute("SELECT * FROM retention_rule ORDER BY rowid DESC")}


def day(entity: Entity, counted_from: str | None = None) -> str | None:
    """The date that years are counted from: when the record was closed, or else its own day."""
    flow = entity.workflow
    closed = [name for step, name in flow.stamps if step == flow.final[-1]] if flow and flow.final else []
    return closed[0] if closed and counted_from != "inkommen" else entity.year_by or None


def kept(rule: sqlite3.Row, entity: Entity, today: str) -> str:
    """SQL over t: whether the rule keeps the record still; one without a date is kept."""
    if rule["outcome"] != "gallras" or rule["years"] is None:
        return "1"
    return f"ifnull(date(t.\"{day(entity, rule['counted_from'])}\", '+{rule['years']} years') > '{today}', 1)"


def unfinished(entity: Entity) -> str:
    """SQL over t: whether the record's life goes on."""
    if entity.workflow is None or not entity.workflow.final:
        return "0"
    return f"t.status NOT IN ({', '.join(repr(step) for step in entity.workflow.final)})"


def proposals(store: Store) -> list[Proposal]:
    """What may be destroyed today by the rules, those with something in the way last."""
    db, today, found = store.db, store.today.isoformat(), []
    for name, rule in rules(db).items():
        entity = ENTITIES[name]
        date = day(entity, rule["counted_from"])
        for row in db.execute(
            f"""SELECT t.id, t.ref, t."{date}" AS day FROM "{name}" t
                WHERE NOT {kept(rule, entity, today)} AND NOT {unfinished(entity)} ORDER BY t."{date}", t.id"""
        ):
            why = f"{rule['years']} år efter {row['day']}, enligt {rule['basis']}"
            found.append(Proposal(name, row["id"], row["ref"], row["day"], why))
    wrong = pruned(store, [(p.entity, p.record) for p in found])
    found = [Proposal(p.entity, p.record, p.ref, p.day, p.why, wrong.get(p.record, "")) for p in found]
    return sorted(found, key=lambda p: bool(p.hindrance))


def pruned(store: Store, records: list[Record]) -> dict[str, str]:
    """Record → what stands in its way, when those with something in their way stay; leaves the others gathered."""
    wrong: dict[str, str] = {}
    while True:
        gather(store.db, [r for r in records if r[1] not in wrong])
        found = hindrances(store)
        if not found:
            return wrong
        wrong |= found


# --- what goes along, and what stands in the way ---------------------------------------------------------------


def follows() -> Iterator[tuple[str, str, str | None]]:
    """(entity, field, the kind it refers to or None for any): the rows that hang on a record."""
    for entity in ENTITIES.values():
        if entity.scope not in (SHARED, UNIT):
            yield entity.name, entity.scope, parent(entity).to
    yield from (("import_note", "record", None), ("link", "source", None), ("link", "target", None))


def gather(db: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Fill temp.fated (row, entity, root) with the records and all that hangs on them."""
    fresh(db, "fated", "row TEXT PRIMARY KEY, entity TEXT, root TEXT")
    db.executemany("INSERT OR IGNORE INTO fated VALUES (?2, ?1, ?2)", records)
    more = True
    while more:
        more = False
        for name, field, to in follows():
            some = f"WHERE f.entity = '{to}'" if to else ""
            more |= bool(
                db.execute(
                    f"""INSERT OR IGNORE INTO fated SELECT t.id, '{name}', f.root FROM fated f
                        CROSS JOIN "{name}" t ON t."{field}" = f.row {some}"""
                ).rowcount
            )


def hindrances(store: Store) -> dict[str, str]:
    """Root → the first thing that stands in its way, of what is gathered."""
    found: dict[str, str] = {}
    for root, sentence in (*held(store), *leaning(store)):
        found.setdefault(root, sentence)
    return found


def held(store: Store) -> Iterator[tuple[str, str]]:
    """(root, sentence) for what is gathered and not finished, or kept by its rule."""
    db, about, today = store.db, rules(store.db), store.today.isoformat()
    for (name,) in db.execute("SELECT DISTINCT entity FROM fated").fetchall():
        entity, rule = ENTITIES[name], about.get(name)
        keeps, basis = (kept(rule, entity, today), rule["basis"]) if rule else ("0", "")
        for root, ref, going_on in db.execute(
            f"""SELECT f.root, t.ref, {unfinished(entity)} FROM fated f CROSS JOIN "{name}" t ON t.id = f.row
                WHERE f.entity = '{name}' AND ({unfinished(entity)} OR {keeps})"""
        ):
            named = f"{store.terms.entity_label(name)} {ref}"
            yield (
                root,
                f"{named} är inte avslutad" if going_on else f"{named} ska bevaras enligt {basis}",
            )


def pointing() -> Iterator[tuple[Entity, str, bool]]:
    """(entity, field, required) for every reference to a kind that can be destroyed, or to any kind."""
    for entity in ENTITIES.values():
        for field in entity.columns:
            if isinstance(field, (Ref, AnyRef)):
                yield entity, field.name, field.required


def leaning(store: Store) -> Iterator[tuple[str, str]]:
    """(root, sentence) for what is gathered and a record that stays leans on."""
    for entity, field, required in pointing():
        stays = "1" if required else unfinished(entity)
        for root, ref in store.db.execute(
            f"""SELECT f.root, t.ref FROM fated f CROSS JOIN "{entity.name}" t ON t."{field}" = f.row
                WHERE {stays} AND t.id NOT IN (SELECT row FROM fated)"""
        ):
            what = "hör hit och ska vara kvar" if required else "hänvisar hit och är inte avslutad"
            yield root, f"{store.terms.entity_label(entity.name)} {ref} {what}"


# --- the doing -------------------------------------------------------------------------------------------------


def destroy(main: Store, records: list[Record], decision: str, actor: str) -> Protocol:
    """Destroy records of the main file, and all that hangs on them, by a recorded decision; all of it or nothing.

    The values are gone from tables and log when this returns, and from other files when they have synced. LskError
    when there is no decision, when the wrong body made it, or when something stands in the way; then nothing is done.
    """
    if main.file.is_unit_file:
        raise LskError(f"{main.path} är en enhetsfil. Gallra i huvudfilen; enhetens fil följer med vid nästa synk.")
    decision = decision.strip()
    if not decision:
        raise LskError('Inget gallras utan beslut. Ange beslutet, till exempel: --decision "KS § 12 2026-11-03"')
    if not records:
        raise LskError("Det finns inget att gallra. Se förslagen med: lsk gallring FIL")
    main.db.execute("PRAGMA secure_delete = ON")
    with main.change(actor, f"gallring enligt {decision}") as change:
        refuse(main, records, decision)
        protocol = Protocol(decision, now(), lines(main.db))
        write_protocol(main, change, protocol, actor)
        remove(main.db)
        doom_all(main.db, change.number, decision)
        forget.bury(main.db)
    forget.sweep(main)
    return protocol


def refuse(main: Store, records: list[Record], decision: str) -> None:
    """Gather the records, or say why they cannot be destroyed."""
    unknown = sorted({entity_label(name) for name, _ in records if name not in kinds()})
    if unknown:
        raise LskError(f"{', '.join(unknown)} kan inte gallras med detta kommando. Ta bort posten i stället.")
    decider = decided_by(main.db, decision)
    for name in {name for name, _ in records}:
        rule = rules(main.db).get(name)
        if rule is not None and rule["decided_by"] not in (None, decider):
            who = title_of(main.db, "role", rule["decided_by"])
            raise LskError(
                f"Gallring av {kinds()[name]} beslutas av {who}. Registrera beslutet och ange dess beteckning, "
                f"till exempel: --decision {main.file.code}-BES-26-001"
            )
    gather(main.db, records)
    if found := hindrances(main):
        raise LskError(f"Inget är gallrat: {next(iter(found.values()))}. Välj andra poster med --only.")


def decided_by(db: sqlite3.Connection, decision: str) -> str | None:
    """The body whose recorded decision this is the reference of."""
    row = db.execute(
        "SELECT m.body FROM decision d JOIN meeting m ON m.id = d.meeting WHERE d.ref = ?", (decision,)
    ).fetchone()
    return str(row[0]) if row else None


def lines(db: sqlite3.Connection) -> list[Line]:
    """What is gathered, counted by kind."""
    found = []
    for name in [n for n in ENTITIES if db.execute("SELECT 1 FROM fated WHERE entity = ?", (n,)).fetchone()]:
        date = f't."{day(ENTITIES[name])}"' if day(ENTITIES[name]) else "NULL"
        row = db.execute(
            f"""SELECT count(*), min({date}), max({date}) FROM fated f CROSS JOIN "{name}" t ON t.id = f.row
                WHERE f.entity = '{name}'"""
        ).fetchone()
        if row[0]:
            found.append(Line(name, *row))
    return found


def write_protocol(main: Store, change: Change, protocol: Protocol, actor: str) -> None:
    """One record a kind: what, how many, from when, by which decision, by whom."""
    about, decider = rules(main.db), decided_by(main.db, protocol.decision)
    change.insert_many(
        "destruction",
        [
            {
                "record_kind": main.terms.entity_label(line.entity), "count": line.count,
                "first_on": line.first, "last_on": line.last, "decision": protocol.decision, "decided_by": decider,
                "basis": about[line.entity]["basis"] if line.entity in about else None,
                "destroyed_on": main.today.isoformat(), "destroyed_by": actor,
            }
            for line in protocol.lines
        ],
    )  # fmt: skip


def remove(db: sqlite3.Connection) -> None:
    """Empty what refers to the gathered rows from outside, and delete them, what hangs on others first."""
    for entity, field, required in pointing():
        if not required:
            db.execute(
                f"""UPDATE "{entity.name}" SET "{field}" = NULL WHERE "{field}" IN (SELECT row FROM fated)
                    AND id NOT IN (SELECT row FROM fated)"""
            )
    for entity in reversed(parents_first()):
        db.execute(f"DELETE FROM \"{entity.name}\" WHERE id IN (SELECT row FROM fated WHERE entity = '{entity.name}')")


def doom_all(db: sqlite3.Connection, change_set: int, decision: str) -> None:
    """All that the log, and what was set aside, hold of the rows that this change set has deleted."""
    forget.doom(db)
    newest = db.execute("SELECT stream << 36 | seq FROM sync_local").fetchone()[0]
    for table, key in (("sync_op", "id"), ("sync_quarantine", "op")):
        db.execute(
            f"""INSERT OR IGNORE INTO doomed SELECT o.{key}, d.id, ? FROM fated f
                CROSS JOIN sync_op d ON d.row = f.row AND d.id BETWEEN ? AND ?
                CROSS JOIN {table} o ON o.row = f.row""",
            (decision, change_set, newest),
        )
