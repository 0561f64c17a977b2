"""Overviews: every one answers for every municipality, full or empty; the command shows them to people and programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lsk import cli, overviews
from lsk.store import Store

PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["overview", *(str(arg) for arg in args)])
        return int(ended.value.code or 0), *capsys.readouterr()

    return call


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", overviews.load())
def test_each_answers_for_each_municipality(profile_file: Callable[[str], Path], name: str, profile: str) -> None:
    with Store.open(profile_file(profile), readonly=True) as store:
        everything = overviews.show(store.db, name, overviews.Asked(2026))
        nothing = overviews.show(store.db, name, overviews.Asked(2026, "finns inte", "finns inte"))
    assert isinstance(everything, list)
    assert len({tuple(row) for row in everything}) <= 1  # the same columns in each row
    assert len(nothing) <= len(everything) or name == "egenkontroller"


def test_each_says_what_it_answers_to() -> None:
    for each in overviews.load().values():
        assert each.help.endswith(".") and each.requirement and (each.ask.__doc__ or "")


def test_without_a_name_the_command_lists_them(profile_file: Callable[[str], Path], run: Run) -> None:
    code, out, _ = run(profile_file("hjo"))
    assert code == 0 and [line.split()[0] for line in out.splitlines()] == list(overviews.load())
    code, out, _ = run(profile_file("hjo"), "--json")
    assert {row["name"] for row in json.loads(out)} == set(overviews.load())


def test_a_table_for_people_and_json_for_programs(profile_file: Callable[[str], Path], run: Run) -> None:
    path = profile_file("tyreso")
    code, out, _ = run(path, "överenskommelser", "--about", "försäkringskassan")
    lines = out.splitlines()
    assert code == 0 and lines[0].split()[:2] == ["Nivå", "Överenskommelse"] and len(lines) == 5
    _, out, _ = run(path, "mätningar", "--year", "2026", "--json")
    assert [row["krav"] for row in json.loads(out)] == [f"T{n}" for n in range(16, 28)]
    _, out, _ = run(path, "plan")
    assert out == "Inget att visa.\n"


def test_what_is_not_there_is_said(profile_file: Callable[[str], Path], run: Run) -> None:
    path = profile_file("hjo")
    code, _, err = run(path, "väder")
    assert code == 1 and err.startswith("Det finns ingen översikt som heter väder. Välj någon av: mål,")
    code, _, err = run(path, "mål", "--unit", "Månen")
    assert code == 1 and "som heter Månen" in err
    code, _, err = run(path, "mål", "--year", "i år")
    assert code == 2 and "--year" in err
