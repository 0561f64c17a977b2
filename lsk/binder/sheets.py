"""The sheets of a unit's binder, read out of the file: what is in force there today."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from lsk.binder.forms import FORMS, form_sheet
from lsk.binder.sheet import Sheet, table
from lsk.documents import IN_FORCE, markdown, plain
from lsk.records import one
from lsk.responsibility import IN_WORDS, VALID, matrix, names
from lsk.store import Store

ROUTINES = ("riktlinje", "rutin", "instruktion", "anvisning")  # the kinds that say how the work is done
ESTABLISHED = ("fastställd", "under revidering")  # a process that is being revised applies until the new one does
NAMES_ALLOWED = "binder_names"

# What applies in a unit: its own, what those above it have decided, and what is common to all.
ABOVE = """WITH RECURSIVE here(id, step) AS (SELECT :unit, 0
    UNION SELECT u.parent, step + 1 FROM unit u JOIN here ON u.id = here.id WHERE u.parent IS NOT NULL AND step < 20)"""
APPLIES = "({alias}.unit IS NULL OR {alias}.unit IN (SELECT id FROM here))"


def sheets(store: Store, unit: str) -> list[Sheet]:
    """Every sheet of the unit's binder in order, the list of contents first."""
    row = one(store.db, "unit", unit)
    assert row is not None
    found = [*routines(store, unit), *processes(store, unit)]
    found += [form_sheet(store, form, row["name"]) for form in FORMS]
    found += [duties(store, unit), call_list(store, unit)]
    return [contents(row["name"], found), *found]


def contents(unit_name: str, found: list[Sheet]) -> Sheet:
    """What the binder holds. Without versions, so that a new one of a routine does not change this sheet too."""
    lines = [f"# Reservpärm för {plain(unit_name)}", "", "För när datorer, nät eller ström inte fungerar."]
    for part in dict.fromkeys(sheet.part for sheet in found):
        lines += ["", f"## {part}", "", *(f"- {plain(sheet.title)}" for sheet in found if sheet.part == part)]
    return Sheet("innehåll", "Innehåll", "Innehåll", "\n".join(lines))


def routines(store: Store, unit: str) -> Iterator[Sheet]:
    """The version in force of each routine that applies in the unit, by title."""
    rows = store.db.execute(
        f"""{ABOVE} SELECT v.*, d.title FROM document_version v JOIN document d ON d.id = v.document
            WHERE v.status = :in_force AND ifnull(v.valid_from, '') <= :today AND {APPLIES.format(alias="d")}
              AND d.kind IN ({quoted(ROUTINES)}) ORDER BY d.title_sort, d.id, v.valid_from, v.id""",
        {"unit": unit, "in_force": IN_FORCE, "today": store.today.isoformat()},
    )
    newest = {row["document"]: row for row in rows}  # two may be in force for a while after a merge
    for row in newest.values():
        since = f" från {row['valid_from']}" if row["valid_from"] else ""
        yield Sheet(
            f"dokument:{row['document']}",
            "Rutiner",
            row["title"],
            markdown(store, row) + elsewhere(row),
            version=f"{row['version_number']}{since}",
            check_by=row["next_review"] or "–",
            document_version=row["id"],
        )


def elsewhere(version: sqlite3.Row) -> str:
    """Where the text is to be fetched when the file does not hold it."""
    if version["procedure"] or version["responsibility"]:
        return ""
    place = plain(version["location"]) if version["location"] else "det ställe där ni förvarar den"
    return f"\n\n**Texten finns inte i LSK.** Skriv ut den från {place} och sätt den här."


def processes(store: Store, unit: str) -> Iterator[Sheet]:
    """Each established process that applies in the unit or is allotted to it: its activities and their routines."""
    rows = store.db.execute(
        f"""{ABOVE} SELECT p.*, r.name AS owner, trim(ifnull(p.number, '') || ' ' || p.name) AS title FROM process p
            LEFT JOIN role r ON r.id = p.owner_role
            WHERE p.status IN ({quoted(ESTABLISHED)})
              AND iif(p.allotted_to IS NULL, {APPLIES.format(alias="p")}, p.allotted_to IN (SELECT id FROM here))
            ORDER BY CAST(p.number AS INTEGER), p.number, p.name_sort, p.id""",
        {"unit": unit},
    ).fetchall()
    steps = activities(store, unit)
    label = store.terms.field_label
    for row in rows:
        facts = (("purpose", row["purpose"]), ("intended_result", row["intended_result"]), ("owner_role", row["owner"]))
        lines = [f"# {plain(row['title'])}", ""]
        lines += [f"- **{plain(label('process', name))}:** {plain(value)}" for name, value in facts if value]
        headings = ("Steg", label("activity", "responsible_role"), "Rutiner")
        lines += table(map(plain, headings), steps[row["id"]]) if steps[row["id"]] else ["", "Inga aktiviteter."]
        yield Sheet(
            f"process:{row['id']}",
            "Processer",
            row["title"],
            "\n".join(lines),
            version=f"sedd över {row['reviewed_on']}" if row["reviewed_on"] else "–",
            check_by=row["next_review"] or "–",
            process=row["id"],
        )


def activities(store: Store, unit: str) -> dict[str, list[tuple[str, str, str]]]:
    """Of each process its steps in order: what, who, by which of the routines that apply in the unit."""
    rows = store.db.execute(
        f"""{ABOVE} SELECT a.process, a.name, a.description, r.name AS who,
              (SELECT group_concat(title, '; ') FROM (SELECT d.title FROM link l JOIN document d ON d.id = l.target
                 WHERE l.source = a.id AND l.kind = 'rutin' AND {APPLIES.format(alias="d")}
                 ORDER BY d.title_sort, d.id)) AS routines
            FROM activity a LEFT JOIN role r ON r.id = a.responsible_role ORDER BY a.process, a.position, a.id""",
        {"unit": unit},
    )
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        number = len(found[row["process"]]) + 1
        what = f"{number}. **{plain(row['name'])}** {plain(row['description'] or '')}".rstrip()
        found[row["process"]].append((what, plain(row["who"] or "–"), plain(row["routines"] or "–")))
    return found


def duties(store: Store, unit: str) -> Sheet:
    """What each role of the unit answers for and does, by subject."""
    here = {
        row["id"]
        for row in store.db.execute(
            f"""SELECT r.id FROM role r JOIN unit u ON u.id = :unit
                WHERE r.kind = 'medarbetare' OR r.mandatory_for = 'varje enhet'
                  OR (r.mandatory_for = 'enhet med hälso- och sjukvård' AND u.has_health_care)
                  OR EXISTS (SELECT 1 FROM assignment a
                             WHERE a.role = r.id AND a.unit = u.id AND {VALID.format(alias="a")})""",
            {"unit": unit, "today": store.today.isoformat()},
        )
    }
    found = matrix(store.db, store.today)
    lines = ["# Ansvar och uppgifter"]
    for role in (role for role in found.roles if role.id in here):
        lines += ["", f"## {plain(role.name)}", ""]
        lines += [
            f"- {plain(duty.text)} *({IN_WORDS[duty.letter]})*"
            for topic in found.topics
            for duty in found.at(topic, role)
        ]
    if len(lines) == 1:
        lines += ["", "Ingen ansvarsfördelning för enhetens roller finns i filen."]
    return Sheet("ansvar", "Ansvar", "Ansvar och uppgifter", "\n".join(lines))


def call_list(store: Store, unit: str) -> Sheet:
    """The roles to call, here first. Names only where the municipality has said so; numbers are written by hand."""
    rows = store.db.execute(
        f"""{ABOVE} SELECT r.name AS role, u.name AS unit, group_concat(p.name, '; ') AS people, min(here.step) AS step
            FROM assignment a JOIN here ON here.id = a.unit JOIN unit u ON u.id = a.unit JOIN role r ON r.id = a.role
            JOIN person p ON p.id = a.person
            WHERE ifnull(r.kind, '') NOT IN ('politisk', 'medarbetare') AND {VALID.format(alias="a")}
            GROUP BY u.id, r.id ORDER BY step, r.ref""",
        {"unit": unit, "today": store.today.isoformat()},
    ).fetchall()
    named = names_allowed(store.db)
    headings = ("Roll", "Enhet", *(("Namn",) if named else ()), "Telefon (skrivs för hand)")
    people = [(", ".join(names(row["people"])),) if named else () for row in rows]
    cells = [
        (row["role"], row["unit"], *who, "") for row, who in zip(rows, people, strict=True)
    ] + [("Räddningstjänst, ambulans, polis", "", *(("",) if named else ()), "112")]  # fmt: skip
    lines = ["# Ringlista", *table(headings, (map(plain, row) for row in cells))]
    return Sheet("ringlista", "Ringlista", "Ringlista", "\n".join(lines))


def names_allowed(db: sqlite3.Connection) -> bool:
    row = db.execute("SELECT value FROM setting WHERE key = ?", (NAMES_ALLOWED,)).fetchone()
    return row is not None and (row["value"] or "").strip().casefold() == "ja"


def quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
