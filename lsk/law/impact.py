"""What leans on a provision: everything that cites it, directly, through a requirement or through a process."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence

from lsk import capture
from lsk.law.register import CHAIN, LABEL, PROVISIONS
from lsk.model import ENTITIES
from lsk.schema import quote

# A source may have split a requirement (R32a, R32b) where what answers to it names the whole (R32).
NAMES = "' ' || {t}.requirements || ' ' LIKE '% ' || rtrim({code}, 'abcdefghijklmnopqrstuvwxyz') || ' %'"

ANSWERING = f"""coalesce((SELECT a.responsible_role FROM application a
  WHERE a.requirement = {{k}} AND a.responsible_role IS NOT NULL ORDER BY a.ref LIMIT 1),
  (SELECT y.role FROM duty y JOIN requirement n ON n.id = {{k}} WHERE {NAMES.format(t="y", code="n.code")}
   ORDER BY y.ref LIMIT 1))"""

# The kinds that can lean on the law, in the order they are told, each with SQL for the role that answers for it.
OWNERS = {
    "requirement": ANSWERING.format(k="t.id"),
    "application": f"coalesce(t.responsible_role, {ANSWERING.format(k='t.requirement')})",
    "process": "t.owner_role",
    "document": "t.owner_role",
    "self_check": "t.responsible_role",
    "control_point": "t.responsible_role",
    "report_template": "t.recipient",
    "report_template_section": "(SELECT m.recipient FROM report_template m WHERE m.id = t.template)",
    "obligation": "t.responsible_role",
    "duty": "t.role",
}
CITING = ("requirement", "application", "obligation", "duty")  # have a provision of their own
NUMBERED = ("obligation", "duty", "report_template", "report_template_section")  # name the requirements they answer to
LINKED = ("process", "document", "self_check", "control_point")
# Where a text may cite the law in words.
TEXTS = {
    "document": """SELECT v.document AS id, ifnull(v.procedure, '') || ' ' || ifnull(v.responsibility, '') AS text
      FROM document_version v WHERE v.status NOT IN ('ersatt', 'upphävd')""",
    "self_check": "SELECT id, criterion AS text FROM self_check",
}
WRITTEN = ("{d} {s}", "{s} {d}", "{n} {d}")  # designation, short name, number; parentheses do not count


def citing() -> str:
    """What cites a provision by itself, is linked with one, or names one in its text."""
    own = [
        f"SELECT '{name}', t.id, f.id, 'direkt' FROM family f JOIN {name} t ON t.provision = f.id" for name in CITING
    ]
    linked = [
        f"SELECT '{name}', t.id, f.id, 'koppling' FROM family f JOIN ends e ON e.here = f.id JOIN {name} t "
        "ON t.id = e.there"
        for name in OWNERS
    ]
    written = " OR ".join(
        f"' ' || replace(replace(x.text, '(', ''), ')', '') LIKE '% ' || {way} || '%'" for way in map(in_sql, WRITTEN)
    )
    texts = [
        f"SELECT '{name}', x.id, f.id, 'texten' FROM family f JOIN provision p ON p.id = f.id JOIN statute s "
        f"ON s.id = p.statute JOIN ({text}) x ON {written}"
        for name, text in TEXTS.items()
    ]
    return " UNION ALL ".join([*own, *linked, *texts])


def in_sql(way: str) -> str:
    """A way to write a citation, as SQL that makes it."""
    columns = {"{d}": "p.designation", "{s}": "s.short_name", "{n}": "s.number"}
    parts = [part for part in re.split(r"(\{\w\})", way) if part]
    return " || ".join(columns[part] if part in columns else quote(part) for part in parts)


def through_requirements() -> str:
    """What carries out a requirement (``demand``), or reports on it."""
    number = NAMES.format(t="t", code="d.code")
    named = [
        f"SELECT '{name}', t.id, d.provision, d.through FROM demand d JOIN {name} t ON {number}" for name in NUMBERED
    ]
    linked = [
        f"SELECT '{name}', t.id, d.provision, d.through FROM demand d JOIN ends e ON e.here = d.id JOIN {name} t "
        "ON t.id = e.there"
        for name in LINKED
    ]
    applied = """SELECT 'application', t.id, d.provision, d.through FROM demand d
      JOIN application t ON t.requirement = d.id AND t.provision IS NULL"""
    return " UNION ALL ".join([applied, *named, *linked])


REACHED = f"""WITH RECURSIVE {CHAIN},
  ends(here, there) AS (SELECT source, target FROM link UNION ALL SELECT target, source FROM link),
  citing(entity, id, provision, through) AS ({citing()}),
  demand(id, provision, code, through) AS (SELECT DISTINCT c.id, c.provision, k.code, 'kravet ' || k.code
    FROM citing c JOIN requirement k ON k.id = c.id),
  met(entity, id, provision, through) AS MATERIALIZED (SELECT * FROM citing UNION ALL {through_requirements()}),
  worked(id, provision, through) AS (SELECT DISTINCT m.id, m.provision, 'processen ' || t.name
    FROM met m JOIN process t ON t.id = m.id),
  documents(id, provision, through) AS MATERIALIZED (
    SELECT t.id, w.provision, w.through FROM worked w JOIN ends e ON e.here = w.id JOIN document t ON t.id = e.there
    UNION SELECT t.id, w.provision, w.through FROM worked w JOIN activity a ON a.process = w.id
      JOIN ends e ON e.here = a.id JOIN document t ON t.id = e.there
    UNION SELECT id, provision, through FROM met WHERE entity = 'document'),
  reached(entity, id, provision, through) AS (SELECT * FROM met
    UNION ALL SELECT 'document', id, provision, through FROM documents
    UNION ALL SELECT 'self_check', t.id, w.provision, w.through FROM worked w JOIN self_check t ON t.process = w.id
    UNION ALL SELECT 'self_check', t.id, d.provision, d.through FROM documents d JOIN self_check t ON t.document = d.id
    UNION ALL SELECT 'control_point', t.id, w.provision, w.through FROM worked w
      JOIN control_point t ON t.process = w.id),
  found AS MATERIALIZED (SELECT entity, id, provision,
    coalesce(max(through) FILTER (WHERE through IN ('direkt', 'koppling', 'texten')), min(through)) AS through
    FROM reached GROUP BY entity, id, provision)"""


def told(number: int, name: str) -> str:
    """The found records of one kind as people know them."""
    entity = ENTITIES[name]
    return f"""SELECT {number} AS place, {quote(name)} AS entity, t.id, t.ref, t."{entity.title}" AS title,
      {capture.owner(entity, "t")} AS unit, {OWNERS[name]} AS role, f.provision, f.through
      FROM found f JOIN "{name}" t ON t.id = f.id WHERE f.entity = {quote(name)}"""


def impact(db: sqlite3.Connection, provisions: Sequence[str]) -> list[sqlite3.Row]:
    """Every record that leans on the provisions, on what they came of or on what they became.

    Each row: entity, id, ref, title, unit and role (ids) with unit_name and owner, provision (id) with cites (words),
    and through: "direkt", "koppling", "texten", a requirement or a process. A record stands once for each provision
    that it leans on.
    """
    rows = " UNION ALL ".join(told(number, name) for number, name in enumerate(OWNERS))
    return db.execute(
        f"""{REACHED} SELECT x.*, u.name AS unit_name, r.name AS owner,
              (SELECT {LABEL} FROM {PROVISIONS} WHERE p.id = x.provision) AS cites
            FROM ({rows}) x LEFT JOIN unit u ON u.id = x.unit LEFT JOIN role r ON r.id = x.role
            ORDER BY x.place, x.ref, cites""",
        {"asked": json.dumps(list(provisions))},
    ).fetchall()
