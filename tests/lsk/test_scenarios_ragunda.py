"""Ragunda's acceptance scenarios, as a person would meet them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lsk import priorities, records
from lsk.change import Record
from lsk.errors import Refused
from lsk.store import Store
from tests.town import YEAR, Town

Add = Callable[..., Record]
Change = Callable[..., None]


def title(store: Store, entity: str, record: str | None) -> str:
    return records.title_of(store.db, entity, record)


def test_rs1_matrix(ragunda: Store, add: Add) -> None:
    """RS1: exactly the cheap actions that improve much bear the label, and come first in the memo to SAU."""
    places = {
        "A": ("låg", "stor"),
        "B": ("hög", "stor"),
        "C": ("låg", "liten"),
        "D": ("hög", "liten"),
        "E": ("låg", "stor"),
    }
    for name, (resources, improvement) in places.items():
        add(
            "action",
            text=name,
            unit="HTN",
            scenario="Om vi gör så här …",
            resource_input=resources,
            improvement=improvement,
        )

    squares = priorities.matrix(ragunda.db)

    assert [row[0].resource_input for row in squares] == ["hög", "låg"]
    assert [square.improvement for square in squares[0]] == ["liten", "stor"]
    labelled = {a["text"]: square.label for row in squares for square in row for a in square.actions}
    assert labelled == {"A": "EFFEKTIV FÖRÄNDRING", "B": None, "C": None, "D": None, "E": "EFFEKTIV FÖRÄNDRING"}
    assert [a["text"] for a in priorities.memo(ragunda.db)][:2] == ["A", "E"]
    assert priorities.recipient(ragunda.db) in ("Social- och arbetsmarknadsutskottet", "SAU")


def test_rs2_no_prioritising_without_impact_description(add: Add, change: Change) -> None:
    """RS2: a proposal without konsekvensbeskrivning cannot be placed; with a scenario it can."""
    proposal = add("action", text="F", unit="HTN")

    with pytest.raises(Refused, match=r"konsekvensbeskrivning saknas.*R54"):
        change("action", proposal, resource_input="låg", improvement="stor")

    change("action", proposal, scenario="Brukarna får maten i tid.")
    change("action", proposal, resource_input="låg", improvement="stor")


@pytest.mark.parametrize("source", ["personal", "medborgare", "myndighet"])
def test_rs4_all_deviations_investigated(ragunda: Store, add: Add, change: Change, source: str) -> None:
    """RS4: whoever reported it, no deviation is closed without an investigation."""
    deviation = add(
        "deviation",
        kind="avvikelse",
        unit="HTN",
        received_on="2026-01-05",
        what_happened="Ett besök uteblev.",
        source=source,
    )

    with pytest.raises(Refused, match="R36"):
        change("deviation", deviation, status="avslutad")

    add("investigation", deviation=deviation.ref, started_on="2026-01-06", finished_on="2026-01-20")
    change("deviation", deviation, status="avslutad")
    assert records.one(ragunda.db, "deviation", deviation.id)["status"] == "avslutad"


def test_rs5_registration_by_kind(ragunda: Store, add: Add) -> None:
    """RS5: internal complaints go to the IT system; external ones and lex Sarah ask for a diary number."""
    about = {"unit": "HTN", "received_on": "2026-01-05", "what_happened": "Maten kom sent."}

    internal = add("deviation", kind="klagomål", origin="intern", **about)
    assert records.one(ragunda.db, "deviation", internal.id)["registered_in"] == "IT-system"

    with pytest.raises(Refused, match=r"Diarienummer.*R35 R59"):
        add("deviation", kind="klagomål", origin="extern", **about)
    external = add("deviation", kind="klagomål", origin="extern", diary_number="KS 2026/12", **about)
    assert records.one(ragunda.db, "deviation", external.id)["registered_in"] == "diariet"

    with pytest.raises(Refused, match=r"Diarienummer.*R35 R59"):
        add("deviation", kind="missförhållande", **about)
    sarah = add("deviation", kind="missförhållande", diary_number="KS 2026/13", **about)
    investigation = records.one(ragunda.db, "investigation", add("investigation", deviation=sarah.ref).id)

    assert investigation["kind"] == "lex Sarah"
    assert title(ragunda, "role", investigation["investigator_role"]) == "kvalitetssamordnare"
    assert "SKR" in title(ragunda, "document", investigation["template"])


def test_rs6_lex_maria(ragunda: Store, add: Add, change: Change) -> None:
    """RS6: MAS investigates lex Maria, and it is not closed without an action."""
    deviation = add(
        "deviation", kind="risk för vårdskada", unit="HTN", received_on="2026-02-01", what_happened="Fel dos delades.",
        diary_number="KS 2026/20",
    )  # fmt: skip
    made = add("investigation", deviation=deviation.ref, started_on="2026-02-02", finished_on="2026-03-01")
    investigation = records.one(ragunda.db, "investigation", made.id)

    assert investigation["kind"] == "lex Maria"
    assert title(ragunda, "role", investigation["investigator_role"]) == "medicinskt ansvarig sjuksköterska"
    with pytest.raises(Refused, match=r"utan åtgärd.*R34"):
        change("deviation", deviation, status="avslutad")
    add("action", text="Dubbelkontroll vid delning", unit="HTN", origin=deviation.ref)
    change("deviation", deviation, status="avslutad")


def test_rs8_action_plan(town: Callable[[str], Town]) -> None:
    """RS8: an item of an action plan without why is incomplete; when it is filled all five are there to print."""
    ragunda = town("ragunda")
    plan = ragunda.add("plan", title="Handlingsplan 2026", kind="handlingsplan", year=2026)
    item = ragunda.add(
        "plan_item", plan=plan.ref, what="Utbilda i bemötande", who="enhetschef", how="Två halvdagar", due="2026-05-29",
    )  # fmt: skip
    (gap,) = ragunda.found("a_plan_item_says_who_what_how_when_and_why")
    assert "Utbilda i bemötande" in gap.message and gap.message.endswith("varför saknas.") and gap.requirement == "R42"

    ragunda.change("plan_item", item, why="Synpunkter om bemötande har blivit fler.")

    assert ragunda.found("a_plan_item_says_who_what_how_when_and_why") == []
    (printed,) = ragunda.show("plan", about=plan.ref)
    assert [printed[word] for word in ("vem", "vad", "hur", "när", "varför")] == [
        "enhetschef", "Utbilda i bemötande", "Två halvdagar", "2026-05-29", "Synpunkter om bemötande har blivit fler.",
    ]  # fmt: skip


def test_rs9_competence(town: Callable[[str], Town]) -> None:
    """RS9: a unit with a gap and no plan, and a unit that was not followed up this year, are both flagged."""
    ragunda = town("ragunda")
    for name, short in (("Hemtjänst norr", "HTN"), ("Hemtjänst söder", "HTS")):
        ragunda.add("unit", name=name, short_name=short, level="enhet")
    followed = ragunda.add("competence_followup", unit="HTN", year=YEAR, staff_total=20, staff_meeting=17)
    ragunda.add("competence_followup", unit="HTS", year=YEAR - 1, staff_total=9, staff_meeting=9)

    assert ragunda.get("competence_followup", followed)["gap"] == 3
    assert [f.message for f in ragunda.found("a_competence_gap_has_a_plan")] == [
        f"Hemtjänst norr {YEAR}: plan saknas för att höja kompetensen."
    ]
    assert [f.message for f in ragunda.found("a_unit_follows_up_competence_every_year")] == [
        f"Hemtjänst söder: uppföljning saknas av personalens kompetens {YEAR}."
    ]

    plan = ragunda.add("plan", title="Kompetensplan", kind="handlingsplan", unit="HTN", year=YEAR, origin=followed.ref)
    ragunda.change("competence_followup", followed, plan=plan.ref)
    assert ragunda.found("a_competence_gap_has_a_plan") == []


def test_rs10_responsibility_cannot_be_delegated(ragunda: Store, add: Add) -> None:
    """RS10: the responsibility of 3 kap. 1 § stays; the task of leading the unit's quality work can be given."""
    responsibility, task = (
        ragunda.db.execute(
            "SELECT d.ref FROM duty d JOIN role r ON r.id = d.role WHERE r.name = ? AND d.number = ?"
            " AND d.kind <> 'mottar'",
            which,
        ).fetchone()["ref"]
        for which in (("Kommunstyrelsen", 1), ("enhetschef", 2))
    )

    with pytest.raises(Refused, match=r"(?i)ansvar kan inte delegeras.*R9"):
        add("duty_allocation", duty=responsibility, to_role="enhetschef", decided_on="2026-01-01", decided_in="KS § 1")

    with pytest.raises(Refused, match="beslut"):
        add("duty_allocation", duty=task, to_unit="HTN")
    add("duty_allocation", duty=task, to_unit="HTN", decided_on="2026-01-01", decided_in="Socialchefens beslut 3")
