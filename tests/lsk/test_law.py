"""The law register: what a citation means, what leans on it, and what becomes of that when the law is changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsk import rules
from lsk.change import Record
from lsk.cli import main
from lsk.errors import LskError, Refused
from lsk.law import adopting, register
from lsk.law.assessments import assessments
from lsk.law.impact import OWNERS, impact
from lsk.store import Store
from tests.town import Town

REPORTING = "SoL 2001:453 14 kap. 3 §"
TODAY = "2026-11-01"


def cited(store: Store, text: str, day: str = TODAY) -> register.Cited:
    return register.cited(store.db, text, day)


def laws(store: Store, text: str, day: str = TODAY) -> list[str]:
    return [row["law"] for row in register.listed(store.db, cited(store, text, day).provisions)]


def shown(store: Store, text: str, day: str) -> set[str]:
    (provision,) = cited(store, text).provisions
    return {row["law"] for row in register.at(store.db, provision, day)}


def adopt(store: Store, old: str, new: str | None = None, day: str | None = None, **words: str) -> adopting.Adopted:
    new_law = cited(store, new) if new else None
    return adopting.adopt(store, cited(store, old), new_law, day, "test", words)


def items(store: Store, where: str = "1") -> list[Any]:
    return store.db.execute(f"SELECT * FROM adaptation t WHERE {where} ORDER BY ref").fetchall()


# --- what a citation means --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [REPORTING, "SoL (2001:453) 14 kap. 3 §", "14 kap. 3 § SoL (2001:453)", "2001:453 14 KAP. 3 §", "sol 14 kap. 3 §"],
)
def test_a_citation_is_read_as_people_write_it(ragunda: Store, text: str) -> None:
    assert laws(ragunda, text) == [REPORTING]


def test_a_paragraph_means_its_parts_and_wordings_but_not_its_neighbours(ragunda: Store) -> None:
    parts = laws(ragunda, "SoL 2001:453 3 kap. 3 §")
    assert len(parts) == 4 and all("3 kap. 3 § " in law for law in parts)
    assert laws(ragunda, "SoL 2001:453 14 kap. 2 §") == ["SoL 2001:453 14 kap. 2 §"] * 2
    assert cited(ragunda, "SOSFS 2011:9").whole and len(cited(ragunda, "SOSFS 2011:9").provisions) == 26


def test_a_short_name_means_the_act_in_force_then(ragunda: Store) -> None:
    assert cited(ragunda, "SoL", "2025-06-30").text == "SoL"
    assert laws(ragunda, "SoL", "2025-06-30")[0].startswith("SoL 2001:453")
    assert laws(ragunda, "SoL", "2025-07-01")[0].startswith("SoL 2025:400")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SoL 2025:400 99 kap. 1 §", "lsk law FIL list ”SoL 2025:400”"),
        ("Skollagen 3 §", "Se författningarna med"),
        ("1850:1", "Se författningarna med"),
        ("SOSFS", "Skriv numret också"),
        ("", "Se författningarna med"),
    ],
)
def test_what_is_not_in_the_register_is_told(ragunda: Store, text: str, says: str) -> None:
    with pytest.raises(LskError, match=says):
        cited(ragunda, text)


# --- the wording of a day ---------------------------------------------------------------------------------------------


def test_the_paragraph_follows_the_date_of_the_event(ragunda: Store) -> None:
    new = "SoL 2025:400 27 kap. 2 §"
    for text in (REPORTING, new):
        assert shown(ragunda, text, "2025-05-15") == {REPORTING}
        assert shown(ragunda, text, "2025-06-30") == {REPORTING}
        assert shown(ragunda, text, "2025-07-01") == {new}
    assert shown(ragunda, REPORTING, "2010-01-01") == {"SoL 2001:453 14 kap. 2 §"}


def test_one_paragraph_can_come_of_several(ragunda: Store) -> None:
    assert shown(ragunda, "SoL 2025:400 5 kap. 1 §", "2025-06-01") == {
        "SoL 2001:453 3 kap. 3 § första stycket",
        "SoL 2001:453 14 kap. 2 §",
    }


# --- what leans on a provision ----------------------------------------------------------------------------------------

LEANING = {
    "ragunda": {"Rutin för lex Sarah"},
    "varnamo": {"Rutin för lex Sarah"},
    "jarva": {"J46b", "Rutin för lex Sarah"},
    "tyreso": {"T49b", "Rutin för lex Sarah", "Riskanalys vid förändring i verksamhet"},
    "hjo": {"Rutin för lex Sarah"},
}


@pytest.mark.parametrize("profile", LEANING)
def test_what_leans_on_the_duty_to_report_in_each_sample(
    sample_file: Callable[..., Path], profile: str, tmp_path: Path
) -> None:
    """By the record itself, by a requirement's number, or in the words of a routine; each with who answers for it."""
    path = tmp_path / "fil.db"
    shutil.copyfile(sample_file(profile), path)
    with Store.open(path) as store:
        rows = impact(store.db, cited(store, REPORTING).provisions)
        family = {row["id"] for row in register.wordings(store.db, cited(store, REPORTING).provisions)}
        own = {
            row[0]
            for name in ("requirement", "application", "obligation", "duty")
            for row in store.db.execute(f"SELECT id, provision FROM {name}")
            if row[1] in family
        }
    assert LEANING[profile] <= {row["title"] for row in rows}
    assert own <= {row["id"] for row in rows}
    assert all(row["owner"] for row in rows)
    assert {row["provision"] for row in rows} <= family


def test_what_is_reached_through_a_requirement_and_a_process(ragunda: Store, add: Callable[..., Record]) -> None:
    (paragraph,) = cited(ragunda, REPORTING).provisions
    demand = add("requirement", code="X1a", text="Rapportera", force="ska", kind="lag", provision=paragraph)
    made = {
        "application": add("application", requirement="X1a", text="Vi rapporterar", responsible_role="enhetschef"),
        "process": add("process", name="Rapportera", owner_role="enhetschef"),
        "document": add("document", title="Rapportrutin", kind="rutin", owner_role="enhetschef"),
        "self_check": add("self_check", name="Rapporter", frequency="år", process="Rapportera"),
        "obligation": add("obligation", name="Genomgång", force="ska", requirements="X9 X1"),
        "report_template": add("report_template", name="Mall X", kind="kvalitetsrapport", force="ska"),
    }
    heading = add("report_template_section", template="Mall X", number=1, heading="Rapporter", force="ska",
                  requirements="X1")  # fmt: skip
    activity = add("activity", process="Rapportera", name="Skriva")
    add("link", kind="uppfyller", source=made["process"].id, target=demand.id)
    add("link", kind="rutin", source=activity.id, target=made["document"].id)
    add("obligation", name="Annat", force="ska", requirements="X10 X2")
    add("application", requirement="X1a", text="Enligt annan lag", provision=cited(ragunda, "LSS 6 §").provisions[0])
    told = {row["id"]: row for row in impact(ragunda.db, [paragraph])}
    through = {
        "application": "kravet X1a", "process": "kravet X1a", "document": "processen Rapportera",
        "self_check": "processen Rapportera", "obligation": "kravet X1a",
    }  # fmt: skip
    assert {name: told[made[name].id]["through"] for name in through} == through
    assert told[demand.id]["through"] == "direkt" and told[heading.id]["through"] == "kravet X1a"
    assert len(told) == len(through) + 2
    assert told[made["document"].id]["owner"] == "enhetschef"
    assert [row["entity"] for row in told.values()] == [name for name in OWNERS if name in {*through, "requirement",
            "report_template_section"}]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rapportera genast (14 kap. 3 § SoL).", True),
        ("Enligt SoL (2001:453) 14 kap. 3 § gäller …", True),
        ("Enligt 2001:453 14 kap. 3 §.", True),
        ("Enligt 14 kap. 3 a § SoL.", False),
        ("Enligt 114 kap. 3 § SoL.", False),
        ("Enligt 14 kap. 3 § socialförsäkringsbalken.", False),
    ],
)
def test_a_citation_in_a_routine_is_found(ragunda: Store, add: Callable[..., Record], text: str, found: bool) -> None:
    document = add("document", title="Egen rutin", kind="rutin")
    version = add("document_version", document="Egen rutin", version_number="1", procedure=text)
    reached = {row["id"] for row in impact(ragunda.db, cited(ragunda, REPORTING).provisions)}
    assert (document.id in reached) == found
    ragunda.db.execute("UPDATE document_version SET status = 'ersatt' WHERE id = ?", (version.id,))
    assert document.id not in {row["id"] for row in impact(ragunda.db, cited(ragunda, REPORTING).provisions)}


# --- a new wording ----------------------------------------------------------------------------------------------------


def test_the_new_social_services_act(varnamo: Town) -> None:
    """SoL 2001:453 → 2025:400: all that leaned on the old act becomes work; each item ends in one of three ways."""
    store = varnamo.store
    old = {row["id"] for row in varnamo.db.execute(
        """SELECT k.id FROM requirement k JOIN provision p ON p.id = k.provision JOIN statute s ON s.id = p.statute
           WHERE s.number = '2001:453'""")}  # fmt: skip
    done = adopt(store, "SoL 2001:453")
    work = items(store)
    assert done.work == len(work) > len(old) > 3 and done.open_ends == 0
    assert old <= {row["record"] for row in work}
    assert {varnamo.title("provision", row["new_provision"]) for row in work if row["record"] in old} == {
        "5 kap. 1 §", "5 kap. 2 §", "5 kap. 3 §"}  # fmt: skip
    assert adopt(store, "SoL 2001:453") == adopting.Adopted(0, done.work, 0)

    good, staff, quality = (items(store, f"t.record = '{varnamo.the('requirement', c).id}'")[0]
                            for c in ("V9a", "V9b", "V9c"))  # fmt: skip
    adopting.settle(store, [good["ref"]], "flyttad", "test")
    assert varnamo.get("requirement", "V9a")["provision"] == good["new_provision"]
    with pytest.raises(Refused, match="utan skäl"):
        adopting.settle(store, [staff["ref"]], "behålls", "test")
    adopting.settle(store, [staff["ref"]], "behålls", "test", reason="Texten är ett citat ur beslutet 2012.")
    assert varnamo.get("requirement", "V9b")["provision"] == staff["provision"]
    adopting.settle(store, [quality["ref"]], "avgjord", "test", reason="Kravet upphör vid årsskiftet.")
    assert {row["status"] for row in items(store, "t.settled_on IS NOT NULL")} == {"flyttad", "behålls", "avgjord"}
    left = {f.record for f in varnamo.found("an_adaptation_is_settled")}
    assert left == {row["id"] for row in work} - {good["id"], staff["id"], quality["id"]}


def test_ts7_the_switch_of_regulation_is_a_work_list(tyreso: Town) -> None:
    """SOSFS 2006:11 → 2011:9: old requirements stay, marked; every application that leaned on them is in the list."""
    store = tyreso.store
    waiting = {f.record for f in tyreso.found("an_application_leans_on_law_in_force") if "SOSFS 2006:11" in f.message}
    demands = {f.record for f in tyreso.found("a_requirement_leans_on_law_in_force") if "SOSFS 2006:11" in f.message}
    done = adopt(store, "SOSFS 2006:11", "SOSFS 2011:9")
    work = {row["record"]: row for row in items(store)}
    assert waiting and demands and waiting | demands <= set(work)
    assert len(items(store, "t.new_provision IS NULL")) == done.open_ends > 0  # not every paragraph has a known heir

    known = next(r for r in waiting if work[r]["new_provision"])
    unknown = next(r for r in waiting if not work[r]["new_provision"])
    with pytest.raises(Refused, match="det står inte vart"):
        adopting.settle(store, [work[known]["ref"], work[unknown]["ref"]], "flyttad", "test")
    assert not items(store, "t.status = 'flyttad'")  # all or none
    adopting.settle(store, [work[known]["ref"]], "flyttad", "test")
    to = cited(store, "SOSFS 2011:9 6 kap.")
    adopting.settle(store, [work[unknown]["ref"]], "flyttad", "test", to=to)
    left = {f.record for f in tyreso.found("an_application_leans_on_law_in_force")}
    assert not left & {known, unknown} and len(waiting - left) == 2

    adopting.settle(store, [work[d]["ref"] for d in demands if d], "behålls", "test", reason="Kravet står så i planen.")
    still = {f.record for f in tyreso.found("a_requirement_leans_on_law_in_force")}
    assert demands <= still
    assert any(row["anmärkning"] == "upphävd källa" for row in tyreso.show("områden"))


def test_an_item_is_not_moved_while_its_record_stays(varnamo: Town) -> None:
    adopt(varnamo.store, "SoL 2001:453")
    (item,) = items(varnamo.store, f"t.record = '{varnamo.the('requirement', 'V9a').id}'")
    with pytest.raises(Refused, match="hänvisar fortfarande till det tidigare lagrummet"):
        varnamo.change("adaptation", Record(item["id"], item["ref"]), status="flyttad")
    with pytest.raises(Refused, match="det står inte vart"):
        varnamo.change("adaptation", Record(item["id"], item["ref"]), status="flyttad", new_provision="")
    assert items(varnamo.store, f"t.id = '{item['id']}'")[0]["status"] == "väntar"


def test_old_assessments_stay_tied_to_the_old_wording(ragunda: Store, add: Callable[..., Record]) -> None:
    (old,), (new,) = cited(ragunda, REPORTING).provisions, cited(ragunda, "SoL 2025:400 27 kap. 2 §").provisions
    add("requirement", code="X1", text="Rapportera", force="ska", kind="lag", provision=old)
    own = add("application", requirement="X1", text="Vi rapporterar", assessed_on="2025-03-01", fulfilment="uppfyllt")

    def against() -> dict[str, str]:
        return {row["id"]: row["against"] for row in assessments(ragunda.db, [old])}

    def told() -> set[str | None]:
        rule = "an_application_is_assessed_by_the_wording_in_force"
        return {finding.record for finding in rules.check(ragunda.db, (rule,))}

    adopt(ragunda, REPORTING)
    refs = {row["record"]: row["ref"] for row in items(ragunda)}
    demand = next(ref for record, ref in refs.items() if record != own.id and record in {
        row["id"] for row in ragunda.db.execute("SELECT id FROM requirement WHERE code = 'X1'")})  # fmt: skip
    adopting.settle(ragunda, [demand], "flyttad", "test")  # the requirement moves, its application not yet
    assert against()[own.id] == REPORTING and own.id in told()
    adopting.settle(ragunda, [refs[own.id]], "flyttad", "test")
    row = ragunda.db.execute("SELECT provision, fulfilment FROM application WHERE id = ?", (own.id,)).fetchone()
    assert tuple(row) == (new, "uppfyllt")
    assert against()[own.id] == REPORTING and own.id in told()
    with ragunda.change("test") as change:
        change.update("application", own.id, {"assessed_on": ragunda.today.isoformat()})
    assert against()[own.id] == "SoL 2025:400 27 kap. 2 §" and own.id not in told()


def test_a_paragraph_gets_a_new_wording(jarva: Town) -> None:
    store, text = jarva.store, "SoL 2025:400 27 kap. 2 §"
    done = adopt(store, text, day="2027-01-01", note="Fler ska rapportera.")
    old, new = register.listed(store.db, cited(store, text).provisions)
    assert (old["valid_to"], old["became"], new["valid_from"]) == ("2026-12-31", text, "2027-01-01")
    assert new["certainty"] == "troligt, kontrollera" and new["heading"] == old["heading"]
    assert done.work == len(items(store)) > 1
    assert {(row["provision"], row["new_provision"]) for row in items(store)} == {(old["id"], new["id"])}
    assert [row["id"] for row in register.at(store.db, old["id"], "2027-01-01")] == [new["id"]]
    assert jarva.found("an_adaptation_is_settled") == []  # there is time until it is in force


def test_the_same_work_on_two_files_is_one(profile_file: Callable[[str], Path], tmp_path: Path) -> None:
    made = []
    for name in ("a.db", "b.db"):
        shutil.copyfile(profile_file("tyreso"), tmp_path / name)
        with Store.open(tmp_path / name) as store:
            adopt(store, "SOSFS 2006:11", "SOSFS 2011:9")
            made.append([row["id"] for row in items(store)])
    assert made[0] == made[1] and made[0]


@pytest.mark.parametrize(
    ("old", "new", "day", "says"),
    [
        ("SoL 2025:400", None, None, "säger inte vad som ersatte"),
        ("SoL 2025:400 27 kap. 2 §", None, None, "Inget|säger inte vad"),
        (REPORTING, None, "2027-01-01", "kan inte få en ny lydelse"),
        ("SoL 2025:400 27 kap. 2 §", None, "2025-07-01", "Ange en senare dag"),
        ("SoL 2001:453 3 kap. 3 §", "SoL 2025:400 5 kap. 1 §", None, "är flera lagrum"),
        (REPORTING, REPORTING, None, "kan inte ersättas av"),
        ("SoL 2001:453", "SoL 2025:400 5 kap. 1 §", None, "är en hel författning"),
        ("PSL", "LSS", None, "börjar gälla"),
    ],
)
def test_what_cannot_follow_is_refused_and_nothing_is_written(
    jarva: Town, old: str, new: str | None, day: str | None, says: str
) -> None:
    before = jarva.db.execute("SELECT max(id) FROM sync_op").fetchone()[0]
    with pytest.raises(LskError, match=says):
        adopt(jarva.store, old, new, day)
    assert jarva.db.execute("SELECT max(id) FROM sync_op").fetchone()[0] == before


def test_a_circle_in_the_register_is_survived(ragunda: Store) -> None:
    (old,), (new,) = cited(ragunda, REPORTING).provisions, cited(ragunda, "SoL 2025:400 27 kap. 2 §").provisions
    ragunda.db.execute("UPDATE provision SET became = ? WHERE id = ?", (old, new))
    assert len(register.wordings(ragunda.db, (old,))) == 3
    assert adopting.successor(ragunda.db, old) == new


# --- the command ------------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["law", *args])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out + out.err


def test_the_command_from_impact_to_a_settled_item(tyreso: Town, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tyreso.store.path)
    code, out = run(capsys, path, "impact", "SOSFS 2006:11 6 §", "--json")
    rows = json.loads(out)
    assert code == 0 and {"requirement", "application"} <= {row["entity"] for row in rows}
    code, out = run(capsys, path, "adopt", "SOSFS 2006:11 6 §", "--as", "Eva")
    assert code == 0 and f"{len({row['id'] for row in rows})} poster att anpassa" in out
    first = items(tyreso.store)[0]["ref"]
    assert run(capsys, path, "settle", "flyttad", first, "--as", "Eva")[0] == 0
    assert items(tyreso.store, "t.status = 'flyttad'")[0]["ref"] == first
    code, out = run(capsys, path, "settle", "klar", first)
    assert code == 2 and "behålls, flyttad, avgjord" in out
    assert "Tyresö" not in out and run(capsys, path, "impact", "SoL 99 kap. 1 §")[0] == 1


def test_the_command_shows_and_checks(ragunda: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(ragunda.path)
    for day, act in (("2025-06-30", "SoL 2001:453"), ("2025-07-01", "SoL 2025:400")):
        listed = json.loads(run(capsys, path, "list", "--on", day, "--json")[1])
        assert [row["law"] for row in listed if row["law"].startswith("SoL ")] == [act]
    code, out = run(capsys, path, "show", REPORTING, "--on", "2025-07-02")
    assert code == 0 and "27 kap. 2 §" in out and "14 kap." not in out
    code, out = run(capsys, path, "checked", "SoL 2025:400 27 kap. 2 §", "--on", "2026-10-01", "--by", "Eva Ek")
    (row,) = register.listed(ragunda.db, cited(ragunda, "SoL 2025:400 27 kap. 2 §").provisions)
    assert code == 0 and (row["checked_on"], row["checked_by"], row["certainty"]) == (
        "2026-10-01", "Eva Ek", "läst i källan")  # fmt: skip
    code, out = run(capsys, path, "checked", "SoL 2025:400", "--on", "2199-01-01")
    assert code == 1 and "har inte varit än" in out
    assert run(capsys, path, "checked", "SoL 2025:400", "--certainty", "säkert")[0] == 2
    run(capsys, path, "checked", "SoL 2025:400")
    found = rules.check(ragunda.db, ("a_statute_in_force_has_been_checked",))
    assert not [f for f in found if "2025:400" in f.message]
