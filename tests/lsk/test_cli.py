"""The command: what it prints, its exit codes, one Swedish sentence on stderr when it says no, and Swedish help."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from lsk import cli, remembered
from lsk.change import Record
from lsk.store import VERSION, Store

Add = Callable[..., Record]
GOOD = ("kind=avvikelse", "unit=HTN", "received_on=2026-11-03", "what_happened=Maten kom för sent")


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.setenv("LSK_ACTOR", "Anna")
    monkeypatch.setattr(remembered, "_file", lambda: tmp_path / "minne.json")

    def call(*args: str | Path) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Answer(ended.value.code, out, err)

    yield call


def process(*args: str | Path) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "lsk.cli", *map(str, args)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def refused(answer: Answer, code: int, *parts: str) -> None:
    """Exit code, nothing on stdout, and one Swedish sentence that names what it ought to."""
    assert (answer.code, answer.out) == (code, "")
    assert "Traceback" not in answer.err
    for part in parts:
        assert part in answer.err
    assert answer.err.count("\n") == 1


# --- the main job, as a person would type it --------------------------------------------------------------------------


def test_a_new_file_lists_every_duty_of_the_guideline(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    made = process("new", path, "--profile", "ragunda")
    assert (made.code, made.err) == (0, "")
    assert "är skapad för Ragunda kommun" in made.out
    duties = process("list", path, "duty", "--json").json
    assert {"id", "ref", "role", "role_id", "text", "kind"} <= duties[0].keys()
    own = [duty["role"] for duty in duties if duty["kind"] != "mottar"]
    assert (own.count("socialchef"), own.count("Kommunstyrelsen"), len(duties)) == (11, 4, 59)


def test_the_empty_ragunda_file_has_real_findings(ragunda: Store, run: Run) -> None:
    answer = run("check", ragunda.path, "--json")
    assert (answer.code, answer.err) == (1, "")
    rules = {finding["rule"] for finding in answer.json}
    assert {"a_mandatory_role_is_held", "a_requirement_leans_on_law_in_force"} <= rules
    held = [f for f in answer.json if f["rule"] == "a_mandatory_role_is_held"]
    assert all(f["record"] and f["requirement"] and f["severity"] == "fel" and f["remedy"] for f in held)
    assert any(f["entity"] == "obligation" for f in answer.json)
    assert run("check", ragunda.path, "--rule", "a_mandatory_role_is_held").out.count("Ingen har rollen") == len(held)
    refused(run("check", ragunda.path, "--rule", "nej"), 1, "Det finns ingen regel som heter nej")
    assert run("check", ragunda.path, "--rules").code == 0


def test_a_missing_required_field_is_named_and_nothing_is_written(ragunda: Store) -> None:
    before = "\n".join(ragunda.db.iterdump())
    answer = process("add", ragunda.path, "deviation", *GOOD[:3])
    refused(answer, 1, "Avvikelse", "(what_happened)", "saknas och måste fyllas i")
    refused(process("add", ragunda.path, "deviation", *GOOD[2:]), 1, "(kind)", "(unit)")
    assert "\n".join(ragunda.db.iterdump()) == before


def test_a_deviation_is_not_closed_without_investigation(ragunda: Store, run: Run) -> None:
    ref = run("add", ragunda.path, "avvikelse", *GOOD, "--json").json["ref"]
    refused(run("set", ragunda.path, ref, "status=avslutad"), 1, f"{ref} kan inte avslutas", "R36")
    assert run("show", ragunda.path, ref, "--json").json["status"] == "mottagen"


def test_an_edit_by_sqlite_shows_in_the_log_and_is_undone(ragunda: Store, run: Run) -> None:
    ref = run("add", ragunda.path, "deviation", *GOOD, "--json").json["ref"]
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as db:
        db.execute("UPDATE deviation SET kind = 'klagomål'")
    assert "ändrad utanför LSK" in run("log", ragunda.path).out
    assert f"{ref}  Typ: avvikelse → klagomål" in run("log", ragunda.path, "--limit", "1").out
    undone = run("undo", ragunda.path)
    assert (undone.code, "avvikelse → klagomål" in undone.out) == (0, True)
    assert run("show", ragunda.path, ref, "--json").json["kind"] == "avvikelse"
    assert run("redo", ragunda.path).code == 0
    assert run("show", ragunda.path, ref, "--json").json["kind"] == "klagomål"
    refused(run("redo", ragunda.path), 1, "inget att göra om")


# --- each command -----------------------------------------------------------------------------------------------------


def test_a_record_is_added_shown_changed_and_deleted(ragunda: Store, run: Run) -> None:
    added = run(
        "add",
        ragunda.path,
        "Avvikelse",
        "Typ=AVVIKELSE",
        "enhet=htn",
        "received_on=20261103",
        "Vad hände?=Sent",
        "--json",
    )
    assert added.json.keys() == {"id", "ref", "warnings"}
    ref = added.json["ref"]
    shown = run("show", ragunda.path, ref)
    assert re.search(r"Enhet +Hemtjänst norr", shown.out) and re.search(r"Avslutad den +–", shown.out)
    assert "är ändrad" in run("set", ragunda.path, ref, "immediate_action=Bad om ursäkt", "--as", "Bo").out
    assert run("log", ragunda.path, ref, "--json").json[0]["actor"] == "Bo"
    assert "är borttagen" in run("delete", ragunda.path, ref).out
    refused(run("show", ragunda.path, ref), 1, f"Ingen post har beteckningen {ref}")


def test_a_list_is_narrowed_searched_sorted_and_paged(ragunda: Store, run: Run, add: Add) -> None:
    refs = [
        add(
            "deviation", kind="avvikelse", unit="HTN", received_on=f"2026-11-0{n}", what_happened=f"Maten nummer {n}"
        ).ref
        for n in range(1, 6)
    ]
    newest_first = refs[::-1]
    assert [row["ref"] for row in run("list", ragunda.path, "deviation", "--json").json] == newest_first
    page = run("list", ragunda.path, "avvikelse", "--limit", "2").out
    assert f"2 av 5. Fler: --after {newest_first[1]}" in page
    rest = run("list", ragunda.path, "avvikelse", "--after", newest_first[1], "--json").json
    assert [row["ref"] for row in rest] == newest_first[2:]
    assert [r["ref"] for r in run("list", ragunda.path, "avvikelse", "--sort", "ref", "--json").json] == refs
    assert [r["ref"] for r in run("list", ragunda.path, "avvikelse", "--sort", "-ref", "--json").json] == newest_first
    assert [r["ref"] for r in run("list", ragunda.path, "avvikelse", "received_on=2026-11-03", "--json").json] == [
        refs[2]
    ]
    assert len(run("list", ragunda.path, "avvikelse", "unit=HTN", "--json").json) == 5
    assert [r["ref"] for r in run("list", ragunda.path, "avvikelse", "--search", "nummer 4", "--json").json] == [
        refs[3]
    ]
    assert run("list", ragunda.path, "avvikelse", "--search", '"', "--json").json == []
    assert run("list", ragunda.path, "avvikelse", "kind=klagomål").out == "Inga avvikelser.\n"


def test_a_search_finds_what_another_program_just_wrote(ragunda: Store, run: Run) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as db:
        db.execute("INSERT INTO person(name) VALUES ('Örjan Ek')")
    assert [row["name"] for row in run("list", ragunda.path, "person", "--search", "örj", "--json").json] == [
        "Örjan Ek"
    ]


def test_a_thread_is_followed_both_ways(ragunda: Store, run: Run, add: Add) -> None:
    deviation = add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened="Maten kom sent")
    investigation = add("investigation", deviation=deviation.id, kind="ordinär")
    action = add("action", text="Nytt schema", unit="HTN", origin=investigation.id)
    steps = run("trace", ragunda.path, action.ref, "--json").json
    assert [step["ref"] for step in steps][:3] == [action.ref, investigation.ref, deviation.ref]
    assert "Maten kom sent" in run("trace", ragunda.path, action.ref).out


def test_the_difference_between_two_days_is_told(ragunda: Store, run: Run) -> None:
    ref = run("add", ragunda.path, "deviation", *GOOD, "--json").json["ref"]
    told = run("diff", ragunda.path, "--from", "idag").out
    assert f"+ {ref}  Vad hände?: – → Maten kom för sent" in told
    assert run("diff", ragunda.path, "--from", "igår", "--to", "igår").out == "Ingen skillnad.\n"
    assert {"entity", "record", "field", "old", "new", "kind"} <= run(
        "diff", ragunda.path, "--from", "-7", "--json"
    ).json[0].keys()
    refused(run("diff", ragunda.path, "--from", "i fjol"), 1, "är inget datum")


def test_a_long_log_is_shortened_in_lines_and_whole_in_json(ragunda: Store, run: Run) -> None:
    with ragunda.change("Anna", "läser in") as change:
        change.insert_many("person", [{"name": f"Nils {n}"} for n in range(20)])
    assert "… och 28 fält till" in run("log", ragunda.path, "--limit", "1").out
    (one,) = run("log", ragunda.path, "--limit", "1", "--json").json
    assert (len(one["changes"]), one["more"]) == (40, 0)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["nosuch"], 2, "Det finns inget kommando som heter nosuch. Se: lsk --help"),
        (["list"], 2, "FIL saknas. Se: lsk list --help"),
        (["list", "FIL", "unit", "--bad"], 2, "Det finns inget val som heter --bad"),
        (
            ["list", "FIL", "unit", "--limit", "abc"],
            2,
            "--limit går inte att använda: det ska vara ett heltal (minst 1)",
        ),
        (["list", "FIL", "unit", "--limit", "0"], 2, "--limit går inte att använda"),
        (["list", "FIL", "unit", "--limit"], 2, "Valet --limit ska ha ett värde"),
        (["new", "ny.db"], 2, "--profile saknas"),
        (["check", "FIL", "b"], 2, "För många argument (b)"),
        (["add", "FIL", "deviation", "kind"], 2, "”kind” ska skrivas fält=värde"),
        (["list", "FIL", "kaniner"], 1, "”kaniner” är inget slag av post"),
        (["list", "FIL", "deviation", "colour=röd"], 1, "Avvikelse har inget fält som heter ”colour”"),
        (["list", "FIL", "deviation", "--sort", "colour"], 1, "inget fält som heter ”colour”"),
        (["add", "FIL", "self_check_round", "share=5"], 1, "share räknas ut och kan inte skrivas"),
        (["add", "FIL", "deviation", "unit=HTX"], 1, "som heter HTX"),
        (["show", "FIL", "HK-AVV-99-001"], 1, "Ingen post har beteckningen"),
        (["new", "FIL", "--profile", "ragunda"], 1, "finns redan"),
        (
            ["new", "ny.db", "--profile", "nowhere"],
            1,
            "nowhere finns inte. Välj någon av: hjo, jarva, ragunda, tyreso, varnamo",
        ),
        (["new", "ny.db", "--profile", "ragunda", "--code", "H/K"], 1, "Kortkoden H/K går inte att använda"),
        (["list", "borta.db", "unit"], 1, "borta.db finns inte"),
        (["export", "FIL", "--to", "FIL"], 1, "det finns redan en fil med det namnet"),
        (["add", "FIL", "person", "name=\udcff"], 2, "tecken som inte går att spara"),
    ],
)
def test_what_goes_wrong_is_told_in_one_sentence(
    ragunda: Store, run: Run, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, told: str
) -> None:
    monkeypatch.chdir(ragunda.path.parent)
    refused(run(*[str(ragunda.path) if arg == "FIL" else arg for arg in args]), code, told)
    assert not (ragunda.path.parent / "ny.db").exists()


@pytest.mark.parametrize("command", ["list", "add", "check", "log", "undo", "import", "export"])
def test_every_command_refuses_a_file_that_is_none(run: Run, tmp_path: Path, command: str) -> None:
    path = tmp_path / "inte.db"
    path.write_text("hej", encoding="utf-8")
    more = {"list": ["unit"], "add": ["unit"], "import": ["unit", "x.csv"], "export": ["--to", str(tmp_path)]}
    refused(run(command, path, *more.get(command, [])), 1, "är inte en LSK-fil")


def test_a_pipe_that_closes_early_is_no_error(ragunda: Store) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "lsk.cli", "list", str(ragunda.path), "provision", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()


def test_a_console_without_our_signs_gets_what_it_can_show(ragunda: Store) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as db:
        db.execute("UPDATE unit SET name = 'Hemtjänst söder' WHERE short_name = 'HTN'")
    done = subprocess.run(
        [sys.executable, "-m", "lsk.cli", "log", str(ragunda.path), "--limit", "1"],
        capture_output=True, encoding="cp1252", timeout=60, check=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert "Namn: Hemtjänst norr ? Hemtjänst söder" in done.stdout and done.stderr == ""


# --- who acts, version, help ------------------------------------------------------------------------------------------


def test_who_acts_is_said_given_or_remembered_and_never_asked(
    ragunda: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def actor(*more: str) -> str:
        run("add", ragunda.path, "person", "name=Åsa", *more)
        return str(run("log", ragunda.path, "--limit", "1", "--json").json[0]["actor"])

    assert (actor("--as", "Bo"), actor()) == ("Bo", "Anna")
    monkeypatch.delenv("LSK_ACTOR")
    remembered.remember(ragunda.path, "Cecilia")
    assert actor() == "Cecilia"
    assert remembered.last_file() == ragunda.path
    remembered._file().write_text("[trasigt", encoding="utf-8")
    assert actor() == remembered.user_name()


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == Answer(0, f"lsk {VERSION}\n", "")


ENGLISH = (
    "Usage",
    "Options",
    "Commands:",
    "Show this message",
    "[required]",
    "[OPTIONS]",
    "default:",
    "x>=",
    "Arguments",
)


def pages(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """The help of a command and of all under it."""
    context = click.Context(command, info_name=path)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from pages(inner, f"{path} {name}")


def available() -> list[str]:
    """The commands whose module can be imported."""
    found = []
    for name, entry in cli.COMMANDS.items():
        try:
            import_module(entry.where.partition(":")[0])
        except ModuleNotFoundError:
            continue
        found.append(name)
    return found


def test_the_help_names_every_command_in_swedish(run: Run) -> None:
    answer = run("--help")
    assert answer.code == 0
    assert answer.out.startswith("Användning: lsk KOMMANDO")
    for name, entry in cli.COMMANDS.items():
        assert re.search(rf"^  {name} +\S", answer.out, re.MULTILINE), name
        assert entry.help.endswith(".")
    assert not [word for word in ENGLISH if word in answer.out]


@pytest.mark.parametrize("name", available())
def test_the_help_of_every_command_is_swedish(name: str) -> None:
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    for path, page in pages(command, f"lsk {name}"):
        assert page.startswith(f"Användning: {path}"), path
        assert "Visa den här hjälpen." in page, path
        assert not [word for word in ENGLISH if word in page], path
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert option.help and option.help.endswith((".", ")")), (path, option.name)
