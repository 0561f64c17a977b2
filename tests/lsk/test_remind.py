"""Reminders: to whom, about what, and what is said to have been sent."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from lsk.cli import main
from lsk.year.remind import reminders
from tests.town import Town

TODAY = date.today()


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


@pytest.fixture
def place(town: Callable[[str], Town]) -> Town:
    """Ragunda with units NORD and SYD; Åsa is unit manager of NORD, nobody of SYD; Bo is MAS."""
    found = town("ragunda")
    for name in ("NORD", "SYD"):
        found.add("unit", name=f"Enhet {name}", short_name=name, level="enhet")
    for name, role, unit in (("Åsa Öberg", "enhetschef", "NORD"), ("Bo Ek", "MAS", None)):
        address = name.split()[0].lower().replace("å", "a") + "@exempel.se"
        person = found.add("person", name=name, email=address)
        found.add("assignment", person=person.id, role=role, unit=unit, valid_from="2020-01-01")
    checked = found.add("obligation", name="Kompetens", cadence="år", due_rule="03-01", applies_to="varje enhet",
                        responsible_role="enhetschef", force="ska", lead_days=10)  # fmt: skip
    for unit, due in (("NORD", day(-5)), ("SYD", day(9))):
        found.add("occurrence", obligation=checked.id, unit=unit, period="2026", due=due)
    found.add("occurrence", obligation=checked.id, unit="NORD", period="2027", due=day(11))  # not yet time
    return found


def lists(place: Town) -> dict[str, dict[str, list[str]]]:
    return {mine.to.name: dict(mine.lines) for mine in reminders(place.db, TODAY)}


def test_each_is_told_of_what_is_late_and_what_it_is_time_for(place: Town) -> None:
    assert lists(place) == {
        "Åsa Öberg": {"late": [f"{day(-5)}  Kompetens, 2026 (NORD)"]},
        "enhetschef": {"soon": [f"{day(9)}  Kompetens, 2026 (SYD)"]},
    }


def test_a_named_person_goes_before_the_role_and_a_unit_over_it_after(place: Town) -> None:
    bo = place.db.execute("SELECT id FROM person WHERE name = 'Bo Ek'").fetchone()[0]
    place.add("action", text="Ring Kerstin", unit="NORD", due=day(-1), responsible=bo, responsible_role="enhetschef")
    place.add("unit", name="Natt", short_name="NATT", level="enhet", parent="NORD")
    place.add("action", text="Ring Nils", unit="NATT", due=day(1), responsible_role="enhetschef")
    found = lists(place)
    assert [line.split("  ")[0] for line in found["Bo Ek"]["late"]] == [day(-1)]
    assert [line[-6:] for line in found["Åsa Öberg"]["soon"]] == ["(NATT)"]
    assert not re.search("Kerstin|Nils", str(found))


def test_a_running_clock_is_told_by_reference_to_its_investigator(place: Town) -> None:
    case = place.add("deviation", kind="vårdskada", unit="NORD", received_on=day(-3), what_happened="Kerstin föll",
                     diary_number="1")  # fmt: skip
    place.add("investigation", deviation=case.id, kind="lex Maria", investigator_role="MAS")
    (line,) = lists(place)["Bo Ek"]["running"]
    assert f"lex Maria {case.ref}: utreds snarast" in line and "Kerstin" not in line


class Postman(socketserver.StreamRequestHandler):
    """A mail server that says what it was told to say."""

    server: Any

    def handle(self) -> None:
        self.say("220 provserver")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            word = line.upper().split(":")[0]
            if word.startswith("EHLO"):
                self.say("250 provserver")
            elif word.startswith("RCPT") and self.server.refuses in line:
                self.say("550 okänd mottagare")
            elif word == "DATA":
                self.say("354 fortsätt")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                if self.server.hangs_up:
                    return
                self.server.letters.append(message_from_bytes(letter, policy=policy.default))
                self.say("250 mottaget")
            else:
                self.say("250 ok")
                if word == "QUIT":
                    return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def postman(refuses: str = "ingen", hangs_up: bool = False) -> Iterator[Any]:
    server: Any = socketserver.TCPServer(("127.0.0.1", 0), Postman)
    server.letters, server.refuses, server.hangs_up = [], refuses, hangs_up
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def remind(place: Town, *args: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["remind", str(place.store.path), *args])
    return int(str(end.value.code))


def send(place: Town, server: Any, *args: str) -> int:
    where = f"127.0.0.1:{server.server_address[1]}"
    return remind(place, "--smtp", where, "--from", "kvalitet@exempel.se", "--yes", *args)


def test_a_list_is_sent_as_plain_text_and_who_has_no_address_is_named(
    place: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with postman() as server:
        assert send(place, server) == 1
    told = capsys.readouterr().out
    assert "Skickad till Åsa Öberg." in told and "Inte skickad till enhetschef: ingen har rollen." in told
    assert "1 av 2 listor är skickade." in told
    (letter,) = server.letters
    assert letter["to"] == "asa@exempel.se" and letter["subject"] == "Att göra – försenat: 1"
    assert letter.get_content_type() == "text/plain" and "Kompetens, 2026 (NORD)" in letter.get_content()


def test_a_refused_receiver_is_not_said_to_have_got_it_and_the_next_one_does(
    place: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change("obligation", place.the("obligation", "Utvalda avvikelser"), responsible_role="MAS")
    about = place.the("obligation", "Utvalda avvikelser").id
    place.add("occurrence", obligation=about, period="2026 kvartal 1", due=day(-2))
    with postman(refuses="asa@") as server:
        assert send(place, server) == 1
    told = capsys.readouterr().out
    assert "Inte skickad till Åsa Öberg: servern tog inte emot: 550 okänd mottagare." in told
    assert "Skickad till Bo Ek." in told and [letter["to"] for letter in server.letters] == ["bo@exempel.se"]


def test_a_connection_that_is_lost_halfway_says_that_nothing_was_confirmed(
    place: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with postman(hangs_up=True) as server:
        assert send(place, server) == 1
    told = capsys.readouterr().out
    assert "Inte skickad till Åsa Öberg: förbindelsen bröts och servern bekräftade inte." in told
    assert "0 av 2 listor är skickade." in told and server.letters == []


def test_a_server_that_is_not_there_or_does_not_encrypt_a_password_is_one_sentence(
    place: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with postman() as server:
        assert send(place, server, "--user", "anna") == 1
        assert "LSK_SMTP_LOSENORD" in capsys.readouterr().err
        monkeypatch.setenv("LSK_SMTP_LOSENORD", "hemligt")
        assert send(place, server, "--user", "anna") == 1
        told = capsys.readouterr()
        assert "krypterar inte" in told.err and "hemligt" not in told.err + told.out
    assert send(place, server) == 1  # gone now
    told = capsys.readouterr()
    assert "svarar inte" in told.err and "Inget är skickat." in told.err and "Skickad" not in told.out


@pytest.mark.parametrize(
    "args", [("--smtp", "a:b", "--from", "x@y.se"), ("--smtp", "a"), ("--smtp", "a", "--from", "x")]
)
def test_wrong_usage_is_told_before_anything_is_sent(place: Town, args: tuple[str, ...]) -> None:
    assert remind(place, *args) == 2


def test_an_address_that_cannot_be_one_is_named(place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    place.db.execute("UPDATE person SET email = 'asa@exempel.se' || char(10) || 'Bcc: x@y.se' WHERE name = 'Åsa Öberg'")
    with postman() as server:
        assert send(place, server) == 1
    assert "går inte att använda" in capsys.readouterr().out and server.letters == []


def test_without_a_server_the_lists_are_printed(place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert remind(place) == 0
    told = capsys.readouterr().out
    assert told.index("Åsa Öberg") < told.index("enhetschef") and "Försenat\n- " in told
    place.db.execute("DELETE FROM occurrence")
    assert remind(place) == 0
    assert "Ingen har något försenat" in capsys.readouterr().out
