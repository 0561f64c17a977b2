"""verify names what is not what was sealed, what went past the log, and what was destroyed; and it can be settled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from lsk import history
from lsk.errors import LskError, Usage
from lsk.store import Store
from sync import commands, seal
from sync.ownership import keyed
from sync.unexplained import ACTOR, WHY, settle
from sync.verify import verify
from sync.verify_log import notices
from tests.sync.world import World

Make = Callable[..., World]


def sealed(world: Make) -> tuple[World, str]:
    """NORD has added one deviation and changed it twice, under two seals, and synced."""
    w = world("NORD")
    keyed(w["NORD"])
    row = w.deviation("NORD", "NORD", "Först")
    w.set("NORD", "deviation", row, what_happened="Sedan")
    w.sync("NORD")
    w.set("NORD", "deviation", row, what_happened="Till sist")
    w.sync("NORD")
    assert [(s.first, s.upto) for s in seal.seals(w["main"].db, 2, 2)] == [(1, 2), (3, 3)]
    assert verify(w["main"]) == verify(w["NORD"]) == []
    return w, row


def past_the_log(w: World, name: str, *statements: str) -> None:
    """What somebody does who knows how to turn logging off."""
    w.close()
    db = sqlite3.connect(w.path(name))
    db.execute("UPDATE sync_local SET capture = 0")
    for sql in statements:
        db.execute(sql)
    db.execute("UPDATE sync_local SET capture = 1")
    db.commit()
    db.close()


def sentences(w: World, name: str) -> list[str]:
    w.close(name)
    with Store.open(w.path(name), readonly=True) as store:
        return [f.sentence for f in verify(store)]


FORGED = "json_set({0}, (SELECT fullkey FROM json_each({0}) LIMIT 1), 'Smyg')"
OP = "(SELECT id FROM sync_op WHERE id >> 36 = 2 ORDER BY id LIMIT 1)"


@pytest.mark.parametrize("name", ["main", "NORD"])
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"UPDATE sync_op SET new = replace(new, 'Först', 'Smyg') WHERE id = {OP}", "Ändring 1–2 från NORD är inte längre"),  # noqa: E501
        (f"UPDATE sync_op SET old = {FORGED.format('old')} WHERE id = {OP} + 1", "Ändring 1–2 från NORD är inte längre"),  # noqa: E501
        (f"UPDATE sync_op SET hlc = hlc + 1 WHERE id = {OP}", "Ändring 1–2 från NORD är inte längre"),
        (f"UPDATE sync_op SET salt = 0 WHERE id = {OP} + 2", "Ändring 3 från NORD är inte längre"),
        ("UPDATE sync_seal SET digest = randomblob(32) WHERE upto = 3", "Ändring 3 från NORD är inte längre"),
        ("UPDATE sync_seal SET digest = randomblob(32) WHERE upto = 2", "Ändring 3 från NORD: sigillet hör inte ihop"),
        ("UPDATE sync_seal SET signature = randomblob(64) WHERE upto = 3", "Ändring 3 från NORD: underskriften"),
        ("UPDATE sync_seal SET signature = NULL WHERE upto = 2", "Ändring 1–2 från NORD: underskriften"),
        ("UPDATE sync_stream SET sign_key = randomblob(32) WHERE no = 2", "Ändring 1–2 från NORD: underskriften"),
        ("DELETE FROM sync_seal WHERE upto = 2", "Ändring 3 från NORD: sigillet hör inte ihop"),
        (
            f"INSERT INTO sync_destroyed(op, leaf, decision, at) VALUES ({OP}, randomblob(32), 'påhittat', '2026-01-01')",  # noqa: E501
            "förstörda enligt beslut har kvar innehåll",
        ),
    ],
)  # fmt: skip
def test_what_was_sealed_is_named_when_it_is_altered(world: Make, name: str, sql: str, said: str) -> None:
    w, _ = sealed(world)
    past_the_log(w, name, sql)
    assert any(said in sentence for sentence in sentences(w, name))


def test_the_record_is_named_when_its_table_tells(world: Make) -> None:
    w, row = sealed(world)
    past_the_log(w, "NORD", f"UPDATE sync_op SET new = {FORGED.format('new')} WHERE id = {OP} + 2")
    found = sentences(w, "NORD")
    ref = w.get("NORD", "deviation", row, "ref")
    assert any(f"det rör {ref} ”Vad hände?”, ändrad av NORD" in sentence for sentence in found)
    assert any(f"{ref}: ”Vad hände?” är inte vad loggen säger" in sentence for sentence in found)


def test_a_receipt_that_no_longer_holds(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD", "Utan nyckel")
    (summary,) = w.sync("NORD")
    assert summary.up.unsealed == 1
    assert sentences(w, "main") == []
    past_the_log(w, "main", f"UPDATE sync_op SET hlc = hlc + 1 WHERE id = {OP}")
    assert any("Ändring 1 från NORD är inte längre de som togs emot" in sentence for sentence in sentences(w, "main"))


def test_a_gap_in_the_files_own_log(world: Make) -> None:
    w, _ = sealed(world)
    past_the_log(w, "NORD", f"DELETE FROM sync_op WHERE id = {OP} + 1")
    assert any("Loggen från NORD har luckor: 2 av 3" in sentence for sentence in sentences(w, "NORD"))


def test_what_was_destroyed_by_decision_is_told_and_is_no_fault(world: Make) -> None:
    w, row = sealed(world)
    w.delete("main", "deviation", row)
    db = w["main"].db
    for operation, leaf in list(seal.leaves(db, "main", 2 << 36, 3 << 36)):
        db.execute(
            "INSERT INTO sync_destroyed(op, leaf, decision, at) VALUES (?, ?, 'KS § 12', '2026-11-03T10:00:00.000Z')",
            (operation, leaf),
        )
        db.execute("UPDATE sync_op SET salt = NULL, new = NULL, old = NULL WHERE id = ?", (operation,))
    assert sentences(w, "main") == []
    (notice,) = notices(w["main"])
    assert notice.severity == "notis"
    assert notice.sentence == "3 ändringar är förstörda 2026-11-03 enligt beslut ”KS § 12”."


def test_verify_holds_after_all_that_is_lawful(world: Make) -> None:
    """Merges, conflicts, what was set aside, a row handed over, undo, a deleted row brought back, a tree repaired."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    other = w.deviation("main", "NORD", "Lämnas över")
    w.make("NORD")
    w.make("SYD")
    for name in ("NORD", "SYD"):
        keyed(w[name])
    w.set("NORD", "deviation", other, what_happened="Nords egen")
    w.sync("NORD", "SYD")
    w.set("main", "deviation", other, unit=w.units["SYD"])
    w.set("NORD", "deviation", other, what_happened="Nords sena")
    w.set("main", "deviation", row, what_happened="Huvud")
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.raw("SYD", "UPDATE unit SET name = 'Kapad' WHERE short_name = 'NORD'")
    summaries = w.sync("NORD", "SYD")
    assert sum(len(s.up.quarantined) for s in summaries) == 2 and w.contested("main")
    w.deviation("NORD", "NORD", "Ångras")
    history.undo(w["NORD"], "NORD")
    w.deviation("main", "SYD", "Ångras i huvudfilen")
    history.undo(w["main"], "main")
    w.sync("NORD", "SYD")
    w.sync("NORD", "SYD")
    assert {name: sentences(w, name) for name in ("main", "NORD", "SYD")} == {"main": [], "NORD": [], "SYD": []}
    assert w["NORD"].db.execute("SELECT 1 FROM sync_destroyed").fetchone()
    assert notices(w["NORD"]) == []


EDITS = (
    "UPDATE deviation SET what_happened = 'Smyg' WHERE what_happened = 'Ändras'",
    "DELETE FROM deviation WHERE what_happened = 'Tas bort'",
    "INSERT INTO deviation(ref, kind, unit, received_on, what_happened) "
    "SELECT 'X-1', kind, unit, received_on, 'Ny' FROM deviation LIMIT 1",
    "UPDATE deviation SET diary_number = NULL, what_happened = 'Två fält' WHERE what_happened = 'Töms'",
)


def unexplained(world: Make) -> World:
    w = world()
    for text in ("Ändras", "Tas bort", "Töms"):
        w.deviation("main", "NORD", text, diary_number="2026-1")
    w.close()
    past_the_log(w, "main", *EDITS)
    return w


def texts(w: World) -> dict[str, object]:
    return dict(w["main"].db.execute("SELECT what_happened, diary_number FROM deviation").fetchall())


def test_30_changes_past_the_log_are_named_and_adopted(world: Make) -> None:
    w = unexplained(world)
    found = sentences(w, "main")
    for said in (
        "saknas fast den inte är borttagen",
        "X-1 finns fast loggen inte vet",
        "”Diarienummer” är inte vad loggen",
    ):
        assert any(said in sentence for sentence in found), said
    assert len(found) == 5
    log = w.log("main")
    assert settle(w["main"], adopt=True) == 5
    assert texts(w) == {"Smyg": "2026-1", "Två fält": None, "Ny": None}
    assert sentences(w, "main") == []
    assert log < w.log("main")
    newest = history.log(w["main"].db, 1)[0]
    assert (newest.actor, newest.why) == (ACTOR, WHY)
    cells = {(c.kind, c.field, c.old, c.new) for c in newest.changes}
    assert (2, "what_happened", "Ändras", "Smyg") in cells and (3, "what_happened", "Tas bort", None) in cells
    assert (1, "ref", None, "X-1") in cells and (2, "diary_number", "2026-1", None) in cells


def test_30_changes_past_the_log_are_put_back(world: Make) -> None:
    w = unexplained(world)
    log = w.log("main")
    assert settle(w["main"], adopt=False) == 5
    assert texts(w) == {"Ändras": "2026-1", "Tas bort": "2026-1", "Töms": "2026-1"}
    assert sentences(w, "main") == [] and w.log("main") == log


def test_30_in_a_units_file_what_was_adopted_travels(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Före")
    w.sync("NORD")
    past_the_log(w, "NORD", "UPDATE deviation SET what_happened = 'Smyg'")
    assert settle(w["NORD"], adopt=True) == 1
    w.sync("NORD")
    assert w.get("main", "deviation", row, "what_happened") == "Smyg"
    assert sentences(w, "main") == sentences(w, "NORD") == []


def test_30_a_row_brought_back_by_hand_though_it_is_dead(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Borttagen")
    w.delete("main", "deviation", row)
    past_the_log(
        w,
        "main",
        f"""INSERT INTO deviation(id, ref, kind, unit, received_on, what_happened)
            VALUES ('{row}', 'HK-AVV-26-001', 'klagomål', '{w.units["NORD"]}', '2026-03-01', 'Tillbaka')""",
    )
    assert any("finns fast den är borttagen" in sentence for sentence in sentences(w, "main"))
    assert settle(w["main"], adopt=True) == 1
    assert w.get("main", "deviation", row, "what_happened") == "Tillbaka"
    assert sentences(w, "main") == []


def test_30_what_would_lead_nowhere_is_not_adopted(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Före")
    past_the_log(w, "main", "UPDATE deviation SET unit = 'finns-inte'")
    with pytest.raises(LskError, match="hänvisar till en annan som inte finns"):
        settle(w["main"], adopt=True)
    settle(w["main"], adopt=False)
    assert w.get("main", "deviation", row, "unit") == w.units["NORD"]


def test_the_list_of_conflicts_is_worked_out_anew(world: Make) -> None:
    w = world()
    w.deviation("main", "NORD")
    past_the_log(w, "main", "INSERT INTO sync_conflict VALUES ('x', 1, 1, 1, '2', '2026-01-01')")
    assert any("Listan över konflikter" in sentence for sentence in sentences(w, "main"))
    settle(w["main"], adopt=False)
    assert sentences(w, "main") == [] and w.contested("main") == set()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands.verify, [str(a) for a in arguments])


def test_the_command(world: Make) -> None:
    w = unexplained(world)
    w.close()
    path = w.path("main")
    assert isinstance(run(path).exception, LskError)
    assert isinstance(run(path, "--adopt", "--restore").exception, Usage)
    restored = run(path, "--restore")
    assert restored.exit_code == 0 and "är hel" in restored.output
    assert json.loads(run(path, "--json").output) == []
