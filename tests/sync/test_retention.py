"""Destruction by decision: the values are gone from every file, and every chain still holds."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lsk.errors import LskError
from lsk.history import undo
from lsk.model import ENTITIES
from lsk.terms import entity_named
from sync import forget, keys, seal
from sync.causality import first_of, vector
from sync.package import acknowledged, told, write_down, write_up
from sync.retention import Protocol, day, destroy, kinds, proposals
from sync.retention_commands import gallring
from sync.verify import verify
from tests.sync.exchanged import Hub, agree
from tests.sync.world import ACTOR, Make, World

SECRET = "Hemligheten om Görel"
WORDS = [SECRET.encode(), b"hemligheten", "Görel".encode(), "görel".encode(), b"LSKHEMLIG"]
DECISION = "KS § 12 2026-11-03"
TOP = Path(__file__).parents[2]


def gone(path: Path) -> bool:
    """Whether none of the words is in the bytes of the file, in any case the search index would have them."""
    text = path.read_bytes()
    return not any(word in text for word in WORDS)


def rule(w: World, kind: str = "avvikelse", **values: object) -> str:
    return w.add("main", "retention_rule", **{"record_kind": kind, "years": 5, "basis": "Planen § 3", **values})


def secret(w: World, unit: str = "NORD", closed_on: str = "2015-02-01") -> str:
    """A closed deviation whose text has changed, so that it stands in rows, old values and search."""
    row = w.deviation("main", unit, f"{SECRET} LSKHEMLIG först", received_on="2015-01-01")
    w.set("main", "deviation", row, what_happened=f"{SECRET} sedan", immediate_action="LSKHEMLIG")
    w.raw("main", "UPDATE deviation SET status = 'avslutad', closed_on = ? WHERE id = ?", closed_on, row)
    w["main"].search("Görel")
    return row


def unit(w: World, *names: str) -> None:
    """Unit files with keys of their own, so that what they write is sealed; so is the main file's."""
    for name in names:
        w.make(name)
    for name in ("main", *names):
        keys.create(w[name].file.replica)


def sealed(w: World, name: str) -> bool:
    """Whether every seal in the file's own stream still is over what it was made for."""
    seal.close(w[name])
    db, stream = w[name].db, w[name].file.stream
    found = seal.seals(db, stream, stream)
    return bool(found) and not any(seal.broken(db, each) for each in found)


def errors(w: World, name: str) -> list[str]:
    return [f.sentence for f in verify(w[name]) if f.severity == "fel"]


def destroyed(w: World, *rows: str, decision: str = DECISION) -> Protocol:
    return destroy(w["main"], [("deviation", row) for row in rows], decision, ACTOR)


def test_the_bytes_are_gone_everywhere(world: Make, tmp_path: Path) -> None:
    w = world()
    kept_row = w.deviation("main", "NORD", "Får vara kvar")
    row = secret(w)
    w.add("main", "investigation", deviation=row, kind="ordinär", conclusion=f"{SECRET} i utredningen")
    w.raw("main", "UPDATE investigation SET status = 'avslutad'")
    w.raw(
        "main",
        "INSERT INTO import_note(record, unit, field, raw_text) VALUES (?, ?, 'closed_on', ?)",
        *(row, w.units["NORD"], SECRET),
    )
    unit(w, "NORD")
    w.set("NORD", "deviation", row, answer=f"{SECRET} i svaret")
    w.sync("NORD")
    assert sealed(w, "NORD") and sealed(w, "main") and not gone(w.path("main")) and not gone(w.path("NORD"))
    operations = w["main"].db.execute("SELECT count(*) FROM sync_op WHERE row = ?", (row,)).fetchone()[0]
    before = forget.tainted(w["main"].db, vector(w["main"].db))

    protocol = destroyed(w, row)

    assert [(line.entity, line.count) for line in protocol.lines] == [
        ("deviation", 1), ("investigation", 1), ("import_note", 1)
    ]  # fmt: skip
    assert not before and gone(w.path("main")) and not Path(f"{w.path('main')}-journal").exists()
    about = write_down(w["main"], w["NORD"].file.stream, acknowledged(w["NORD"].db), tmp_path / "ned")
    assert told(tmp_path / "ned") == about and gone(tmp_path / "ned")
    w.sync("NORD")
    assert gone(w.path("NORD")) and not Path(f"{w.path('NORD')}-journal").exists()
    for name in ("main", "NORD"):
        assert errors(w, name) == []
        assert w.get(name, "deviation", row) is None and w.get(name, "deviation", kept_row)
        assert w[name].search("Görel") == [] and len(w[name].search("kvar")) == 1
        assert (
            w[name].db.execute("SELECT count(*) FROM sync_op WHERE row = ? AND salt IS NOT NULL", (row,)).fetchone()[0]
            == 0
        )
        assert sealed(w, name)
        assert [(d.decision, d.rows) for d in forget.destroyed(w[name].db)] == [(DECISION, 3)]
    assert w["main"].db.execute("SELECT count(*) FROM sync_op WHERE row = ?", (row,)).fetchone()[0] == operations + 1
    assert w.sync("NORD")[0].nothing_new
    w.make("NORD2", "NORD")
    assert gone(w.path("NORD2")) and errors(w, "NORD2") == []


def test_the_protocol_says_what_and_how_many_and_nothing_of_what_stood_there(world: Make) -> None:
    w = world("NORD")
    rule(w)
    rows = [secret(w), secret(w, closed_on="2016-03-01")]
    destroyed(w, *rows)
    w.sync("NORD")
    for name in ("main", "NORD"):
        (line,) = w[name].db.execute("SELECT * FROM destruction")
        assert (line["record_kind"], line["count"], line["first_on"], line["last_on"]) == (
            "Avvikelse", 2, "2015-02-01", "2016-03-01"
        )  # fmt: skip
        assert (line["decision"], line["basis"], line["destroyed_by"]) == (DECISION, "Planen § 3", ACTOR)
    assert gone(w.path("main")) and gone(w.path("NORD"))


def test_a_leaf_does_not_tell_which_values_gave_it(world: Make) -> None:
    """With every value known, the digest comes out only with the salt, and no salt is left to try."""
    w = world()
    row = secret(w)
    (operation,) = w["main"].db.execute("SELECT min(id) FROM sync_op WHERE row = ?", (row,)).fetchone()
    cells = w["main"].db.execute("SELECT new, old FROM sync_op WHERE id = ?", (operation,)).fetchone()
    ((_, before),) = list(seal.leaves(w["main"].db, "main", operation, operation))
    destroyed(w, row)
    db = w["main"].db
    ((_, leaf),) = list(seal.leaves(db, "main", operation, operation))
    assert leaf == before
    db.execute("DELETE FROM sync_destroyed WHERE op = ?", (operation,))
    db.execute("UPDATE sync_op SET new = ?, old = ? WHERE id = ?", (*cells, operation))
    ((_, guessed),) = list(seal.leaves(db, "main", operation, operation))
    assert guessed != leaf
    assert hashlib.sha256(b"").digest() != leaf


@pytest.mark.parametrize("decision", ["", "   "])
def test_nothing_without_a_decision(world: Make, decision: str) -> None:
    w = world()
    row = secret(w)
    before = w.dump("main")
    with pytest.raises(LskError, match="Inget gallras utan beslut"):
        destroyed(w, row, decision=decision)
    assert w.dump("main") == before


def test_not_in_a_unit_file(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    with pytest.raises(LskError, match="Gallra i huvudfilen"):
        destroy(w["NORD"], [("deviation", row)], DECISION, ACTOR)


def test_undo_cannot_bring_back(world: Make) -> None:
    w = world()
    row = secret(w)
    destroyed(w, row)
    with pytest.raises(LskError, match=r"värdena är gallrade enligt KS § 12"):
        undo(w["main"], ACTOR)
    assert w.get("main", "deviation", row) is None


def test_a_unit_that_did_not_know_brings_nothing_back(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    w.sync("NORD")
    w.set("NORD", "deviation", row, answer=f"{SECRET} i ett senare svar")
    destroyed(w, row)
    (summary,) = w.sync("NORD")
    assert summary.up.forgotten == 1
    for name in ("main", "NORD"):
        assert w.get(name, "deviation", row) is None
        assert gone(w.path(name)) and errors(w, name) == []
    assert sealed(w, "NORD") and [w.contested(name) for name in ("main", "NORD")] == [set(), set()]
    assert w.sync("NORD")[0].nothing_new


def test_a_unit_that_deleted_it_too(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    w.delete("NORD", "deviation", row)
    destroyed(w, row)
    w.sync("NORD")
    assert gone(w.path("main")) and gone(w.path("NORD"))
    assert errors(w, "main") == errors(w, "NORD") == []


def test_a_child_made_meanwhile_is_set_aside(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    child = w.add("NORD", "investigation", deviation=row, kind="ordinär", conclusion="Nytt")
    destroyed(w, row)
    (summary,) = w.sync("NORD")
    assert [q.record for q in summary.up.quarantined] == [child]
    assert w.get("main", "deviation", row) is None and w.get("NORD", "deviation", row) is None
    assert gone(w.path("main")) and gone(w.path("NORD"))
    assert errors(w, "main") == errors(w, "NORD") == []


def test_what_was_set_aside_and_what_went_to_another_unit_is_forgotten_too(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    unit(w, "SYD")
    w.set("NORD", "deviation", row, answer=SECRET)
    w.set("main", "deviation", row, unit=w.units["SYD"])
    assert w.sync("NORD")[0].up.quarantined
    w.sync("SYD")
    assert w.get("SYD", "deviation", row) and not gone(w.path("NORD"))
    destroyed(w, row)
    w.sync("NORD", "SYD")
    for name in ("main", "NORD", "SYD"):
        assert gone(w.path(name)), name
        assert errors(w, name) == [], name
    assert sealed(w, "NORD")


def test_a_package_from_a_unit_that_knows_holds_nothing(world: Make, tmp_path: Path) -> None:
    """Changes not sent before the destruction came go up as digests; the seals over them hold."""
    w = world()
    row = secret(w)
    unit(w, "NORD")
    w.sync("NORD")
    w.set("NORD", "deviation", row, answer=SECRET)
    seal.close(w["NORD"])
    destroyed(w, row)
    knows, stream = acknowledged(w["NORD"].db), w["NORD"].file.stream
    from sync.sides import attached
    from sync.take_down import take_down

    about = write_down(w["main"], stream, knows, tmp_path / "ned")
    with attached(w["NORD"].db, tmp_path / "ned"):
        assert take_down(w["NORD"], about).forgotten
    forget.sweep(w["NORD"])
    assert gone(w.path("NORD")) and w.get("NORD", "deviation", row) is None
    write_up(w["NORD"], tmp_path / "upp", knows[stream], vector(w["NORD"].db)[stream])
    assert gone(tmp_path / "upp")
    w.sync("NORD")
    assert sealed(w, "NORD") and errors(w, "main") == errors(w, "NORD") == []


def test_through_a_place(world: Make, tmp_path: Path) -> None:
    """Both files forget, and the unit's change that did not know is forgotten with it."""
    w = world()
    row = secret(w)
    unit(w, "NORD")
    hub = Hub(w, tmp_path / "plats")
    hub.round("NORD")
    w.set("NORD", "deviation", row, answer=f"{SECRET} utan att veta")
    destroyed(w, row)
    hub.round("NORD")
    for name in ("main", "NORD"):
        assert w.get(name, "deviation", row) is None and errors(w, name) == []
        assert gone(w.path(name)), name
    agree(w, "NORD")
    assert sealed(w, "NORD") and hub.run("NORD").nothing_new


def test_which_bundles_must_go(world: Make) -> None:
    w = world()
    row = secret(w)
    unit(w, "NORD")
    w.set("NORD", "deviation", row, answer=SECRET)
    w.sync("NORD")
    main, north = (vector(w[name].db) for name in ("main", "NORD"))
    destroyed(w, row)
    assert forget.tainted(w["main"].db, main)
    assert not forget.tainted(w["main"].db, vector(w["main"].db))
    assert not forget.tainted(w["NORD"].db, north)
    w.sync("NORD")
    assert forget.tainted(w["NORD"].db, north)
    assert not forget.tainted(w["NORD"].db, vector(w["NORD"].db))
    assert not forget.tainted(w["main"].db, dict.fromkeys(main, 0))


def test_what_mentions_it_stays_and_forgets_which(world: Make) -> None:
    w = world()
    row = secret(w)
    action = w.add("main", "action", text="Ny rutin", unit=w.units["NORD"], origin=row, status="avslagen")
    destroyed(w, row)
    assert w.get("main", "action", action, "origin") is None and w.get("main", "action", action)


@pytest.mark.parametrize(
    ("entity", "values", "said"),
    [
        ("investigation", {"kind": "ordinär"}, "Utredning .* är inte avslutad"),
        ("action", {"text": "Ny rutin"}, "Åtgärd .* hänvisar hit och är inte avslutad"),
    ],
)
def test_what_is_not_finished_stands_in_the_way(world: Make, entity: str, values: dict[str, str], said: str) -> None:
    w = world()
    rule(w)
    row = secret(w)
    about = {"deviation": row} if entity == "investigation" else {"origin": row, "unit": w.units["NORD"]}
    w.add("main", entity, **values, **about)
    before = w.dump("main")
    with pytest.raises(LskError, match=said):
        destroyed(w, row)
    assert w.dump("main") == before
    (proposal,) = proposals(w["main"])
    assert proposal.record == row and "avslutad" in proposal.hindrance


def test_a_rule_that_keeps_the_investigation_keeps_the_deviation(world: Make) -> None:
    w = world()
    rule(w)
    rule(w, "utredning", outcome="bevaras", years=None)
    row = secret(w)
    w.add("main", "investigation", deviation=row, kind="ordinär")
    w.raw("main", "UPDATE investigation SET status = 'avslutad'")
    with pytest.raises(LskError, match=r"ska bevaras enligt Planen § 3"):
        destroyed(w, row)


def test_the_rules_propose_what_is_old_enough_and_closed(world: Make) -> None:
    w = world()
    rule(w)
    old = secret(w)
    secret(w, closed_on=w["main"].today.isoformat())
    w.deviation("main", "NORD", "Öppen", received_on="2015-01-01")
    (proposal,) = proposals(w["main"])
    assert (proposal.record, proposal.why) == (old, "5 år efter 2015-02-01, enligt Planen § 3")
    with pytest.raises(LskError, match="ska bevaras"):
        destroyed(w, w["main"].db.execute("SELECT id FROM deviation WHERE closed_on > '2020'").fetchone()[0])


def test_the_body_that_decides(world: Make) -> None:
    w = world()
    body = w.add("main", "role", name="Socialnämnden")
    rule(w, decided_by=body)
    row = secret(w)
    with pytest.raises(LskError, match="beslutas av Socialnämnden"):
        destroyed(w, row)
    meeting = w.add("main", "meeting", body=body, held_on="2026-11-03")
    decision = w.add("main", "decision", meeting=meeting, paragraph="§ 12", text="Gallring 2026")
    destroyed(w, row, decision=w.get("main", "decision", decision, "ref"))
    assert w["main"].db.execute("SELECT decided_by FROM destruction").fetchone()[0] == body


def test_every_kind_in_a_rule_is_a_kind_with_a_day() -> None:
    assert all(entity_named(word) == entity for entity, word in kinds().items())
    assert all(day(ENTITIES[entity]) and day(ENTITIES[entity], "inkommen") for entity in kinds())


def test_a_computed_record_can_be_made_anew(world: Make) -> None:
    """Its id is the same; the new one knew of the destruction, and is another record."""
    w = world("NORD")
    values = {"unit": w.units["NORD"], "period_start": "2015-01-01", "period_end": "2015-12-31"}
    row = w.add("main", "deviation_summary", **values, patterns=SECRET)
    w.sync("NORD")
    destroy(w["main"], [("deviation_summary", row)], DECISION, ACTOR)
    assert w.add("main", "deviation_summary", **values, patterns="Ny text") == row
    w.sync("NORD")
    for name in ("main", "NORD"):
        assert w.get(name, "deviation_summary", row, "patterns") == "Ny text"
        assert gone(w.path(name)) and errors(w, name) == []


def test_killed_anywhere(world: Make, tmp_path: Path) -> None:
    """All or nothing is destroyed, and what a kill leaves in free pages the next run takes."""
    w = world()
    row = secret(w)
    w.close()

    def run(twin: World, stop_at: int) -> str:
        command = [sys.executable, "-m", "tests.sync.killed_retention", str(stop_at), str(twin.path("main")), row]
        return subprocess.run(command, cwd=TOP, capture_output=True, text=True, encoding="utf-8").stdout.strip()

    with w.copied(tmp_path / "whole") as twin:
        said = run(twin, 10**9)
    assert said.startswith("done ")
    steps = int(said.split()[1])
    outcomes = set()
    for n, stop_at in enumerate([*range(3, steps - 4, max(1, steps // 6)), *range(steps - 4, steps)]):
        with w.copied(tmp_path / f"killed{n}") as twin:
            assert run(twin, stop_at) == ""
            there = twin.get("main", "deviation", row) is not None
            left = twin["main"].db.execute("SELECT count(*) FROM sync_destroyed").fetchone()[0]
            outcomes.add(there)
            assert there == (left == 0) and errors(twin, "main") == []
            if there:
                destroyed(twin, row)
            else:
                forget.sweep(twin["main"])
            assert gone(twin.path("main")) and errors(twin, "main") == []
    assert outcomes == {True, False}


def gallra(w: World, *arguments: str) -> tuple[int, str, object]:
    w.close()
    result = CliRunner().invoke(gallring, [str(w.path("main")), *arguments, "--as", ACTOR])
    return result.exit_code, result.output, result.exception


def test_the_command(world: Make) -> None:
    w = world()
    assert "har inga gallringsregler" in gallra(w)[1]
    rule(w)
    assert "Inget får gallras" in gallra(w)[1]
    row = secret(w)
    other = secret(w)
    ref = w.get("main", "deviation", row, "ref")
    listed = json.loads(gallra(w, "--json")[1])
    assert [p["record"] for p in listed] == [row, other] and SECRET not in gallra(w)[1]
    _, _, error = gallra(w, "--confirm")
    assert isinstance(error, LskError) and error.exit_code == 2
    _, said, _ = gallra(w, "--decision", DECISION, "--only", ref)
    assert "Skulle gallras enligt KS § 12 2026-11-03: 1 avvikelse (2015-02-01–2015-02-01)." in said
    assert w.get("main", "deviation", row) and not gone(w.path("main"))
    code, said, _ = gallra(w, "--decision", DECISION, "--only", ref, "--confirm")
    assert code == 0 and "Gallrat enligt KS § 12 2026-11-03: 1 avvikelse" in said and "säkerhetskopior" in said
    assert w.get("main", "deviation", row) is None and w.get("main", "deviation", other)
    code, said, _ = gallra(w, "--decision", DECISION, "--confirm", "--json")
    assert json.loads(said)["lines"][0]["count"] == 1 and gone(w.path("main"))
    _, _, error = gallra(w, "--decision", DECISION, "--confirm")
    assert isinstance(error, LskError) and "inget att gallra" in str(error)


def test_first_of_is_below_every_operation_that_is_destroyed(world: Make) -> None:
    """The cause of what main destroyed is always an operation of main."""
    w = world()
    destroyed(w, secret(w))
    causes = [r[0] for r in w["main"].db.execute("SELECT DISTINCT cause FROM sync_destroyed")]
    assert len(causes) == 1 and first_of(1) < causes[0] < first_of(2)
