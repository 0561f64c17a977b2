"""What the published tables declare, and what they say of a file (R5 R6 R47 R48 V50 H10 T7–T27)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Personal, Publish, Text
from lsk.publish import publish, tables_of
from lsk.publish.deviations import CUBES, THROUGH
from lsk.publish.tables import AREAS, TABLES
from lsk.publish.tables.trace import EDGES, NODES
from lsk.publish.vocabulary import SMALLEST_RATE, Cube, Table
from tests.town import Town

TODAY = date(2026, 11, 20)
KEY = re.compile(r"[0-9a-f]{12}")
# Free text that the model itself lets the committee read: about the organisation's work, never from a case.
READ_IN_FULL = {
    ("action", "text"),
    ("committee_question", "question"),
    ("committee_question", "answer"),
    ("deviation_summary", "analysis"),
    ("deviation_summary", "actions"),
    ("review", "strengths"),
    ("review", "development_areas"),
    ("review", "result"),
    ("report_section", "text"),
}
# Texts that only choose rows or join them: the words of a scale and of a matrix, the rows of a profile's own table.
CHOOSING = {
    ("risk_score", "band"),
    ("matrix_quadrant", "resource_input"),
    ("matrix_quadrant", "improvement"),
    ("setting", "key"),
    ("setting", "value"),
    ("setting", "requirements"),  # which rows there are: its ids never come out
    ("process", "number"),
    ("occurrence", "period"),
}


@pytest.fixture
def place(town: Callable[[str], Town]) -> Town:
    """Ragunda, to write in as a person does."""
    return town("ragunda")


def published(town: Town, folder: Path, level: str = Publish.COMMITTEE) -> sqlite3.Connection:
    db = sqlite3.connect(publish(town.store, folder, level, today=TODAY).path)
    db.row_factory = sqlite3.Row
    return db


def rows(db: sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(sql)]


# --- declarations ----------------------------------------------------------------------------------------------------


def test_every_published_column_comes_from_a_field_that_may_be_published() -> None:
    for table in (*CUBES, *TABLES):
        enough = {Publish.OPEN} if table.level is Publish.OPEN else {Publish.OPEN, Publish.COMMITTEE}
        for column in table.columns:
            assert bool(column.fields) != (column.kind == "key"), f"{table.name}.{column.name} names no source"
            for entity, name in column.fields:
                assert ENTITIES[entity].field(name).publish in enough, f"{table.name}.{column.name}: {entity}.{name}"


def test_what_only_decides_or_joins_is_never_free_text_or_about_a_person() -> None:
    through = " ".join([THROUGH, *(table.through for table in TABLES)]).split()
    for entity, _, name in (field.partition(".") for field in through):
        field = ENTITIES[entity].field(name)
        assert field.personal is Personal.NO and entity != "person"
        assert not isinstance(field, Text) or (entity, name) in CHOOSING, f"{entity}.{name}"


def test_no_source_may_hold_a_person_or_a_register_number() -> None:
    for table in TABLES:
        for column in table.columns:
            for entity, name in column.fields:
                field = ENTITIES[entity].field(name)
                assert entity not in ("person", "cause", "investigation") and field.personal is not Personal.WORK
                assert entity != "deviation" and "diary" not in name and not isinstance(field, AnyRef)
                assert field.personal is not Personal.RISK or (entity, name) in READ_IN_FULL


def test_what_a_risk_says_and_how_many_a_unit_counts_in_words_stay_in_the_file() -> None:
    sources = {field for table in (*CUBES, *TABLES) for column in table.columns for field in column.fields}
    assert not sources & {("risk", "description"), ("risk", "consequence_text"), ("deviation_summary", "patterns")}


def test_tables_are_described_in_swedish_and_named_once_at_each_level() -> None:
    for table in (*CUBES, *TABLES):
        assert isinstance(table, (Table, Cube)) and table.title and table.description.endswith(".")
        assert len({column.name for column in table.columns}) == len(table.columns)
        assert all(re.fullmatch("[a-z_]+", name) for name in (table.name, *(c.name for c in table.columns)))
    named = [(table.name, table.level) for table in (*CUBES, *TABLES)]
    assert len(set(named)) == len(named)
    assert all(table.grain and table.entity in ENTITIES for table in TABLES)


def test_the_committees_own_declaration_wins_where_there_are_two() -> None:
    both = {table.name for table in TABLES if table.level is Publish.OPEN} & {
        table.name for table in TABLES if table.level is Publish.COMMITTEE
    }
    assert both == {"spar_poster", "spar_kanter", "rapport_avsnitt"}
    for level in (Publish.OPEN, Publish.COMMITTEE):
        mine = {table.name: table.level for table in tables_of(level)}
        assert len(mine) == len(tables_of(level)) and {mine[name] for name in both} == {level}


def test_every_area_of_tables_is_an_area_of_the_model() -> None:
    from lsk.model import AREAS as MODEL

    assert {area.__name__.rpartition(".")[2] for area in AREAS} <= set(MODEL)


# --- what they say ---------------------------------------------------------------------------------------------------


def test_an_outcome_is_the_mean_of_the_units_with_trend_and_verdict(place: Town, tmp_path: Path) -> None:
    goal = place.add("goal", title="Trygg hemgång", level=place.choices("goal_levels")[0], status="fastställt")
    place.add("goal", title="Bara ett förslag", level=place.choices("goal_levels")[0])
    wait = place.add("indicator", name="Väntetid", goal=goal.ref, better="lägre", target="10", unit_of_measure="dagar")
    place.add("indicator", name="Aldrig mätt", better="högre")
    units = [
        place.add("unit", name=name, short_name=name, level="enhet", parent="SOA").ref for name in ("Norr", "Söder")
    ]
    for year, values in ((2024, ("12", "14")), (2025, ("8", "11"))):
        for unit, value in zip(units, values, strict=True):
            place.add(
                "measurement", indicator=wait.ref, unit=unit, period_start=f"{year}-01-01", period_end=f"{year}-12-31",
                value=value, target="10",
            )  # fmt: skip
    with closing(published(place, tmp_path)) as db:
        told = rows(
            db,
            """SELECT mal, period, mal_varde, utfall, foregaende, trend, bedomning, enheter, enheter_under
            FROM malutfall WHERE indikator = 'Väntetid'""",
        )
        assert told == [
            {"mal": "Trygg hemgång", "period": "2025", "mal_varde": 10.0, "utfall": 9.5, "foregaende": 13.0,
             "trend": "bättre", "bedomning": "negativ", "enheter": 2, "enheter_under": 1},
            {"mal": "Trygg hemgång", "period": "2024", "mal_varde": 10.0, "utfall": 13.0, "foregaende": None,
             "trend": None, "bedomning": "negativ", "enheter": 2, "enheter_under": 2},
        ]  # fmt: skip
        (never,) = rows(db, "SELECT period, utfall, enheter FROM malutfall WHERE indikator = 'Aldrig mätt'")
        assert never == {"period": None, "utfall": None, "enheter": 0}
        assert [row["utfall"] for row in rows(db, "SELECT utfall FROM indikatorer WHERE indikator = 'Väntetid'")] == [
            9.5
        ]
        assert "Bara ett förslag" not in {row["titel"] for row in rows(db, "SELECT titel FROM mal")}
        each = rows(db, "SELECT enhet, utfall, skillnad FROM matvarden WHERE period = '2025' ORDER BY enhet")
        assert each == [
            {"enhet": "Norr", "utfall": 8.0, "skillnad": -2.0},
            {"enhet": "Söder", "utfall": 11.0, "skillnad": 1.0},
        ]


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [("2025-01-01", "2025-12-31", "2025"), ("2025-04-01", "2025-06-30", "2025 kvartal 2"),
     ("2025-05-01", "2025-08-31", "2025 tertial 2"), ("2025-07-01", "2025-12-31", "2025 halvår 2"),
     ("2024-02-01", "2024-02-29", "2024-02"), ("2025-02-01", "2025-04-30", "2025-02-01 – 2025-04-30"),
     ("2025-01-01", "2025-12-30", "2025-01-01 – 2025-12-30"), ("2025-01-15", "2025-02-14", "2025-01-15 – 2025-02-14")],
)  # fmt: skip
def test_a_period_is_called_what_people_call_it(place: Town, tmp_path: Path, start: str, end: str, name: str) -> None:
    indicator = place.add("indicator", name="Väntetid", better="lägre")
    place.add("measurement", indicator=indicator.ref, period_start=start, period_end=end, value="1")
    with closing(published(place, tmp_path)) as db:
        assert [row["period"] for row in rows(db, "SELECT period FROM matvarden")] == [name]


def test_every_square_of_the_risk_matrix_has_its_count(place: Town, tmp_path: Path) -> None:
    scale = place.add("risk_scale", name="Skala", version="1")
    unused = place.add("risk_scale", name="Gammal", version="0")
    for probability in (1, 2):
        for consequence in (1, 2):
            values = {"probability": probability, "consequence": consequence, "score": probability * consequence}
            place.add("risk_score", scale=scale.ref, **values, band="låg" if probability == 1 else "hög")
            place.add("risk_score", scale=unused.ref, **values)
    for status in ("stängd", "åtgärdas"):
        place.add("risk", description="x", scale=scale.ref, probability=2, consequence=1, status=status)
    with closing(published(place, tmp_path)) as db:
        told = rows(db, "SELECT sannolikhet, konsekvens, poang, niva, oppna, alla FROM riskmatris")
    assert [tuple(row.values()) for row in told] == [
        (2, 1, 2, "hög", 1, 2), (2, 2, 4, "hög", 0, 0), (1, 1, 1, "låg", 0, 0), (1, 2, 2, "låg", 0, 0),
    ]  # fmt: skip


def test_the_share_of_a_control_needs_enough_to_be_a_share_of(hjo: Town, tmp_path: Path) -> None:
    """H10: a share of under twenty-one records points at the few that were not approved."""
    plan = hjo.add("internal_control_plan", title="Internkontroll", year=2026, status="antagen")
    indicator = hjo.add("indicator", name="Godkända akter", better="högre")
    point = hjo.add("control_point", plan=plan.ref, text="Social dokumentation", indicator=indicator.ref)
    for period, checked in (("2026 tertial 1", SMALLEST_RATE - 1), ("2026 tertial 2", SMALLEST_RATE)):
        hjo.add(
            "control_result", control_point=point.ref, period=period, done_on="2026-05-01", checked_count=checked,
            approved_count=checked - 3, deviation_found=1, analysis="Genomgånget.",
        )  # fmt: skip
    with closing(published(hjo, tmp_path)) as db:
        told = rows(db, "SELECT period, andel, lage FROM kontrollmoment ORDER BY period")
        (summed,) = rows(db, "SELECT moment, kontrollerade, med_avvikelse FROM internkontrollplaner")
    assert [(row["andel"], row["lage"]) for row in told] == [(None, "avvikelse"), (85.7, "avvikelse")]
    assert summed == {"moment": 1, "kontrollerade": 1, "med_avvikelse": 1}


def test_ts1_ts2_the_two_tables_of_tyreso_are_published(tyreso: Town, tmp_path: Path) -> None:
    """TS1 TS2: nine instruments and twelve measurements, in order, with what the year holds of them."""
    ref = {row["requirements"]: row["ref"] for row in tyreso.db.execute("SELECT requirements, ref FROM obligation")}
    tyreso.add("occurrence", obligation=ref["T16"], period="2026", due="2026-06-01")
    tyreso.add(
        "occurrence", obligation=ref["T17"], period="2026", due="2026-06-01", done_on="2026-05-01", status="klar"
    )
    with closing(published(tyreso, tmp_path, Publish.OPEN)) as db:
        steering = rows(db, "SELECT nr, krav, styrinstrument, faststalls, ansvar FROM styrinstrument")
        measured = rows(db, "SELECT krav, planerat, gjort, lage FROM matningar")
    overview = tyreso.show("styrinstrument")
    assert [(r["styrinstrument"], r["faststalls"], r["ansvar"]) for r in steering] == [
        (r["styrinstrument"], r["fastställande"], r["ansvar"]) for r in overview
    ]
    assert [(r["nr"], r["krav"]) for r in steering] == [(n, f"T{n + 6}") for n in range(1, 10)]
    assert [r["krav"] for r in measured] == [f"T{n}" for n in range(16, 28)]
    assert [tuple(r.values())[1:] for r in measured[:3]] == [(1, 0, "försenat"), (0, 1, "klart"), (0, 0, "saknas")]


def test_what_should_be_decided_and_is_not_is_published_with_how_far_it_has_come(hjo: Town, tmp_path: Path) -> None:
    """T47: guidelines and routines without a version in force; one that is repealed is not missed."""
    for title in ("Rutin A", "Rutin B", "Rutin C", "Rutin D"):
        hjo.add("document", title=title, kind="rutin", topic="bemötande och delaktighet", owner_role="socialchef")
    hjo.add("document_version", document="Rutin B", version_number=1, status="utkast")
    hjo.add("document_version", document="Rutin C", version_number=1, status="upphävd")
    with closing(published(hjo, tmp_path)) as db:
        missing = {row["dokument"]: row["lage"] for row in rows(db, "SELECT dokument, lage FROM saknade_styrdokument")}
    assert missing.items() >= {"Rutin A": "inte påbörjat", "Rutin B": "arbete pågår"}.items()
    assert "Rutin C" not in missing and "Rutin D" in missing
    with closing(published(hjo, tmp_path / "oppet", Publish.OPEN)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name IN ('saknade_styrdokument', 'sa_ar_det_ordnat')"
                              ).fetchall()  # fmt: skip


def test_v2_v17_what_the_municipality_wants_and_how_it_has_answered(place: Town, tmp_path: Path) -> None:
    """The vision first, then the words of value; of the settings those that answer a requirement and are answered."""
    place.add("vision", kind="värdeord", name="Omtanke", text="Vi bryr oss.", approach="Vi har förståelse.")
    place.add("vision", kind="vision", name="Vision 2040", text="Ett gott liv hela livet.")
    with closing(published(place, tmp_path)) as db:
        wanted = [(row["slag"], row["text"]) for row in rows(db, "SELECT slag, text FROM vision")]
        answers = {row["fraga"]: row["svar"] for row in rows(db, "SELECT fraga, svar FROM sa_ar_det_ordnat")}
    assert wanted == [("vision", "Ett gott liv hela livet."), ("värdeord", "Vi bryr oss.")]
    assert answers["Vad ska ledningssystemet vara ett stöd för?"] == (
        "planera, leda, kontrollera, följa upp, utvärdera, förbättra"
    )
    assert all(answers.values())


def test_js8_summary_of_complaints(jarva: Town, tmp_path: Path) -> None:
    """JS8: the unit's summary shows counts and analysis for the period, and no single complaint's words."""
    jarva.add("unit", name="Hemtjänst A", short_name="A", level="enhet", parent="SDF")
    kind = next(kind for kind in jarva.choices("deviation_kinds") if "klagomål" in kind)
    for number in range(6):
        jarva.add(
            "deviation", kind=kind, unit="A", received_on="2026-02-03",
            what_happened=f"Kallfisken {number}", immediate_action="Telefonerade köket", answer="Vi beklagar maten",
        )  # fmt: skip
    jarva.add(
        "deviation_summary", unit="A", period_start="2026-01-01", period_end="2026-06-30", patterns="6 klagomål om mat",
        analysis="Klagomålen gäller leveranstider.", actions="Nya tider med köket.", done_on="2026-08-15",
    )  # fmt: skip
    done = publish(jarva.store, tmp_path, today=TODAY)
    raw = done.path.read_bytes().decode("utf-8", errors="replace")
    with closing(sqlite3.connect(done.path)) as db:
        db.row_factory = sqlite3.Row
        (told,) = rows(db, "SELECT enhet, fran, till, analys, atgarder FROM sammanstallningar")
        counted = db.execute("SELECT sum(antal) FROM avvikelser_per_kvartal WHERE ar = 2026 AND grupp = 'alla'")
        assert counted.fetchone()[0] == 6
    assert told == {"enhet": "Hemtjänst A", "fran": "2026-01-01", "till": "2026-06-30",
                    "analys": "Klagomålen gäller leveranstider.", "atgarder": "Nya tider med köket."}  # fmt: skip
    assert not any(word in raw for word in ("Kallfisken", "Telefonerade", "beklagar", "6 klagomål"))


def test_a_committee_question_is_tied_to_the_paragraph_where_it_was_noted(place: Town, tmp_path: Path) -> None:
    meeting = place.add("meeting", body="KS", held_on="2026-03-10")
    noted = place.add("decision", meeting=meeting.ref, paragraph="§ 45", text="Frågan antecknas till protokollet.")
    asked = place.add(
        "committee_question", body="KS", asked_on="2026-03-10", question="Når vi målen?", due="2026-04-01"
    )
    place.add("committee_question", body="KS", asked_on="2026-10-10", question="Och i år?", due="2026-12-01")
    place.add("link", kind="hör till", source=asked.ref, target=noted.ref)
    with closing(published(place, tmp_path)) as db:
        told = rows(db, "SELECT organ, fragad, paragraf, fraga, lage, beslut_id FROM namndfragor")
        (decision,) = rows(db, "SELECT beslut_id FROM beslut_och_uppfoljning WHERE paragraf = '§ 45'")
    assert [(r["fraga"], r["paragraf"], r["lage"]) for r in told] == [
        ("Och i år?", None, "väntar på svar"), ("Når vi målen?", "§ 45", "försenad"),
    ]  # fmt: skip
    assert told[1]["beslut_id"] == decision["beslut_id"] and KEY.fullmatch(decision["beslut_id"])


# --- the thread ------------------------------------------------------------------------------------------------------


@pytest.fixture
def threaded(place: Town) -> Town:
    """One thread: paragraph → requirement → process → document → decision → action, and a case beside it."""
    code, provision = place.db.execute(
        "SELECT code, provision FROM requirement WHERE provision IS NOT NULL ORDER BY code_sort LIMIT 1"
    ).fetchone()
    assert provision
    process = place.add("process", name="Utreda behov", owner_role="enhetschef", status="fastställd")
    place.add("link", kind="uppfyller", source=process.ref, target=code)
    document = place.add("document", title="Rutin för utredning", kind=place.choices("document_kinds")[0])
    place.add("link", kind="styrs av", source=process.ref, target=document.ref)
    meeting = place.add("meeting", body="KS", held_on="2026-03-10")
    decision = place.add("decision", meeting=meeting.ref, paragraph="§ 45", text="Rutinen antas.", subject=document.ref)
    place.add("unit", name="Norr", short_name="N", level="enhet", parent="SOA")
    case = place.add("deviation", kind="avvikelse", unit="N", received_on="2026-02-01", what_happened="Hemlig händelse")
    action = place.add(
        "action", text="Utbilda alla", unit="N", decision=decision.ref, origin=case.ref, due="2026-06-01",
        responsible_role="enhetschef", status="beslutad",
    )  # fmt: skip
    place.add("link", kind="leder till", source=case.ref, target=action.ref)
    return place


def test_the_thread_goes_from_paragraph_to_action_and_past_no_case(threaded: Town, tmp_path: Path) -> None:
    done = publish(threaded.store, tmp_path, today=TODAY)
    assert b"Hemlig" not in done.path.read_bytes()
    with closing(sqlite3.connect(done.path)) as db:
        db.row_factory = sqlite3.Row
        post = {row["id"]: row for row in rows(db, "SELECT * FROM spar_poster")}
        edges = rows(db, "SELECT * FROM spar_kanter")
        following = rows(db, "SELECT slag, titel, lage, dag FROM beslut_foljder WHERE paragraf = '§ 45'")
    assert all(KEY.fullmatch(mark) for mark in post) and {e["fran"] for e in edges} | {e["till"] for e in edges} <= set(
        post
    )
    steps = {(post[e["fran"]]["slag"], e["slag"], post[e["till"]]["slag"]) for e in edges}
    assert {
        ("lagrum", "ställer krav", "krav"), ("krav", "uppfylls av", "process"), ("process", "styrs av", "dokument"),
        ("dokument", "beslutades i", "beslut"), ("åtgärd", "beslutades i", "beslut"),
    } <= steps  # fmt: skip
    assert {(row["slag"], row["titel"], row["lage"], row["dag"]) for row in following} == {
        ("dokument", "Rutin för utredning", None, None), ("åtgärd", "Utbilda alla", "försenad", "2026-06-01"),
    }  # fmt: skip


def test_what_came_of_a_decision_tells_the_effect_of_its_actions(threaded: Town, tmp_path: Path) -> None:
    done = threaded.the("action", "Utbilda alla")
    threaded.change("action", done, done_on=threaded.get("action", done)["proposed_on"])
    for effect, told in ((None, "klar"), ("delvis", "klar, effekt: delvis")):
        threaded.change("action", done, effect=effect)
        with closing(published(threaded, tmp_path)) as db:
            (action,) = rows(db, "SELECT titel, lage FROM beslut_foljder WHERE slag = 'åtgärd'")
        assert action == {"titel": "Utbilda alla", "lage": told}


def test_everybody_sees_the_thread_without_what_is_the_committees(threaded: Town, tmp_path: Path) -> None:
    with closing(published(threaded, tmp_path, Publish.OPEN)) as db:
        kinds = {row["slag"] for row in rows(db, "SELECT DISTINCT slag FROM spar_poster")}
        marks = {row["id"] for row in rows(db, "SELECT id FROM spar_poster")}
        edges = rows(db, "SELECT fran, till FROM spar_kanter")
    assert {"lagrum", "krav", "process", "dokument", "beslut"} <= kinds
    assert not kinds & {"åtgärd", "tillämpning", "egenkontroll"}
    assert edges and {end for edge in edges for end in edge.values()} <= marks


def test_no_case_can_be_met_on_the_thread() -> None:
    assert not set(NODES) & {"deviation", "investigation", "analysis", "cause", "risk", "risk_analysis", "person"}
    for edge in EDGES:
        entity, _, name = edge.field.partition(".")
        assert edge.sql or ENTITIES[entity].field(name)
    words = {table.name for table in TABLES}
    assert {node.table for node in NODES.values()} <= words
