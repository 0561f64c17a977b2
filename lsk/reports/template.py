"""Which template a report follows, what it says, and which reports are compiled into it."""

from __future__ import annotations

import sqlite3
from typing import Any

from lsk.errors import LskError
from lsk.reports.document import Contribution
from lsk.reports.figures import FIGURES
from lsk.reports.period import Period
from lsk.rules.ownership import subtree

Row = sqlite3.Row


def template_of(db: sqlite3.Connection, kind: str, unit: str | None) -> Row:
    """The template by its kind, name or reference: of the unit's level, else the highest. LskError when none is."""
    rows = db.execute(
        """SELECT m.*, r.name AS recipient_name, c.number AS height, (SELECT u.level FROM unit u WHERE u.id = :unit)
             AS wanted FROM report_template m LEFT JOIN role r ON r.id = m.recipient
           LEFT JOIN choice_value c ON c.list = 'levels' AND c.value = m.level ORDER BY c.number, m.ref""",
        {"unit": unit},
    ).fetchall()
    called = [row for row in rows if kind.casefold() in (row["ref"].casefold(), row["name"].casefold())]
    called = called or [row for row in rows if row["kind"].casefold() == kind.casefold()]
    if not called:
        known = ", ".join(dict.fromkeys(row["kind"] for row in rows)) or "inga"
        raise LskError(f"Det finns ingen rapportmall som heter {kind}. Det finns: {known}.")
    return next((row for row in called if row["wanted"] == row["level"]), called[0])


def sections_of(db: sqlite3.Connection, template: Row) -> list[Row]:
    """The sections in order. LskError for a heading that is there twice, or figures that do not exist."""
    rows = db.execute(
        "SELECT * FROM report_template_section WHERE template = ? ORDER BY number, ref", (template["id"],)
    ).fetchall()
    seen: set[str] = set()
    for row in rows:
        if row["heading"].casefold() in seen:
            raise LskError(f"Mallen {template['name']} har rubriken ”{row['heading']}” två gånger. Ta bort den ena.")
        seen.add(row["heading"].casefold())
        for name in figures_of(row):
            if name not in FIGURES:
                raise LskError(
                    f"Rubriken ”{row['heading']}” i mallen {template['name']} hänvisar till siffrorna {name}, "
                    f"som inte finns. Välj någon av: {', '.join(FIGURES)}."
                )
    return rows


def figures_of(section: Row) -> list[str]:
    return (section["figures"] or "").replace(",", " ").split()


def report_of(db: sqlite3.Connection, template: str, unit: str | None, period: Period) -> Row | None:
    """What has been written: the newest report of the template, the unit (None: any) and the period."""
    return next((row for row in reports_of(db, template, period) if unit in (None, row["unit"])), None)


def reports_of(db: sqlite3.Connection, template: str, period: Period) -> list[Row]:
    """All reports of a template and period, the newest first."""
    rows = db.execute("SELECT * FROM report WHERE template = ? AND year = ? ORDER BY ref DESC", (template, period.year))
    return [row for row in rows if (row["period"] or "") in period.spellings]


def texts_of(db: sqlite3.Connection, report: Row | None) -> dict[str, str]:
    """Heading → text of a report, in order."""
    if report is None:
        return {}
    rows = db.execute("SELECT heading, text FROM report_section WHERE report = ? ORDER BY number", (report["id"],))
    return {row["heading"]: row["text"] or "" for row in rows}


def inputs_of(db: sqlite3.Connection, template: Row, year: int) -> dict[str, str]:
    """Heading → text of the year's management review, when that is what the template is about."""
    rows = db.execute(
        """SELECT s.heading, coalesce(i.content, i.comment) AS text FROM report_template_section s
           JOIN management_review g ON g.year = ? JOIN management_review_input i ON i.management_review = g.id
             AND i.number = s.number WHERE s.template = ? AND ? = 'ledningens genomgång' ORDER BY s.number""",
        (year, template["id"], template["kind"]),
    )
    return {row["heading"]: row["text"] for row in rows if row["text"]}


def contribution(db: sqlite3.Connection, report: Row, template: Row) -> Contribution:
    texts = tuple((head, text) for head, text in texts_of(db, report).items() if text)
    return Contribution(report["title"], template["placement"] or "", texts)


def compiled(
    db: sqlite3.Connection, template: Row, unit: str | None, period: Period
) -> tuple[list[Contribution], list[str]]:
    """The reports that are compiled into one of ``template``, steps below too, and the units whose have not come."""
    found: list[Contribution] = []
    missing: list[str] = []
    for below in db.execute(
        "SELECT * FROM report_template WHERE compiled_into = ? AND id <> ? ORDER BY name_sort", (template["id"],) * 2
    ).fetchall():
        sent = {row["unit"]: row for row in reversed(reports_of(db, below["id"], period)) if row["status"] != "utkast"}
        owing = {row["id"]: row["name"] for row in units_of(db, below, unit, period)}
        common = [row for each, row in sent.items() if each not in owing and inside(db, each, unit)]
        found += [contribution(db, row, below) for row in (*common, *(sent[each] for each in owing if each in sent))]
        if not common:  # one report for all of them
            missing += [f"{name} ({below['name']})" for each, name in owing.items() if each not in sent]
        deeper = compiled(db, below, unit, period)
        found, missing = found + deeper[0], missing + deeper[1]
    return found, missing


def units_of(db: sqlite3.Connection, template: Row, unit: str | None, period: Period) -> list[Row]:
    """The units that owe such a report: at its level, active in the period, within ``unit``."""
    rows = db.execute(
        """SELECT * FROM unit WHERE level = :level AND ifnull(active_from, '') <= :last
             AND ifnull(active_to, '9999') >= :first AND (has_health_care = 1 OR :kind <> 'patientsäkerhetsberättelse')
           ORDER BY name_sort""",
        {"level": template["level"], "kind": template["kind"], "first": period.first, "last": period.last},
    ).fetchall()
    return [row for row in rows if inside(db, row["id"], unit)]


def inside(db: sqlite3.Connection, unit: str | None, top: str | None) -> bool:
    """Whether a unit is ``top`` or lies under it; None is the whole municipality."""
    return top is None or unit in subtree(db, top)


def placed_under(db: sqlite3.Connection, section: Row, unit: str | None, period: Period) -> list[Contribution]:
    """The unit's reports whose place is under this heading (J24: "Övrigt, sist i …")."""
    if unit is None or section["place"] is None:
        return []
    templates = db.execute(
        "SELECT * FROM report_template WHERE placement LIKE ? || ', %' ORDER BY name_sort", (section["heading"],)
    ).fetchall()
    pairs = [(report_of(db, template["id"], unit, period), template) for template in templates]
    return [contribution(db, report, template) for report, template in pairs if report is not None]


def obligation_of(db: sqlite3.Connection, template: Row) -> dict[str, Any]:
    """Who sends such a report and through whom, by the obligation that answers to the same requirement."""
    wanted = set((template["requirements"] or "").split())
    rows = db.execute(
        """SELECT o.id, o.requirements, o.recipient, s.name AS sender, s.short_name AS sender_short,
             v.name AS via, v.short_name AS via_short FROM obligation o LEFT JOIN role s ON s.id = o.responsible_role
           LEFT JOIN role v ON v.id = o.via WHERE o.requirements IS NOT NULL ORDER BY o.ref"""
    ).fetchall()
    shared = [(len(wanted & set(r["requirements"].split())), r["recipient"] == template["recipient"], r) for r in rows]
    best = max(shared, key=lambda three: three[:2], default=None)
    return dict(best[2]) if best and best[0] else {}
