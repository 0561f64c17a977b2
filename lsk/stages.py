"""The thread through a record as stages: from paragraph to decision, or the eight parts of a unit's own system."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lsk import trace
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Ref
from lsk.rules.processes import OBJECT_KINDS

# The stages and the kinds of records in each, in the order of the work (SOSFS 2011:9). No thread goes back in it.
STAGES = {
    "Paragraf": ("statute", "provision"),
    "Krav": ("requirement", "application"),
    "Process": ("process",),
    "Aktivitet": ("activity",),
    "Rutin": ("document", "document_version"),
    "Risk": ("risk_analysis", "risk"),
    "Kontroll": ("self_check", "self_check_round", "control_point", "control_result"),
    "Avvikelse": ("deviation", "investigation"),
    "Orsak": ("analysis", "cause"),
    "Åtgärd": ("action", "action_followup"),
    "Beslut": ("decision",),
}
# What a stage is counted in: a routine in three versions is one routine.
MAIN = {"provision", "requirement", "process", "activity", "document", "risk", "self_check", "control_point",
        "deviation", "cause", "action", "decision"}  # fmt: skip
RANK = {name: rank for rank, name in enumerate(name for kinds in STAGES.values() for name in kinds)}
UNIT_KINDS = {
    "ansvarsfördelning": "assignment", "processer": "process", "delprocesser": "process", "aktiviteter": "activity",
    "rutiner": "document", "riskbedömningar": "risk", "egenkontroller": "self_check", "åtgärder": "action",
}  # fmt: skip
GOVERNING = ("Aktivitet", "Rutin", "Risk", "Kontroll")  # what the process says holds for all that happens in it
MOST = 1000  # records of a kind that are followed further
BEFORE, HERE, AFTER, BESIDE = "före", "här", "efter", "bredvid"

Found = dict[str, dict[str, None]]  # kind → ids, in the order they were found


@dataclass(frozen=True)
class Stage:
    """One stage. ``records``: (kind, id). ``way``: before or after the start, or beside it (through the process).

    ``changed``: the day one of them was last changed, where that is asked.
    """

    words: str
    records: tuple[tuple[str, str], ...]
    way: str = ""
    changed: str = ""

    @property
    def count(self) -> int:
        """How many of what the stage is about; of what hangs on it, where there is nothing else."""
        return sum(kind in MAIN for kind, _ in self.records) or len(self.records)

    @property
    def missing(self) -> bool:
        return not self.records


def thread(db: sqlite3.Connection, name: str, record: str) -> list[Stage]:
    """The stages through a record, and what else it hangs together with; of a unit the eight parts of its system."""
    if name == "unit":
        return parts_of_unit(db, record)
    staged = RANK if name in RANK else {}
    near = [(kind, other) for _, _, kind, other in trace.neighbours(db, name, record) if kind not in staged]
    others = [Stage("Övrigt", tuple(dict.fromkeys(near)), BESIDE)] if near else []
    return through(db, name, record) + others if name in RANK else others


def through(db: sqlite3.Connection, name: str, record: str) -> list[Stage]:
    here = next(place for place, kinds in enumerate(STAGES.values()) if name in kinds)
    before, after = follow(db, name, [record], -1), follow(db, name, [record], 1)
    beside = follow(db, "process", before["process"], 1) if before["process"] else Found()
    stages = []
    for place, (words, kinds) in enumerate(STAGES.items()):
        way, found = AFTER, listed(kinds, before) + listed(kinds, after)
        if name in kinds:
            way, found = HERE, [(name, record), *found]
        elif found and found[0] in listed(kinds, before):
            way = BEFORE
        elif not found and words in GOVERNING and place < here:
            way, found = BESIDE, listed(kinds, beside)
        stages.append(Stage(words, tuple(dict.fromkeys(found)), way if found else ""))
    return stages


def listed(kinds: Iterable[str], found: Found) -> list[tuple[str, str]]:
    return [(kind, record) for kind in kinds for record in found.get(kind, ())]


def follow(db: sqlite3.Connection, name: str, start: Iterable[str], way: int) -> Found:
    """All that lies after (``way`` 1) or before (-1) the records, stage by stage, never turning."""
    found: Found = defaultdict(dict)
    found[name] = dict.fromkeys(start)
    begun = list(found[name])
    for kind in sorted(RANK, key=RANK.__getitem__, reverse=way < 0):
        if kind not in found or (RANK[kind] - RANK[name]) * way < 0:
            continue
        kin(db, kind, found[kind], way)
        here = json.dumps(list(found[kind])[:MOST])
        links = json.dumps([row[0] for row in db.execute(LINKED, {"here": here})])
        for other in RANK:
            if (RANK[other] - RANK[kind]) * way > 0:
                for record in neighbours(db, kind, other, here, links):
                    found[other][record] = None
    for record in begun:
        del found[name][record]
    return found


LINKED = """SELECT target FROM link WHERE source IN (SELECT value FROM json_each(:here))
            UNION SELECT source FROM link WHERE target IN (SELECT value FROM json_each(:here))"""


def kin(db: sqlite3.Connection, kind: str, found: dict[str, None], way: int) -> None:
    """Sub-processes after a process, and the process above it before it; so with every kind that is a tree."""
    if not ENTITIES[kind].tree:
        return
    step, back = ("id", "parent") if way > 0 else ("parent", "id")
    sql = f"""WITH RECURSIVE kin(id) AS (SELECT value FROM json_each(?)
              UNION SELECT t."{step}" FROM "{kind}" t JOIN kin ON t."{back}" = kin.id WHERE t."{step}" IS NOT NULL)
              SELECT id FROM kin"""
    found.update({row[0]: None for row in db.execute(sql, (json.dumps(list(found)),))})


def neighbours(db: sqlite3.Connection, kind: str, other: str, here: str, links: str) -> list[str]:
    """The records of ``other`` that point at those ``here``, are pointed at by them, or are linked with them."""
    among = "(SELECT value FROM json_each(:here))"
    ways = [f'SELECT id FROM "{other}" WHERE "{field}" IN {among}' for field in pointing(other, kind)]
    ways += [
        f'SELECT x.id FROM "{kind}" t JOIN "{other}" x ON x.id = t."{field}" WHERE t.id IN {among}'
        for field in pointing(kind, other)
    ]
    if links != "[]":
        ways.append(f'SELECT id FROM "{other}" WHERE id IN (SELECT value FROM json_each(:links))')
    if not ways:
        return []
    return [row[0] for row in db.execute(" UNION ".join(ways), {"here": here, "links": links})]


def pointing(kind: str, other: str) -> list[str]:
    """The fields by which a record of ``kind`` points at one of ``other``."""
    return [
        f.name for f in ENTITIES[kind].columns
        if (isinstance(f, Ref) and f.to == other) or (isinstance(f, AnyRef) and other in f.to)
    ]  # fmt: skip


def parts_of_unit(db: sqlite3.Connection, unit: str) -> list[Stage]:
    """The eight kinds of things that a unit's own system is made of, and when each was last changed (J17)."""
    stages = []
    for words, source in OBJECT_KINDS.items():
        sql = source.replace("t.id", ":unit")
        records = tuple((UNIT_KINDS[words], row[0]) for row in db.execute(f"SELECT x.id {sql}", {"unit": unit}))
        changed = db.execute(
            f"""SELECT strftime('%Y-%m-%d', max(o.hlc >> 16) / 1000, 'unixepoch') FROM sync_op o
                WHERE o.row IN (SELECT x.id {sql})""",
            {"unit": unit},
        ).fetchone()[0]
        stages.append(Stage(words.capitalize(), records, HERE if records else "", changed or ""))
    return stages
