"""A register from elsewhere: what its columns and words are taken for, what would come of it, and reading it in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lsk.errors import LskError, Refused
from lsk.imports.mapping import Mapping, Options, mapping
from lsk.imports.reading import Reading, read
from lsk.imports.saving import Report
from lsk.imports.saving import run as import_all
from lsk.imports.sheets import rows, sheets
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice, Ref
from lsk.records import select
from lsk.rules.fields import choices
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui import lookup
from lsk_tui.lines import Jump, Line
from lsk_tui.words import cut
from lsk_tui.works import Job, Result

MOST = 30  # lines of one kind shown
MOST_MEANINGS = 500  # records to choose among
WIDTH = 26
REFERENCES = {"id": "id", "ref": "Beteckning"}


@dataclass(frozen=True)
class Column:
    """A line that leads to the choice of a field for a heading."""

    heading: str


@dataclass(frozen=True)
class Word:
    """A line that leads to the choice of a value for a word that stands in a column."""

    heading: str
    field: str
    cell: str


@dataclass(frozen=True)
class Same:
    """A line that leads to the choice of one value for every row."""

    field: str


@dataclass(frozen=True)
class Switch:
    """A line that turns something on and off, or leads to the choice of it."""

    name: str


@dataclass
class Plan:
    """What the person has said of a file: the kind of record, which heading is which field, which word which value."""

    entity: str
    source: Path
    fields: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    key: str = ""
    skip_bad: bool = False
    save: bool = True
    sheet: str = ""

    @property
    def options(self) -> Options:
        """The same as the command's --map, --value, --key and so on."""
        return Options(
            tuple(f"{heading}={name}" for heading, name in self.fields.items()),
            tuple(f"{heading}:{cell}={value}" for (heading, cell), value in self.values.items()),
            tuple(f"{name}={value}" for name, value in self.fixed.items()),
            self.key, (), self.skip_bad, self.save, self.sheet,
        )  # fmt: skip


@dataclass
class Seen:
    """A file as far as it is understood."""

    lines: list[Line]
    rows: int
    understood: bool


def look(store: Store, plan: Plan) -> Seen:
    """The mapping as lines: columns first, then words that mean nothing yet, then how it is to be read."""
    table = [cells for _, cells in rows(plan.source, plan.sheet)]
    if not table:
        raise LskError(f"{plan.source.name} är tom. Den behöver en rad med rubriker och rader under den.")
    heading, *under = table
    found = mapping(store, plan.entity, heading, plan.options)
    reading = read(store, plan.entity, plan.source, plan.options) if found.columns else None
    told = [Line(f"Kolumner i {plan.source.name} ({numbered(len(under), 'rad', 'rader')})", heading=True)]
    told += [column(store, plan, found, text.strip()) for text in heading]
    told += missing(store, plan, found)
    if reading is not None:
        told += words(store, plan, reading, under)
    return Seen(told + how(store, plan, found), len(under), bool(found.columns))


def column(store: Store, plan: Plan, found: Mapping, heading: str) -> Line:
    target = next((c.target for c in found.columns if c.heading == heading), "")
    if target:
        return Line(f"→ {label(store, plan.entity, target)}", heading, Column(heading), label_width=WIDTH)
    maybe = found.suggested.get(heading, "")
    text = f"? kanske {label(store, plan.entity, maybe)}; Enter väljer" if maybe else "– läses inte in"
    return Line(text, heading, Column(heading), label_width=WIDTH)


def label(store: Store, entity: str, name: str) -> str:
    return REFERENCES.get(name) or store.terms.field_label(entity, name)


def missing(store: Store, plan: Plan, found: Mapping) -> list[Line]:
    """Fields that every new record must have and that no column fills; where a choice will do, Enter makes it."""
    have = {c.target for c in found.columns}
    lines = [Line(f"Enter tar alla {len(found.suggested)} förslagen", "?", Switch("suggested"), label_width=WIDTH)]
    told = lines if len(found.suggested) > 1 else []
    for f in ENTITIES[plan.entity].columns:
        if not f.required or f.name in have or f.name == "status":
            continue
        target = Same(f.name) if isinstance(f, (Choice, Ref)) else None
        text = "saknas för nya poster" + ("; Enter ger alla rader samma värde" if target else "")
        if f.name in plan.fixed:
            text = f"= {plan.fixed[f.name]} på alla rader"
        told.append(Line(text, f"! {label(store, plan.entity, f.name)}", target, label_width=WIDTH))
    return told


def suggested(store: Store, plan: Plan) -> dict[str, str]:
    """The fields that the headings probably are."""
    heading = next((cells for _, cells in rows(plan.source, plan.sheet)), [])
    return mapping(store, plan.entity, heading, plan.options).suggested


def words(store: Store, plan: Plan, reading: Reading, under: list[list[str]]) -> list[Line]:
    """Words of choices and references that are not in this file; Enter says what they mean."""
    told = []
    for one in reading.mapping.columns:
        declared = None if one.target in REFERENCES else ENTITIES[plan.entity].field(one.target)
        if not isinstance(declared, (Choice, Ref)):
            continue
        cells = Counter(row[one.index].strip() for row in under if one.index < len(row))
        for cell, n in cells.most_common():
            if cell and not known(one.read, cell):
                text = f"”{cut(cell, 30)}” ({numbered(n, 'rad', 'rader')}) finns inte; Enter väljer vad som menas"
                told.append(Line(text, one.heading, Word(one.heading, one.target, cell), label_width=WIDTH))
    more = [Line(f"och {len(told) - MOST} till", "…")] if len(told) > MOST else []
    told = told[:MOST] + more
    for (heading, cell), value in plan.values.items():
        where = Word(heading, target_of(reading, heading), cell)
        told.append(Line(f"”{cut(cell, 30)}” betyder {value}", heading, where, label_width=WIDTH))
    return [Line("Ord i filen", heading=True), *told] if told else []


def undecided(line: Line) -> bool:
    """Whether a line asks for something: to take the suggestions, or what a word means."""
    return line.target == Switch("suggested") or (isinstance(line.target, Word) and "finns inte" in line.text)


def target_of(reading: Reading, heading: str) -> str:
    return next((c.target for c in reading.mapping.columns if c.heading == heading), "")


def known(understand: object, cell: str) -> bool:
    assert callable(understand)
    try:
        understand(cell)
    except LskError:
        return False
    return True


def how(store: Store, plan: Plan, found: Mapping) -> list[Line]:
    yes = {True: "ja", False: "nej"}
    key = ", ".join(label(store, plan.entity, name) for name in found.key) or "id, beteckning eller det som är unikt"
    names = sheets(plan.source)
    book = [Line(plan.sheet or names[0], "Blad", Switch("sheet"), label_width=WIDTH)] if len(names) > 1 else []
    return [
        Line("Hur filen läses in", heading=True),
        *book,
        Line(key, "Känns igen på", Switch("key"), label_width=WIDTH),
        Line(yes[plan.skip_bad], "Hoppa över felrader", Switch("skip_bad"), label_width=WIDTH),
        Line(yes[plan.save], "Minns kopplingen", Switch("save"), label_width=WIDTH),
    ]


def fields(store: Store, plan: Plan) -> list[tuple[str, str]]:
    """(field, label) of all that a heading can be."""
    names = [f.name for f in ENTITIES[plan.entity].columns] + list(REFERENCES)
    return [(name, label(store, plan.entity, name)) for name in names]


def meanings(store: Store, plan: Plan, name: str) -> list[tuple[str, str]]:
    """(value, words) of all that a word in a column can mean."""
    declared = ENTITIES[plan.entity].field(name)
    if isinstance(declared, Choice):
        return [(word, word) for word in choices(store.db, declared)]
    assert isinstance(declared, Ref)
    rows = select(store.db, declared.to, limit=MOST_MEANINGS)
    return [(row["ref"], lookup.named(store, declared.to, row["id"])) for row in rows]


def do(job: Job, plan: Plan) -> Result:
    """Read it in as one change, or only try; every fault by line and column, in words for the screen."""
    job.say(f"{'Provar' if job.rehearse else 'Läser in'} {plan.source.name}")
    try:
        with job.store() as store:
            report = import_all(store, plan.entity, plan.source, plan.options, job.actor, dry_run=job.rehearse)
            kind = store.terms.entity_label(plan.entity, many=report.taken != 1).lower()
    except Refused:
        raise
    except LskError as error:
        faults = map(parted, [in_app(text) for text in str(error).splitlines()])
        return Result("Inget är sparat. Det här är fel:", [Line(text, at, label_width=9) for at, text in faults])
    return Result(summed(report, kind, job.rehearse), after(report, plan, job.rehearse))


def parted(text: str) -> tuple[str, str]:
    """ "Rad 7: …" as the place and what is wrong there."""
    if text.startswith("Rad ") and (place := text.split(" ")[1].rstrip(":,")).isdecimal():
        return f"rad {place}", text.split(" ", 2)[2]
    return "", text


def in_app(text: str) -> str:
    """What the command says of its options, as what there is on the screen."""
    for said, here in (
        (" med --skip-bad", ": sätt Hoppa över felrader till ja"),
        ("Hoppa över alla utom en, till exempel med", "Välj ”läses inte in” för alla utom en:"),
    ):
        text = text.replace(said, here)
    for option, instead in ((", eller koppla den med --value", ", eller välj under Ord i filen vad den betyder."),
                            (" Kanske: --map", " Välj först vilket fält en kolumn är.")):  # fmt: skip
        if option in text:
            text = text[: text.index(option)].rstrip() + instead
    return text


def summed(report: Report, kind: str, rehearsed: bool) -> str:
    done = "skulle läsas in" if rehearsed else "är inläst" if report.taken == 1 else "är inlästa"
    return f"{report.taken} {kind} av {numbered(report.read, 'rad', 'rader')} {done}."


def after(report: Report, plan: Plan, rehearsed: bool) -> list[Line]:
    """The numbers, what was skipped or kept as text, and what to do next."""
    counts = ((report.new, "ny", "nya"), (report.changed, "ändrad", "ändrade"))
    numbers = ", ".join(numbered(*count) for count in (*counts, (report.unchanged, "oförändrad", "oförändrade")))
    told = [Line(numbers, "poster", None if rehearsed else Jump(plan.entity))]
    told += [Line(in_app(why), f"rad {line}") for line, why in report.skipped[:MOST]]
    for k in report.kept[:MOST]:
        told.append(Line(f"rad {k.line}, {k.heading}: ”{cut(k.text, 40)}” ({k.read.why})", "kvar som text"))
    told += [Line(without_options(note), "märk") for note in report.notes]
    for what, n in (("överhoppade rader", len(report.skipped)), ("texter", len(report.kept))):
        if n > MOST:
            told.append(Line(f"och {n - MOST} {what} till", "…"))
    if report.warnings:
        told.append(Line(f"Reglerna har {numbered(report.warnings, 'påpekande', 'påpekanden')}; se Idag.", "brister"))
    real = "Ctrl+S läser in på riktigt, som en enda ändring."
    return [*told, Line(real if rehearsed else "Enter visar listan. Ångra allt med u.", "sedan", faint=True)]


def without_options(note: str) -> str:
    for said, here in (
        ("Ange en med --key fält,fält.", "Välj den på raden Känns igen på."),
        ("Välj ett annat med --sheet.", "Välj ett annat på raden Blad."),
    ):
        note = note.replace(said, here)
    return note
