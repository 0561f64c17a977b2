"""Plain lines: question and answer, without a screen (issue of screen readers): every task through a pipe."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lsk.errors import LskError
from lsk.store import Store
from lsk_tui.plain.talk import Choice, Ended, Talk, fitting
from lsk_tui.plain.tasks import run
from sync.merge import sync_files
from sync.unit_file import make_unit_file
from tests.lsk_tui.conftest import TODAY

ENGLISH = re.compile(
    r"\b(the|and|error|please|enter your|invalid|choose|save|cancel|quit|yes|no such)\b", re.IGNORECASE
)


def said(path: Path, *answers: str) -> str:
    """All that is told to somebody who answers so, and then is silent."""
    write = io.StringIO()
    with Store.open(path, today=TODAY) as store:
        run(store, "Berit Ek", Talk(io.StringIO("".join(f"{a}\n" for a in answers)), write))
    return write.getvalue()


def deviations(path: Path) -> list[dict[str, object]]:
    with Store.open(path, readonly=True) as store:
        return [dict(row) for row in store.db.execute("SELECT * FROM deviation ORDER BY rowid")]


def test_a_deviation_is_registered_field_by_field(file: Path) -> None:
    before = deviations(file)
    told = said(file, "ny avv", "klagomål", "HTN", "igår", "Maten kom för sent.", "Två dagar i rad.", "", "")
    new = deviations(file)[len(before) :]
    assert [(d["kind"], d["received_on"], d["what_happened"]) for d in new] == [
        ("klagomål", "2026-11-19", "Maten kom för sent.\nTvå dagar i rad.")
    ]
    assert told.count(f"Sparat: Avvikelse {new[0]['ref']}.") == 2, "said when it is saved, and at the end"


def test_an_empty_line_means_today_where_that_is_said(file: Path) -> None:
    told = said(file, "1", "1", "HTN", "", "Ett besök uteblev.", "", "")
    assert "Tom rad betyder idag." in told
    assert deviations(file)[-1]["received_on"] == TODAY.isoformat()


def test_a_field_that_need_not_be_filled_in_is_chosen_by_name(file: Path) -> None:
    said(file, "1", "1", "HTN", "", "Ett besök uteblev.", "", "omedelbara åtgärder", "Ringde anhörig.", "", "")
    assert deviations(file)[-1]["immediate_action"] == "Ringde anhörig."


def test_what_is_wrong_is_told_and_asked_again(file: Path) -> None:
    told = said(file, "1", "99", "HTQ", "1", "HTN", "snart", "+1", "", "Text.", "", "")
    for sentence in ("”99” finns inte att välja", "”HTQ” finns inte", "”snart” är inget datum", "Vad hände?” saknas"):
        assert sentence in told
    assert deviations(file)[-1]["received_on"] == "2026-11-21"


def test_personal_data_is_warned_of_and_may_be_rewritten(file: Path) -> None:
    told = said(file, "1", "1", "HTN", "", "Ring 070-123 45 67.", "", "skriv om", "Ring den enskilde.", "", "")
    assert "ett troligt telefonnummer" in told and "inte vem" in told
    assert deviations(file)[-1]["what_happened"] == "Ring den enskilde."


def test_personal_data_may_be_kept_and_the_rules_say_so(file: Path) -> None:
    told = said(file, "1", "1", "HTN", "", "Ring 070-123 45 67.", "", "behåll", "")
    assert deviations(file)[-1]["what_happened"] == "Ring 070-123 45 67."
    assert "Tänk på:" in told


def test_what_a_gate_refuses_is_told_and_nothing_is_saved_before_it_is_mended(file: Path) -> None:
    ref = deviations(file)[1]["ref"]
    told = said(file, "sök", str(ref).lower(), "1", "status", "avslutad", "", "status", "utreds", "")
    assert "Inte sparat:" in told
    assert deviations(file)[1]["status"] == "utreds"


def test_the_end_says_what_is_saved_and_what_is_not(file: Path) -> None:
    before = len(deviations(file))
    told = said(file, "1", "1", "HTN")
    assert told.rstrip().endswith("Inte sparat: ny avvikelse.\nInget är ändrat i filen.\nSlut.")
    assert len(deviations(file)) == before


def test_avbryt_comes_back_to_the_beginning(file: Path) -> None:
    told = said(file, "1", "1", "avbryt", "avsluta")
    assert "Avbrutet. Inte sparat: ny avvikelse." in told
    assert told.count("Vad vill du göra?") == 2


def test_a_question_mark_helps_at_every_question(file: Path) -> None:
    told = said(file, "?", "1", "?", "1", "?", "HTN", "?", "", "?")
    assert told.count("Skriv avbryt för att lämna frågan.") == 5


def test_idag_leads_to_the_record(file: Path) -> None:
    told = said(file, "idag", "1", "", "")
    assert "Försenat" in told and "Inför larm när ett besök inte kvitteras" in told
    assert re.search(r"^1\. .*Inför larm", told, re.MULTILINE) or "Vilken vill du se?" in told
    assert "Vad nu?" in told or "Vilken?" in told


def test_a_round_of_self_check_is_filled_in(file: Path) -> None:
    told = said(file, "egenkontroll", "1", "", "20", "18", "Två saknade ring.", "", "Påminn om ring.", "")
    with Store.open(file, readonly=True) as store:
        row = store.db.execute("SELECT * FROM self_check_round").fetchone()
    assert (row["status"], row["done_on"], row["checked_count"], row["compliant_count"]) == (
        "genomförd", TODAY.isoformat(), 20, 18,
    )  # fmt: skip
    assert "Sparat:" in told


def test_search_finds_by_words_and_shows_the_record(file: Path) -> None:
    told = said(file, "sök", "dosetten", "1", "")
    assert "Fel dos delades i dosetten" in told and "Enhet: Hemtjänst Norr" in told


def test_search_without_a_hit_says_what_to_do(file: Path) -> None:
    assert "Inga träffar på ”xyzzy”. Pröva färre eller andra ord." in said(file, "sök", "xyzzy")


@pytest.fixture
def contested(file: Path, tmp_path: Path) -> Path:
    """Two people have written different things in the same field."""
    with Store.open(file, today=TODAY) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
        make_unit_file(store, unit, tmp_path / "htn.db", "Anna Berg")
    for path, text in ((file, "Ringde natten."), (tmp_path / "htn.db", "Talade med gruppen.")):
        with Store.open(path, today=TODAY) as store, store.change("någon") as change:
            record = store.db.execute("SELECT id FROM deviation ORDER BY ref LIMIT 1").fetchone()[0]
            change.update("deviation", record, {"immediate_action": text})
    sync_files(file, [tmp_path / "htn.db"], "Anna Berg")
    return file


def open_conflicts(path: Path) -> int:
    with Store.open(path, readonly=True) as store:
        return int(store.db.execute("SELECT count(*) FROM sync_conflict").fetchone()[0])


@pytest.mark.parametrize(
    ("answers", "text"),
    [(("talade",), "Talade med gruppen."), (("ringde",), "Ringde natten."), (("3", "Båda."), "Båda.")],
)
def test_a_conflict_is_decided(contested: Path, answers: tuple[str, ...], text: str) -> None:
    assert open_conflicts(contested) == 1
    told = said(contested, "konflikter", *answers)
    with Store.open(contested, readonly=True) as store:
        assert store.db.execute("SELECT immediate_action FROM deviation ORDER BY ref").fetchone()[0] == text
    assert open_conflicts(contested) == 0
    assert "Inga konflikter kvar." in told


def test_a_third_value_that_is_called_as_a_side_is_a_value(contested: Path) -> None:
    said(contested, "konflikter", "3", "theirs")
    with Store.open(contested, readonly=True) as store:
        assert store.db.execute("SELECT immediate_action FROM deviation ORDER BY ref").fetchone()[0] == "theirs"


def test_a_unit_knows_its_own_unit(contested: Path) -> None:
    unit = contested.with_name("htn.db")
    told = said(unit, "1", "1", "", "Ett larm fungerade inte.", "", "")
    assert "Enhet?" not in told
    assert deviations(unit)[-1]["what_happened"] == "Ett larm fungerade inte."


def test_no_sign_steers_the_terminal_whoever_wrote_it(file: Path) -> None:
    with Store.open(file, today=TODAY) as store, store.change("någon") as change:
        record = store.db.execute("SELECT id FROM deviation LIMIT 1").fetchone()[0]
        change.update("deviation", record, {"what_happened": "Rött \x1b[31m och \x9b2J \u202e bakvänt\r\n\x07"})
    told = said(file, "sök", "bakvänt", "1", "")
    assert "bakvänt" in told
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told)


def test_nothing_is_said_in_english(file: Path) -> None:
    told = said(file, "?", "1", "?", "1", "HTN", "", "x", "", "", "idag", "", "egenkontroll", "avbryt", "brister", "")
    assert ENGLISH.findall(told) == []


def test_a_word_may_mean_only_one_thing() -> None:
    choices = [Choice(1, "lex Sarah"), Choice(2, "lex Maria"), Choice(3, "lokal", "lok")]
    assert (
        fitting(choices, "lok").value == 3 and fitting(choices, "2").value == 2 and fitting(choices, "maria").value == 2
    )
    with pytest.raises(LskError, match="kan vara flera: lex Sarah, lex Maria"):
        fitting(choices, "lex")
    with pytest.raises(LskError, match="finns inte att välja"):
        fitting(choices, "4")


def test_bytes_that_are_no_text_are_asked_for_again() -> None:
    read, write = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"), io.StringIO()
    with pytest.raises(Ended):
        Talk(read, write).line("Vad hände?")
    assert "Skriv den på nytt" in write.getvalue()


def command(
    path: Path, answers: str, tmp_path: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONUTF8": "1", **environment}
    words = words or ("open", str(path), "--as", "Berit Ek")
    return subprocess.run(
        [sys.executable, "-m", "lsk.cli", *words],
        input=answers,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
    )


def test_a_dumb_terminal_gets_plain_lines(file: Path, tmp_path: Path) -> None:
    done = command(file, "1\n1\nHTN\nidag\nEtt besök uteblev.\n\n\n", tmp_path, TERM="dumb")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert deviations(file)[-1]["what_happened"] == "Ett besök uteblev."
    with Store.open(file, readonly=True) as store:
        assert store.db.execute("SELECT actor FROM change_set ORDER BY id DESC LIMIT 1").fetchone()[0] == "Berit Ek"


def test_ask_is_the_same_in_any_terminal(file: Path, tmp_path: Path) -> None:
    done = command(file, "avsluta\n", tmp_path, "ask", str(file), TERM="xterm-256color")
    assert done.returncode == 0 and done.stdout.rstrip().endswith("Slut.")


def test_open_without_a_terminal_keeps_its_sentence(file: Path, tmp_path: Path) -> None:
    done = command(file, "", tmp_path, TERM="xterm-256color")
    assert done.returncode == 1 and done.stderr.startswith("Appen behöver en terminal. Utan terminal: lsk ask FIL")
