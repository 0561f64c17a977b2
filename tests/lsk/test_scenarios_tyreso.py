"""Tyresö's acceptance scenarios, as a person would meet them."""

from __future__ import annotations

import pytest

from lsk import records
from lsk.errors import Refused
from tests.town import YEAR, Town

# Styrinstrument – Fastställande – Ansvar, as the source prints them (T7–T15).
STEERING = [
    ("Mål", "Fastställs årligen av kommunfullmäktige i Strategi- och budgetplan", "Förvaltningschef"),
    (
        "Mål och åtaganden, socialnämnden",
        "Fastställs årligen i Verksamhets- och budgetplanen",
        "Förvaltningschef, beslut i socialnämnden",
    ),
    (
        "Åtaganden på enhetsnivå",
        "Fastställs årligen i enhetsplaner som är relaterade till övergripande mål. Delges socialnämnden",
        "Avdelningschef på förslag från enhetschef",
    ),
    ("Kvalitetsgarantier", "Fastställs årligen i Verksamhets- och budgetplan", "Beslut i socialnämnden"),
    (
        "Synpunkter och klagomål",
        "Olika system har fastställts avdelningsvis. Ett kommungemensamt system är under utbyggnad",
        "Avdelningschef/enhetschef mottar och åtgärdar. Kvalitetsinspektör följer upp och staben sammanställer",
    ),
    (
        "Internkontroll",
        "Plan antas årligen i socialnämnden",
        "Förvaltningschef och stab. Granskning genomförs av controller och stab",
    ),
    (
        "Äldreomsorgsplan samt behovsplan för omsorg om funktionshindrade",
        "Fastställs årligen i socialnämnden och är underlag för planering av insatser",
        "Staben och berörda avdelningschefer",
    ),
    (
        "Riktlinjer",
        "Fastställs av socialnämnden. Avser handläggning, dokumentation och genomförande av insatser",
        "Avdelningschefer, staben",
    ),
    (
        "Delegationsordning",
        "Fastställs årligen i socialnämnden. Beslut enligt delegation anmäls i nämnd resp. nämndens sociala utskott",
        "Nämndsekreterare, stab",
    ),
]
MEASUREMENTS = [
    ("Mål och åtaganden", "Förvaltningschef, avdelningschefer."),
    ("Kvalitetsgarantier", "Förvaltningschef, avdelningschefer, staben"),
    ("Synpunkter och klagomål", "Förvaltningschef, staben och avdelningschefer"),
    ("Revisorerna", "Redovisning i socialnämnden"),
    ("Tillsynsmyndigheterna Socialstyrelsen, länsstyrelsen och Arbetsmiljöverket", "Redovisning i socialnämnden"),
    ("Nationella kvalitetsundersökningar", "Redovisning/information i socialnämnden"),
    ("Regionala undersökningar, Södertörn", "Redovisning/information i socialnämnden"),
    ("Brukarundersökningar (uppföljning, utvärdering)", "Redovisning/information i socialnämnden"),
    ("Kvalitetsgranskningar", "Redovisning i socialnämnden"),
    ("Icke verkställda beslut", "Avdelningschef anmäler till nämndsekreterare"),
    ("Internkontrollplan", "Förvaltningschefen, staben"), ("Särskilda granskningar", "Redovisning i socialnämnden"),
]  # fmt: skip
AREAS = [
    "Samverkan och samarbete",
    "Handläggning och dokumentation m.m. av ärenden som rör enskilda",
    "Fel och brister i verksamheten",
    "Synpunkter och klagomål på verksamheten",
    "Personal- och kompetensförsörjning",
    "Uppföljning och utvärdering av verksamheten",
]
DATES = ["2005-12-14", "2008-02-20", "2008-06-18", "2008-09-24", "2009-05-27", "2010-04-21"]


def department(town: Town, name: str, short: str) -> None:
    town.add("unit", name=f"Avdelningen för {name}", short_name=short, level="avdelning", parent="SF")


def test_ts1_steering_instruments(tyreso: Town) -> None:
    """TS1: the nine instruments as the source prints them, each an obligation: yearly, guidelines when changed."""
    table = tyreso.show("styrinstrument")

    assert [(row["styrinstrument"], row["fastställande"], row["ansvar"]) for row in table] == STEERING
    assert [row["krav"] for row in table] == [f"T{n}" for n in range(7, 16)]
    assert {row["krav"]: row["återkommer"] for row in table if row["återkommer"] != "år"} == {
        "T11": "fortlöpande",
        "T14": "vid händelse",
    }
    due = {f.record for f in tyreso.found("an_obligation_has_evidence_this_year")}
    instruments = dict(
        tyreso.db.execute("SELECT requirements, id FROM obligation WHERE requirements IN ('T14', 'T15')").fetchall()
    )
    assert instruments["T15"] in due and instruments["T14"] not in due


def test_ts2_measurements(tyreso: Town) -> None:
    """TS2: twelve rows with who accounts for them; one with nothing planned or done in the year is flagged."""
    table = tyreso.show("mätningar")
    assert [row["mätning"] for row in table] == [name for name, _ in MEASUREMENTS]
    assert all(row["ansvar"].startswith(who) for row, (_, who) in zip(table, MEASUREMENTS, strict=True))
    assert [row["anmärkning"] for row in table] == ["inget planerat"] * 12

    rows = tyreso.db.execute("SELECT ref, requirements FROM obligation WHERE length(requirements) = 3").fetchall()
    refs = {row["requirements"]: row["ref"] for row in rows}
    for number in range(16, 27):
        done = {"done_on": f"{YEAR}-02-01", "status": "klar"} if number % 2 else {}
        tyreso.add("occurrence", obligation=refs[f"T{number}"], period=str(YEAR), due=f"{YEAR}-12-15", **done)
    tyreso.add("occurrence", obligation=refs["T27"], period=str(YEAR - 1), due=f"{YEAR - 1}-12-15")

    table = tyreso.show("mätningar")
    assert [row["planerade"] for row in table] == [1, 0] * 5 + [1, 0]
    assert [row["gjorda"] for row in table] == [0, 1] * 5 + [0, 0]
    assert [row["krav"] for row in table if row["anmärkning"]] == ["T27"]
    (gap,) = tyreso.found("a_measurement_is_planned_for_the_year")
    assert gap.message == f"Mätningen Särskilda granskningar är varken planerad eller gjord {YEAR}."


def test_ts3_three_year_review_plan(tyreso: Town) -> None:
    """TS3: the private ones every year, the others once in three years; a plan that misses one is refused."""
    for number in range(1, 7):
        form = "privat" if number > 4 else "egen regi"
        tyreso.add(
            "unit", name=f"Boende {number}", short_name=f"B{number}", level="enhet", parent="VFF", operation_form=form
        )
    first = YEAR
    plan = tyreso.add("review_plan", title="Granskningsplan", year_from=first, year_to=first + 2)
    about = {"kind": "kvalitetsgranskning", "plan": plan.ref}
    for number in range(1, 4):
        tyreso.add("review", title=f"Granskning B{number}", unit=f"B{number}", year=first + number - 1, **about)
    for year in range(first, first + 3):
        tyreso.add("review", title=f"Granskning B5 {year}", unit="B5", year=year, **about)
    for year in (first, first + 2):
        tyreso.add("review", title=f"Granskning B6 {year}", unit="B6", year=year, **about)

    with pytest.raises(Refused) as refused:
        tyreso.change("review_plan", plan, status="antagen")
    told = str(refused.value)
    assert "T24" in told and "Boende 4" in told and f"Boende 6 {first + 1}" in told
    assert not any(f"Boende {n}" in told for n in (1, 2, 3, 5))

    tyreso.add("review", title="Granskning B4", unit="B4", year=first + 1, **about)
    with pytest.raises(Refused, match=f"Boende 6 {first + 1}"):
        tyreso.change("review_plan", plan, status="antagen")
    tyreso.add("review", title="Granskning B6 mellanåret", unit="B6", year=first + 1, **about)
    tyreso.change("review_plan", plan, status="antagen")


def test_ts5_agreements(tyreso: Town) -> None:
    """TS5: 7 + 5 + 5 agreements by level; three have Försäkringskassan as a party; each has its avdelningschef."""
    table = tyreso.show("överenskommelser")
    assert [row["nivå"] for row in table] == ["länsövergripande"] * 7 + ["kommun"] * 5 + ["övrig"] * 5
    assert {row["ansvar"] for row in table} == {"avdelningschef"}
    assert [row["överenskommelse"] for row in table[12:]] == [
        "Barncenter", "Psykiatrin", "Nestor och FoU Södertörn", "Ensamkommande flyktingbarn",
        "Sammanhållen vård i hemmet",
    ]  # fmt: skip
    violence = next(row["parter"] for row in table if "våldsutsatta" in row["överenskommelse"])
    assert set(violence.split(", ")) == {
        "Stockholms läns landsting",
        "Polisen",
        "Åklagarmyndigheten",
        "Svenska kyrkan",
        "Föreningar",
    }

    insurance = [row["överenskommelse"] for row in tyreso.show("överenskommelser", about="Försäkringskassan")]
    assert len(insurance) == 3
    assert "andningshjälp" in insurance[0]
    assert insurance[1].startswith("KomAn-projektet")
    assert insurance[2] == "Samordningsförbundet Östra Södertörn"


def test_ts6_guidelines(tyreso: Town) -> None:
    """TS6: six guidelines by decision date, that of biståndshandläggning the oldest; two areas have none."""
    table = tyreso.show("styrdokument", about="riktlinje")
    assert [row["beslutad"] for row in table] == DATES
    assert {row["av"] for row in table} == {"Socialnämnden"}
    assert table[0]["dokument"] == "Riktlinjer biståndshandläggningen handikapp- och äldreomsorg"
    assert [row["paragraf"] for row in table if row["paragraf"]] == ["§ 1082", "§ 1071"]

    missing = [row["område"] for row in tyreso.show("luckor") if row["slag"] == "riktlinje"]
    assert missing == ["barn- och ungdomsvård", "missbruksvård"]


def test_ts7_regulation_application_responsibility(tyreso: Town) -> None:
    """TS7: six areas in three blocks; what leaned on SOSFS 2006:11 stays, marked; its applications are re-mapped."""
    areas = records.select(tyreso.db, "requirement_area", where="t.coverage = 'omfattas'", sort="number")
    assert [row["name"] for row in areas] == AREAS
    for area in AREAS:
        block = tyreso.show("områden", about=area)
        for column in ("föreskrift", "tillämpning", "ansvar"):
            assert any(row[column] for row in block), (area, column)
        assert any(
            row["källa"].startswith("SOSFS 2006:11") and row["anmärkning"] == "upphävd källa"
            for row in block
            if row["källa"]
        )

    # The source of law is switched to SOSFS 2011:9, one application after the other; nothing old disappears.
    old = tyreso.db.execute("SELECT count(*) FROM requirement WHERE cited_as LIKE 'SOSFS 2006:11%'").fetchone()[0]
    waiting = tyreso.found("an_application_leans_on_law_in_force")
    remap = [f for f in waiting if "SOSFS 2006:11" in f.message]
    assert len(remap) > 6 and old > 6
    new = tyreso.db.execute(
        """SELECT p.id FROM provision p JOIN statute s ON s.id = p.statute
           WHERE s.short_name = 'SOSFS' AND s.number = '2011:9' AND p.designation LIKE '5 kap. 1%'"""
    ).fetchone()["id"]
    with tyreso.store.change("test") as change:
        change.update("application", remap[0].record or "", {"provision": new})

    left = tyreso.found("an_application_leans_on_law_in_force")
    assert {f.record for f in waiting} - {f.record for f in left} == {remap[0].record}
    marked = [r for area in AREAS for r in tyreso.show("områden", about=area) if r["anmärkning"] == "upphävd källa"]
    assert len({row["krav"] for row in marked}) > 6
    assert (
        tyreso.db.execute("SELECT count(*) FROM requirement WHERE cited_as LIKE 'SOSFS 2006:11%'").fetchone()[0] == old
    )


def test_ts8_change_risk(tyreso: Town) -> None:
    """TS8: a planned change is not presented without a risk analysis by the responsible manager."""
    about = {
        "title": "Flytt av daglig verksamhet",
        "kind": "förändringsrisk",
        "unit": "VFF",
        "trigger": "planerad förändring",
    }
    with pytest.raises(Refused, match=r"kan inte redovisas.*T49"):
        tyreso.add("risk_analysis", presented_on="2026-04-01", **about)
    change = tyreso.add("risk_analysis", **about)
    tyreso.change("risk_analysis", change, done_on="2026-03-01", responsible_role="ansvarig chef vid förändring")
    with pytest.raises(Refused, match="minst en risk"):
        tyreso.change("risk_analysis", change, presented_on="2026-04-01")
    tyreso.add(
        "risk", description="Resvägen blir för lång", risk_analysis=change.ref, unit="VFF", probability=3, consequence=2
    )
    tyreso.change("risk_analysis", change, presented_on="2026-04-01")


def test_ts9_complaint_cycle(tyreso: Town) -> None:
    """TS9: each complaint goes its five steps; staben sees counts per department and what was not acted on."""
    steps = ("identifierad", "dokumenterad", "analyserad", "åtgärdad", "uppföljd")
    assert tyreso.setting("deviation_cycle") == ", ".join(steps)
    walk = ("mottagen", "registrerad", "analyserad", "åtgärdas", "uppföljd")
    department(tyreso, "äldre", "ÄO")
    department(tyreso, "individ och familj", "IFO")
    tyreso.add("unit", name="Krusboda", short_name="KRU", level="enhet", parent="ÄO")
    about = {"kind": "klagomål", "received_on": "2026-03-01", "what_happened": "Maten kom sent."}
    made = [tyreso.add("deviation", unit=unit, **about) for unit in ("KRU", "ÄO", "IFO", "VFF")]
    tyreso.add("deviation", unit="KRU", **{**about, "kind": "synpunkt", "unmet_need": 1})
    for complaint in made[:3]:
        assert tyreso.get("deviation", complaint)["registered_in"] == "W3D3"
        for step in walk[1:3]:
            tyreso.change("deviation", complaint, status=step)
        tyreso.add("analysis", title="Varför sent?", unit="SF", subject=complaint.ref)
        tyreso.add("action", text="Ny körlista", unit="SF", origin=complaint.ref)
        for step in walk[3:]:
            tyreso.change("deviation", complaint, status=step)
        tyreso.add("investigation", deviation=complaint.ref, started_on="2026-03-02", finished_on="2026-03-09")
        tyreso.change("deviation", complaint, status="avslutad")
    assert tyreso.found("a_closed_deviation_was_analysed") == []

    compiled = tyreso.show("klagomål", year=2026)

    counted = {row["avdelning"]: tuple(row.values())[1:] for row in compiled}
    assert counted == {
        "Avdelningen för individ och familj": (1, 0, 0),
        "Avdelningen för äldre": (3, 1, 1),
        "Verksamheter för personer med funktionshinder": (1, 1, 0),
    }
    assert tyreso.show("klagomål", year=2025) == []


def test_ts10_competence_at_recruitment(tyreso: Town) -> None:
    """TS10: a degree and two years for those who work with children; the demand for disability staff is to come."""
    social = tyreso.get("competence_requirement", "socialsekreterare barn och unga")
    assert social["text"] == "Socionomexamen eller motsvarande och minst två års yrkeserfarenhet."
    assert (social["minimum_years"], social["status"]) == (2, "fastställt")
    disability = tyreso.get("competence_requirement", "personal inom verksamheter för personer med funktionshinder")
    assert disability["status"] == "ska fastställas"
    assert [f.record for f in tyreso.found("a_competence_requirement_is_established")] == [disability["id"]]
