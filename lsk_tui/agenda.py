"""What *Idag* shows: late, soon due, waiting, conflicts and findings. Each line knows where it leads."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from lsk import capture, rules
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, Ref
from lsk.records import one, title_of
from lsk.rules.ownership import subtree
from lsk.schema import quote
from lsk.store import Store
from lsk_tui.lookup import telling
from lsk_tui.owning import owner
from lsk_tui.widgets.lines import Contested, Jump, Line
from lsk_tui.words import counted, cut

SOON_DAYS = 30
MOST = 4  # lines under one heading; the rest are behind the line that counts them

# What has a day to be done by: the condition for being open, and the column with the day.
DUE = {
    "occurrence": ("t.status <> 'klar'", "due"),
    "action": ("t.done_on IS NULL AND t.status NOT IN ('avslagen', 'genomförd', 'uppföljd', 'avslutad')", "due"),
    "self_check_round": ("t.done_on IS NULL AND t.status = 'planerad'", "due"),
    "document_version": ("t.status = 'fastställd'", "next_review"),
    "decision": ("t.followed_up_on IS NULL", "follow_up_due"),
}

NOT_BEGUN = "NOT EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = t.id)"

# What waits for somebody's next step, with the words for it.
WAITING = {
    "deviation": (f"t.status IN ('mottagen', 'registrerad') AND {NOT_BEGUN}", "att utreda"),
    "investigation": ("t.finished_on IS NULL AND t.status NOT IN ('ej anmäld', 'avslutad')", "pågår"),
}

# Rules that say of one record what stands under its day already.
DATED = {"an_action_is_done_in_time", "a_self_check_is_done_in_time", "an_obligation_is_met_in_time"}

LABEL = 11  # cells: a date, or a word for what is the matter


def agenda(store: Store) -> list[Line]:
    """All but the findings, which take longer to find."""
    today, soon = store.today.isoformat(), (store.today + timedelta(SOON_DAYS)).isoformat()
    lines = due(store, "Försenat", f"< '{today}'") + conflicts(store)
    lines += due(store, f"Inom {SOON_DAYS} dagar", f"BETWEEN '{today}' AND '{soon}'")
    return lines + waiting(store)


def section(heading: str, lines: list[Line]) -> list[Line]:
    return [Line(heading, heading=True), *lines, Line("", heading=True)] if lines else []


def line(text: str, label: str, target: Jump | Contested | None = None) -> Line:
    return Line(text, label, target, label_width=LABEL, one_line=True)


def due(store: Store, heading: str, when: str) -> list[Line]:
    """What falls due then, over all the kinds that have a day, the earliest first."""
    found: list[Line] = []
    rest: list[Line] = []
    for name, (is_open, column) in DUE.items():
        first, more = few(store, name, f"({is_open}) AND t.{column} {when}", f"t.{column}", heading.lower())
        found += [line(about(store, name, record), day, Jump(name, record)) for record, day in first]
        rest += more
    return section(heading, sorted(found, key=lambda entry: entry.label) + rest)


def few(store: Store, name: str, where: str, column: str, what: str) -> tuple[list[tuple[str, str]], list[Line]]:
    """The first (id, value of ``column``) that fit, and a line that leads to all of them when there are more.

    In a unit's own file only what is the unit's.
    """
    if store.file.is_unit_file:
        where += f" AND {capture.owner(ENTITIES[name], 't')} IN ({', '.join(map(quote, units(store)))})"
    rows = store.db.execute(
        f"""SELECT t.id, {column} AS value, count(*) OVER () AS n FROM "{name}" t WHERE {where}
            ORDER BY 2, t.id LIMIT {MOST}"""
    ).fetchall()
    more = []
    if rows and rows[0]["n"] > MOST:
        title = f"{store.terms.entity_label(name, many=True)}: {what}"
        more = [line(f"alla {counted(rows[0]['n'], name, store.terms)}", "…", Jump(name, where=where, title=title))]
    return [(row["id"], row["value"]) for row in rows], more


def units(store: Store) -> list[str]:
    """The unit of a unit's own file, and those under it."""
    return sorted(subtree(store.db, store.file.unit))


def waiting(store: Store) -> list[Line]:
    """What somebody has to take the next step with."""
    lines = []
    for name, (where, what) in WAITING.items():
        first, more = few(store, name, where, "t.ref", what)
        lines += [line(f"{ref} · {about(store, name, record)}", what, Jump(name, record)) for record, ref in first]
        lines += more
    return section("Väntar på nästa steg", lines)


def about(store: Store, name: str, record: str) -> str:
    """ "Åtgärd HTN: Inför dubbelsignering": what it is, whose in a file of many units, what it belongs to."""
    entity = ENTITIES[name]
    row = one(store.db, name, record)
    title = telling(store, name, record)
    parent = entity.scope if entity.scope not in (SHARED, UNIT) else entity.identity[0] if entity.identity else ""
    field = entity.field(parent) if parent else None
    if isinstance(field, Ref) and row is not None:
        title = f"{title_of(store.db, field.to, row[parent]).rstrip('.')}, {title}"
    whose = None if store.file.is_unit_file else one(store.db, "unit", owner(store.db, name, record) or "")
    kind = store.terms.entity_label(name)
    return f"{kind} {whose['short_name']}: {cut(title, 150)}" if whose else f"{kind}: {cut(title, 150)}"


def contested(store: Store, record: str | None) -> bool:
    """Whether the record, or without one the file, has a conflict to settle."""
    found = store.db.execute("SELECT 1 FROM sync_conflict WHERE ?1 IS NULL OR row = ?1 LIMIT 1", (record,))
    return found.fetchone() is not None


def conflicts(store: Store) -> list[Line]:
    """Two people wrote different things in the same field; Enter shows both, for a person to decide."""
    rows = store.db.execute(
        """SELECT c.row, c.col, n.entity, n.name, count(*) OVER () AS n FROM sync_conflict c
           JOIN sync_column n ON n.tbl = c.tbl AND n.no = max(c.col, 0) ORDER BY c.found_at, c.row LIMIT ?""",
        (MOST,),
    ).fetchall()
    lines = []
    for row in rows:
        what = "borttagen och ändrad" if row["col"] < 0 else store.terms.field_label(row["entity"], row["name"])
        text = f"{what} – {about(store, row['entity'], row['row'])}"
        lines.append(line(text, "konflikt", Contested(row["row"], row["col"])))
    if rows and rows[0]["n"] > MOST:
        lines.append(line(f"och {rows[0]['n'] - MOST} till, som visas när dessa är avgjorda", "…"))
    return section("Konflikter att avgöra", lines)


def findings(store: Store) -> list[Line]:
    """The shortcomings of the file, the gravest first: one line a rule, leading to the record or to all it concerns."""
    mine = units(store) if store.file.is_unit_file else []
    found = [f for f in rules.check(store.db) if f.rule not in DATED and (not mine or concerns(store, f, mine))]
    lines = []
    for rule, group in groupby(found, key=lambda f: f.rule):
        same = list(group)
        first = same[0]
        more = f" – och {len(same) - 1} till" if len(same) > 1 else ""
        source = f" ({first.requirement})" if first.requirement else ""
        target = Jump(first.entity, first.record) if len(same) == 1 else every(store, rule, first, mine)
        lines.append(Line(f"{first.message}{more}{source}", first.severity, target, label_width=LABEL))
    return section(f"Brister ({len(found)})", lines)


def every(store: Store, rule: str, first: rules.Finding, mine: list[str]) -> Jump:
    """The list of all records that break a rule; a record that is mended leaves it."""
    name, table = first.entity, f'"{first.entity}"'
    broken = rules.RULES[rule].breach.sql.replace("{rows}", table).replace("{table}", table)
    where = f"t.id IN (SELECT b.id FROM ({broken}) b)"
    if mine:
        where += f" AND {capture.owner(ENTITIES[name], 't')} IN ({', '.join('?' * len(mine))})"
    return Jump(name, where=where, params=tuple(mine), title=f"{store.terms.entity_label(name, many=True)}: brister")


def concerns(store: Store, finding: rules.Finding, mine: list[str]) -> bool:
    """In a unit's own file only what the unit itself can mend is shown."""
    return finding.record is not None and owner(store.db, finding.entity, finding.record) in mine
