"""The site's own pages, declared: what the routes, the menus and the gate are all made from."""

from __future__ import annotations

from collections.abc import Iterator

from datasette_plugins.pages import (
    actions,
    checks,
    decisions,
    deviations,
    documents,
    duties,
    goals,
    law,
    reports,
    risks,
    start,
    statement,
    system,
    trace,
    year,
)
from datasette_plugins.pages.content import Page
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of

KEY = "[0-9a-f]{12}"
WORDS = r"[^\x00-\x1f\x7f]{0,80}"
RESULT, STEERING, RULES, SITE = "Hur det går", "Styrning och kontroll", "Krav och ansvar", "Om webbplatsen"

START = Page("", "Uppföljning för nämnden", "Start", RESULT, ("om",), start.start, "start.html", primary=True)
PAGES = (
    START,
    Page("mal", "Mål och utfall", "Mål", RESULT, ("mal",), goals.page, "mal.html",
         {"enhet": WORDS}, item=goals.item, item_template="mal_ett.html", primary=True),
    Page("avvikelser", "Avvikelser, klagomål och synpunkter", "Avvikelser", RESULT, ("avvikelser_per_kvartal",),
         deviations.page, primary=True),
    Page("atgarder", "Åtgärder", "Åtgärder", RESULT, ("atgarder",), actions.page, primary=True),
    Page("kontroll", "Egenkontroll och intern kontroll", "Kontroll", RESULT, ("egenkontroller", "kontrollmoment"),
         checks.page),
    Page("risker", "Risker", "Risker", RESULT, ("riskbild",), risks.page, "risker.html"),
    Page("beslut", "Beslut och vad som blev av dem", "Beslut", STEERING, ("beslut_och_uppfoljning",), decisions.page,
         "beslut.html", {"q": WORDS}, item=decisions.item, item_template="beslut_ett.html", primary=True),
    Page("fragor", "Nämndens frågor", "Nämndens frågor", STEERING, ("namndfragor",), decisions.questions,
         "fragor.html"),
    Page("arshjul", "Årshjulet och styrningen", "Årshjul", STEERING, ("arshjul",), year.page),
    Page("rapporter", "Rapporter och granskningar", "Rapporter", STEERING, ("rapporter",), reports.page,
         "rapporter.html", {"ar": r"(?:\d{4})?"}, item=reports.item, item_template="rapport.html"),
    Page("dokument", "Styrdokument som gäller", "Dokument", RULES, ("gallande_styrdokument",), documents.page,
         "dokument.html", {"q": WORDS, "slag": WORDS}, primary=True),
    Page("system", "Ledningssystemet", "Ledningssystemet", RULES, ("processer",), system.page),
    Page("ansvar", "Ansvar", "Ansvar", RULES, ("ansvarsfordelning",), duties.page, "ansvar.html"),
    Page("lag", "Lagens krav", "Lagens krav", RULES, ("lagrum",), law.page),
    Page("spar", "Följ tråden", "Följ tråden", RULES, ("spar_poster",), trace.page, "spar.html",
         {"q": WORDS, "slag": WORDS}, item=trace.item, item_template="spar_ett.html"),
    Page("tillganglighet", "Tillgänglighetsredogörelse", "Tillgänglighet", SITE, ("om",), statement.page,
         "tillganglighet.html"),
)  # fmt: skip
BY_NAME = {page.name: page for page in PAGES}


def pages_of(level: Publish) -> list[str]:
    """The names of the pages that the level has tables for."""
    published = {table.name for table in tables_of(level)} | {"om"}
    return [page.name for page in PAGES if published & set(page.needs)]


def routes(level: Publish) -> Iterator[tuple[str, dict[str, str]]]:
    """The addresses of the level's pages, as patterns, and what may follow the question mark of each."""
    for page in map(BY_NAME.__getitem__, pages_of(level)):
        yield page.path, dict(page.params)
        if page.item:
            yield f"{page.path}/{KEY}", {}
