"""Whoever can write a unit's file with any SQLite tool still changes only the unit's own rows, and it shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lsk import history
from lsk.errors import LskError, Usage
from lsk.store import Store
from sync import commands, keys, prove, seal
from sync.key_command import key
from sync.ownership import keyed, revoke
from sync.sides import refuse_strange
from sync.verify import verify
from tests.sync.passphrase import encrypt
from tests.sync.world import World

Make = Callable[..., World]
PHRASE = "fyra gröna ärtor rullar"


def signed(world: Make) -> tuple[World, str]:
    """SYD has keys and has synced one deviation; then it changes it twice and seals."""
    w = world("NORD", "SYD")
    keyed(w["SYD"])
    row = w.deviation("SYD", "SYD", "Synkad")
    w.deviation("NORD", "NORD", "Nords")
    w.sync("NORD", "SYD")
    w.set("SYD", "deviation", row, what_happened="Ny")
    w.set("SYD", "deviation", row, diary_number="2026-1")
    seal.close(w["SYD"])
    return w, row


def by_hand(w: World, name: str, *statements: str) -> None:
    w.close()
    db = sqlite3.connect(w.path(name))
    for sql in statements:
        db.execute(sql)
    db.commit()
    db.close()


LAST = "(SELECT max(id) FROM sync_op WHERE id >> 36 = 3)"
OFF, ON = "UPDATE sync_local SET capture = 0", "UPDATE sync_local SET capture = 1"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE sync_local SET unit = (SELECT id FROM unit WHERE short_name = 'NORD')"], "annan enhet än den gjordes för"),  # noqa: E501
        (["UPDATE sync_local SET stream = 2"], "hör inte till"),
        (["UPDATE sync_local SET replica = (SELECT replica FROM sync_stream WHERE no = 2), stream = 2"], "annan enhet"),
        (["UPDATE sync_seal SET signature = randomblob(64) WHERE upto = 3"], "underskriften för ändring 2–3 stämmer inte"),  # noqa: E501
        (["UPDATE sync_seal SET signature = NULL WHERE upto = 3"], "underskriften för ändring 2–3 stämmer inte"),
        (["UPDATE sync_seal SET digest = randomblob(32) WHERE upto = 3"], "mellan nummer 2 och 3 har skrivits om"),
        (["UPDATE sync_seal SET digest = randomblob(32) WHERE upto = 1"], "annan kopia"),
        (["UPDATE sync_seal SET previous = NULL WHERE upto = 3"], "sigillet efter ändring 1 hör inte till det före"),
        ([f"UPDATE sync_op SET new = json_set(new, '$.1', 'Smyg') WHERE id = {LAST}"], "mellan nummer 2 och 3 har skrivits om"),  # noqa: E501
        ([f"UPDATE sync_op SET hlc = hlc + 1 WHERE id = {LAST}"], "mellan nummer 2 och 3 har skrivits om"),
        ([f"UPDATE sync_op SET kind = 5 WHERE id = {LAST}"], "mellan nummer 2 och 3 har skrivits om"),
        (
            ["DELETE FROM sync_seal", "UPDATE sync_op SET new = replace(new, 'Synkad', 'Smyg') WHERE kind = 1"],
            "annan kopia av samma enhetsfil",
        ),
        (["UPDATE sync_stream SET sign_key = randomblob(32) WHERE no = 3"], "nycklar som inte finns|annan nyckel"),
        (["UPDATE sync_dep SET upto = upto + 9 WHERE stream = 3 AND dep = 1"], "redan sett ändringar som inte finns här"),  # noqa: E501
        (["INSERT INTO sync_dep VALUES (3, 1, 77, 5)"], "redan sett ändringar som inte finns här"),
        ([f"DELETE FROM sync_op WHERE id = {LAST}"], "hänger inte ihop"),
        (["UPDATE sync_local SET seq = seq + 5"], "hänger inte ihop"),
        (["UPDATE sync_local SET seq = seq - 1"], "hänger inte ihop"),
    ],
)  # fmt: skip
def test_19_what_is_forged_is_refused_with_a_sentence(
    world: Make, statements: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    w, _ = signed(world)
    by_hand(w, "SYD", *statements)
    before = w.dump("main")
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "samordnarens dator"))
    with pytest.raises(LskError, match=said):
        w.sync("SYD")
    assert w.dump("main") == before
    assert verify(w["main"]) == []


FORGED = """INSERT INTO sync_op SELECT (3 << 36) | (seq + 1), epoch, hlc + 1, {tbl}, {kind}, '{row}', {unit}, 1,
  json_object('{no}', {new}), NULL FROM sync_local"""
COUNT = "UPDATE sync_local SET seq = seq + 1, hlc = hlc + 1"


def forge(w: World, kind: int, row: str, table: str, column: str, new: str, unit: str = "unit") -> None:
    """An operation as nobody's program wrote it, in SYD's file."""
    db = w["SYD"].db
    tbl, no = db.execute("SELECT tbl, no FROM sync_column WHERE entity = ? AND name = ?", (table, column)).fetchone()
    by_hand(w, "SYD", FORGED.format(tbl=tbl, kind=kind, row=row, unit=unit, no=no, new=new), COUNT)


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 0, 9])
def test_19_a_forged_operation_on_anothers_row_is_set_aside(world: Make, kind: int) -> None:
    """It may claim to be an insert, a decision, a repair, and that the row is the unit's own."""
    w, own = signed(world)
    (row,) = (r for r, values in w.rows("main", "deviation").items() if "Nords" in values)
    forge(w, kind, row, "deviation", "what_happened", "'Kapad'")
    (summary,) = w.sync("SYD")
    (aside,) = summary.up.quarantined
    assert aside.record == row and aside.reason
    assert w.get("main", "deviation", row, "what_happened") == "Nords"
    assert w.get("main", "deviation", own, "what_happened") == "Ny"  # the rest was taken
    assert w["main"].db.execute("SELECT 1 FROM sync_quarantine WHERE new GLOB '*Kapad*'").fetchone()  # nothing is lost
    assert w.rows("SYD", "deviation").keys() == {own}
    assert verify(w["main"]) == verify(w["SYD"]) == []


def test_19_a_repair_on_its_own_row_is_the_main_files_to_make(world: Make) -> None:
    w, own = signed(world)
    forge(w, 5, own, "deviation", "what_happened", "'Lagat'")
    (summary,) = w.sync("SYD")
    assert [aside.record for aside in summary.up.quarantined] == [own]
    assert w.get("main", "deviation", own, "what_happened") == "Synkad"


def test_19_a_new_record_with_the_id_of_another_kind(world: Make) -> None:
    w, _ = signed(world)
    process = next(iter(w.rows("main", "process")))
    db = w["SYD"].db
    db.execute(
        "INSERT INTO deviation(id, kind, unit, received_on, what_happened) VALUES (?, 'klagomål', ?, '2026-03-01', 'x')",  # noqa: E501
        (process, w.units["SYD"]),
    )
    (summary,) = w.sync("SYD")
    assert [aside.record for aside in summary.up.quarantined] == [process]
    assert w.get("main", "process", process, "name") == "Gemensam process"
    assert verify(w["main"]) == []


def test_19_an_old_row_past_the_log_does_not_travel_and_is_named(world: Make) -> None:
    w, row = signed(world)
    by_hand(w, "SYD", OFF, f"UPDATE deviation SET immediate_action = 'Smyg' WHERE id = '{row}'", ON)
    w.sync("SYD")
    assert w.get("main", "deviation", row, "immediate_action") is None
    ref = w.get("SYD", "deviation", row, "ref")
    (found,) = verify(w["SYD"])
    assert ref in found.sentence and "är inte vad loggen säger" in found.sentence


def test_18_another_units_key(world: Make) -> None:
    """SYD's seals made with NORD's key, and SYD's file that says NORD's key is its own."""
    w, _ = signed(world)
    other = keyed(w["NORD"])
    (newest,) = seal.seals(w["SYD"].db, 3, 3, 1)
    w["SYD"].db.execute("UPDATE sync_seal SET signature = ? WHERE upto = 3", (other.sign(newest.signed),))
    with pytest.raises(LskError, match="underskriften"):
        w.sync("SYD")
    w["SYD"].db.execute("UPDATE sync_stream SET sign_key = ? WHERE no = 3", (other.public.sign,))
    with pytest.raises(LskError, match=r"nycklar som inte finns|annan nyckel"):
        w.sync("SYD")


def test_18_a_key_that_was_never_given(world: Make) -> None:
    """The first key a file announces is believed only with the token it was born with."""
    w = world("SYD")
    w.deviation("SYD", "SYD")
    w["SYD"].db.execute("UPDATE sync_local SET token = 'gissad'")
    keyed(w["SYD"])
    with pytest.raises(LskError, match="nyckel är inte anmäld"):
        w.sync("SYD")


def test_18_a_revoked_file(world: Make) -> None:
    w, row = signed(world)
    revoke(w["main"], "syd", "Anna", "borttappad dator")
    assert w.get("main", "deviation", row, "what_happened") == "Synkad"
    with pytest.raises(LskError, match="spärrad sedan"):
        w.sync("SYD")
    known = prove.known(w["main"].db, 3, 1)
    with pytest.raises(LskError, match="spärrad sedan"):
        prove.prove(prove.Sender(w.path("SYD"), 3, "SYD", w.units["SYD"], 3), known)
    newest = history.log(w["main"].db, 1)[0]
    assert (newest.actor, newest.why) == ("Anna", "spärrade filen SYD: borttappad dator")
    assert history.undoable(w["main"].db)["why"] == "start" and history.redoable(w["main"].db) is None
    with pytest.raises(LskError, match="redan spärrad"):
        revoke(w["main"], "SYD", "Anna")
    with pytest.raises(LskError, match=r"Ingen enhetsfil har koden X\. Koder som finns: NORD, SYD"):
        revoke(w["main"], "X", "Anna")
    w.make("SYD2", "SYD")
    assert w["SYD2"].file.code == "SYD2" and w.get("SYD2", "deviation", row)
    w.set("SYD2", "deviation", row, what_happened="Från den nya")
    w.sync("SYD2", "NORD")
    assert w.get("main", "deviation", row, "what_happened") == "Från den nya"
    assert verify(w["main"]) == verify(w["SYD2"]) == []


def run(*arguments: object, typed: str = "") -> Result:
    named = {"unit-file": commands.unit_file, "sync": commands.sync, "key": key}
    return CliRunner().invoke(named[str(arguments[0])], [str(a) for a in arguments[1:]], input=typed)


def test_the_command_revokes(world: Make) -> None:
    w = world("NORD")
    w.close()
    done = run("unit-file", w.path("main"), "--revoke", "NORD", "--why", "stulen", "--as", "Anna", "--yes")
    assert done.exit_code == 0 and "Spärrad: NORD" in done.output
    assert "spärrad sedan" in str(run("sync", w.path("main"), w.path("NORD")).exception)
    assert isinstance(run("unit-file", w.path("main"), "NORD").exception, Usage)


def test_sealing_at_close(world: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With keys what is new is sealed, once; without keys nothing happens, and a sync by hand says so."""
    w = world("NORD")
    w.deviation("NORD", "NORD")
    assert seal.close(w["NORD"]) is None
    made = keyed(w["NORD"])
    assert keyed(w["NORD"]) == made
    assert seal.close(w["NORD"]) is not None
    assert seal.close(w["NORD"]) is None
    w.deviation("NORD", "NORD")
    w.close()
    with Store.open(w.path("NORD"), readonly=True) as store:
        assert seal.close(store) is None
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "annan dator"))
    told = run("sync", w.path("main"), w.path("NORD")).output
    assert "1 ändring hade enheten inte hunnit skriva under. Den är med, för du gav filen själv." in told
    with pytest.raises(LskError, match="inte finns på den här datorn"):
        keyed(w["NORD"])


def test_a_unit_file_knows_whose_news_to_trust(world: Make) -> None:
    w = world("NORD")
    main = keys.own(w["main"].file.replica)
    assert main is not None
    known = w["NORD"].db.execute("SELECT sign_key, age_key FROM sync_stream WHERE no = 1").fetchone()
    assert tuple(known) == (main.public.sign, main.public.age)


def test_keys_that_main_has_not_heard_of_stay_in_the_file(world: Make) -> None:
    w = world("NORD")
    w.deviation("main", "NORD")
    made = keyed(w["NORD"])
    w.sync("NORD")
    assert keyed(w["NORD"]) == made


def test_the_key_command(world: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    w = world("NORD")
    path, copy = w.path("NORD"), tmp_path / "nyckelkopia"
    monkeypatch.setattr("pyrage.passphrase.encrypt", encrypt)
    w.close()
    assert "har ingen nyckel än" in run("key", path).output
    assert isinstance(run("key", path, "--save", copy).exception, LskError)
    keyed(w["NORD"])
    w.close()
    assert "finns på den här datorn" in run("key", path).output
    assert run("key", path, "--save", copy, typed=f"{PHRASE}\n{PHRASE}\n").exit_code == 0
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "annan dator"))
    assert "finns inte på den här datorn. Läs in en nyckelkopia med" in run("key", path).output
    assert "en annan fil" in str(run("key", w.path("main"), "--load", copy, typed=f"{PHRASE}\n").exception)
    loaded = run("key", path, "--load", copy, typed=f"{PHRASE}\n")
    assert loaded.exit_code == 0 and "finns nu på den här datorn" in loaded.output
    assert '"here": true' in run("key", path, "--json").output
    assert isinstance(run("key", path, "--load", copy, "--save", copy).exception, Usage)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER extra AFTER UPDATE ON deviation BEGIN DELETE FROM deviation; END",
        "CREATE TRIGGER extra AFTER INSERT ON sync_op BEGIN DELETE FROM sync_op; END",
        "DROP TRIGGER deviation_id_stays; CREATE TRIGGER deviation_id_stays AFTER UPDATE ON deviation "
        "BEGIN DELETE FROM process; END",
        "ALTER TABLE sync_op RENAME TO x; CREATE VIEW sync_op AS SELECT * FROM x",
        "ALTER TABLE sync_seal RENAME TO x; CREATE VIEW sync_seal AS SELECT * FROM x",
        "ALTER TABLE deviation RENAME TO x; CREATE VIEW deviation AS SELECT * FROM x",
        "ALTER TABLE sync_op ADD COLUMN more TEXT GENERATED ALWAYS AS (hex(row)) VIRTUAL",
        "ALTER TABLE change_set ADD COLUMN more INTEGER GENERATED ALWAYS AS (abs(id)) VIRTUAL",
        "DROP TABLE sync_seal",
    ],
)
def test_33_a_file_somebody_rebuilt(world: Make, sql: str) -> None:
    w = world("SYD")
    w.close()
    db = sqlite3.connect(w.path("SYD"))
    db.executescript(sql)
    db.close()
    before = w.path("main").read_bytes()
    with pytest.raises(LskError, match=r"känner igen|kunde inte läsas"):
        w.sync("SYD")
    assert w.path("main").read_bytes() == before


def test_33_a_huge_value(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing larger than the limit is read into memory; the file is refused."""
    monkeypatch.setattr("sync.sides.MOST_CELL", 100_000)
    monkeypatch.setattr("sync.prove.MOST_CELL", 100_000)
    w = world("SYD")
    w.raw("SYD", "UPDATE unit SET name = printf('%.*c', 200000, 'x') WHERE short_name = 'SYD'")
    before = w.dump("main")
    w.close()
    with pytest.raises(LskError, match="större än LSK läser"):
        w.sync("SYD")
    assert w.dump("main") == before


def test_what_lsk_makes_itself_is_never_strange(world: Make) -> None:
    w = world("SYD")
    refuse_strange(w["main"], w["SYD"])
