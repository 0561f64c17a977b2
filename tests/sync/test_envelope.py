"""A bundle comes through whole, to its receivers only, or not at all; whatever else arrives is named in a sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
import zstandard

from lsk.errors import LskError
from sync import envelope, keys
from sync.envelope import Damaged, read_header, unwrap, whole, wrap
from sync.keys import Keys

MAIN = "01990000-0000-4000-8000-000000000001"
UNIT = "01990000-0000-4000-8000-000000000002"
OTHER = "01990000-0000-4000-8000-000000000003"
HEADER: dict[str, Any] = {
    "format": 1,
    "main": MAIN,
    "sender": {"stream": 2, "replica": UNIT, "code": "NORD"},
    "receiver": 1,
    "kind": "upp",
    "base": {1: 40, 2: 7, 10: 3},
    "upto": {1: 40, 2: 19, 10: 3},
    "whole": False,
    "program": "0.1.0",
    "schema": 3,
    "at": "2026-11-22T04:00:00.000Z",
    "enrol": None,
}


class Post:
    """Three files with keys: the unit sends to the main file, and a third has no part in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.main, self.unit, self.other = (keys.create(replica) for replica in (MAIN, UNIT, OTHER))
        self.package, self.bundle, self.out = (folder / name for name in ("paket.db", "bunt.lskb", "ut.db"))
        with sqlite3.connect(self.package) as db:
            db.execute("CREATE TABLE operation(id INTEGER PRIMARY KEY, text TEXT)")
            db.executemany("INSERT INTO operation(text) VALUES (?)", [(f"Ändring {n}",) for n in range(20)])
        db.close()

    def send(self, *receivers: Keys, **fields: Any) -> dict[str, Any]:
        to = [each.public.age for each in receivers or (self.main,)]
        return wrap(self.package, HEADER | fields, self.unit, to, self.bundle)

    def open(self, who: Keys | None = None) -> None:
        unwrap(self.bundle, read_header(self.bundle), who or self.main, self.out)

    def forge(self, payload: bytes, drop: str = "", magic: bytes = b"LSKB1\n", **fields: Any) -> None:
        """A bundle put together by hand, by the layout as documented, signed by the unit."""
        told = HEADER | {
            "plain_size": 10,
            "payload_size": len(payload),
            "payload_sha256": hashlib.sha256(payload).hexdigest(),
            "sign_key": self.unit.public.sign.hex(),
            "age_key": self.unit.public.age,
        }
        told = {name: value for name, value in (told | fields).items() if name != drop}
        text = json.dumps(json.loads(json.dumps(told)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.place(text.encode(), payload, magic)

    def place(self, text: bytes, payload: bytes = b"", magic: bytes = b"LSKB1\n") -> None:
        signed = magic + len(text).to_bytes(4, "big") + text
        self.bundle.write_bytes(signed + self.unit.sign(signed) + payload)

    def sealed(self, content: bytes) -> bytes:
        return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(self.main.public.age)])

    def left(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} - {"nycklar"}


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "nycklar"))
    return Post(tmp_path)


def test_a_package_comes_through(post: Post) -> None:
    told = post.send()
    header = read_header(post.bundle)
    assert header.fields == told
    assert header.signer == post.unit.public
    assert header.base == {1: 40, 2: 7, 10: 3} and header.upto == {1: 40, 2: 19, 10: 3}
    assert told["plain_size"] == post.package.stat().st_size
    assert whole(post.bundle, header)
    post.open()
    assert post.out.read_bytes() == post.package.read_bytes()
    assert post.left() == {"paket.db", "bunt.lskb", "ut.db"}


def test_the_layout_is_the_documented_one(post: Post) -> None:
    told = post.send()
    content = post.bundle.read_bytes()
    length = int.from_bytes(content[6:10], "big")
    text, signature, payload = content[10 : 10 + length], content[10 + length : 74 + length], content[74 + length :]
    assert content[:6] == b"LSKB1\n"
    assert text.decode() == json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert keys.valid(post.unit.public.sign, content[: 10 + length], signature)
    assert (len(payload), hashlib.sha256(payload).hexdigest()) == (told["payload_size"], told["payload_sha256"])
    plain = pyrage.decrypt(payload, [pyrage.x25519.Identity.from_str(post.main.identity)])
    assert zstandard.decompress(plain) == post.package.read_bytes()


def test_nothing_of_the_package_is_in_clear(post: Post) -> None:
    post.send()
    assert b"SQLite" not in post.bundle.read_bytes() and b"operation" not in post.bundle.read_bytes()


def test_a_payload_larger_than_what_is_kept_in_memory(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "IN_MEMORY", 1000)
    content = random.Random(1).randbytes(700_000) + bytes(300_000)
    post.package.write_bytes(content)
    post.send()
    post.open()
    assert post.out.read_bytes() == content


def test_an_empty_package(post: Post) -> None:
    post.package.write_bytes(b"")
    post.send()
    post.open()
    assert post.out.read_bytes() == b""


def test_two_receivers_open_it_and_a_third_does_not(post: Post) -> None:
    post.send(post.main, post.other)
    for who in (post.main, post.other):
        post.open(who)
        assert post.out.read_bytes() == post.package.read_bytes()
        post.out.unlink()
    with pytest.raises(LskError, match="är krypterad till en annan fil"):
        post.open(post.unit)
    assert not post.out.exists()


def test_a_wrong_key_leaves_what_was_there(post: Post) -> None:
    post.send()
    post.out.write_text("förra", encoding="utf-8")
    with pytest.raises(LskError, match="är krypterad till en annan fil"):
        post.open(post.other)
    assert post.out.read_text(encoding="utf-8") == "förra"
    assert post.left() == {"paket.db", "bunt.lskb", "ut.db"}


def test_f17_cut_off_at_every_length(post: Post) -> None:
    post.send()
    content = post.bundle.read_bytes()
    header = read_header(post.bundle)
    for length in range(len(content)):
        post.bundle.write_bytes(content[:length])
        with pytest.raises(Damaged):
            post.open()
        assert not whole(post.bundle, header)
        with pytest.raises(Damaged):
            unwrap(post.bundle, header, post.main, post.out)  # the header was read before the file was cut
    assert post.left() == {"paket.db", "bunt.lskb"}


def test_f17_one_bit_flipped_anywhere(post: Post) -> None:
    post.send()
    content = post.bundle.read_bytes()
    header = read_header(post.bundle)
    chance = random.Random(17)
    for place in [*range(80), *(chance.randrange(len(content)) for _ in range(1000))]:
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(8)
        post.bundle.write_bytes(flipped)
        with pytest.raises(Damaged if place >= 6 else LskError):
            post.open()
        if place >= header.start:
            assert not whole(post.bundle, header)
    assert post.left() == {"paket.db", "bunt.lskb"}


def test_more_at_the_end_is_not_whole(post: Post) -> None:
    post.send()
    with post.bundle.open("ab") as file:
        file.write(b"x")
    assert not whole(post.bundle, read_header(post.bundle))
    with pytest.raises(Damaged):
        post.open()


def test_a_zip_bomb_stops_at_the_size_it_states(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = post.sealed(zstandard.compress(bytes(200_000_000)))
    assert len(bomb) < 20_000
    post.forge(bomb, plain_size=1_000_000)
    written: list[int] = []
    passed = envelope.Metered.passed

    def noted(metered: envelope.Metered, data: bytes) -> None:
        passed(metered, data)
        if metered.path == post.out:
            written.append(len(data))

    monkeypatch.setattr(envelope.Metered, "passed", noted)
    with pytest.raises(Damaged, match="större än vad huvudet säger"):
        post.open()
    assert 0 < sum(written) <= 1_000_000
    assert post.left() == {"paket.db", "bunt.lskb"}


def test_a_size_over_four_gigabytes_is_not_believed(post: Post) -> None:
    post.forge(post.sealed(zstandard.compress(b"tio tecken")), plain_size=(1 << 32) + 1)
    with pytest.raises(Damaged, match="plain_size"):
        read_header(post.bundle)


def test_decompression_may_not_ask_for_much_memory(post: Post) -> None:
    greedy = zstandard.ZstdCompressionParameters(window_log=27)
    stream = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    post.forge(post.sealed(stream.compress(bytes(10)) + stream.flush()))
    with pytest.raises(Damaged, match="packa upp"):
        post.open()


@pytest.mark.parametrize(
    "content",
    [b"inte zstd", zstandard.compress(b"nio teckn"), zstandard.compress(b"tio tecken")[:-3], b""],
    ids=["not compressed", "too short", "cut off", "nothing"],
)
def test_a_signed_payload_that_is_not_what_it_should_be(post: Post, content: bytes) -> None:
    post.forge(post.sealed(content))
    with pytest.raises(Damaged):
        post.open()
    assert not post.out.exists()


def test_a_signed_payload_cut_before_it_was_signed(post: Post) -> None:
    post.forge(post.sealed(zstandard.compress(b"tio tecken"))[:-5])
    with pytest.raises(Damaged, match="packa upp"):
        post.open()


def test_a_forged_bundle_by_the_layout_opens(post: Post) -> None:
    """So that the refusals above and below are for the reason they test."""
    post.forge(post.sealed(zstandard.compress(b"tio tecken")))
    post.open()
    assert post.out.read_bytes() == b"tio tecken"


def test_a_payload_exchanged_after_it_was_checked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.forge(post.sealed(zstandard.compress(b"tio tecken")))
    header = read_header(post.bundle)
    post.bundle.write_bytes(post.bundle.read_bytes()[: header.start] + post.sealed(zstandard.compress(b"TIO TECKEN")))
    monkeypatch.setattr(envelope, "intact", lambda *_: True)
    with pytest.raises(Damaged, match="inte det som signerades"):
        unwrap(post.bundle, header, post.main, post.out)
    assert not post.out.exists()


def test_unknown_fields_are_let_be(post: Post) -> None:
    post.forge(post.sealed(zstandard.compress(b"tio tecken")), zebra={"a": [1]}, aa="ä")
    assert read_header(post.bundle).fields["zebra"] == {"a": [1]}
    post.open()


NEEDED = [*HEADER, "plain_size", "payload_size", "payload_sha256", "sign_key", "age_key"]


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_field_is_not(post: Post, name: str) -> None:
    post.forge(b"", drop=name)
    with pytest.raises(Damaged):
        read_header(post.bundle)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", [[], {"a": 1}, -1, 1.5, "\n", True, 1 << 63], ids=str)
def test_a_field_of_another_type_is_not(post: Post, name: str, value: Any) -> None:
    if (name, value) == ("whole", True):
        value = None
    post.forge(b"", **{name: value})
    with pytest.raises(LskError):
        read_header(post.bundle)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", {"stream": 2, "replica": UNIT}),
        ("sender", {"stream": 0, "replica": UNIT, "code": "N"}),
        ("base", {"-1": 3}),
        ("base", {"1": True}),
        ("upto", {"01": 3}),
        ("upto", {"1": None}),
        ("format", 0),
        ("at", "i går"),
        ("kind", "uppåt"),
        ("main", "../x"),
        ("enrol", "x"),
    ],
)
def test_a_field_out_of_its_bounds_is_named(post: Post, name: str, value: Any) -> None:
    post.forge(b"", **{name: value})
    with pytest.raises(Damaged, match=f"”{name}”"):
        read_header(post.bundle)


def test_a_null_in_place_of_everything(post: Post) -> None:
    for text in (b"null", b"[]", b"{}", b"", b"[" * 60_000, b'{"a":NaN}', b'{"a":"\\ud800"}', b"\xff", b"1" * 5000):
        post.place(text)
        with pytest.raises(Damaged):
            read_header(post.bundle)


def test_a_header_written_another_way_is_not_read(post: Post) -> None:
    """Two readings of one header must not be possible: no double names, no other order."""
    post.forge(b"")
    content = post.bundle.read_bytes()
    text = content[10 : 10 + int.from_bytes(content[6:10], "big")]
    post.place(text)
    read_header(post.bundle)
    for other in (b'{"receiver":2,' + text[1:], text.replace(b",", b", "), b" " + text):
        post.place(other)
        with pytest.raises(Damaged):
            read_header(post.bundle)


def test_a_header_signed_with_another_key(post: Post) -> None:
    post.forge(b"", sign_key=post.other.public.sign.hex())
    with pytest.raises(Damaged, match="signatur"):
        read_header(post.bundle)


def test_a_header_that_claims_to_be_huge(post: Post) -> None:
    post.bundle.write_bytes(b"LSKB1\n" + (65537).to_bytes(4, "big") + bytes(70_000))
    with pytest.raises(Damaged, match="längd"):
        read_header(post.bundle)


def test_a_newer_format_asks_for_a_newer_program(post: Post) -> None:
    for made in (
        lambda: post.forge(b"", format=2),
        lambda: post.forge(b"", format=2, drop="receiver", base=[]),
        lambda: post.forge(b"", magic=b"LSKB2\n"),
        lambda: post.forge(b"", magic=b"LSKB12\n"),
    ):
        made()
        with pytest.raises(LskError, match="Uppdatera LSK") as caught:
            read_header(post.bundle)
        assert not isinstance(caught.value, Damaged)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "a")


def database(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE a(b)")
    db.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (zipped, "en zip-fil"),
        (database, "en SQLite-databas"),
        (lambda path: path.write_text("Hej på dig\r\n", encoding="utf-8"), "en textfil"),
        (lambda path: path.write_bytes(b"LSK"[::-1] + bytes(100)), "en fil av okänt slag"),
        (lambda path: path.write_text("\n<!DOCTYPE html><p>Logga in", encoding="utf-8"), "en webbsida"),
        (lambda path: path.write_bytes(zstandard.compress(b"a" * 100)), "en fil av okänt slag"),
        (lambda path: path.write_bytes(b"age-encryption.org/v1\n-> X25519 "), "en krypterad fil"),
    ],
)
def test_what_is_no_bundle_is_named(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "fil.lskb"
    make(path)
    with pytest.raises(LskError, match=said) as caught:
        read_header(path)
    assert str(path) in str(caught.value) and not isinstance(caught.value, Damaged)


def test_nothing_and_a_folder(tmp_path: Path, post: Post) -> None:
    post.send()
    header = read_header(post.bundle)
    for each in (lambda: read_header(tmp_path / "x"), lambda: whole(tmp_path / "x", header)):
        with pytest.raises(LskError, match="den finns inte"):
            each()
    with pytest.raises(LskError):
        read_header(tmp_path)
    with pytest.raises(LskError, match="finns inte"):
        unwrap(post.bundle, header, post.main, tmp_path / "ingen mapp" / "ut.db")
    with pytest.raises(LskError, match="den finns inte"):
        wrap(tmp_path / "x", HEADER, post.unit, [post.main.public.age], tmp_path / "ny.lskb")
    with pytest.raises(LskError, match="finns inte"):
        wrap(post.package, HEADER, post.unit, [post.main.public.age], tmp_path / "ingen mapp" / "ny.lskb")


def test_receivers_must_be_keys(post: Post) -> None:
    with pytest.raises(LskError, match="ingen mottagare"):
        wrap(post.package, HEADER, post.unit, [], post.bundle)
    with pytest.raises(LskError, match="ingen giltig nyckel"):
        wrap(post.package, HEADER, post.unit, ["age1x"], post.bundle)
    assert post.left() == {"paket.db"}


def test_a_header_with_a_fault_is_never_written(post: Post) -> None:
    with pytest.raises(ValueError, match="kind"):
        post.send(kind="ut")
    with pytest.raises(ValueError, match="too long"):
        post.send(base=dict.fromkeys(range(1, 9000), 1))
    assert post.left() == {"paket.db"}


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_f16_disk_full_leaves_the_former_file(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.bundle.write_text("förra", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LskError, match="disken är full"):
        post.send()
    assert post.bundle.read_text(encoding="utf-8") == "förra"
    assert post.left() == {"paket.db", "bunt.lskb"}


@pytest.mark.parametrize("size", [1_000, 3_000_000])
def test_f16_disk_full_while_opening(post: Post, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    post.package.write_bytes(random.Random(1).randbytes(size))
    post.send()

    class Full:
        def __init__(self, file: Any) -> None:
            self.write, self.read = full, file.read

    kept = envelope.Metered.__init__

    def limited(metered: envelope.Metered, file: Any, path: Path, limit: int | None = None) -> None:
        limited_file: Any = Full(file) if limit is not None else file
        kept(metered, limited_file, path, limit)

    monkeypatch.setattr(envelope.Metered, "__init__", limited)
    with pytest.raises(LskError, match="disken är full") as caught:
        post.open()
    assert not isinstance(caught.value, Damaged)
    assert post.left() == {"paket.db", "bunt.lskb"}
