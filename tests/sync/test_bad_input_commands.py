"""What is given to the commands by mistake: a sentence that names it, exit code 1, and no byte of a file changed."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from lsk.errors import LskError
from sync.commands import sync
from sync.commands_exchange import receive
from sync.envelope import Damaged, read_header
from tests.sync.mail import send_up
from tests.sync.world import Make, World


def text(path: Path) -> None:
    path.write_text("Hej, här kommer filen.", encoding="utf-8")


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bunt.lskb", "x")


def gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress(b"x"))


def web_page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><title>Logga in</title>", encoding="utf-8")


def database(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE t(a)").connection.close()


def newer(path: Path) -> None:
    path.write_bytes(b"LSKB2\n" + bytes(100))


def torn(path: Path) -> None:
    path.write_bytes(b"LSKB1\n\x00\x00\x02")


BROKEN = "skadad eller inte helt överförd"
STRANGE = "inte en synkfil från LSK"
NO_FILE = "inte en LSK-fil"
# What is given, and what is said of it as a unit's file and as a bundle.
KINDS: dict[Callable[[Path], None], tuple[str, str]] = {
    text: (NO_FILE, STRANGE),
    zipped: (NO_FILE, STRANGE),
    gzipped: (NO_FILE, STRANGE),
    web_page: (NO_FILE, STRANGE),
    database: ("annat program", STRANGE),
    newer: (NO_FILE, "nyare version av LSK"),
    torn: (NO_FILE, BROKEN),
    Path.mkdir: ("är en mapp", "det är en mapp"),
    Path.exists: ("finns inte", "den finns inte"),  # nothing is made at all
}


def refused(w: World, command: object, *arguments: object) -> str:
    """The sentence with which a command stops; nothing is changed and nothing left behind."""
    w.close()
    before = {path: path.read_bytes() for path in w.folder.glob("*.db")}
    done = CliRunner().invoke(command, [str(w.path("main")), *map(str, arguments), "--as", "Anna"])  # type: ignore[arg-type]
    assert isinstance(done.exception, LskError), done.output
    assert done.exception.exit_code == 1
    assert {path: path.read_bytes() for path in w.folder.glob("*.db")} == before
    return str(done.exception) + done.output


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_given_instead_of_a_units_file(world: Make, make: Callable[[Path], None]) -> None:
    w = world("NORD")
    other = w.folder / "given"
    make(other)
    said = refused(w, sync, other)
    assert KINDS[make][0] in said and other.name in said


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_given_instead_of_a_bundle(world: Make, make: Callable[[Path], None]) -> None:
    w = world("NORD")
    other = w.folder / "given.lskb"
    make(other)
    said = refused(w, receive, other)
    assert KINDS[make][1] in said and other.name in said


def test_another_municipalitys_files(world: Make) -> None:
    w, other = world("NORD"), world()
    replica = str(uuid.uuid4())
    for table in ("sync_local", "sync_stream"):
        other["main"].db.execute(f"UPDATE {table} SET replica = ?", (replica,))
    other.close()
    other.make("NORD")
    other.deviation("NORD", "NORD", "I en annan kommun")
    bundle = send_up(other, "NORD", "bunt")
    other.close()
    shutil.copyfile(other.path("NORD"), w.folder / "granne")
    assert "annan huvudfil" in refused(w, sync, w.folder / "granne")
    assert "hör till en annan huvudfil" in refused(w, receive, bundle)


def test_an_empty_folder_as_the_place(world: Make, tmp_path: Path) -> None:
    """Nothing is there yet: no error, and only the place is written to."""
    w = world("NORD")
    w.close()
    place = tmp_path / "plats"
    place.mkdir()
    done = CliRunner().invoke(sync, [str(w.path("main")), "--hub", str(place), "--as", "Anna"])
    assert done.exception is None, done.output
    assert "går inte att använda" in refused(w, sync, "--hub", tmp_path / "saknas")


def test_ten_thousand_tiny_bundles(world: Make, tmp_path: Path) -> None:
    """What a sync client that has gone wrong leaves behind is told from a bundle by its first bytes."""
    w = world("NORD")
    w.deviation("NORD", "NORD")
    bundle = send_up(w, "NORD", "bunt")
    whole = bundle.read_bytes()
    torn_off = 0
    for n in range(10_000):
        each = tmp_path / f"{n}.lskb"
        each.write_bytes(whole[: n % 500])
        with pytest.raises(Damaged):
            read_header(each)
        each.unlink()
        torn_off += 1
    assert torn_off == 10_000 and read_header(bundle).fields["kind"] == "upp"
