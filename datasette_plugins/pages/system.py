"""The management system itself: what the municipality wants, how it works, with whom, and what its words mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from datasette_plugins.pages.content import Asked, Content, Section, has, one, section


@dataclass(frozen=True)
class Part:
    """A heading, what stands under it, and which columns of which table; ``key`` leads to the thread of a ``name``."""

    title: str
    text: str
    table: str
    columns: str
    most: int = 15
    name: str = ""
    key: str = ""


PARTS = (
    Part("Vision och värdeord", "Vad vi vill och står för.", "vision",
         "slag, namn, text, forhallningssatt, arbetssatt", most=4),
    Part("Processer", "Hur arbetet går till. Varje process har aktiviteter med ansvariga.", "processer",
         "nummer, process, agare, aktiviteter, ses_over, process_id",
         name="process", key="process_id"),
    Part("Organisation", "Enheterna som ledningssystemet gäller för.", "enheter", "enhet, niva, hor_till, driftform"),
    Part("Åtaganden och garantier", "Vad verksamheten har lovat.", "ataganden",
         "atagande, slag, enhet, ar, uppfyllelse, foljt_upp"),
    Part("Överenskommelser", "Vem vi samverkar med, och om vad.", "overenskommelser",
         "overenskommelse, niva, parter, syfte, ansvarig, folj_upp"),
    Part("Så är det ordnat", "Frågor om ledningssystemet, och hur kommunen har svarat.", "sa_ar_det_ordnat",
         "fraga, svar"),
    Part("Begrepp", "Vad orden betyder i ledningssystemet.", "begrepp", "begrepp, betydelse", most=20),
)  # fmt: skip


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Ledningssystemet är sättet att leda och förbättra verksamheten. Så här är det byggt.",
        "sections": list(sections(db)),
    }


def sections(db: sqlite3.Connection) -> Iterator[Section]:
    """Those that have something to show: not every municipality has a vision or commitments."""
    for part in PARTS:
        if has(db, part.table) and one(db, f"SELECT count(*) FROM {part.table}", ())[0]:
            links = {part.name: ("/spar/", part.key)} if part.key else {}
            sql = f"SELECT {part.columns} FROM {part.table}"
            yield section(db, part.title, part.text, part.table, sql, most=part.most, links=links)
