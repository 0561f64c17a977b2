"""Värnamo's acceptance scenarios, as a person would meet them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lsk import records
from lsk.errors import Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Personal
from lsk.publish import publish
from lsk.terms import field_help
from tests.town import YEAR, Town

GOALS = (
    ("Trygghetsmålet", "Externt", "Kund/medborgarmål"),
    ("Attraktivitetsmålet", "Externt", "Kund/medborgarmål"),
    ("Resurs: tillväxtmålet", "Internt", "Resursmål"),
    ("Resurs: ekonomimålet", "Internt", "Resursmål"),
    ("Resurs: investeringsmålet", "Internt", "Resursmål"),
    ("Resurs: personalmålet", "Internt", "Resursmål"),
    ("Internt miljömål", "Internt", "Miljömål"),
    ("Externt miljömål", "Externt", "Miljömål"),
)
PERSPECTIVES = ["ekonomiskt perspektiv", "kund/medborgarperspektiv", "medarbetarperspektiv", "utvecklingsperspektiv"]
SYSTEM = "Ledningssystem för systematiskt kvalitetsarbete"
INPUTS = [
    "Sektionernas kvalitetsberättelser och verksamhetsberättelser",
    "Resultat från nationella och regionala kvalitetsregister",
    "Resultat från interna och externa revisioner",
    "Resultat från mätning och hantering av klagomål, synpunkter och avvikelser",
    "Resultat från genomförda brukarundersökningar, medborgarundersökningar, medarbetarundersökningar",
    "Information om relevanta förändringar av lagar och andra krav",
    "Uppföljning av åtgärder beslutade vid ledningens tidigare genomgångar",
    "Förändringar som skulle kunna påverka Ledningssystemet",
    "Rekommendationer till förbättringar",
]


def test_vs1_goals_and_activities(varnamo: Town) -> None:
    """VS1: a section with activities for seven goals sees all eight, and which one has none."""
    perspectives = records.select(varnamo.db, "focus_area", where="t.kind = 'perspektiv'", sort="number")
    assert [row["name"] for row in perspectives] == PERSPECTIVES
    for title, _, _ in GOALS[:7]:
        varnamo.add("goal_activity", goal=title, text=f"Tas upp på APT: {title}", unit="IFO")

    view = varnamo.show("mål", unit="IFO")

    assert [(row["mål"], row["riktning"], row["fokusområde"]) for row in view] == list(GOALS)
    assert len(view) == 8 == int(varnamo.setting("number_of_goals") or 0)
    assert [row["mål"] for row in view if row["anmärkning"] == "saknar aktivitet"] == ["Externt miljömål"]
    assert [f.message for f in varnamo.found("a_superior_goal_is_broken_down")] == [
        "Målet Externt miljömål har ingen aktivitet och inget underordnat mål."
    ]


def test_vs2_header(varnamo: Town) -> None:
    """VS2: the nine fields of the header; a new version is revised and has number 2, the first stays readable."""
    first = varnamo.db.execute(
        "SELECT v.ref FROM document_version v JOIN document d ON d.id = v.document WHERE d.title = ?", (SYSTEM,)
    ).fetchone()["ref"]
    header = {row["uppgift"]: row["värde"] for row in varnamo.show("dokumenthuvud", about=first)}
    assert header == {
        "Dokumenttyp": "Ledningssystem",
        "Dokumentansvarig": "Förvaltningschef",
        "Beslutad av/Datum": "Mbn 2014-04-02 § 45",
        "Beslutets dnr": "2014.018 001",
        "Gäller för": "Medborgarförvaltningen",
        "Handläggare": None,  # a person; not part of the profile
        "Giltig fr.o.m.": "2014-05-01",
        "Reviderad": None,
        "Version": "1",
    }
    assert ", ".join(header) == varnamo.setting("document_header_fields")

    new = {
        "document": SYSTEM, "status": "fastställd", "decided_by": "Medborgarnämnden", "decided_on": "2016-03-09",
        "decision_paragraph": "§ 30", "diary_number": "2016.011 001", "valid_from": "2016-04-01",
    }  # fmt: skip
    with pytest.raises(Refused, match="redan en fastställd version"):
        varnamo.add("document_version", **new)
    varnamo.change("document_version", varnamo.the("document_version", first), status="ersatt")
    second = varnamo.add("document_version", **new)

    header = {row["uppgift"]: row["värde"] for row in varnamo.show("dokumenthuvud", about=second.ref)}
    assert (header["Version"], header["Reviderad"]) == ("2", "2016-03-09")
    old = varnamo.get("document_version", first)
    assert (old["status"], old["version_number"], old["valid_from"]) == ("ersatt", "1", "2014-05-01")
    assert varnamo.found("an_established_version_has_a_whole_header") == []


def test_vs3_order_and_routine(varnamo: Town) -> None:
    """VS3: one order number each, a routine for each activity, and in each routine who carries it out."""
    varnamo.add("process", name="Ta emot ansökan", unit="IFO", owner_role="sektionschef")
    activities = [
        varnamo.add("activity", process="Ta emot ansökan", name=n) for n in ("Registrera", "Bekräfta", "Fördela")
    ]
    taken = varnamo.get("activity", activities[0])["position"]
    with pytest.raises(Refused, match=r"samma plats i ordningen.*V64"):
        varnamo.change("activity", activities[1], position=taken)

    routine = varnamo.add("document", title="Rutin för registrering", kind="rutin", unit="IFO")
    for activity in activities[:2]:
        varnamo.add("link", kind="rutin", source=activity.ref, target=routine.ref, unit="IFO")
    assert [f.record for f in varnamo.found("an_activity_has_a_routine")] == [activities[2].id]

    version = varnamo.add("document_version", document=routine.ref, procedure="Öppna, stämpla, skriv in.")
    decided = {"status": "fastställd", "decided_by": "sektionschef", "decided_on": "2026-01-07"}
    with pytest.raises(Refused, match=r"ansvar för utförandet.*V65"):
        varnamo.change("document_version", version, **decided)
    varnamo.change("document_version", version, responsibility="Den som öppnar posten.", **decided)


def test_vs4_risk(varnamo: Town) -> None:
    """VS4: a risk is judged both ways; when both are high it demands an action."""
    about = {"description": "Beslut dröjer", "unit": "IFO"}
    for half in ({"probability": 3}, {"consequence": 3}):
        with pytest.raises(Refused, match=r"saknar sannolikhet eller konsekvens.*V37 V43"):
            varnamo.add("risk", **about, **half)

    # The source names no scale (the setting is open), so the municipality makes its own.
    assert varnamo.setting("risk_scale") is None
    scale = varnamo.add("risk_scale", name="Egen", version="1", valid_from="2026-01-01", action_from=8)
    for square in range(16):
        p, c = square // 4 + 1, square % 4 + 1
        varnamo.add("risk_score", scale=scale.ref, probability=p, consequence=c, score=p * c)
    risk = varnamo.add("risk", **about, probability=4, consequence=4)
    varnamo.add("risk", description="Skrivaren stannar", unit="IFO", probability=1, consequence=2)

    found = varnamo.found("a_high_risk_has_an_action")
    assert [(f.record, f.severity) for f in found] == [(risk.id, "fel")]
    varnamo.add("action", text="Bevaka tiden varje vecka", unit="IFO", origin=risk.ref)
    assert varnamo.found("a_high_risk_has_an_action") == []


def test_vs5_self_check_methods(varnamo: Town) -> None:
    """VS5: exactly the eight methods can be chosen, and the year's plan shows which were done."""
    methods = varnamo.choices("self_check_methods")
    assert [m.split()[0] for m in methods] == [
        "jämförelse", "jämförelse", "jämförelse", "brukarundersökning", "medarbetarundersökning", "granskning",
        "undersökning", "inhämtande",
    ]  # fmt: skip
    with pytest.raises(Refused, match="Välj något av"):
        varnamo.add("self_check", name="Gissning", unit="IFO", method="känsla", frequency="år")

    checks = [
        varnamo.add("self_check", name=f"Kontroll {n}", unit="IFO", method=m, frequency="år")
        for n, m in enumerate(methods)
    ]
    for number in (3, 5):
        varnamo.add(
            "self_check_round",
            self_check=checks[number].ref,
            period="2026",
            due="2026-10-01",
            done_on="2026-09-20",
            status="genomförd",
        )
    varnamo.add("self_check_round", self_check=checks[4].ref, period="2026", due="2026-11-01")
    varnamo.add("self_check_round", self_check=checks[3].ref, period="2025", due="2025-10-01", done_on="2025-09-20")

    plan = varnamo.show("egenkontroller", year=2026, unit="IFO")

    assert [row["metod"] for row in plan] == methods
    assert [row["nr"] for row in plan if row["gjorda"]] == [4, 6]
    assert [row["nr"] for row in plan if row["planerade"]] == [4, 5, 6]


def test_vs6_internal_control_plan(varnamo: Town) -> None:
    """VS6: what is followed up anyway is refused; the rest is tied to indicator or process, and serves an assurance."""
    plan = varnamo.add("internal_control_plan", title="Internkontrollplan 2026", year=2026, unit="MBF")
    assurances = varnamo.choices("assurances")
    assert len(assurances) == 6
    process = varnamo.add("process", name="Utbetalning", unit="IFO", owner_role="sektionschef")
    indicator = varnamo.add("indicator", name="Andel beslut i tid", better="högre", goal="Trygghetsmålet")

    with pytest.raises(Refused, match=r"ordinarie uppföljning.*V51"):
        varnamo.add(
            "control_point", plan=plan.ref, text="Budgetföljsamhet", process=process.ref, in_ordinary_followup=1
        )
    for loose in ("Utbetalningar", "Beslut i tid"):
        with pytest.raises(Refused, match=r"saknar koppling.*V51"):
            varnamo.add("control_point", plan=plan.ref, text=loose)
    varnamo.add("control_point", plan=plan.ref, text="Utbetalningar", process=process.ref, assurance=assurances[5])
    without = varnamo.add("control_point", plan=plan.ref, text="Beslut i tid", indicator=indicator.ref)

    assert [f.record for f in varnamo.found("a_control_point_serves_an_assurance")] == [without.id]
    with pytest.raises(Refused, match="Välj något av"):
        varnamo.change("control_point", without, assurance="allt är bra")
    varnamo.change("control_point", without, assurance=assurances[1])
    points = records.select(varnamo.db, "control_point", sort="ref")
    assert [row["assurance"] for row in points] == [assurances[5], assurances[1]]


def test_vs7_deviation_wording(varnamo: Town, tmp_path: Path) -> None:
    """VS7: nowhere to put a guilty person, a text that says so, and no free text in what is published."""
    deviation = ENTITIES["deviation"]
    assert [f.name for f in deviation.fields if f.personal is Personal.WORK or getattr(f, "to", "") == "person"] == []
    assert (varnamo.setting("deviation_wording") or "").startswith(
        "Rapporten handlar om vad som har inträffat, inte om vem"
    )
    assert (
        varnamo.store.terms.field_label("deviation", "what_happened")
        == "Vad som inträffade, inte vem som var inblandad"
    )
    assert field_help("deviation", "what_happened") == "Vad som hände, inte vem."

    secret = "Pärmen blev kvar på bussen"
    for _ in range(6):
        varnamo.add("deviation", kind="avvikande händelse", unit="IFO", received_on="2026-02-03", what_happened=secret)
    out = publish(varnamo.store, tmp_path / "ut").path
    assert secret.encode() not in out.read_bytes()
    with closing(sqlite3.connect(out)) as db:
        counted = db.execute("SELECT max(antal) FROM avvikelser_per_kvartal").fetchone()[0]
    assert counted == 6


def test_vs9_management_review(varnamo: Town) -> None:
    """VS9: nine inputs in order, the seventh says what became of earlier decisions; each decision has its type."""
    assert "Ledningens genomgång saknas" in varnamo.told("the_management_reviews_every_year")
    earlier = varnamo.add("management_review", year=YEAR - 1, held_on=f"{YEAR - 1}-12-01")
    decide = {"unit": "MBF", "origin": earlier.ref}
    with pytest.raises(Refused, match=r"saknar typ.*V59"):
        varnamo.add("action", text="Se över mallarna", **decide)
    with pytest.raises(Refused, match="korrigerande, förebyggande, förbättrande"):
        varnamo.add("action", text="Se över mallarna", kind="trevlig", **decide)
    varnamo.add("action", text="Se över mallarna", kind="korrigerande", status="genomförd", **decide)
    varnamo.add("action", text="Utbilda nya chefer", kind="förebyggande", status="pågår", **decide)
    review = varnamo.add("management_review", year=YEAR)
    assert varnamo.found("the_management_reviews_every_year") == []

    inputs = varnamo.show("genomgång")

    assert [(row["nr"], row["underlag"]) for row in inputs] == list(enumerate(INPUTS, 1))
    told = [row["från tidigare"] for row in inputs]
    assert told[6] == "Se över mallarna (korrigerande, genomförd); Utbilda nya chefer (förebyggande, pågår)"
    assert [t for t in told if t] == [told[6]]

    with pytest.raises(Refused, match=r"saknar underlag: .*Rekommendationer till förbättringar.*V58"):
        varnamo.change("management_review", review, status="genomförd")
    for number, heading in enumerate(INPUTS, 1):
        varnamo.add(
            "management_review_input",
            management_review=review.ref,
            number=number,
            heading=heading,
            content="Genomgånget.",
        )
    varnamo.change("management_review", review, status="genomförd", held_on=f"{YEAR}-11-20")
    assert {row["innehåll"] for row in varnamo.show("genomgång")} == {"Genomgånget."}


def test_vs10_voluntary_units(varnamo: Town) -> None:
    """VS10: only where the system is mandatory are requirements counted; the voluntary sections are shown beside."""
    varnamo.add("application", requirement="V12a", unit="IFO", text="Punkt på varje APT", fulfilment="uppfyllt")
    varnamo.add("application", requirement="V12a", unit="AMS", text="Punkt på varje APT", fulfilment="uppfyllt")
    demanded = records.count(varnamo.db, "requirement", "t.force = 'ska'")

    shown = {row["enhet"]: row for row in varnamo.show("kravuppfyllnad")}

    mandatory = ["Ensamkommande barn", "Individ- och familjeomsorgen"]
    assert list(shown) == [*mandatory, "Arbetsmarknadssektionen", "Integrations- och fritidssektionen"]
    assert [shown[name]["krav"] for name in shown] == [demanded, demanded, None, None]
    assert [shown[name]["uppfyllda"] for name in shown] == [0, 1, 1, 0]
    assert [shown[name]["saknas"] for name in shown] == [demanded, demanded - 1, None, None]
