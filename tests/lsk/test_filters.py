"""A filter in words: which records it finds, and what it says when it means nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from lsk import cli, remembered
from lsk.filter_help import begun, next_words
from lsk.filters import Asker, Fault, condition, plainly, words
from lsk.model import ENTITIES
from lsk.records import count
from lsk.store import Store

TODAY = date(2026, 11, 20)
Found = Callable[..., list[str]]


@pytest.fixture(scope="module")
def filled(ragunda_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filter") / "ragunda.db"
    path.write_bytes(ragunda_file.read_bytes())
    with Store.open(path, today=TODAY) as store, store.change("test") as change:
        unit = {
            name: change.insert("unit", {"name": full, "short_name": name, "level": "enhet"}).id
            for name, full in (("HTN", "Hemtjänst Norr"), ("SBH", "Särskilt boende Höglunda"), ("ÖST", "Östra hemmet"))
        }
        person = change.insert("person", {"name": "Åsa Öhman", "title": "enhetschef"}).id
        role = store.db.execute("SELECT id FROM role WHERE name = 'enhetschef'").fetchone()["id"]
        change.insert("assignment", {"person": person, "role": role, "unit": unit["HTN"], "valid_from": "2026-01-01"})
        told = {"origin": "intern", "kind": "avvikelse"}
        for text, more in {
            "ett": {"unit": unit["HTN"], "received_on": "2025-12-31", "selected_for_report": 1},
            "två": {"unit": unit["HTN"], "received_on": "2026-03-01", "kind": "klagomål"},
            "tre": {"unit": unit["SBH"], "received_on": "2026-03-31", "severity": "allvarlig"},
            "fyra öppen dörr": {"unit": unit["ÖST"], "received_on": "2026-11-20", "kind": "synpunkt"},
        }.items():
            change.insert("deviation", {**told, **more, "what_happened": text})
        plans = {
            "sen": {"due": "2026-11-19", "responsible": person},
            "i tid": {"due": "2026-11-20", "responsible_role": role},
            "gjord": {"due": "2026-01-01", "status": "genomförd", "done_on": "2026-02-01"},
            "utan dag": {},
        }
        for text, more in plans.items():
            change.insert("action", {"text": text, "unit": unit["HTN"], "proposed_on": "2026-01-01", **more})
        for period, needed in (("januari", 3), ("februari", 12)):
            change.insert("staffing_followup", {"unit": unit["HTN"], "period": period, "needed": needed, "filled": 2})
    return path


@pytest.fixture
def store(filled: Path) -> Iterator[Store]:
    with Store.open(filled, readonly=True, today=TODAY) as opened:
        yield opened


@pytest.fixture
def found(store: Store) -> Found:
    """The texts that a filter finds."""

    def ask(entity: str, text: str, actor: str = "Åsa Öhman") -> list[str]:
        where, params = condition(Asker(store, ENTITIES[entity], actor), text)
        title = TITLES[entity]
        clause = f"WHERE {where}" if where else ""
        return [r[0] for r in store.db.execute(f'SELECT "{title}" FROM "{entity}" t {clause} ORDER BY ref', params)]

    return ask


TITLES = {
    "deviation": "what_happened",
    "action": "text",
    "staffing_followup": "period",
    "role": "name",
    "setting": "key",
}
ALL = ["ett", "två", "tre", "fyra öppen dörr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("enhet:", ALL),  # not yet written
        ("enhet:HTN", ["ett", "två"]),
        ("enhet:htn", ["ett", "två"]),
        ("enhet:öst", ["fyra öppen dörr"]),
        ('enhet:"Hemtjänst Norr"', ["ett", "två"]),
        ("enhet:norr", ["ett", "två"]),  # a word of the name begins so
        ("enhet:HTN,SBH", ["ett", "två", "tre"]),
        ("-enhet:HTN", ["tre", "fyra öppen dörr"]),
        ("enhet:HTN -typ:klagomål", ["ett"]),
        ("typ:klag", ["två"]),
        ("ty:klagomål,synpunkt", ["två", "fyra öppen dörr"]),
        ("status:öppen", ALL),
        ("status:mott", ALL),
        ("-öppna", []),
        ("år:2025", ["ett"]),
        ("mottagen-den:2026-03", ["två", "tre"]),
        ("mottagen_den:<2026-03-31", ["ett", "två"]),
        ("mottagenden:<=2026-03-31", ["ett", "två", "tre"]),
        ("mottagen:>2026-03", ["fyra öppen dörr"]),  # only a day can be later than another
        ("mottagen:2026-03-31..", ["tre", "fyra öppen dörr"]),
        ("mottagen:..2025", ["ett"]),
        ("mottagen:idag", ["fyra öppen dörr"]),
        ("mottagen:>=-3", ["fyra öppen dörr"]),
        ("allvar:allvarlig", ["tre"]),
        ("-allvar:tom", ["tre"]),
        ("utvald:ja", ["ett"]),
        ("utvald:tom", ["två", "tre", "fyra öppen dörr"]),
        ('"öppen"', ["fyra öppen dörr"]),  # the word itself
        ("vad:DÖRR", ["fyra öppen dörr"]),
        ("beteckning:AVV-26-002", ["tre"]),
        ("10:30", []),
    ],
)
def test_a_filter_finds(found: Found, text: str, expected: list[str]) -> None:
    assert found("deviation", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("försenad", ["sen"]),
        ("försenade", ["sen"]),
        ("öppen", ["sen", "i tid", "gjord", "utan dag"]),
        ("förfaller:<2026-11-20", ["sen", "gjord"]),
        ('ansvarig:"Åsa"', ["sen"]),
        ("ansvarig:enhetschef", ["i tid"]),
        ("min", ["sen", "i tid"]),  # her own, and her role's
        ("klart:tom", ["utan dag"]),
    ],
)
def test_a_filter_of_what_is_to_be_done(found: Found, text: str, expected: list[str]) -> None:
    assert found("action", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("behövs:3", ["januari"]),
        ("behövs:>=4", ["februari"]),
        ("behövs:<3", []),
        ("behövs:3..12", ["januari", "februari"]),
        ("behövs:..11,5", ["januari"]),
        ("behövs:tom", []),
    ],
)
def test_a_filter_of_numbers(found: Found, text: str, expected: list[str]) -> None:
    assert sorted(found("staffing_followup", text)) == sorted(expected)


def test_changed_of_late_is_what_the_log_says(found: Found, store: Store) -> None:
    at = store.db.execute("SELECT date(max(hlc >> 16) / 1000, 'unixepoch', 'localtime') FROM sync_op").fetchone()[0]
    before = (date.fromisoformat(at) - timedelta(1)).isoformat()
    assert found("deviation", f"ändrad:{at}") == ALL
    assert found("deviation", f"ändrad:>={at}") == ALL
    assert found("deviation", f"ändrad:..{before}") == []
    for days, expected in ((6, ALL), (30, [])):
        with Store.open(store.path, readonly=True, today=date.fromisoformat(at) + timedelta(days)) as later:
            where, params = condition(Asker(later, ENTITIES["deviation"]), "ändrad")
            assert count(later.db, "deviation", where, params) == len(expected)


@pytest.mark.parametrize(
    ("entity", "text", "told"),
    [
        ("deviation", "färg:röd", "Skriv till exempel typ:, enhet:"),
        ("deviation", "status:borta", "Skriv något av: mottagen, registrerad"),
        ("deviation", "enhet:XYZ", "ingenting heter ”XYZ”. Det finns HTN"),
        ("deviation", "mottagen-den:snart", "Skriv till exempel 2026, 2026-11"),
        ("deviation", "mottagen-den:2026-13", "är inget"),
        ("deviation", "mottagen-den:2026-06..2026-01", "slutar innan det börjar"),
        ("deviation", "utvald:kanske", "Skriv ja, nej eller tom."),
        ("staffing_followup", "behövs:många", "Skriv till exempel 12, >=12 eller 3..5."),
        ("action", "ansvarig:ingen", "”Ansvarig roll” eller ”Ansvarig person”"),
        ("deviation", "försenad", "ingen dag att vara klara till"),
        ("deviation", "förfaller:2026", "ingen dag att vara klara till"),
        ("deviation", "ord " * 41, "högst 40 ord"),
        ("deviation", "x" * 100_000, "1000 tecken"),
        ("role", "öppen", "varken öppna eller avslutade"),
        ("role", "år:2026", "inget datum"),
        ("setting", "min", "ingen ansvarig"),
    ],
)
def test_what_means_nothing_is_told_with_what_can_be_written(found: Found, entity: str, text: str, told: str) -> None:
    with pytest.raises(Fault, match=told):
        found(entity, text)


def test_min_wants_somebody_of_the_register(found: Found) -> None:
    with pytest.raises(Fault, match="Kim ansvarar för, men ingen"):
        found("action", "min", actor="Kim")


@pytest.mark.parametrize("text", ["vad:%", "vad:_", "vad:'", "100%", "_", "vad:!"])
def test_signs_that_sql_knows_are_only_signs(found: Found, text: str) -> None:
    assert found("deviation", text) == []


def test_words_are_what_stands_between_spaces_or_quotes() -> None:
    assert [(w.field, w.value, w.excluded) for w in words('a -b c:"d e" -f:g "h i" kl 10:30 -')] == [
        ("", "a", False), ("", "b", True), ("c", "d e", False), ("f", "g", True), ("", "h i", False),
        ("", "kl", False), ("", "10:30", False),
    ]  # fmt: skip


def test_a_search_for_a_reference_knows_no_special_words(store: Store) -> None:
    sql, params = plainly(ENTITIES["deviation"], "öppen min")
    assert count(store.db, "deviation", sql, params) == 0
    assert count(store.db, "deviation", *plainly(ENTITIES["deviation"], "öppen dörr")) == 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "status:"),
        ("stat", "status:"),
        ("-stat", "-status:"),
        ("status:", "status:öppen"),
        ("status:reg", "status:registrerad"),
        ("öp", "öppen"),
        ("status:öppen enh", "enhet:"),
        ("enhet:h", "enhet:HTN"),
        ("enhet:HTN,sb", "enhet:HTN,SBH"),
        ("mottagen-den:", "mottagen-den:2026"),
        ("process:", "process:tom"),
    ],
)
def test_the_next_word_is_offered(store: Store, text: str, first: str) -> None:
    assert next_words(Asker(store, ENTITIES["deviation"]), text)[0] == first


def test_what_is_written_is_not_offered_again(store: Store) -> None:
    asker = Asker(store, ENTITIES["deviation"])
    assert "status:" not in next_words(asker, "status:öppen ")
    assert begun("status:öppen enh") == 13 and begun("status:öppen ") == 13


@pytest.mark.parametrize("name", ENTITIES)
def test_every_word_that_is_offered_can_be_asked(store: Store, name: str) -> None:
    """Field by field, for every kind of record: labels lead to their own field, and values are understood."""
    asker = Asker(store, ENTITIES[name], "Åsa Öhman")
    for begins in ("", *"abdefghiklmnoprstuvåäö"):
        for word in next_words(asker, begins):
            asked = next_words(asker, word) if word.endswith(":") else [word]
            for text in asked:
                where, params = condition(asker, text)
                assert count(store.db, name, where, params) >= 0


def test_the_command_lists_what_a_filter_finds(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(remembered, "_file", lambda: tmp_path / "minne.json")

    def run(text: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["list", str(filled), "avvikelse", "--json", "--filter", text])
        return ended.value.code, *capsys.readouterr()

    code, out, _ = run("enhet:HTN -typ:klagomål")
    assert code == 0 and [row["what_happened"] for row in json.loads(out)] == ["ett"]
    code, _, said = run("enhet:XYZ")
    assert code == 1 and "Det finns HTN" in said


def test_a_unit_s_own_file_takes_min_for_the_unit(filled: Path, tmp_path: Path) -> None:
    from sync.unit_file import make_unit_file

    with Store.open(filled, today=TODAY) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, tmp_path / "htn.db", "Kim")
    with Store.open(tmp_path / "htn.db", today=TODAY) as own:
        where, params = condition(Asker(own, ENTITIES["deviation"], "Kim"), "min")
        rows: list[sqlite3.Row] = own.db.execute(
            f"SELECT what_happened FROM deviation t WHERE {where}", params
        ).fetchall()
        assert sorted(row[0] for row in rows) == ["ett", "två"]
