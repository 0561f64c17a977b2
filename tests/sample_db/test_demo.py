"""``lsk demo``: the whole loop in a temporary folder."""

from __future__ import annotations

import io
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lsk import records
from lsk.cli import cli
from lsk.errors import LskError
from lsk.store import Store
from sample_db import place_of
from sample_db.commands import demo_command, open_app
from sample_db.demo import make_room
from sync.conflicts import conflicts
from sync.merge import sync_files


def lsk(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("demo") / "mapp"
    return folder, lsk("demo", folder)


def test_it_runs_to_the_end(done: tuple[Path, Result]) -> None:
    folder, result = done
    assert (result.exit_code, result.exception) == (0, None)
    for step in ("1.", "2.", "3.", "4.", "5.", "6."):
        assert f"\n{step} " in f"\n{result.output}"
    assert "1 konflikt att ta ställning till" in result.output
    assert f"lsk open {folder / 'lovsjo.db'}" in result.output
    assert (folder / "publicerat" / "namnd.db").exists()


@pytest.mark.parametrize("profile", ["varnamo"])
def test_it_runs_on_other_profiles(tmp_path: Path, profile: str) -> None:
    result = lsk("demo", tmp_path / "mapp", "--profile", profile)
    assert (result.exit_code, result.exception) == (0, None)
    place = place_of(profile)
    assert f"Exempelkommunen {place['short']} är byggd" in result.output
    assert "1 konflikt att ta ställning till" in result.output
    again = lsk("demo", tmp_path / "mapp", "--profile", "ragunda")
    assert again.exit_code == 0
    assert not (tmp_path / "mapp" / f"{place['file']}.db").exists()


def test_an_unknown_profile_leaves_the_folder_alone(tmp_path: Path) -> None:
    result = lsk("demo", tmp_path / "mapp", "--profile", "gnosjo")
    assert "ingen exempelkommun för gnosjo" in str(result.exception)
    assert not (tmp_path / "mapp").exists()


def test_what_the_units_did_is_in_the_main_file_and_one_conflict_waits(done: tuple[Path, Result]) -> None:
    folder, _ = done
    files = sorted(folder.glob("enhet-*.db"))
    assert len(files) == 3
    with Store.open(folder / "lovsjo.db", readonly=True) as store:
        found = conflicts(store)
        assert [(c.entity, c.field, len(c.sides)) for c in found] == [("action", "due", 2)]
        for path in files:
            with Store.open(path, readonly=True) as unit:
                code = unit.file.code
            assert records.find(store.db, "deviation", f"{code}-AVV-{store.today:%y}-001")


def test_syncing_again_changes_nothing(done: tuple[Path, Result]) -> None:
    folder, _ = done
    assert all(s.nothing_new for s in sync_files(folder / "lovsjo.db", sorted(folder.glob("enhet-*.db")), "Test"))


def test_it_replaces_its_own_earlier_run(tmp_path: Path) -> None:
    first = lsk("demo", tmp_path / "mapp")
    again = lsk("demo", tmp_path / "mapp")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert again.output == first.output


def test_it_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "viktigt.txt").write_text("min fil", encoding="utf-8")
    with pytest.raises(LskError, match=r"viktigt\.txt, som inte kommer från en tidigare demo"):
        make_room(tmp_path)
    assert (tmp_path / "viktigt.txt").read_text(encoding="utf-8") == "min fil"


def test_it_refuses_when_a_file_was_added_to_an_earlier_demo(tmp_path: Path) -> None:
    folder = tmp_path / "mapp"
    make_room(folder)
    (folder / "lovsjo.db").write_bytes(b"")
    (folder / "publicerat").mkdir()
    (folder / "publicerat" / "egen.csv").write_text("a,b", encoding="utf-8")
    with pytest.raises(LskError, match=r"publicerat/egen\.csv"):
        make_room(folder)
    (folder / "publicerat" / "egen.csv").unlink()
    make_room(folder)
    assert not (folder / "lovsjo.db").exists()


def test_it_refuses_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("", encoding="utf-8")
    with pytest.raises(LskError, match="är en fil"):
        make_room(tmp_path / "demo")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_the_app_opens_on_the_main_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path | None, str | None]] = []
    monkeypatch.setattr("lsk_tui.app.run", lambda path, actor, cursor: opened.append((path, actor)))
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stdout", Terminal())
    open_app(click.Context(demo_command), tmp_path / "lovsjo.db")
    assert opened == [(tmp_path / "lovsjo.db", None)]
