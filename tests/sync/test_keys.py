"""A file's keys: made once, kept on this computer, moved with a passphrase, never guessed, never overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from platformdirs import user_config_path

from lsk.errors import LskError
from sync import keys
from sync.keys import Public
from tests.sync.passphrase import encrypt

ONE = "01990000-0000-4000-8000-000000000001"
TWO = "01990000-0000-4000-8000-000000000002"
PASSPHRASE = "fyra gröna ärtor rullar"


@pytest.fixture(autouse=True)
def key_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "nycklar"))
    return tmp_path / "nycklar"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_keys_are_made_once_and_found_again(key_folder: Path) -> None:
    assert keys.own(ONE) is None
    made = keys.create(ONE)
    assert keys.create(ONE) == keys.own(ONE) == made
    assert keys.create(TWO).public != made.public
    assert files(key_folder) == [f"{ONE}.nyckel", f"{TWO}.nyckel"]
    assert len(made.public.sign) == 32 and made.public.age.startswith("age1")


def test_the_folder_is_the_users_own_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LSK_NYCKLAR")
    assert keys.folder() == user_config_path("lsk", appauthor=False) / "nycklar"


def test_only_the_owner_reads_a_key_file(key_folder: Path) -> None:
    keys.create(ONE)
    shared = 0 if os.name == "posix" else 0o066  # other systems answer for every file that all may read it
    assert (key_folder / f"{ONE}.nyckel").stat().st_mode & 0o077 & ~shared == 0


def test_a_secret_is_not_shown() -> None:
    made = keys.create(ONE)
    assert made.identity not in repr(made) and made.seed.hex() not in repr(made) and repr(made.seed) not in repr(made)


def test_a_signature_holds_for_its_key_and_its_words_only() -> None:
    one, two = keys.create(ONE), keys.create(TWO)
    signature = one.sign(b"ord")
    assert len(signature) == 64
    assert keys.valid(one.public.sign, b"ord", signature)
    assert not keys.valid(one.public.sign, b"Ord", signature)
    assert not keys.valid(two.public.sign, b"ord", signature)
    assert not keys.valid(one.public.sign, b"ord", signature[:63])
    assert not keys.valid(b"kort", b"ord", signature)
    assert not keys.valid(one.public.sign, b"ord", b"")


def test_whoever_is_second_gets_the_key_of_the_first(monkeypatch: pytest.MonkeyPatch, key_folder: Path) -> None:
    fresh = keys.fresh
    first: list[keys.Keys] = []

    def overtaken(replica: str) -> keys.Keys:
        monkeypatch.setattr(keys, "fresh", fresh)
        first.append(keys.create(replica))  # another process, in between
        return fresh(replica)

    monkeypatch.setattr(keys, "fresh", overtaken)
    assert [keys.create(ONE)] == first
    assert files(key_folder) == [f"{ONE}.nyckel"]


def test_processes_at_once_end_with_the_same_key(key_folder: Path) -> None:
    script = f"from sync import keys; print(keys.create('{ONE}').public.age)"
    started = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, encoding="utf-8")
        for _ in range(4)
    ]
    said = {process.communicate()[0].strip() for process in started}
    assert [process.returncode for process in started] == [0] * 4
    assert said == {keys.create(ONE).public.age}
    assert files(key_folder) == [f"{ONE}.nyckel"]


def test_every_cut_and_many_flips_of_a_key_file_are_noticed(key_folder: Path) -> None:
    keys.create(ONE)
    path = key_folder / f"{ONE}.nyckel"
    content = path.read_bytes()
    damaged = [content[:length] for length in range(len(content))]
    damaged += [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(len(content))]
    damaged += [b"[]", b"null", b"[" * 20_000, content.replace(ONE.encode(), TWO.encode())]
    for each in damaged:
        path.write_bytes(each)
        with pytest.raises(LskError) as caught:
            keys.own(ONE)
        assert str(path) in str(caught.value) and "är skadad" in str(caught.value)
        with pytest.raises(LskError):
            keys.create(ONE)
        assert path.read_bytes() == each  # never mended by making another key


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "fil" / "nycklar"))
    with pytest.raises(LskError, match="fil"):
        keys.create(ONE)


@pytest.mark.parametrize("replica", ["", "../lösen", f"{ONE}/x", ONE.upper() + "A", f"{ONE}\n", "x" * 36])
def test_an_id_is_no_path(replica: str) -> None:
    with pytest.raises(LskError, match="inget id"):
        keys.create(replica)


def test_a_copy_moves_the_keys_to_another_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "kopia.lsknyckel"
    made = keys.create(ONE)
    keys.save_copy(ONE, copy, PASSPHRASE)
    assert made.identity.encode() not in copy.read_bytes() and made.seed.hex().encode() not in copy.read_bytes()
    with pytest.raises(LskError, match="finns redan"):
        keys.save_copy(ONE, copy, PASSPHRASE)

    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "annan dator"))
    assert keys.own(ONE) is None
    assert keys.restore(copy, PASSPHRASE) == ONE
    assert keys.own(ONE) == made


def test_another_passphrase_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "kopia.lsknyckel"
    monkeypatch.setattr("pyrage.passphrase.encrypt", encrypt)
    keys.create(ONE)
    keys.save_copy(ONE, copy, PASSPHRASE)
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "annan dator"))
    with pytest.raises(LskError, match="Lösenfrasen öppnar inte"):
        keys.restore(copy, "fyra gröna ärtor")
    assert keys.own(ONE) is None
    assert keys.restore(copy, PASSPHRASE) == ONE


def test_keys_from_elsewhere_never_replace_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = keys.create(ONE)
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "annan dator"))
    keys.take_in(elsewhere)
    keys.take_in(elsewhere)
    assert keys.own(ONE) == elsewhere
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "tredje dator"))
    other = keys.create(ONE)
    with pytest.raises(LskError, match="redan en annan nyckel"):
        keys.take_in(elsewhere)
    assert keys.own(ONE) == other


def test_a_passphrase_around_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "annat"
    path.write_bytes(keys.SEALED)
    monkeypatch.setattr("pyrage.passphrase.decrypt", lambda *_: b'{"format": 1, "replica": "../x"}')
    with pytest.raises(LskError, match="ingen nyckel från LSK"):
        keys.restore(path, PASSPHRASE)


def test_what_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hej", encoding="utf-8")
    with pytest.raises(LskError, match="ingen nyckelkopia"):
        keys.restore(tmp_path / "text", PASSPHRASE)
    with pytest.raises(LskError, match="den finns inte"):
        keys.restore(tmp_path / "saknas", PASSPHRASE)
    with pytest.raises(LskError, match="ingen nyckel för filen"):
        keys.save_copy(ONE, tmp_path / "kopia", PASSPHRASE)
    keys.create(ONE)
    with pytest.raises(LskError, match="Lösenfrasen är tom"):
        keys.save_copy(ONE, tmp_path / "kopia", "  ")
    assert files(tmp_path) == ["nycklar", "text"]


def test_a_proof_binds_the_token_to_both_keys() -> None:
    one, two = keys.create(ONE).public, keys.create(TWO).public
    shown = keys.proof("biljett å", one)
    assert len(shown) == 64
    assert keys.proves("biljett å", one, shown)
    assert not keys.proves("biljett", one, shown)
    assert not keys.proves("biljett å", two, shown)
    assert not keys.proves("biljett å", Public(one.sign, two.age), shown)
    assert not keys.proves("biljett å", Public(two.sign, one.age), shown)
    assert not keys.proves("biljett å", one, shown[:-1]) and not keys.proves("biljett å", one, "å")
    assert not keys.proves("", one, keys.proof("", one))
