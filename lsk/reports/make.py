"""Put a report together: the template's headings, what has been written under them, and the figures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from lsk.errors import LskError
from lsk.overviews import Asked
from lsk.reports.document import Document, Numbered, Part
from lsk.reports.figures import FIGURES, Figure, fill
from lsk.reports.period import Period
from lsk.reports.template import (
    compiled,
    figures_of,
    inputs_of,
    obligation_of,
    placed_under,
    report_of,
    sections_of,
    template_of,
    texts_of,
)

if TYPE_CHECKING:
    from lsk.store import Store

Told = Callable[[str, int, int], None]  # what is going on, how much of it is done, of how much


def silently(what: str, done: int, of: int) -> None:
    """Nobody is told."""


def make(
    store: Store, kind: str, period: Period, unit: str | None = None, draft: bool = False, told: Told = silently
) -> Document:
    """The report of a kind, period and unit, from one moment of the file.

    LskError when a heading that must be filled has neither text nor figures; a draft says so in its place instead.
    """
    store.db.execute("BEGIN")
    try:
        return put_together(store, kind, period, unit, draft, told)
    finally:
        store.db.execute("ROLLBACK")


def put_together(store: Store, kind: str, period: Period, unit: str | None, draft: bool, told: Told) -> Document:
    db = store.db
    if period.first > store.today.isoformat():
        raise LskError(f"{period.words} har inte börjat, så det finns inget att berätta. Ange en tidigare period.")
    template = template_of(db, kind, unit)
    refuse_unconcerned(db, template, unit)
    sections = sections_of(db, template)
    report = report_of(db, template["id"], unit, period)
    written = texts_of(db, report) | inputs_of(db, template, period.year)
    asked = Asked(period.year, unit, None, period.until(store.today))
    numbers: dict[Figure, int] = {}
    parts = []
    for number, section in enumerate(sections, 1):
        told("Räknar", number, len(sections))
        part = Part(number, section["heading"], section["force"], written.pop(section["heading"], ""))
        for figure in (figure for name in figures_of(section) for figure in FIGURES[name]):
            if figure in numbers:
                part.again.append(numbers[figure])
            else:
                numbers[figure] = len(numbers) + 1
                part.tables.append(Numbered(numbers[figure], fill(db, dated(figure, period, store.today), asked)))
        part.contributions = placed_under(db, section, unit, period)
        parts.append(part)
    # What has been written under headings of one's own: before what must stand last.
    own = [Part(0, head, "", text) for head, text in written.items() if text]
    last = [part for part, section in zip(parts, sections, strict=True) if section["place"] == "sist"]
    parts = [part for part in parts if part not in last] + own + last
    for number, part in enumerate(parts, 1):
        part.number = number
    found, missing = compiled(db, template, unit, period)
    compiles = bool(found or missing)
    document = Document(
        title=title_of(db, template, unit, period),
        draft=draft,
        today=store.today,
        facts=facts_of(store, template, report, unit, period),
        parts=parts,
        contributions=found,
        missing=missing,
        compiles=compiles,
        warnings=[],
        author=municipality(db),
    )
    judge(document, template["name"])
    return document


def dated(figure: Figure, period: Period, today: date) -> Figure:
    """With the day in its caption, where what is of today would be taken for what was of a period that is over."""
    if not figure.now or today.isoformat() <= period.last:
        return figure
    return figure._replace(caption=f"{figure.caption}, läget {today.isoformat()}")


def refuse_unconcerned(db: sqlite3.Connection, template: sqlite3.Row, unit: str | None) -> None:
    """J26: only units with health care write a patient-safety report."""
    row = db.execute("SELECT name, has_health_care FROM unit WHERE id = ?", (unit,)).fetchone()
    if row and template["kind"] == "patientsäkerhetsberättelse" and not row["has_health_care"]:
        raise LskError(f"{row['name']} har ingen hälso- och sjukvård och ska inte skriva {template['name']}.")


def judge(document: Document, name: str) -> None:
    """Refuse what must be there and is not, unless it is a draft; warn of the rest."""
    empty = [part for part in document.parts if part.empty]
    must = [f"”{part.heading}”" for part in empty if part.force == "ska"]
    if must and not document.draft:
        raise LskError(
            f"{name} kan inte skrivas: {', '.join(must)} ska finnas och är tom. "
            "Skriv avsnittet först, eller skriv ett utkast med --draft."
        )
    only_figures = [part for part in document.parts if not part.text and not part.empty and not part.contributions]
    if not document.parts and not document.compiles:
        document.warnings.append(f"Mallen {name} har inga rubriker. Lägg till dem som Rubrik i rapportmall.")
    document.warnings += [f"Rubriken ”{part.heading}” är tom." for part in empty]
    document.warnings += [f"Rubriken ”{part.heading}” har siffror men ingen text." for part in only_figures]
    document.warnings += [f"Saknas: {unit}." for unit in document.missing]


def municipality(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT name FROM municipality ORDER BY ref LIMIT 1").fetchone()
    return str(row["name"]) if row else ""


def unit_name(db: sqlite3.Connection, unit: str | None) -> str:
    row = db.execute("SELECT name FROM unit WHERE id = ?", (unit,)).fetchone()
    return str(row["name"]) if row else ""


def title_of(db: sqlite3.Connection, template: sqlite3.Row, unit: str | None, period: Period) -> str:
    name = unit_name(db, unit)
    return f"{template['name']} {period.words}" + (f", {name}" if name else "")


def role(name: str | None, short: str | None) -> str:
    return f"{name} ({short})" if name and short and short != name else name or ""


def facts_of(
    store: Store, template: sqlite3.Row, report: sqlite3.Row | None, unit: str | None, period: Period
) -> list[tuple[str, str]]:
    """What stands under the title: whose it is, from whom to whom, about when, and of which day the figures are."""
    duty = obligation_of(store.db, template)
    via = role(duty.get("via"), duty.get("via_short"))
    to = template["recipient_name"] or ""
    first, last = period.until(store.today)
    days = f"{first} – {last}" + (", perioden pågår" if last < period.last else "")
    told = [
        ("Kommun", municipality(store.db)),
        ("Enhet", unit_name(store.db, unit)),
        ("Period", f"{period.words} ({days})"),
        ("Från", role(duty.get("sender"), duty.get("sender_short"))),
        ("Till", f"{to}, via {via}" if to and via else to),
        ("Plats", template["placement"] or ""),
        ("Krav", template["requirements"] or ""),
        ("Diarienummer", (report["diary_number"] if report else "") or ""),
        ("Läge", (report["status"] if report else "") or "inte skriven"),
        ("Uppgifter hämtade", store.today.isoformat()),
    ]
    return [(label, words) for label, words in told if words]
