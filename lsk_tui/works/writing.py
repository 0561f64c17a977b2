"""Export, publishing, profiles and the check of the file, from the app."""

from __future__ import annotations

from pathlib import Path

from lsk import csvfiles, profile
from lsk.cli_support import program
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.records import find
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui.lines import Jump, Line
from lsk_tui.words import cut
from lsk_tui.works import Job, Result

MOST = 200  # lines of a result


def export_begin(store: Store) -> dict[str, str]:
    return {"folder": "utdata"}


def publish_begin(store: Store) -> dict[str, str]:
    return {"folder": "publicerat", "level": "nämnd"}


def export(job: Job) -> Result:
    """Every kind of record, a kind at a time."""
    folder, text = job.file("folder"), job.answers.get("year", "").strip()
    if text and not (text.isdecimal() and 1900 <= int(text) <= 2200):
        raise LskError(f"”{text}” är inget år. Skriv till exempel 2026, eller lämna tomt.")
    year = int(text) if text else None
    names = [name for name, entity in ENTITIES.items() if year is None or entity.year_by]
    written: list[tuple[Path, int]] = []
    with job.store(readonly=True) as store:
        for name in job.steps(f"Skriver i {folder.name}", names):
            written += csvfiles.export(store, [name], folder, year)
        label = {name: store.terms.entity_label(name, many=True) for name in names}
    lines = [
        Line(f"{n} {'post' if n == 1 else 'poster'}", label[path.stem])
        for path, n in written
        if n and "." not in path.stem
    ]
    lines.insert(0, Line("Filerna på .excel.csv öppnas rätt i svensk Excel.", "sedan", faint=True))
    total = sum(n for _, n in written) // 2
    return Result(f"{numbered(total, 'post', 'poster')} i {len(written)} filer, i {folder}.", lines)


def publish(job: Job) -> Result:
    """The committee's copy; a text that may tell of a person stops it, and leads to its record."""
    from lsk.publish import publish as published
    from lsk.publish.build import LEVELS, known_level
    from lsk.publish.place import refuse_unfit

    folder = job.file("folder")
    job.say("Väljer ut det som får visas")
    refuse_unfit(folder, f"{LEVELS[known_level(job.answers['level'])]}.db")
    try:
        with job.store(readonly=True) as store:
            done = published(store, folder, job.answers["level"])
    except Refused as error:
        with job.store(readonly=True) as store:
            lines = [
                Line(f.message.removeprefix("Inget är publicerat: "), "stopp", found_by(store, f.ref))
                for f in error.findings[:MOST]
            ]
        remedy = "Enter öppnar posten. Ta bort uppgiften och publicera igen."
        records = numbered(len({f.ref for f in error.findings}), "post", "poster")
        return Result(f"Inget är publicerat: text i {records} kan peka ut någon.",
                      [*lines, Line(remedy, "sedan", faint=True)])  # fmt: skip
    rows = [(numbered(len(part.rows), "rad", "rader"), part) for part in done.tables]
    lines = [Line(n + hidden(part.hidden), part.table.title) for n, part in rows]
    lines.insert(0, Line(f"Visa kopian i webbläsaren med: {program()} serve {folder}", "sedan", faint=True))
    return Result(f"{done.path} är klar.", lines)


def hidden(n: int) -> str:
    return f", {numbered(n, 'dolt', 'dolda')} antal" if n else ""


def found_by(store: Store, ref: str) -> Jump | None:
    """The record that a reference names; the published table it stood in may be of another kind."""
    try:
        return Jump(*find(store.db, None, ref)) if ref else None
    except LskError:
        return None


def load_profile(job: Job) -> Result:
    """Try a profile, or load it as one change. A faulty one tells every fault by line and column."""
    from lsk.profile_load import KEPT, load_into

    name = job.answers["profile"].strip()
    wanted = name if name in profile.names() else str(job.file("profile"))
    job.say("Läser profilen")
    with job.store() as store:
        report = load_into(store, wanted, job.actor, job.rehearse)
        lines = [
            Line(
                cut(f"{store.terms.entity_label(s.entity)}: {s.title}{f' – {s.detail}' if s.detail else ''}", 200),
                s.what,
            )
            for s in report.steps[:MOST]
        ]
    if len(report.steps) > MOST:
        lines.append(Line(f"och {len(report.steps) - MOST} till", "…"))
    lines += [Line(text, "tänk på") for text in report.warnings]
    n = sum(step.what != KEPT for step in report.steps)
    if not n:
        return Result("Profilen är rätt skriven, och inget skiljer från filen.", lines)
    if job.rehearse:
        return Result(
            f"Profilen är rätt skriven. {numbered(n, 'ändring', 'ändringar')} skulle göras; inget är ändrat.", lines
        )
    lines.append(Line("Esc öppnar filen på nytt, med profilens ord. Ångra med u.", "sedan", faint=True))
    return Result(f"{numbered(n, 'ändring', 'ändringar')} gjorda.", lines, reopen=True)


def write_profile(job: Job) -> Result:
    from lsk.profile_export import dump
    from lsk.profile_export import export as exported

    out = job.file("out")
    out = out if out.suffix else out.with_suffix(".yaml")
    if out.exists():
        raise LskError(f"{out} finns redan. Välj ett annat filnamn.")
    job.say("Skriver profilen")
    with job.store(readonly=True) as store:
        out.write_text(dump(exported(store)), encoding="utf-8", newline="\n")
    after = "Ändra i den med en textredigerare, och läs in den med Arbeten, Läs in en profil."
    return Result(f"{out} är skriven.", [Line(after, "sedan", faint=True)])


def verify(job: Job) -> Result:
    from sync.verify import verify as examined
    from sync.verify_log import notices

    job.say("Jämför tabellerna med loggen")
    with job.store(readonly=True) as store:
        found, told = examined(store), notices(store)
    lines = [
        Line(f.sentence, f.severity, Jump(f.entity, f.record) if f.record and f.entity else None)
        for f in (found + told)[:MOST]
    ]
    if not found:
        return Result(f"{job.path.name} är hel: tabellerna stämmer med loggen.", lines)
    after = "Spara en kopia av filen innan något rättas. lsk verify FIL --restore lägger tillbaka det loggen säger."
    return Result(
        f"{numbered(len(found), 'fel', 'fel')} i {job.path.name}.", [*lines, Line(after, "sedan", faint=True)]
    )
