"""The figures that a template's section may name: one or more overviews each, with what a page has room for."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from lsk import overviews
from lsk.overviews import Asked


class Bars(NamedTuple):
    """What is drawn of a table: a column of names and columns of counts."""

    names: str
    counts: tuple[str, ...]


class Figure(NamedTuple):
    """A table of a report: which overview, its caption, the columns that are shown (none: all), and what is drawn.

    ``turned``: the name of the first column when the table is laid on its side, as it is where that makes it narrower.
    ``now``: it shows how things stand on the day it is made, whatever the period.
    """

    overview: str
    caption: str
    columns: tuple[str, ...] = ()
    about: str | None = None
    bars: Bars | None = None
    turned: str = ""
    now: bool = False


@dataclass(frozen=True)
class Filled:
    """A figure with its rows, and the SQL that made them, values and all."""

    figure: Figure
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    queries: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The columns that are drawn: those whose every number is known. None when there is nothing to see."""
        wanted = self.figure.bars
        counts = wanted.counts if wanted else ()
        known = tuple(name for name in counts if name in self.columns and None not in self.column(name))
        return known if any(any(self.column(name)) for name in known) else ()

    def column(self, name: str) -> list[Any]:
        place = self.columns.index(name)
        return [row[place] for row in self.rows if row[0] != "Summa"]

    @property
    def bars(self) -> list[tuple[str, tuple[float, ...]]]:
        """Each name with its counts, as ``series`` are ordered. The sum is no bar."""
        if self.figure.bars is None or not self.series:
            return []
        counts = zip(*(self.column(name) for name in self.series), strict=True)
        return list(zip(map(str, self.column(self.figure.bars.names)), counts, strict=True))


COUNTED = Figure(
    "avvikelser", "Inkomna avvikelser, klagomål och synpunkter, och samma del av året före",
    bars=Bars("slag", ("antal", "året före")),
)  # fmt: skip
CROSSED = Figure("avvikelsetabell", "Inkomna avvikelser, klagomål och synpunkter per enhet och slag", turned="slag")
OUTCOMES = Figure(
    "utfall", "Mål och utfall; de som inte når målet först",
    ("mål", "indikator", "målvärde", "utfall", "avvikelse", "resurser"),
)  # fmt: skip

FIGURES: dict[str, tuple[Figure, ...]] = {
    "allvarliga_vardskador": (Figure("vårdskador", "Vårdskador som har bedömts som allvarliga"),),
    "ansvarsfordelning": (Figure("ansvar", "Ansvarsfördelning", now=True),),
    "atgarder_fran_genomgangar": (Figure("genomgångsåtgärder", "Åtgärder från tidigare genomgångar"),),
    "atgarder_uppfoljning": (
        Figure("åtgärder", "Åtgärder efter typ", bars=Bars("typ", ("föreslagna", "genomförda"))),
    ),
    "atgardsmatris": (
        Figure("beslutsunderlag", "Åtgärder i föreslagen ordning", ("nr", "beteckning", "åtgärd", "enhet", "ruta"),
               now=True),
        Figure("beslutsunderlag", "Konsekvensbeskrivningar", ("nr", "konsekvenser", "för brukarna", "för personalen",
               "för ekonomin"), now=True),
    ),
    "avvikelser_ar": (COUNTED, CROSSED),
    "delaktighet": (Figure("delaktighet", "Personalens och brukarnas medverkan"),),
    "egenkontroller": (
        Figure("egenkontroller", "Egenkontroller: planerade och gjorda", ("enhet", "metod", "planerade", "gjorda")),
    ),
    "gallande_styrdokument": (
        Figure("styrdokument", "Gällande styrdokument", ("dokument", "slag", "beslutad", "av", "version")),
    ),
    "granskningar": (Figure("granskningar", "Granskningar"),),
    "granskningsplan": (Figure("granskningar", "Granskningar"),),
    "icke_verkstallda_beslut": (Figure("verkställighet", "Icke verkställda beslut"),),
    "internkontrollplan": (Figure("internkontroll", "Intern kontroll"),),
    "jamforelser": (Figure("jämförelser", "Jämförelser med register, andra och tidigare resultat"),),
    "klagomal_synpunkter_ar": (
        COUNTED, CROSSED, Figure("klagomål", "Synpunkter och klagomål per avdelning"),
    ),
    "kravuppfyllnad": (Figure("kravuppfyllnad", "Hur kraven uppfylls"),),
    "kvalitetsberattelser": (Figure("berättelser", "Enheternas berättelser"),),
    "lagandringar": (Figure("lagändringar", "Lagar och bestämmelser som har ändrats"),),
    "mal_och_utfall": (OUTCOMES,),
    "matningar": (Figure("mätningar", "Mätningar: vem som redovisar, planerat och gjort"),),
    "mottagare_icke_verkstallda": (Figure("mottagare", "Mottagare av rapporten"),),
    "orsaker": (Figure("orsaker", "Utfall som avviker från målet, och deras orsaker"),),
    "overenskommelser": (Figure("överenskommelser", "Överenskommelser"),),
    "riskbild": (Figure("riskmatris", "Öppna risker i riskmatrisen", now=True),),
    "styrinstrument": (Figure("styrinstrument", "Styrinstrument: fastställande och ansvar"),),
    "undersokningar": (Figure("undersökningar", "Undersökningar"),),
    "utredda_handelser": (Figure("utredda", "Händelser som har utretts"),),
    "utvalda_avvikelser": (Figure("utvalda", "Utvalda avvikelser"),),
}  # fmt: skip


def fill(db: sqlite3.Connection, figure: Figure, asked: Asked) -> Filled:
    """Ask the overview, and listen to what it asks the file."""
    heard: list[str] = []
    db.set_trace_callback(heard.append)
    try:
        found = overviews.show(db, figure.overview, asked._replace(about=figure.about))
    finally:
        db.set_trace_callback(None)
    columns = figure.columns or (tuple(found[0]) if found else ())
    rows = [tuple(row[name] for name in columns) for row in found]
    if figure.turned and len(rows) + 1 < len(columns):
        columns, *rows = zip((figure.turned, *columns[1:]), *rows, strict=True)
    return Filled(figure, columns, rows, tuple(dict.fromkeys(heard)))
