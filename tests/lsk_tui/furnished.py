"""A municipality with one thread through it, from paragraph to decision, and a routine in three versions."""

from __future__ import annotations

from lsk.change import Record
from tests.town import Town

PROCEDURE = "Signera efter varje tillfälle. Ring sjuksköterskan vid fel."
ROUTINE = "Rutin för signering"
EVENT = "Fel dos gavs på kvällen."


def thread_through(town: Town) -> None:
    """One record of every stage, hanging together; beside it a process that lacks nearly everything."""
    town.add("unit", name="Hemtjänst Norr", short_name="HTN", level="enhet", parent="SOA")
    mas = "medicinskt ansvarig sjuksköterska"
    people(town)
    process = town.add("process", name="Läkemedel", number="1", owner_role=mas, unit="HTN", next_review="2099-01-01")
    town.add("process", name="Måltider", number="2")
    give = town.add("activity", process=process.ref, name="Ge läkemedel", responsible_role="enhetschef")
    town.add("activity", process=process.ref, name="Följa upp", responsible_role="enhetschef")
    document = routine(town)
    town.add("link", kind="rutin", source=give.ref, target=document.ref)
    law(town, process)
    analysis = town.add("risk_analysis", title="Årlig riskanalys", kind="riskanalys", unit="HTN", done_on="2026-02-01")
    judged = {"probability": 2, "consequence": 3, "risk_analysis": analysis.ref}
    risk = town.add("risk", description="Fel dos ges", unit="HTN", process=process.ref, **judged)
    check = town.add("self_check", name="Signering", frequency="månad", unit="HTN", risk=risk.ref, process=process.ref)
    town.add("self_check_round", self_check=check.ref, period="2026-10", due="2026-10-31")
    improvement(town, process)


def people(town: Town) -> None:
    for name, role in (("Anna Berg", "enhetschef"), ("Bo Lind", "alla medarbetare"), ("Eva Ström", "alla medarbetare")):
        who = town.add("person", name=name)
        town.add("assignment", person=who.ref, role=role, unit="HTN", valid_from="2020-01-01")


def law(town: Town, process: Record) -> None:
    """A requirement that leans on a paragraph, and that the process meets."""
    found = town.db.execute("SELECT ref FROM provision WHERE valid_to IS NULL ORDER BY ref").fetchone()["ref"]
    demand = town.add("requirement", code="X1", text="Läkemedel ges rätt", force="ska", kind="lag", provision=found)
    town.add("link", kind="uppfyller", source=process.ref, target=demand.ref)


def routine(town: Town) -> Record:
    document = town.add("document", title=ROUTINE, kind="rutin", unit="HTN", owner_role="enhetschef", review_months=24)
    told = {"document": document.ref, "responsibility": "Den som ger läkemedlet signerar."}
    decided = {"decided_by": "enhetschef", "decided_on": "2025-03-01", "valid_from": "2025-03-01"}
    first = town.add(
        "document_version", version_number="1", procedure=PROCEDURE, status="fastställd", **told, **decided
    )
    town.change("document_version", first, status="ersatt")
    second = PROCEDURE.replace("varje tillfälle", "varje givet läkemedel")
    new = decided | {"decided_on": "2026-03-01", "valid_from": "2026-03-01", "next_review": "2099-03-01"}
    town.add("document_version", version_number="2", procedure=second, status="fastställd", **told, **new)
    draft = second + " Skriv avvikelse samma dag."
    town.add("document_version", version_number="3", procedure=draft, **told)
    return document


def improvement(town: Town, process: Record) -> None:
    event = town.add(
        "deviation", kind="avvikelse", unit="HTN", received_on="2026-11-02", what_happened=EVENT, process=process.ref
    )
    analysis = town.add("analysis", title="Fel dos", unit="HTN", subject=event.ref, done_on="2026-11-05")
    cause = town.add("cause", analysis=analysis.ref, text="Två dosetter såg likadana ut")
    action = town.add("action", text="Märk dosetterna", unit="HTN", origin=event.ref, due="2026-12-10")
    town.add("link", kind="leder till", source=cause.ref, target=action.ref)
    meeting = town.add("meeting", body="Kommunstyrelsen", held_on="2026-11-18")
    decision = town.add("decision", meeting=meeting.ref, paragraph="§ 88", text="Nya dosetter köps in")
    town.add("link", kind="beslutas genom", source=action.ref, target=decision.ref)
