"""``lsk publish`` and ``lsk serve`` as a person runs them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

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


def test_serve_answers_on_this_computer(folder):
    command = [sys.executable, "-m", "lsk.cli", "serve", str(folder), "--port", "0"]
    here = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=here, env=environment) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert "Uppföljning för nämnden" in answer.read().decode("utf-8")
                assert "server" not in {name.lower() for name in answer.headers}
        finally:
            server.terminate()


def test_a_new_publication_replaces_the_old_one(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    assert run("publish", folder / "ragunda.db", tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["namnd.db", "publicerat.json"]
