"""verify finds what was changed behind the log's back; the commands speak Swedish and give the right exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from lsk.errors import LskError
from lsk.store import Store
from sync import commands
from sync.conflicts import conflicts, decide, find
from sync.verify import verify
from tests.sync.world import World

Make = Callable[..., World]


def sentences(w: World, name: str) -> str:
    w.close(name)
    with Store.open(w.path(name), readonly=True) as store:
        return " ".join(f.sentence for f in verify(store))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE deviation SET what_happened = 'Smyg'", "”Vad hände?” är inte vad loggen säger"),
        ("DELETE FROM deviation", "saknas fast den inte är borttagen"),
        (
            """UPDATE sync_op SET new = json_remove(new, (SELECT max(fullkey) FROM json_each(new)))
               WHERE id = (SELECT max(id) FROM sync_op)""",
            "är inte vad loggen säger",
        ),
        ("DELETE FROM sync_op WHERE id = (SELECT max(id) FROM sync_op)", "har luckor"),
        ("UPDATE sync_op SET new = NULL, old = NULL WHERE id = (SELECT max(id) FROM sync_op)", "saknar innehåll"),
        ("UPDATE sync_op SET tbl = 9999", "okänd tabell"),
        ("INSERT INTO sync_conflict VALUES ('x', 1, 1, 1, '2', '2026-01-01')", "Listan över konflikter"),
        ("UPDATE deviation SET unit = 'finns-inte'", "hänvisar till en post i unit som inte finns"),
        ("DROP TRIGGER capture_deviation_update", "Loggningen är ändrad"),
    ],
)
def test_verify_finds_what_went_past_the_log(world: Make, sql: str, said: str) -> None:
    w = world()
    w.deviation("main", "NORD")
    assert sentences(w, "main") == ""
    w.raw("main", "UPDATE sync_local SET capture = 0")
    w.raw("main", sql)
    assert "Loggningen är avstängd" in sentences(w, "main") or "hänvisar" in sentences(w, "main")
    w.raw("main", "UPDATE sync_local SET capture = 1")
    assert said in sentences(w, "main")


def run(*arguments: object) -> Result:
    named = {
        "unit-file": commands.unit_file,
        "sync": commands.sync,
        "conflicts": commands.conflicts,
        "verify": commands.verify,
    }
    return CliRunner().invoke(named[str(arguments[0])], [str(a) for a in arguments[1:]])


def test_the_loop_by_commands(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Före")
    main, unit = w.path("main"), w.path("nord")
    w.close()
    made = run("unit-file", main, "NORD", unit)
    assert made.exit_code == 0 and "koden NORD" in made.output
    w.set("nord", "deviation", row, what_happened="Nord")
    w.set("main", "deviation", row, what_happened="Huvud")
    w.close()
    rehearsed = run("sync", main, unit, "--dry-run")
    assert "Prov på kopior" in rehearsed.output and "”Huvud”" in rehearsed.output
    synced = run("sync", main, unit)
    assert synced.exit_code == 0
    assert "upp 1 ändrad; ned 1 ändrad" in synced.output and "Konflikt: HK-AVV-26-001 Vad hände?" in synced.output
    assert run("sync", main, unit).output == f"{unit}: inget nytt.\n"
    (listed,) = json.loads(run("conflicts", main, "--json").output)
    assert (listed["base"], [s["value"] for s in listed["sides"]]) == ("Före", ["Huvud", "Nord"])
    assert "Nord (nord, NORD)" in run("conflicts", main).output
    decided = run("conflicts", main, "--decide", listed["code"], "--take", "theirs", "--as", "Anna")
    assert decided.exit_code == 0, decided.output
    assert run("conflicts", main).output == "Inga konflikter.\n"
    (summary,) = json.loads(run("sync", main, unit, "--json").output)
    assert summary["nothing_new"] is False and summary["down"]["changed"] == 1
    assert w.get("nord", "deviation", row, "what_happened") == "Nord"
    for path in (main, unit):
        assert run("verify", path).exit_code == 0
        assert json.loads(run("verify", path, "--json").output) == []


def test_sync_says_what_was_not_taken(world: Make) -> None:
    w = world("SYD")
    w.raw("SYD", "UPDATE unit SET name = 'Kapad' WHERE short_name = 'NORD'")
    w.close()
    result = run("sync", w.path("main"), w.path("SYD"))
    assert result.exit_code == 0
    ref = w.get("main", "unit", w.units["NORD"], "ref")
    assert f"Inte taget: Enhet {ref}: posten är gemensam och ändras bara i huvudfilen." in result.output


def test_verify_exits_with_1(world: Make) -> None:
    w = world()
    w.deviation("main", "NORD")
    w.close()
    w.raw("main", "DROP TRIGGER capture_deviation_delete")
    result = run("verify", w.path("main"))
    assert "Loggningen är ändrad" in result.output
    assert isinstance(result.exception, LskError) and result.exception.exit_code == 1


@pytest.mark.parametrize(
    ("take", "value"), [("ours", "Huvud"), ("theirs", "Nord"), ("Varken eller", "Varken eller"), ("Huvud", "Huvud")]
)
def test_a_decision_is_a_change_that_settles_everywhere(world: Make, take: str, value: str) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.set("main", "deviation", row, what_happened="Huvud")
    w.sync("NORD")
    decide(w["main"], conflicts(w["main"])[0], take, "Anna")
    assert conflicts(w["main"]) == []
    w.sync("NORD")
    assert conflicts(w["NORD"]) == []
    assert {w.get(name, "deviation", row, "what_happened") for name in ("main", "NORD")} == {value}
    assert [verify(w[name]) for name in ("main", "NORD")] == [[], []]


def test_a_conflict_that_is_not_there(world: Make) -> None:
    w = world()
    with pytest.raises(LskError, match=r"Konflikten bcdfg finns inte\. Det finns inga konflikter"):
        find(w["main"], "bcdfg")


def test_three_values_need_a_word(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    w.make("NORD2", "NORD")
    for name in ("main", "NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened=name)
    w.sync("NORD", "NORD2")
    with pytest.raises(LskError, match="har 3 värden"):
        decide(w["main"], conflicts(w["main"])[0], "theirs", "Anna")
    decide(w["main"], conflicts(w["main"])[0], "ours", "Anna")
    assert w.get("main", "deviation", row, "what_happened") == "main"
