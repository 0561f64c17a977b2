"""A steering document as it is read: its text, its versions, who decides on it, who has read it, where it is used."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Text
from lsk.records import one
from lsk.rules.processes import OUGHT
from lsk.rules.proposals import role_named
from lsk.store import Store
from lsk.values import shown

IN_FORCE, REPLACED = "fastställd", "ersatt"
OPEN = ("utkast", "granskas")
TEXTS = ("procedure", "responsibility")
FACTS = ("version_number", "change_class", "decided_by", "decided_on", "decision_paragraph", "diary_number",
         "valid_from", "revised_on", "next_review", "location")  # fmt: skip
OPERATIONS = "verksamheten"  # the routing's word for: decided within the organisation, by whoever owns the document


def document_of(db: sqlite3.Connection, entity: str, record: str) -> str | None:
    """The document that a document or one of its versions is."""
    if entity == "document":
        return record
    row = one(db, "document_version", record)
    return None if row is None else str(row["document"])


def versions(db: sqlite3.Connection, document: str) -> list[sqlite3.Row]:
    """Every version, the newest first; with the name of who decided it."""
    return db.execute(
        """SELECT v.*, r.name AS decider FROM document_version v LEFT JOIN role r ON r.id = v.decided_by
           WHERE v.document = ? ORDER BY CAST(v.version_number AS REAL) DESC, v.version_number DESC, v.id DESC""",
        (document,),
    ).fetchall()


def current(found: list[sqlite3.Row]) -> sqlite3.Row | None:
    """The version in force, or else the newest."""
    return next((row for row in found if row["status"] == IN_FORCE), found[0] if found else None)


def markdown(store: Store, version: sqlite3.Row) -> str:
    """A version as Markdown: title, the text that was written, and last the facts of the document's header."""
    db, terms = store.db, store.terms
    document = one(db, "document", version["document"])
    assert document is not None
    since = f", gäller från {version['valid_from']}" if version["valid_from"] else ""
    number = plain(version["version_number"])
    lines = [f"# {plain(document['title'])}", "", f"*Version {number}, {version['status']}{since}*"]
    for name in TEXTS:
        if version[name]:
            lines += ["", f"## {plain(terms.field_label('document_version', name))}", "", version[name]]
    facts = [(terms.field_label("document", f), shown(db, ENTITIES["document"].field(f), document[f])) for f in
             ("kind", "owner_role", "unit", "applies_to") if document[f] is not None]  # fmt: skip
    facts += [(terms.field_label("document_version", f), shown(db, ENTITIES["document_version"].field(f), version[f]))
              for f in FACTS if version[f] is not None]  # fmt: skip
    lines += ["", "## Dokumenthuvud", ""]
    lines += [f"- **{plain(label)}:** {plain(words)}" for label, words in facts]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Words that are no Markdown, even where they look like it."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in " ".join(str(text).split()))


def changed_texts(store: Store, old: sqlite3.Row | None, new: sqlite3.Row) -> list[tuple[str, str, str]]:
    """(label, before, now) of every field that differs between two versions; all that is filled without ``old``."""
    found = []
    for name in (*TEXTS, *FACTS):
        field = ENTITIES["document_version"].field(name)
        before, now = (in_words(store, field, None if row is None else row[name]) for row in (old, new))
        waits = not now and name in FACTS and new["status"] in OPEN  # what the decision will say is not taken away
        if before != now and not waits:
            found.append((store.terms.field_label("document_version", name), before, now))
    return found


def in_words(store: Store, field: Any, value: Any) -> str:
    """A value in words; a text whole, with its lines; "" for none."""
    if value is None:
        return ""
    return str(value) if isinstance(field, Text) else shown(store.db, field, value)


@dataclass(frozen=True)
class Decider:
    """Who is to decide on a version. ``role`` None: the profile says a word that is no role of the file.

    ``political``: the decision has a paragraph in minutes and a number in the diary.
    """

    role: str | None
    name: str
    holders: tuple[str, ...]
    political: bool
    by_profile: bool


def decider(store: Store, version: sqlite3.Row) -> Decider:
    """Who decides by the profile's routing; where that leaves it to the organisation, whoever owns the document."""
    db = store.db
    row = db.execute(
        f"SELECT {OUGHT} AS ought, d.owner_role FROM document_version t JOIN document d ON d.id = t.document "
        "WHERE t.id = ?",
        (version["id"],),
    ).fetchone()
    by_profile = row["ought"] not in (None, OPERATIONS)
    role = role_named(db, row["ought"]) if by_profile else version["decided_by"] or row["owner_role"]
    about = db.execute("SELECT name, kind FROM role WHERE id = ?", (role,)).fetchone()
    holders = db.execute(
        """SELECT DISTINCT p.name FROM assignment a JOIN person p ON p.id = a.person WHERE a.role = :role
             AND ifnull(a.valid_from, '') <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today) ORDER BY p.name""",
        {"role": role, "today": store.today.isoformat()},
    ).fetchall()
    name = about["name"] if about else str(row["ought"]) if by_profile else ""
    political = about is not None and about["kind"] == "politisk"
    return Decider(role, name, tuple(h["name"] for h in holders), political, by_profile)


def approve(store: Store, version: str, values: dict[str, Any], actor: str) -> list[str]:
    """Let a version be in force and the one before it replaced, as one change. Refused says what the gates demand.

    ``values``: who decided, when, and what else the header needs. Returns the versions that were replaced.
    """
    row = one(store.db, "document_version", version)
    if row is None or row["status"] not in OPEN:
        raise LskError("Versionen väntar inte på beslut. Läs om sidan med F5.")
    before = [v for v in versions(store.db, row["document"]) if v["status"] == IN_FORCE]
    with store.change(actor, f"fastställde version {row['version_number']}") as change:
        for old in before:
            change.update("document_version", old["id"], {"status": REPLACED})
        change.update("document_version", version, {**values, "status": IN_FORCE})
    return [old["version_number"] for old in before]


@dataclass(frozen=True)
class Receipts:
    """Who has acknowledged a version (name, day, unit), and who is still to do it (name, unit)."""

    done: tuple[tuple[str, str, str], ...]
    missing: tuple[tuple[str, str], ...]


def receipts(store: Store, version: sqlite3.Row) -> Receipts:
    """Those who work in the document's unit or under it are to read it; without a unit, those of all units."""
    today = {"version": version["id"], "today": store.today.isoformat(), "document": version["document"]}
    done = store.db.execute(
        """SELECT p.name, k.acknowledged_on AS day, ifnull(u.short_name, '') AS unit FROM acknowledgement k
           JOIN person p ON p.id = k.person LEFT JOIN unit u ON u.id = k.unit
           WHERE k.document_version = :version ORDER BY p.name_sort""",
        today,
    ).fetchall()
    missing = store.db.execute(
        """WITH RECURSIVE under(id) AS (
             SELECT u.id FROM unit u, document d WHERE d.id = :document AND (d.unit IS NULL OR d.unit = u.id)
             UNION SELECT u.id FROM unit u JOIN under ON u.parent = under.id)
           SELECT p.name, group_concat(DISTINCT u.short_name) AS units FROM assignment a
           JOIN person p ON p.id = a.person JOIN under ON under.id = a.unit JOIN unit u ON u.id = a.unit
           JOIN role r ON r.id = a.role AND ifnull(r.kind, '') <> 'politisk'
           WHERE ifnull(a.valid_from, '') <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)
             AND NOT EXISTS (SELECT 1 FROM acknowledgement k WHERE k.document_version = :version AND k.person = p.id)
           GROUP BY p.id ORDER BY min(u.name_sort), p.name_sort""",
        today,
    ).fetchall()
    return Receipts(
        tuple((r["name"], r["day"], r["unit"]) for r in done),
        tuple((r["name"], r["units"].replace(",", ", ")) for r in missing),
    )


def acknowledge(store: Store, version: sqlite3.Row, actor: str) -> None:
    """The person acting has read the version. LskError when nobody is called so, or it is said already."""
    people = store.db.execute("SELECT id FROM person WHERE name = ?", (actor,)).fetchall()
    if len(people) != 1:
        who = "finns inte" if not people else "finns flera gånger"
        raise LskError(f"{actor} {who} bland personerna i filen. Byt person med F6, eller rätta registret Personer.")
    person = people[0]["id"]
    if store.db.execute(
        "SELECT 1 FROM acknowledgement WHERE document_version = ? AND person = ?", (version["id"], person)
    ).fetchone():
        raise LskError(f"{actor} har redan kvitterat version {version['version_number']}.")
    unit = store.db.execute(
        """SELECT unit FROM assignment WHERE person = :person AND unit IS NOT NULL AND ifnull(valid_from, '') <= :today
             AND (valid_to IS NULL OR valid_to >= :today)
           ORDER BY unit = (SELECT unit FROM document WHERE id = :document) DESC, valid_from DESC LIMIT 1""",
        {"person": person, "today": store.today.isoformat(), "document": version["document"]},
    ).fetchone()
    values = {"document_version": version["id"], "person": person, "acknowledged_on": store.today.isoformat()}
    own = store.file.unit if store.file.is_unit_file else unit and unit["unit"]
    with store.change(actor, "kvitterade läsning") as change:
        change.insert("acknowledgement", values | {"unit": own})


@dataclass(frozen=True)
class Use:
    """Something that leans on the document: kind, id, and by what (a field's or a link's words)."""

    entity: str
    id: str
    by: str


def where_used(store: Store, document: str) -> list[Use]:
    """What points at the document or is linked with it; its own versions not."""
    from lsk.trace import inward, linked

    found = [*inward(store.db, "document", document), *linked(store.db, document)]
    uses = []
    for _, (kind, field), entity, record in found:
        if entity != "document_version":
            by = store.terms.field_label(kind, field).lower() if field else kind
            uses.append(Use(entity, record, by))
    return list(dict.fromkeys(uses))


def refusal(error: LskError) -> list[str]:
    """The sentences of what said no, one each."""
    return [f.sentence for f in error.findings] if isinstance(error, Refused) else [str(error)]
