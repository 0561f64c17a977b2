"""Long work, apart from any screen: what there is, what each needs to know, how it goes, and what came of it.

One line in ``WORKS`` is all that the menu, the palette and the screen of a work need to know of it.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.store import Store
from lsk_tui.lines import Line

OFTEN = 20_000  # SQLite's steps between two looks at whether the work is to stop
STOPPED = "Avbrutet. Det som inte var klart är inte gjort, och filen är hel."


class Stopped(Exception):
    """The person wanted the work to stop, and it has, between two steps that are each whole."""


@dataclass
class Job:
    """One run of a work: whose file, the answers, and how it goes. Read by the screen, written by the work's thread."""

    path: Path
    actor: str
    today: date | None = None
    answers: dict[str, str] = field(default_factory=dict)
    rehearse: bool = False
    said: str = "Börjar"
    done: int = 0
    total: int = 0
    stopping: bool = False

    def say(self, text: str, total: int = 0) -> None:
        """What is being done now."""
        self.look()
        self.said, self.done, self.total = text, 0, total

    def told(self, what: str, done: int, of: int) -> None:
        """As ``say``, from work that counts for itself."""
        self.look()
        self.said, self.done, self.total = what, done, of

    def look(self) -> None:
        """Between two steps: Stopped when the person wants it to end here."""
        if self.stopping:
            raise Stopped

    def steps(self, label: str, items: Sequence[Any]) -> Iterable[Any]:
        """Go through ``items``, telling how far it has come."""
        self.say(label, len(items))
        return self._each(items)

    def _each(self, items: Sequence[Any]) -> Iterator[Any]:
        for item in items:
            self.look()
            yield item
            self.done += 1

    @contextmanager
    def store(self, readonly: bool = False) -> Iterator[Store]:
        """The file on a connection of its own, whose questions end when the work is to stop; a change is undone."""
        with Store.open(self.path, readonly=readonly, today=self.today) as store:
            store.db.set_progress_handler(lambda: int(self.stopping), OFTEN)
            try:
                yield store
            except (sqlite3.Error, LskError):
                self.look()  # what was interrupted is no fault
                raise

    def file(self, name: str, usual: str = "") -> Path:
        """The path that was answered; the ``usual`` when it was left empty. LskError when there is none."""
        text = self.answers.get(name, "").strip().strip('"') or usual
        if not text:
            raise LskError("Skriv sökvägen först.")
        return (self.path.parent / Path(text).expanduser()).absolute()


@dataclass(frozen=True)
class Result:
    """What a work did, in words, and lines that say what to do next. ``reopen``: the file's own words have changed."""

    title: str
    lines: list[Line] = field(default_factory=list)
    reopen: bool = False


@dataclass(frozen=True)
class Question:
    """What a work needs to know. ``choices`` when only some answers will do; ``optional`` may be left empty.

    ``offered``: "module:function" under lsk_tui.works, Store → the (answer, words) that this file has.
    ``fresh``: the answer is not kept until next time, for it was meant for this one.
    """

    name: str
    words: str
    help: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    offered: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Work:
    """``run`` is "module:function" under lsk_tui.works: Job → Result. ``begin`` gives answers to start from.

    ``who``: whose file it is done in ("" any, else huvudfil). ``unstoppable``: why it cannot be stopped half-way.
    """

    name: str
    words: str
    help: str
    run: str
    questions: tuple[Question, ...] = ()
    begin: str = ""
    who: str = ""
    rehearsal: bool = False
    writes: bool = True
    unstoppable: str = ""
    screen: str = ""  # "module:class" under lsk_tui.screens, for a work with a screen of its own


PLACE = Question("place", "Plats", "En mapp som alla når, eller sftp://, webdavs:// eller s3://.")
FOLDER = Question("folder", "Mapp", "Skapas om den inte finns. Räknas från mappen där filen ligger.")
YEAR = Question("year", "År", fresh=True)
UNIT = Question("unit", "Enhet", offered="yearly:units", fresh=True)
WHOLE_ACTIVITY = "Tomt är hela verksamheten."
PARTS = "Q1–Q4, T1–T3 eller H1–H2. Tomt är hela året."
OWN_DATE = "Bara poster vars eget datum ligger i året."
DONE_HELP = "Lämnad: som färdig, och uppgiften i årshjulet blir klar."
WHOLE = "Synken går i hela steg och kan inte avbrytas när den börjat. Det tar oftast några sekunder."

WORKS = (
    Work(
        "sync", "Synka enhetsfiler", "Slå ihop med enheternas filer, åt båda håll.", "syncing:files",
        (Question("files", "Enhetsfiler", "En eller flera, med semikolon emellan."),),
        "syncing:beside", "huvudfil", True, True, WHOLE,
    ),
    Work(
        "place", "Synka genom en plats", "Krypterade filer i en mapp eller på nätet.", "syncing:place",
        (PLACE,), "", "", True,
    ),
    Work(
        "receive", "Ta in synkfiler", "Från mejl eller USB.", "syncing:receive",
        (Question("files", "Synkfiler", "En eller flera .lskb, med semikolon emellan."),),
    ),
    Work("bundle", "Skriv synkfiler", "Att mejla eller bära.", "syncing:bundle", (FOLDER,)),
    Work(
        "unit", "Ny fil för en enhet", "Åt en enhet, att arbeta i utan nät.", "syncing:unit_file",
        (UNIT, Question("out", "Ny fil", "Filens namn.", fresh=True)),
        "", "huvudfil", False, True, "Filen görs hel eller inte alls; det går på någon sekund.",
    ),
    Work(
        "import", "Läs in en lista", "Gamla listor ur Excel, kolumn för kolumn.", "",
        rehearsal=True, screen="work_import:Import",
    ),
    Work(
        "export", "Skriv ut CSV", "Alla poster, för Excel och för program.", "writing:export",
        (FOLDER, Question("year", "År", OWN_DATE, optional=True, fresh=True)),
        "writing:export_begin", writes=False,
    ),
    Work(
        "publish", "Publicera för nämnden", "En kopia utan personuppgifter och små antal.", "writing:publish",
        (FOLDER, Question("level", "Nivå", "", "nämnd", ("nämnd", "öppen"))), "writing:publish_begin", writes=False,
    ),
    Work(
        "year", "Planera året", "Årshjulets dagar: nytt, ändrat och utgår.", "yearly:year",
        (YEAR,), "yearly:year_to_plan", rehearsal=True,
    ),
    Work(
        "report", "Skriv en rapport", "Word, webbsida och siffrorna som CSV.", "yearly:report",
        (
            Question("kind", "Rapport", offered="yearly:kinds"), YEAR,
            Question("period", "Del av året", PARTS, optional=True, fresh=True),
            Question("unit", "Enhet", WHOLE_ACTIVITY, optional=True, offered="yearly:units", fresh=True),
            Question("folder", "Mapp", "Tomt är en mapp med rapportens namn, bredvid filen.", optional=True),
            Question("state", "Skick", DONE_HELP, "utkast", ("utkast", "färdig", "lämnad"), fresh=True),
        ),
        "yearly:report_begin", writes=False,
    ),
    Work(
        "binder", "Skriv reservpärmen", "En enhets rutiner på papper.", "yearly:binder",
        (
            UNIT, FOLDER, Question("place", "Plats", "Var pärmen förvaras.", optional=True),
            Question("what", "Vad", "", "hela pärmen", ("hela pärmen", "bara det som ska bytas")),
        ),
        "yearly:binder_begin",
    ),
    Work(
        "archive", "Skriv ett arkiv", "Allt i filen, läsbart utan LSK.", "yearly:archive",
        (
            Question("year", "Till och med år", fresh=True),
            Question("folder", "Mapp", "Tomt är arkiv-ÅR, bredvid filen.", optional=True),
            Question("reports", "Rapporter", "Mappen med årets rapporter, att ta med.", optional=True),
        ),
        "yearly:archive_begin", writes=False,
    ),
    Work(
        "profile", "Läs in en profil", "Kontrollera den, se vad som ändras, läs in.",
        "writing:load_profile", (Question("profile", "Profil", "Ett namn (ragunda, hjo …) eller en YAML-fil."),),
        rehearsal=True,
    ),
    Work(
        "profile-out", "Skriv ut profilen", "Ord, val, roller och årshjul, som textfil.",
        "writing:write_profile", (Question("out", "Ny fil", "En YAML-fil som inte finns."),), writes=False,
    ),
    Work("verify", "Kontrollera filen", "Att den är hel och stämmer med sin logg.", "writing:verify", writes=False),
)  # fmt: skip


def called(name: str) -> Work:
    return next(work for work in WORKS if work.name == name)


def _function(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)


def run(work: Work, job: Job) -> Result:
    """Do it, on whatever thread this is. Stopped when it was stopped, LskError when it could not be done."""
    for question in work.questions:
        given = job.answers.get(question.name, "").strip()
        if not given and not question.optional:
            raise LskError(f"Fyll i {question.words.lower()} först.")
        if question.choices and given not in question.choices:
            raise LskError(f"{question.words}: välj {' eller '.join(question.choices)}.")
    try:
        result: Result = _function(work.run)(job)
    except OSError as error:
        from lsk.errors import file_trouble

        raise LskError(
            f"{error.filename or 'Filen'} kan inte läsas eller skrivas: {file_trouble(error)}. Välj en annan plats."
        ) from error
    return result


def beginning(work: Work, store: Store) -> dict[str, str]:
    """Answers to start from: what was answered last time on this computer, or else what lies nearest."""
    from lsk import remembered

    nearest = _function(work.begin)(store) if work.begin else {}
    return {
        q.name: remembered.choice(f"{store.file.replica} {work.name} {q.name}") or nearest.get(q.name, q.default)
        for q in work.questions
    }


def choices(question: Question, store: Store) -> list[tuple[str, str]]:
    """The answers that will do, with their words; [] when any may."""
    return list(_function(question.offered)(store)) if question.offered else [(word, word) for word in question.choices]


def remember(work: Work, replica: str, answers: dict[str, str]) -> None:
    """Keep the answers on this computer, until next time; not what will be another then."""
    from lsk import remembered

    for question in work.questions:
        if not question.fresh:
            remembered.keep_choice(f"{replica} {work.name} {question.name}", answers.get(question.name, ""))
