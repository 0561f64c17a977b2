"""Järva's acceptance scenarios, as a person would meet them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lsk import records
from lsk.errors import LskError, Refused
from lsk.store import Store
from sync.merge import sync_pair
from sync.unit_file import make_unit_file
from tests.town import YEAR, Town

KINDS = [
    "ansvarsfördelning", "processer", "delprocesser", "aktiviteter", "rutiner", "riskbedömningar",
    "egenkontroller", "åtgärder",
]  # fmt: skip
PLAN = ["Uppdrag", "Målgrupper", "Styrdokument", "Medarbetarnas delaktighet", "Utvecklingsområden"]
PARENT = "Järva stadsdelsnämnds rutin för lex Sarah"


def unit(town: Town, name: str, **values: object) -> str:
    """A unit of the city district; returns its short name."""
    short = name.split()[-1].upper()
    town.add("unit", name=name, short_name=short, level="enhet", parent="SDF", system_applies="obligatoriskt", **values)
    return short


def test_js1_eight_kinds(jarva: Town) -> None:
    """JS1: a unit's overview shows the eight kinds with number of rows and latest change; what is missing is listed."""
    assert [kind.casefold() for kind in (jarva.setting("object_kinds") or "").split(", ")] == KINDS
    a = unit(jarva, "Hemtjänst A")
    process = jarva.add("process", name="Utföra insats", unit=a, owner_role="enhetschef")
    jarva.add("process", name="Planera insats", unit=a, parent=process.ref, owner_role="enhetschef")
    jarva.add("document", title="Rutin för nycklar", kind="rutin", unit=a)
    jarva.add("document", title="Rutin för larm", kind="rutin", unit=a)
    changed = jarva.db.execute("SELECT substr(max(at), 1, 10) FROM change_set").fetchone()[0]

    shown = jarva.show("enhet", unit=a)

    assert [row["del"] for row in shown] == KINDS
    assert [row["antal"] for row in shown] == [0, 1, 1, 0, 2, 0, 0, 0]
    assert [row["ändrad"] for row in shown] == [None, changed, changed, None, changed, None, None, None]
    assert [row["del"] for row in shown if row["anmärkning"] == "saknas"] == [KINDS[n] for n in (0, 3, 5, 6, 7)]
    (gap,) = jarva.found("a_unit_holds_all_kinds_of_its_system")
    assert (
        gap.message == "Hemtjänst A saknar ansvarsfördelning, aktiviteter, riskbedömningar, egenkontroller, åtgärder."
    )


def test_js5_directed_process(jarva: Town, tmp_path: Path) -> None:
    """JS5: a process directed to A comes to its file, cannot be deleted there; A's routine and analysis of it stay."""
    a, b = unit(jarva, "Hemtjänst A"), unit(jarva, "Hemtjänst B")
    files = {short: tmp_path / f"{short}.db" for short in (a, b)}
    for short, path in files.items():
        make_unit_file(jarva.store, records.find(jarva.db, "unit", short)[1], path, "Samordnaren")

    # Above, the coordinator directs P to A. A works offline at the same time.
    directed = jarva.add(
        "process", name="P: avlösning i hemmet", unit="SDF", allotted_to=a, kind="styrd från överordnad nivå",
        owner_role="förvaltningschef",
    )  # fmt: skip
    step = jarva.add("activity", process=directed.ref, name="Kom överens med den enskilde")
    with Store.open(files[a]) as store:
        offline = Town(store, "chef A").add("document", title="A:s rutin för avlösning", kind="rutin", unit=a)
    for path in files.values():
        sync_pair(jarva.store.path, path, "Samordnaren")

    with Store.open(files[b], readonly=True) as store:
        assert records.one(store.db, "process", directed.id) is None
    with Store.open(files[a]) as store:
        here = Town(store, "chef A")
        assert here.get("process", directed)["name"] == "P: avlösning i hemmet"
        assert [row["antal"] for row in here.show("enhet", unit=a) if row["del"] == "processer"] == [1]
        with pytest.raises(Refused, match=r"kan bara läsas i enhetens fil"), store.change("chef A") as change:
            change.delete("activity", step.id)
            change.delete("process", directed.id)
        with pytest.raises(Refused, match="kan bara läsas i enhetens fil"):
            here.change("process", directed, name="P: något annat")
        here.add("link", kind="rutin", source=directed.ref, target=offline.ref, unit=a)
        analysis = here.add("risk_analysis", title="VoR A", kind="väsentlighets- och riskanalys", unit=a)
        risk = here.add(
            "risk", description="Avlösaren uteblir", unit=a, process=directed.ref, risk_analysis=analysis.ref,
            probability=2, consequence=3,
        )  # fmt: skip
    with closing(sqlite3.connect(files[a])) as db, db:  # another program pays no heed
        db.execute("DELETE FROM activity WHERE id = ?", (step.id,))
        db.execute("DELETE FROM process WHERE id = ?", (directed.id,))

    summary = sync_pair(jarva.store.path, files[a], "Samordnaren")

    assert {aside.record for aside in summary.up.quarantined} == {directed.id, step.id}
    with Store.open(files[a], readonly=True) as store:
        assert records.one(store.db, "process", directed.id) is not None
        assert records.one(store.db, "activity", step.id) is not None
        for name, kept in (("document", offline), ("risk", risk)):
            assert records.one(store.db, name, kept.id) is not None
    assert jarva.get("risk", risk)["process"] == directed.id
    assert records.count(jarva.db, "link", "t.source = ? AND t.target = ?", (directed.id, offline.id)) == 1


def test_js6_parent_routine(jarva: Town) -> None:
    """JS6: when the committee's routine gets a new version the unit's is to be checked; missing routines are listed."""
    a = unit(jarva, "Hemtjänst A", has_health_care=1)
    unit(jarva, "Öppenvård B", has_health_care=0)
    decided = {
        "status": "fastställd",
        "decided_by": "enhetschef",
        "procedure": "Så här",
        "responsibility": "Enhetschef",
    }
    above = {"document": PARENT, "status": "fastställd", "decided_by": "Stadsdelsnämnden"}
    first = jarva.add("document_version", **above, decided_on="2024-01-10", valid_from="2024-02-01")
    jarva.add("document", title="A:s rutin för lex Sarah", kind="rutin", topic="lex Sarah", unit=a, parent=PARENT)
    own = jarva.add("document_version", document="A:s rutin för lex Sarah", decided_on="2024-03-01", **decided)
    assert jarva.found("a_local_routine_follows_its_parent") == []

    jarva.change("document_version", first, status="ersatt")
    jarva.add("document_version", **above, decided_on="2025-05-05", valid_from="2025-06-01")
    assert f"A:s rutin för lex Sarah: kontrollera mot den nya versionen av {PARENT}." in jarva.told(
        "a_local_routine_follows_its_parent"
    )
    jarva.change("document_version", own, revised_on="2025-06-02")
    assert jarva.found("a_local_routine_follows_its_parent") == []

    missing = {f.message for f in jarva.found("a_unit_has_the_routines_it_must_have")}
    topics = ["klagomål och synpunkter", "avvikelsehantering", "intern och extern samverkan"]
    assert missing == {
        f"{name} saknar fastställd rutin för {topic}."
        for name, lacks in (("Hemtjänst A", [*topics, "lex Maria"]), ("Öppenvård B", [*topics, "lex Sarah"]))
        for topic in lacks
    }


def test_js9_activity_plan(jarva: Town) -> None:
    """JS9: no activity plan without its parts, and every unit goal lies under one of the committee or the council."""
    a = unit(jarva, "Hemtjänst A")
    jarva.add("goal", title="En trygg stad", level="KF-mål")
    jarva.add("goal", title="Äldre har inflytande", level="nämndmål", parent="En trygg stad")
    loose = jarva.add("goal", title="Fler väljer sina tider", level="enhetsmål", unit=a)
    under_loose = jarva.add("goal", title="Fler väljer sin personal", level="enhetsmål", unit=a, parent=loose.ref)
    plan = jarva.add("plan", title=f"Verksamhetsplan {YEAR}", kind="verksamhetsplan", unit=a, year=YEAR)

    with pytest.raises(Refused) as refused:
        jarva.change("plan", plan, status="fastställd")
    told = str(refused.value)
    assert "J11 J13" in told and all(heading in told for heading in PLAN)
    assert "Fler väljer sina tider" in told and "Fler väljer sin personal" in told

    for number, heading in enumerate([*PLAN, "Enhetsmål"], 1):
        jarva.add("plan_section", plan=plan.ref, number=number, heading=heading, text="Se bilagan.")
    with pytest.raises(Refused, match="utan överordnat mål"):
        jarva.change("plan", plan, status="fastställd")
    jarva.change("goal", loose, parent="Äldre har inflytande")
    jarva.change("goal", under_loose, parent="En trygg stad")
    jarva.change("plan", plan, status="fastställd")
    assert jarva.get("plan", plan)["status"] == "fastställd"
    assert jarva.found("a_unit_has_its_plan_for_the_year") == []


def test_js10_follow_up_by_form(jarva: Town) -> None:
    """JS10: where the result of a follow-up goes follows the form; one without individual plans is not on the list."""
    forms = {"Hemtjänst A": "egen regi", "Hemtjänst B": "entreprenad", "Hemtjänst C": "LOV"}
    for name, form in forms.items():
        unit(jarva, name, operation_form=form, has_individual_plan=1)
    unit(jarva, "Öppen förskola D", operation_form="egen regi", has_individual_plan=0)
    told = {"egen regi": "Stadsdelsnämnden", "entreprenad": "Stadsdelsnämnden", "LOV": "Socialnämnden, Äldrenämnden"}

    for short, form in zip("ABC", forms.values(), strict=True):
        made = jarva.add("review", title=f"Uppföljning {short}", kind="verksamhetsuppföljning", unit=short, year=YEAR)
        assert jarva.get("review", made)["reported_to"] == told[form]
    with pytest.raises(LskError, match=r"Öppen förskola D utför inga insatser med genomförandeplan.*J31"):
        jarva.add("review", title="Uppföljning D", kind="verksamhetsuppföljning", unit="D", year=YEAR)

    listed = jarva.show("uppföljning")
    assert [(row["enhet"], row["mottagare"]) for row in listed] == [
        ("Hemtjänst C", told["LOV"]), ("Hemtjänst A", told["egen regi"]), ("Hemtjänst B", told["entreprenad"]),
    ]  # fmt: skip
    receivers = jarva.db.execute(
        """SELECT DISTINCT r.name FROM obligation o JOIN role r ON r.id = o.recipient
           WHERE o.requirements LIKE '%J33%' ORDER BY r.name_sort"""
    )
    assert [row["name"] for row in receivers] == ["Socialnämnden", "Stadsdelsnämnden", "Äldrenämnden"]
