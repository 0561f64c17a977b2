"""What the site's own pages say, read from the published file. The day is always that of the publication."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from datasette_plugins.chart import bars, columns, legend
from datasette_plugins.swedish import number_of, text_of
from lsk.publish.build import HIDDEN
from lsk.publish.deviations import GROUPS
from lsk.publish.vocabulary import ALL

QUARTERS = 8
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Figure:
    """A key figure: what, how many, what to compare with, and where the rest is."""

    label: str
    value: str
    note: str
    link: str


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the committee."""

    what: str
    when: str
    link: str


@dataclass(frozen=True)
class Section:
    """A heading with a chart and the table behind it. ``name`` is the published table or question."""

    title: str
    text: str
    chart: Markup | str
    name: str
    columns: list[str]
    rows: list[Any]
    protected: bool = False


def has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None


def about(db: sqlite3.Connection) -> dict[str, Any]:
    cursor = db.execute("SELECT * FROM om")
    return dict(zip((c[0] for c in cursor.description), cursor.fetchone(), strict=True))


# --- start page ------------------------------------------------------------------------------------------------------


def key_figures(db: sqlite3.Connection, base: str) -> list[Figure]:
    year = int(about(db)["publicerad"][:4])
    found: list[Figure] = []
    if has(db, "avvikelser_per_kvartal"):
        found += [
            yearly(
                db,
                "avvikelser_per_ar_och_spar",
                "spar",
                ALL,
                year,
                "Avvikelser, klagomål och synpunkter",
                "/avvikelser",
            ),
            yearly(
                db, "klagomal_synpunkter_ar", "slag", ALL, year, "Varav klagomål, synpunkter och förslag", "/avvikelser"
            ),
            yearly(
                db,
                "avvikelser_per_ar_och_spar",
                "spar",
                "lex Sarah",
                year,
                "Varav lex Sarah",
                f"{base}/lex_sarah_lex_maria",
            ),
        ]
    if has(db, "atgarder"):
        decided, going = one(
            db,
            """SELECT sum(antal) FILTER (WHERE status = 'beslutad'), sum(antal) FILTER (WHERE status = 'pågår')
               FROM atgarder""",
        )
        (late,) = one(db, "SELECT count(*) FROM atgarder_uppfoljning WHERE lage = 'försenad'")
        note = (
            f"{number_of(decided, 'beslutad', 'beslutade')}, {going or 0} pågår; "
            f"{late} med politiskt beslut är {'försenad' if late == 1 else 'försenade'}"
        )
        total = (decided or 0) + (going or 0)
        found.append(Figure("Åtgärder som är beslutade eller pågår", str(total), note, "/atgarder"))
    if has(db, "egenkontroller"):
        planned, done, late = one(
            db, "SELECT sum(planerade), sum(gjorda), sum(sena) FROM egenkontroller WHERE ar = ?", year
        )
        note = f"av {number_of(planned, 'planerad', 'planerade')} under året, {number_of(late, 'sen', 'sena')}"
        found.append(Figure("Gjorda egenkontroller", str(done or 0), note, "/egenkontroller"))
    late, coming = one(db, "SELECT sum(lage = 'försenat'), sum(lage = 'kommande') FROM arshjul")
    found.append(Figure("Försenat i årshjulet", str(late or 0), f"{coming or 0} kommande", f"{base}/arshjul_forsenat"))
    return found


def one(db: sqlite3.Connection, sql: str, *params: Any) -> tuple[Any, ...]:
    return tuple(db.execute(sql, params).fetchone())


def yearly(db: sqlite3.Connection, table: str, by: str, value: str, year: int, label: str, link: str) -> Figure:
    said = {ar: text_of(n, hidden) for ar, n, hidden in db.execute(
        f"SELECT ar, antal, antal_dold FROM {table} WHERE {by} = ? AND ar >= ?", (value, year - 1))}  # fmt: skip
    before = f"hela {year - 1}: {said[year - 1]}" if year - 1 in said else f"hittills {year}"
    return Figure(label, said.get(year, "0"), before, link)


def waiting(db: sqlite3.Connection, base: str) -> list[Waiting]:
    """Decisions to follow up, proposals to decide, and what the year wheel sends to a political body."""
    today = date.fromisoformat(about(db)["publicerad"])
    found = [
        Waiting(
            f"Följ upp beslutet {paragraph} {held}: {text}",
            f"skulle ha följts upp {due}",
            f"{base}/beslut_att_folja_upp",
        )
        for paragraph, held, text, due in db.execute(
            """SELECT paragraf, sammantrade, beslut, folj_upp_senast FROM beslut_och_uppfoljning
               WHERE lage = 'uppföljning försenad' ORDER BY folj_upp_senast LIMIT 5"""
        )
    ]
    if has(db, "atgarder"):
        ready = one(db, "SELECT sum(antal) FROM atgarder WHERE status = 'prioriterad'")[0]
        if ready:
            found.append(
                Waiting(
                    f"{ready} {'prioriterad åtgärd' if ready == 1 else 'prioriterade åtgärder'}",
                    "väntar på beslut",
                    f"{base}/atgardsmatris",
                )
            )
    found += [
        Waiting(f"{name}, {period}, till {to}", f"{when} {due}", f"{base}/arshjul")
        for name, period, to, due, when in db.execute(
            """SELECT uppgift, period, mottagare, senast, iif(lage = 'försenat', 'skulle ha kommit', 'kommer senast')
               FROM arshjul
               WHERE mottagarens_slag = 'politisk' AND lage IN ('försenat', 'kommande') AND senast <= ?
               ORDER BY senast LIMIT 5""",
            ((today + AHEAD).isoformat(),),
        )
    ]  # fmt: skip
    return found


# --- area pages ------------------------------------------------------------------------------------------------------


def section(
    db: sqlite3.Connection,
    title: str,
    text: str,
    name: str,
    sql: str,
    chart: Markup | str = "",
    *,
    protected: bool = False,
) -> Section:
    cursor = db.execute(sql)
    return Section(title, text, chart, name, [c[0] for c in cursor.description], cursor.fetchall(), protected)


def quarters(db: sqlite3.Connection) -> Markup:
    """The last quarters, group by group; all together where most groups are too small to be shown."""
    rows = db.execute("SELECT ar, kvartal, grupp, antal FROM avvikelser_per_kvartal").fetchall()
    periods = sorted({(ar, kvartal) for ar, kvartal, _, _ in rows})[-QUARTERS:]
    value = {(ar, kvartal, group): n for ar, kvartal, group, n in rows}
    shown = [value.get((*period, group)) is not None for period in periods for group in GROUPS]
    drawn = GROUPS if 2 * sum(shown) > len(shown) else (ALL,)
    series = [(group.capitalize(), [value.get((*period, group)) for period in periods]) for group in drawn]
    labels = [f"kv {kvartal} {ar}" for ar, kvartal in periods]
    return columns("Avvikelser, klagomål och synpunkter per kvartal", labels, series) + legend(
        [name for name, _ in series]
    )


def by_quarter() -> str:
    """The table of quarters with a column for each group."""
    names = zip(("avvikelser", "klagomal", "allvarliga", "alla"), (*GROUPS, ALL), strict=True)
    columns = (
        f"max({value}) FILTER (WHERE grupp = '{group}') AS {name}{mark}"
        for name, group in names
        for value, mark in (("antal", ""), ("antal_dold", HIDDEN))
    )
    return f"""SELECT ar, kvartal, {", ".join(columns)} FROM avvikelser_per_kvartal
        GROUP BY ar, kvartal ORDER BY ar DESC, kvartal DESC LIMIT {QUARTERS}"""


def deviations(db: sqlite3.Connection) -> Iterator[Section]:
    yield section(
        db, "Antal per kvartal", "Räknat på det datum de togs emot.", "avvikelser_per_kvartal",
        by_quarter(),
        quarters(db), protected=True,
    )  # fmt: skip
    yield section(
        db, "Lex Sarah och lex Maria", "Hur de hanterats, år för år.", "avvikelser_per_ar_och_spar",
        "SELECT * FROM avvikelser_per_ar_och_spar ORDER BY ar DESC, rowid", protected=True,
    )  # fmt: skip
    yield section(
        db, "Klagomål, synpunkter och förslag", "Mottagna och avslutade.", "klagomal_synpunkter_ar",
        "SELECT * FROM klagomal_synpunkter_ar ORDER BY ar DESC, rowid", protected=True,
    )  # fmt: skip


def actions(db: sqlite3.Connection) -> Iterator[Section]:
    by_status = db.execute("SELECT status, sum(antal) FROM atgarder GROUP BY status ORDER BY min(rowid)").fetchall()
    chart = bars(
        "Åtgärder efter läge", [s.capitalize() for s, _ in by_status], [("Åtgärder", [n for _, n in by_status])]
    )
    yield section(
        db, "Var åtgärderna befinner sig", "Från förslag till avslutad.", "atgarder",
        "SELECT status, alder, sum(antal) AS antal FROM atgarder GROUP BY 1, 2 ORDER BY min(rowid)", chart,
    )  # fmt: skip
    yield section(
        db, "Beslutade åtgärder", "Åtgärder som ett politiskt organ har beslutat om.", "atgarder_uppfoljning",
        """SELECT atgard, enhet, ansvarig, senast, lage, effekt FROM atgarder_uppfoljning
           ORDER BY lage = 'försenad' DESC, senast LIMIT 50""",
    )  # fmt: skip


def checks(db: sqlite3.Connection) -> Iterator[Section]:
    year = int(about(db)["publicerad"][:4])
    rows = db.execute(
        "SELECT enhet, gjorda, sena, planerade - gjorda - sena FROM egenkontroller WHERE ar = ?", (year,)
    ).fetchall()
    series = [(name, [row[n] for row in rows]) for n, name in enumerate(("Gjorda", "Sena", "Kommande"), 1)]
    chart = bars(f"Egenkontroller {year} per enhet", [row[0] for row in rows], series) + legend(
        [name for name, _ in series]
    )
    yield section(
        db, f"Läget {year}", "Varje stapel är årets planerade omgångar.", "egenkontroller",
        "SELECT * FROM egenkontroller ORDER BY ar DESC, rowid", chart,
    )  # fmt: skip
    yield section(
        db, "Inte gjorda i tid", "De senaste omgångarna som är sena eller gjordes för sent.", "egenkontroller_sena",
        """SELECT enhet, egenkontroll, period, ansvarig, senast, gjord, lage FROM egenkontroll_omgangar
           WHERE lage IN ('sen', 'gjord för sent') ORDER BY lage = 'sen' DESC, senast DESC LIMIT 30""",
    )  # fmt: skip


AREAS = {"avvikelser": deviations, "atgarder": actions, "egenkontroller": checks}
