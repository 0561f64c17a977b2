"""A profile as a file: written out of a file, checked by line and column, loaded into a file in use, compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from lsk import located, profile, rules
from lsk.commands.profile import profile as commands
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.profile import RULE_LISTS
from lsk.model.vocabulary import Choice
from lsk.profile_diff import differences
from lsk.profile_diff import read as read_any
from lsk.profile_export import dump, export
from lsk.profile_load import load_into
from lsk.store import Store

Rows = dict[tuple[str, str], dict[str, Any]]


def rows(store: Store) -> Rows:
    """Every record but its reference, which each file gives itself."""
    return {
        (name, row["id"]): {k: row[k] for k in row.keys() if k != "ref"}  # noqa: SIM118 (sqlite3.Row)
        for name in ENTITIES
        for row in store.db.execute(f'SELECT * FROM "{name}"')
    }


@pytest.fixture
def written(ragunda: Store, tmp_path: Path) -> Callable[..., Path]:
    """The Ragunda file's profile as YAML, with replacements made in it."""

    def write(*replaced: tuple[str, str]) -> Path:
        text = dump(export(ragunda))
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "egen.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


# --- there and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile.names())
def test_a_file_made_from_an_exported_profile_has_the_same_rows(name: str, tmp_path: Path) -> None:
    with Store.create(tmp_path / "en.db", name) as one:
        before = rows(one)
        text = dump(export(one))
    (tmp_path / "en.yaml").write_text(text, encoding="utf-8")
    with Store.create(tmp_path / "två.db", str(tmp_path / "en.yaml")) as other:
        assert rows(other) == before
        assert dump(export(other)) == text


@pytest.mark.parametrize("name", profile.names())
def test_a_profile_loaded_into_its_own_file_changes_nothing(name: str, tmp_path: Path) -> None:
    with Store.create(tmp_path / "en.db", name) as store:
        before = rows(store)
        report = load_into(store, name, "Anna")
        assert report.steps == []
        assert rows(store) == before
        assert store.db.execute("SELECT count(*) FROM change_set").fetchone()[0] == 1


def test_a_record_made_in_the_file_keeps_its_id(ragunda: Store, written: Callable[..., Path], tmp_path: Path) -> None:
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
    text = written().read_text(encoding="utf-8")
    assert f"id: {unit}" in text
    assert text.count(" id: ") == 1, "only what was made here needs its id written"
    with Store.create(tmp_path / "ny.db", str(tmp_path / "egen.yaml")) as other:
        assert rows(other).keys() == rows(ragunda).keys()


def test_no_person_and_nothing_that_happened_is_exported(ragunda: Store, written: Callable[..., Path]) -> None:
    with ragunda.change("test") as change:
        person = change.insert("person", {"name": "Prov Provsson"})
        role = ragunda.db.execute("SELECT id FROM role LIMIT 1").fetchone()["id"]
        change.insert("assignment", {"person": person.id, "role": role, "valid_from": "2026-01-01"})
        unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        change.insert(
            "deviation",
            {"kind": "avvikelse", "unit": unit, "received_on": "2026-01-02", "what_happened": "Ett larm ljöd"},
        )
        change.insert("meeting", {"body": role, "held_on": "2026-02-03"})
    text = written().read_text(encoding="utf-8")
    assert "Prov Provsson" not in text and "larm" not in text and "2026-02-03" not in text


# --- into a file in use -------------------------------------------------------------------------------------------


def test_a_load_adds_changes_and_retires_as_one_change_set(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(
        ("name: kvalitetssamordnare", "name: kvalitetsstrateg"),
        ("  severities:\n", "  severities:\n    - alldeles ny grad\n"),
        ("  role:\n", "  role:\n    - {key: kurator, name: kurator}\n"),
    )
    sets = ragunda.db.execute("SELECT count(*) FROM change_set").fetchone()[0]
    report = load_into(ragunda, str(path), "Anna")

    told = {(s.what, s.entity, s.title) for s in report.steps}
    assert {
        ("ny", "role", "kurator"),
        ("ny", "choice_value", "alldeles ny grad"),
        ("ändrad", "role", "kvalitetssamordnare"),
    } <= told
    assert ragunda.db.execute("SELECT count(*) FROM change_set").fetchone()[0] == sets + 1
    assert ragunda.db.execute("SELECT count(*) FROM role WHERE name = 'kvalitetsstrateg'").fetchone()[0] == 1
    assert load_into(ragunda, str(path), "Anna").steps == []


def test_a_word_that_left_its_list_is_retired_and_can_come_back(ragunda: Store, tmp_path: Path) -> None:
    def load(words: str) -> list[str]:
        path = tmp_path / "listor.yaml"
        path.write_text(
            f"profile: ragunda\nname: X\nrecords: {{}}\nchoices: {{severities: [{words}]}}", encoding="utf-8"
        )
        load_into(ragunda, str(path), "Anna")
        shown = "SELECT value FROM choice_value WHERE list = 'severities' AND ifnull(retired, 0) = 0 ORDER BY number"
        return [row[0] for row in ragunda.db.execute(shown)]

    before = ragunda.db.execute("SELECT count(*) FROM choice_value").fetchone()[0]
    assert load("ringa, svår") == ["ringa", "svår"]
    assert load("ringa") == ["ringa"]
    assert load("ringa, svår") == ["ringa", "svår"]
    assert ragunda.db.execute("SELECT count(*) FROM choice_value").fetchone()[0] >= before


def test_what_is_referred_to_is_kept_and_what_was_made_here_is_never_removed(
    ragunda: Store, written: Callable[..., Path]
) -> None:
    path = written()
    text = path.read_text(encoding="utf-8")
    start = text.index("\n  definition:")
    path.write_text(
        text[:start]
        + "\n  definition:\n    - {key: helt-ny, term: helt ny, text: något}"
        + text[text.index("\n\n", start + 2) :],
        encoding="utf-8",
    )
    with ragunda.change("test") as change:
        change.insert("definition", {"term": "eget område", "text": "här"})
        mine = change.insert("role", {"name": "egen roll"})
    told = {(s.what, s.title) for s in load_into(ragunda, str(path), "Anna").steps}

    assert ("behålls", "eget område") in told and ("behålls", "egen roll") in told
    assert {what for what, title in told if title not in ("eget område", "egen roll")} == {"ny", "borttagen"}
    assert ragunda.db.execute("SELECT 1 FROM role WHERE id = ?", (mine.id,)).fetchone()


def test_a_role_with_an_assignment_is_kept_and_told(ragunda: Store, tmp_path: Path) -> None:
    with ragunda.change("test") as change:
        person = change.insert("person", {"name": "Prov Provsson"})
        role = ragunda.db.execute("SELECT id FROM role WHERE name = 'enhetschef'").fetchone()["id"]
        change.insert("assignment", {"person": person.id, "role": role, "valid_from": "2026-01-01"})
    path = tmp_path / "roller.yaml"
    path.write_text(
        "profile: ragunda\nname: X\nrecords: {role: [{key: socialchef, name: socialchef}]}", encoding="utf-8"
    )
    kept = {s.title: s.detail for s in load_into(ragunda, str(path), "Anna").steps if s.what == "behålls"}
    assert "hör hit" in kept["enhetschef"]
    assert ragunda.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_field_that_is_not_written_is_left_and_one_written_empty_is_emptied(ragunda: Store, tmp_path: Path) -> None:
    path = tmp_path / "inst.yaml"
    keys = [row[0] for row in ragunda.db.execute("SELECT key FROM setting")]
    lines = "\n".join(f"  - key: {key}{chr(10) + '    value:' if key == 'top_manager' else ''}" for key in keys)
    path.write_text(f"profile: ragunda\nname: X\nsettings:\n{lines}\nrecords: {{}}\n", encoding="utf-8")
    before = dict(ragunda.db.execute("SELECT key, value FROM setting").fetchall())
    load_into(ragunda, str(path), "Anna")
    assert dict(ragunda.db.execute("SELECT key, value FROM setting").fetchall()) == before | {"top_manager": None}


def test_a_dry_run_tells_the_same_and_changes_nothing(ragunda: Store) -> None:
    before = rows(ragunda)
    rehearsed = load_into(ragunda, "tyreso", "Anna", dry_run=True)
    assert rows(ragunda) == before
    assert ragunda.db.execute("SELECT count(*) FROM role WHERE name = 'kvalitetsinspektör'").fetchone()[0] == 0
    done = load_into(ragunda, "tyreso", "Anna")
    assert done.steps == rehearsed.steps
    assert ragunda.db.execute("SELECT count(*) FROM municipality").fetchone()[0] == 1
    assert ragunda.db.execute("SELECT name FROM municipality").fetchone()[0] == "Tyresö kommun"
    assert ragunda.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_a_gate_refuses_changes_nothing(ragunda: Store, tmp_path: Path) -> None:
    """The check of the profile sees one profile; two units of the same short name may be one there and one here."""
    path = tmp_path / "p.yaml"
    path.write_text(
        "profile: ragunda\nname: X\nrecords: {process: [{key: p, name: P, status: fastställd}]}", encoding="utf-8"
    )
    before = rows(ragunda)
    with pytest.raises(Refused, match="utan processägare"):
        load_into(ragunda, str(path), "Anna")
    assert rows(ragunda) == before


# --- faulty profiles ----------------------------------------------------------------------------------------------

FAULTY = [
    (case["profile"], case["told"])
    for case in yaml.safe_load(Path(__file__).with_name("faulty_profiles.yaml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("text", "told"), FAULTY)
def test_a_faulty_profile_is_told_by_line_and_column(
    ragunda: Store, tmp_path: Path, text: str, told: list[str]
) -> None:
    path = tmp_path / "fel.yaml"
    path.write_text(text, encoding="utf-8")
    before = rows(ragunda)
    with pytest.raises(LskError) as refused:
        load_into(ragunda, str(path), "Anna")
    message = str(refused.value)
    for part in told:
        assert part in message, message
    assert re.search(r"^  rad \d+, kolumn \d+: ", message, re.M)
    assert "Inget är ändrat." in message
    assert rows(ragunda) == before


def test_all_faults_are_told_at_once_but_not_more_than_twenty() -> None:
    faults = [located.Fault(line, 1, f"fel {line}") for line in range(1, 31)]
    lines = profile.told("egen.yaml", faults).splitlines()
    assert lines[0] == "Profilen egen.yaml har 30 fel. Inget är ändrat."
    assert lines[1] == "  rad 1, kolumn 1: fel 1" and lines[20] == "  rad 20, kolumn 1: fel 20"
    assert lines[21:] == ["  … och 10 fel till."]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"profile: r\xe4v\n", b"[" * 5000, b"a: \x07\n", b"%\n", b""])
def test_a_file_that_is_no_profile_is_a_sentence_and_no_traceback(
    ragunda: Store, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "skräp.yaml"
    path.write_bytes(content)
    with pytest.raises(LskError, match=r"Profilen .* (har|är inte)"):
        load_into(ragunda, str(path), "Anna")


def test_aliases_that_multiply_are_stopped(tmp_path: Path) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True):
        text += f"{two}: &{two} [{', '.join([f'*{one}'] * 10)}]\n"
    _, faults = located.read(text)
    assert faults


# --- lists that only rules read -----------------------------------------------------------------------------------


def test_every_list_a_rule_reads_is_declared() -> None:
    offered = {f.values_from for e in ENTITIES.values() for f in e.fields if isinstance(f, Choice)}
    read = {name for r in rules.load().values() for name in re.findall(r"\blist = '(\w+)'", r.breach.sql)}
    assert set(RULE_LISTS) <= read
    assert read <= {*offered, *RULE_LISTS}


# --- compared -----------------------------------------------------------------------------------------------------


def test_a_profile_does_not_differ_from_the_file_made_from_it(ragunda_file: Path) -> None:
    assert list(differences(read_any("ragunda"), read_any(str(ragunda_file)))) == []


def test_the_difference_is_said_in_swedish_heading_by_heading() -> None:
    result = CliRunner().invoke(commands, ["diff", "tyreso", "hjo"], env={"COLUMNS": "120"})
    assert result.exit_code == 0
    lines = result.output.splitlines()
    headings = [above for above, line in pairwise(lines) if line and set(line) == {"="}]
    assert headings == ["Inställningar", "Val", "Ord", "Roller och deras ansvar", "Vägval", "Årshjulet",
                        "Rapportmallar och deras rubriker", "Kommunen", "Antal poster"]  # fmt: skip
    assert max(map(len, lines)) <= 120
    assert any(re.match(r"Vilken roll leder verksamheten\?\s+förvaltningschef\s+socialchef$", line) for line in lines)
    assert "Bara i tyreso" in result.output and "Bara i hjo" in result.output
    assert not re.search(r"\b[a-z]+_[a-z]+\b", result.output), "no English name is shown to a person"


def test_the_difference_as_json_and_in_full() -> None:
    found = json.loads(CliRunner().invoke(commands, ["diff", "tyreso", "hjo", "--json"]).output)
    assert {
        "heading": "Inställningar",
        "about": "top_manager",
        "one": "förvaltningschef",
        "other": "socialchef",
    } in found
    whole = CliRunner().invoke(commands, ["diff", "tyreso", "hjo", "--all"]).output
    assert "…" not in whole


def test_the_commands_say_what_they_did(ragunda: Store, tmp_path: Path) -> None:
    def run(*args: str) -> str:
        result = CliRunner().invoke(commands, list(args), catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    file, out = str(ragunda.path), str(tmp_path / "ut.yaml")
    assert {row["profile"] for row in json.loads(run("list", "--json"))} == set(profile.names())
    assert "lsk profile load" in run("export", file, "--to", out)
    assert run("export", file) == Path(out).read_text(encoding="utf-8")
    assert "Inget skiljer." in run("load", file, out)
    assert "Inget är ändrat." in run("load", file, "hjo", "--dry-run")
    assert json.loads(run("load", file, out, "--json")) == {"dry_run": False, "steps": [], "warnings": []}
    assert run("diff", file, out) == "Inget skiljer.\n"
    with pytest.raises(LskError, match="finns redan"):
        CliRunner().invoke(commands, ["export", file, "--to", out], catch_exceptions=False)
    with pytest.raises(LskError, match=r"borta\.yaml finns inte"):
        CliRunner().invoke(commands, ["diff", "hjo", "borta.yaml"], catch_exceptions=False)
