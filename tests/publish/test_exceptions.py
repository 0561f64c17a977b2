"""What may be published in spite of the stop for personal data: record by record, with a reason, logged in the file."""

import pytest

from lsk import profile_export
from lsk.cli import main
from lsk.errors import LskError, Refused, Usage
from lsk.publish import publish
from lsk.publish.build import stopped
from lsk.publish.personal import EXCEPTION, allow
from tests.publish.test_publish import rows

TEXT = "Ring växeln på 0696-68 20 00 om larm."


@pytest.fixture
def ref(store):
    """A decided action whose text stops the publication."""
    with store.change("Anna", "slarv") as change:
        record, ref = store.db.execute("SELECT id, ref FROM action WHERE decision IS NOT NULL").fetchone()
        change.update("action", record, {"text": TEXT})
    return ref


def test_a_text_that_was_allowed_is_published_and_the_reason_is_in_the_file(store, tmp_path, ref):
    with pytest.raises(Refused):
        publish(store, tmp_path / "ut")
    assert allow(store, stopped(store), [ref], "Karin", "Numret går till växeln") == 1
    done = publish(store, tmp_path / "ut")
    assert TEXT in {row["atgard"] for row in rows(done.path, "atgarder_uppfoljning")}
    actor, why = store.db.execute("SELECT actor, why FROM change_set ORDER BY id DESC LIMIT 1").fetchone()
    assert actor == "Karin" and why == "Publiceras trots personuppgifter: Numret går till växeln"
    key, note, question = store.db.execute(
        "SELECT key, note, question FROM setting WHERE key LIKE ? || '%'", (EXCEPTION,)
    ).fetchone()
    assert ref in key and ref in question and note == "Numret går till växeln" and "0696" not in key + question


def test_another_text_in_the_record_stops_again(store, tmp_path, ref):
    allow(store, stopped(store), [ref], "Karin", "Numret går till växeln")
    with store.change("Anna", "ny") as change:
        record = store.db.execute("SELECT id FROM action WHERE ref = ?", (ref,)).fetchone()[0]
        change.update("action", record, {"text": "Ring Anna på 070-123 45 67."})
    with pytest.raises(Refused, match=ref):
        publish(store, tmp_path / "ut")


def test_other_records_are_not_let_through(store, tmp_path, ref):
    with store.change("Anna", "slarv") as change:
        other, other_ref = store.db.execute("SELECT id, ref FROM decision").fetchone()
        change.update("decision", other, {"outcome": "Skriv till anna@example.org."})
    allow(store, stopped(store), [ref], "Karin", "Numret går till växeln")
    with pytest.raises(Refused) as stop:
        publish(store, tmp_path / "ut")
    assert {finding.ref for finding in stop.value.findings} == {other_ref}


def test_an_exception_needs_a_reason_and_a_record_that_is_stopped(store, ref):
    for reason in ("", "  "):
        with pytest.raises(Usage, match="--reason"):
            allow(store, stopped(store), [ref], "Karin", reason)
    with pytest.raises(LskError, match="stoppar inte"):
        allow(store, stopped(store), ["XX-ÅTG-26-999"], "Karin", "skäl")
    assert not store.db.execute("SELECT 1 FROM setting WHERE key LIKE ? || '%'", (EXCEPTION,)).fetchone()


def test_an_exception_is_no_part_of_a_profile(store, ref):
    allow(store, stopped(store), [ref], "Karin", "Numret går till växeln")
    keys = {setting["key"] for setting in profile_export.export(store)["settings"]}
    assert "publication_threshold" in keys and not any(EXCEPTION in key for key in keys)


def run(*args):
    with pytest.raises(SystemExit) as end:
        main([str(arg) for arg in args])
    return end.value.code


def test_the_command_lets_a_record_through(store, tmp_path, ref, capsys):
    file, out = store.path, tmp_path / "ut"
    assert run("publish", file, out) == 1
    said = capsys.readouterr().err
    assert ref in said and "telefonnummer" in said and "0696" not in said
    assert run("publish", file, out, "--allow", ref) == 2
    assert run("publish", file, out, "--reason", "skäl") == 2
    assert run("publish", file, out, "--allow", ref, "--reason", "Växeln", "--as", "Karin") == 0
    assert run("publish", file, out) == 0 and (out / "namnd.db").exists()


def test_a_name_in_the_name_of_a_unit_stops(store, tmp_path):
    with store.change("Anna", "slarv") as change:
        unit, ref = store.db.execute("SELECT id, ref FROM unit WHERE name = 'Almgården'").fetchone()
        change.update("unit", unit, {"name": "Karin Exempelssons grupp"})
    with pytest.raises(Refused) as stop:
        publish(store, tmp_path / "ut")
    assert ref in {finding.ref for finding in stop.value.findings} and "Exempelsson" not in str(stop.value)
