"""``lsk publish`` and ``lsk serve`` as a person runs them."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from datasette_plugins.accounts import accounts_in, set_password
from lsk.cli import main


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(arg) for arg in args])
    return int(end.value.code or 0)


def test_publish_says_what_it_wrote_and_what_to_do_next(folder, tmp_path, capsys):
    assert run("publish", folder / "ragunda.db", tmp_path) == 0
    said = capsys.readouterr().out
    assert "Ansvarsfördelning" in said and f"lsk serve {tmp_path}" in said
    assert run("publish", folder / "ragunda.db", tmp_path, "--level", "öppen", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["file"] == str(tmp_path / "oppen.db") and told["level"] == "öppen"
    assert {row["table"]: row["rows"] for row in told["tables"]}["ansvarsfordelning"] > 50
    assert sorted(path.name for path in tmp_path.iterdir()) == ["namnd.db", "oppen.db", "publicerat.json"]


def test_publish_and_serve_refuse_in_one_sentence(folder, tmp_path, capsys):
    assert run("publish", folder / "namnd.db", tmp_path) == 1
    assert run("publish", folder / "ragunda.db", tmp_path, "--level", "alla") == 1
    assert run("serve", tmp_path / "finns-inte") == 1
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        assert run("serve", folder, "--port", busy.getsockname()[1]) == 1
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 4 and "--port" in said.err


@contextlib.contextmanager
def serving(*args, **environment):
    """``lsk serve`` as a process, and the address that it says."""
    command = [sys.executable, "-m", "lsk.cli", "serve", *map(str, args), "--port", "0"]
    here = Path(__file__).parents[2]
    surroundings = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **environment}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=here, env=surroundings
    ) as server:
        try:
            line = server.stdout.readline()
            yield server, next((word for word in line.split() if word.startswith("http://")), line)
        finally:
            server.kill()


def browser():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def test_serve_answers_on_this_computer_to_whoever_has_the_link(folder):
    with serving(folder) as (_, address):
        top, reader = address.partition("logga-in")[0], browser()
        with reader.open(address, timeout=60) as answer:
            assert answer.url == top and "Ragunda kommun" in answer.read().decode("utf-8")
            assert "server" not in {name.lower() for name in answer.headers}
        with reader.open(top + "namnd/om.csv", timeout=60) as answer:
            assert "Ragunda" in answer.read().decode("utf-8")
        with browser().open(top + "namnd/om.csv", timeout=60) as answer:
            assert "/logga-in" in answer.url and "Ragunda kommun," not in answer.read().decode("utf-8")


def test_the_open_level_is_shown_to_all_and_to_the_end(open_folder):
    """Ctrl+C ends it without a fault, also where the terminal has no locale."""
    bare = {"PYTHONUTF8": "0", "LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0"}
    with serving(open_folder, **bare) as (server, address):
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert "Ragunda kommun" in answer.read().decode("utf-8")
        server.send_signal(signal.SIGINT)
        said, complaints = server.communicate(timeout=60)
        assert (server.returncode, complaints) == (0, "") and "avslutad" in said


def test_accounts_are_made_and_removed(folder, tmp_path, capsys, monkeypatch):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "nej")
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: "häst batteri klammer")
    assert run("serve", tmp_path, "--lösenord", "åsa") == run("serve", tmp_path, "--lösenord", "bo") == 0
    assert list(accounts_in(tmp_path).accounts) == ["åsa", "bo"]
    assert run("serve", tmp_path, "--ta-bort", "bo") == 130 and run("serve", tmp_path, "--ta-bort", "bo", "--yes") == 0
    assert list(accounts_in(tmp_path).accounts) == ["åsa"]
    assert run("serve", tmp_path, "--ta-bort", "eva", "--yes") == 1
    assert run("serve", tmp_path / "x", "--lösenord", "eva") == 1 and run("serve", tmp_path, "--lösenord", " ") == 2
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: "kort")
    assert run("serve", tmp_path, "--lösenord", "bo") == 1
    said = capsys.readouterr()
    assert "batteri" not in said.out + said.err and "minst 12 tecken" in said.err
    assert list(accounts_in(tmp_path).accounts) == ["åsa"]


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [(["--name", "uppfoljning.example.se"], 1, "--lösenord"), (["--host", "0.0.0.0"], 1, "--lösenord"),
     (["--host", "0.0.0.0", "--inloggad", "X-Remote-User"], 2, "samma dator"),
     (["--level", "alla"], 2, "nämnd eller öppen"),
     (["--level", "öppen"], 1, "inget publicerat"), (["--host", "192.0.2.77", "--level", "nämnd"], 1, "--lösenord"),
     (["--host", "finns.inte.invalid", "--inloggad", "x"], 2, "samma dator")],
)  # fmt: skip
def test_the_committees_pages_are_never_shown_to_others_without_log_in(folder, capsys, args, code, told):
    assert run("serve", folder, *args) == code
    said = capsys.readouterr()
    assert told in said.err and said.out == "" and len(said.err.splitlines()) == 1


def test_an_address_that_is_not_this_computers_is_told(open_folder, capsys):
    for host in ("192.0.2.77", "finns.inte.invalid"):
        assert run("serve", open_folder, "--host", host) == 1
    assert "--host" in capsys.readouterr().err


def test_accounts_are_asked_for_as_soon_as_there_are_any(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    set_password(tmp_path, "åsa", "häst batteri klammer")
    with serving(tmp_path, "--name", "uppfoljning.example.se") as (_, address):
        assert "nyckel" not in address
        with browser().open(address, timeout=60) as answer:
            assert "Lösenord" in answer.read().decode("utf-8")


def test_a_new_publication_replaces_the_old_one(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    assert run("publish", folder / "ragunda.db", tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["namnd.db", "publicerat.json"]
