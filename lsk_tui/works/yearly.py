"""The year's work from the app: plan it, write its reports, a unit's binder, and the archive."""

from __future__ import annotations

import re

from lsk.errors import LskError
from lsk.records import find
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui.lines import Jump, Line
from lsk_tui.works import Job, Result

MOST = 200  # lines of a result
SPRING, AUTUMN = 4, 10  # the months until which the year to report is the last, from which the year to plan is the next
AFTER = "sedan"


def year_of(job: Job) -> int:
    text = job.answers.get("year", "").strip()
    if not (text.isdecimal() and 1990 <= int(text) <= 2200):
        raise LskError(f"”{text}” är inget år. Skriv till exempel 2026.")
    return int(text)


# --- the plan --------------------------------------------------------------------------------------------------------


def year_to_plan(store: Store) -> dict[str, str]:
    """The next one, from the autumn on."""
    return {"year": str(store.today.year + (store.today.month >= AUTUMN))}


def year(job: Job) -> Result:
    """What the rules give for the year; written unless it is a rehearsal."""
    from lsk.year.plan import plan, write

    wanted = year_of(job)
    job.say("Räknar ut dagarna")
    with job.store(readonly=job.rehearse) as store:
        planned = plan(store, wanted)
        if planned.writes and not job.rehearse:
            write(store, planned, job.actor)
    new = sorted(planned.new, key=lambda item: item.due)
    lines = [Line(in_words(item.name, item.unit_name, item.period), f"ny {item.due}") for item in new]
    lines += [
        Line(in_words(c.item.name, c.item.unit_name, c.item.period), f"{c.before or '–'} → {c.item.due}",
             Jump("occurrence", c.record))
        for c in planned.changed
    ]  # fmt: skip
    lines += [Line(f"{in_words(d.name, d.unit_name, d.period)}: {d.reason}", "utgår") for d in planned.dropped]
    lines += [Line(f"{name}: {why}", "utan dag") for name, why in planned.unplanned]
    lines += [Line(f"{planned.there} finns redan i årshjulet.", "kvar", faint=True)] if planned.there else []
    return Result(outcome(planned.writes, wanted, job.rehearse), shortened(lines))


def in_words(name: str, unit: str | None, period: str) -> str:
    return f"{name} {period}" + (f", {unit}" if unit else "")


def outcome(writes: int, year: int, rehearse: bool) -> str:
    if not writes:
        return f"{year} är redan planerat; inget behöver ändras."
    changes = numbered(writes, "ändring", "ändringar")
    return (
        f"{changes} skulle göras; inget är skrivet."
        if rehearse
        else f"{year} är planerat: {changes}. Esc och sedan u ångrar."
    )


def shortened(lines: list[Line]) -> list[Line]:
    return lines if len(lines) <= MOST else [*lines[:MOST], Line(f"och {len(lines) - MOST} till", "…")]


# --- reports ---------------------------------------------------------------------------------------------------------


def kinds(store: Store) -> list[tuple[str, str]]:
    """The report templates, by name."""
    return [(name, name) for (name,) in store.db.execute("SELECT name FROM report_template ORDER BY name_sort, id")]


def report_begin(store: Store) -> dict[str, str]:
    first = next((name for name, _ in kinds(store)), "")
    return {"year": str(store.today.year - (store.today.month < SPRING)), "kind": first}


def report(job: Job) -> Result:
    """The report's files; handed in, it also makes its turn of the year done."""
    from lsk.reports.met import write_report
    from lsk.reports.pack import Wanted

    wanted_year, state = year_of(job), job.answers.get("state")
    kind, unit, period = (job.answers.get(name, "").strip() for name in ("kind", "unit", "period"))
    folder = job.file("folder", in_a_name(kind, str(wanted_year), period, unit))
    with job.store(readonly=state != "lämnad") as store:
        which = find(store.db, "unit", unit)[1] if unit else None
        wanted = Wanted(kind, wanted_year, period or None, which, state == "utkast")
        written = write_report(store, wanted, folder, job.actor if state == "lämnad" else None, job.told)
    lines = [Line(warning, "tänk på") for warning in written.document.warnings]
    if (turn := written.turn) is not None:
        done = "är klar" if written.done else "är inte klar än"
        lines.append(Line(f"{turn['name']} {turn['period']} {done}.", "årshjulet", Jump("occurrence", turn["id"])))
    lines += [Line(folder.name, "mapp"), Line("Öppna rapport.docx i Word.", AFTER, faint=True)]
    return Result(f"{written.document.title}: {written.document.in_numbers}.", shortened(lines))


def in_a_name(*parts: str) -> str:
    """ "Kvalitetsrapport för äldreomsorgen", "2026", "Q1" → "kvalitetsrapport-för-äldreomsorgen-2026-q1"."""
    return re.sub(r"\W+", "-", " ".join(parts).casefold()).strip("-")


# --- the binder and the archive --------------------------------------------------------------------------------------


def units(store: Store) -> list[tuple[str, str]]:
    """The units: by reference, "Hemtjänst Norr (HTN)"."""
    rows = store.db.execute("SELECT ref, name, short_name FROM unit ORDER BY name_sort, id")
    return [(ref, f"{name} ({short})" if short else name) for ref, name, short in rows]


def binder_begin(store: Store) -> dict[str, str]:
    return {"folder": "parm", "what": "hela pärmen"}


def binder(job: Job) -> Result:
    from lsk.binder.printing import Wanted, print_out, usual_place

    folder, swap = job.file("folder"), job.answers["what"] != "hela pärmen"
    job.say("Skriver bladen")
    with job.store() as store:
        unit = find(store.db, "unit", job.answers["unit"].strip())[1]
        place = job.answers.get("place", "").strip() or usual_place(store, unit)
        done = print_out(store, unit, Wanted(folder, place, swap=swap), job.actor)
    if not done.sheets and not done.away:
        return Result("Alla blad är aktuella. Inget är skrivet.")
    lines = [Line(f"{folder.name}/{file.name}", "fil") for file in done.files]
    lines += [Line(sheet.title, "blad") for sheet in done.sheets]
    lines += [Line(title, "ta bort") for title in done.away]
    late = sum(sheet.late(store.today.isoformat()) for sheet in done.sheets)
    if late:
        lines.append(Line(f"{numbered(late, 'blad', 'blad')} skulle ha kontrollerats tidigare.", "tänk på"))
    lines += [Line(done.told, "tänk på")] if done.told else []
    lines.append(Line(f"Skriv ut filen och sätt bladen i pärmen ({place}).", AFTER, faint=True))
    return Result(f"{numbered(len(done.sheets), 'blad', 'blad')} till reservpärmen.", shortened(lines))


def archive_begin(store: Store) -> dict[str, str]:
    return {"year": str(store.today.year - 1)}


def archive(job: Job) -> Result:
    from lsk.archive.write import READER, write

    wanted, reports = year_of(job), job.answers.get("reports", "").strip()
    folder = job.file("folder", f"arkiv-{wanted}")
    job.say("Skriver tabellerna")
    with job.store(readonly=True) as store:
        done = write(store, wanted, folder, job.file("reports") if reports else None)
    lines = [
        Line("Personuppgifter finns kvar så som de står i filen. Förvara arkivet därefter.", "tänk på"),
        Line(f"Kontrollera det med: python -I {folder.name}/{READER}", AFTER, faint=True),
    ]
    tables = numbered(len(done.tables), "tabell", "tabeller")
    return Result(f"{folder} är klar: {tables}, {numbered(sum(done.tables.values()), 'rad', 'rader')}.", lines)
