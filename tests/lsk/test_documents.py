"""A document's versions, who decides on it, who has read it and where it is used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lsk import documents, history
from lsk.errors import LskError, Refused
from lsk.store import Store
from sync.unit_file import make_unit_file
from tests.lsk_tui.conftest import TODAY
from tests.lsk_tui.furnished import PROCEDURE, ROUTINE, thread_through
from tests.town import Town


@pytest.fixture
def place(town: Callable[[str], Town]) -> Iterator[Town]:
    made = town("ragunda")
    thread_through(made)
    with Store.open(made.store.path, today=TODAY) as store:
        yield Town(store)


def found(town: Town, title: str = ROUTINE) -> list[sqlite3.Row]:
    return documents.versions(town.db, town.the("document", title).id)


def statuses(town: Town, title: str = ROUTINE) -> list[tuple[str, str]]:
    return [(row["version_number"], row["status"]) for row in found(town, title)]


def test_the_version_in_force_is_the_one_that_is_read(place: Town) -> None:
    shown = documents.current(found(place))
    assert shown is not None and shown["version_number"] == "2"
    text = documents.markdown(place.store, shown)
    assert text.startswith(f"# {ROUTINE}\n\n*Version 2, fastställd, gäller från 2026-03-01*")
    assert "## Tillvägagångssätt\n\nSignera efter varje givet läkemedel." in text
    assert "- **Dokumentansvarig:** enhetschef" in text


def test_a_title_that_looks_like_markdown_is_shown_as_it_is_written(place: Town) -> None:
    place.change("document", place.the("document", ROUTINE), title="Rutin *för* [signering](x)")
    shown = documents.current(found(place, "Rutin *för* [signering](x)"))
    assert shown is not None
    assert documents.markdown(place.store, shown).startswith(r"# Rutin \*för\* \[signering\](x)")


def test_two_versions_are_compared_field_by_field(place: Town) -> None:
    draft, second, first = found(place)
    changes = documents.changed_texts(place.store, second, draft)
    assert changes[0][0] == "Tillvägagångssätt" and changes[0][2].endswith("Skriv avvikelse samma dag.")
    assert documents.changed_texts(place.store, None, first)[0] == ("Tillvägagångssätt", "", PROCEDURE)
    assert documents.changed_texts(place.store, first, first) == []


def test_who_decides_follows_the_profile_and_else_whoever_owns_the_document(place: Town) -> None:
    draft = found(place)[0]
    who = documents.decider(place.store, draft)
    assert (who.name, who.holders, who.by_profile, who.political) == ("enhetschef", ("Anna Berg",), False, False)
    guideline = place.the("document", "Riktlinje för lex Sarah")
    place.add("document_version", document=guideline.ref, version_number="1")
    who = documents.decider(place.store, found(place, "Riktlinje för lex Sarah")[0])
    assert (who.name, who.by_profile, who.political) == ("Kommunstyrelsen", True, True)


def decided(town: Town, **more: Any) -> dict[str, Any]:
    row = town.db.execute("SELECT id FROM role WHERE name = 'enhetschef'").fetchone()
    return {"decided_by": row["id"], "decided_on": "2026-11-20", "valid_from": "2026-11-20", **more}


def test_a_version_is_put_in_force_and_the_one_before_replaced_in_one_change(place: Town) -> None:
    draft = found(place)[0]
    assert documents.approve(place.store, draft["id"], decided(place), "Anna Berg") == ["2"]
    assert statuses(place) == [("3", "fastställd"), ("2", "ersatt"), ("1", "ersatt")]
    history.undo(place.store, "Anna Berg")
    assert statuses(place) == [("3", "utkast"), ("2", "fastställd"), ("1", "ersatt")]


def test_the_gates_say_no_to_the_wrong_decider_and_nothing_is_changed(place: Town) -> None:
    guideline = place.the("document", "Riktlinje för lex Sarah")
    place.add("document_version", document=guideline.ref, version_number="1")
    draft = found(place, "Riktlinje för lex Sarah")[0]
    with pytest.raises(Refused) as no:
        documents.approve(place.store, draft["id"], decided(place), "Anna Berg")
    assert "ska beslutas av Kommunstyrelsen" in " ".join(documents.refusal(no.value))
    assert statuses(place, "Riktlinje för lex Sarah") == [("1", "utkast")]


def test_what_is_decided_already_is_not_decided_again(place: Town) -> None:
    with pytest.raises(LskError, match="väntar inte på beslut"):
        documents.approve(place.store, found(place)[1]["id"], decided(place), "Anna Berg")


def test_those_in_the_unit_are_to_read_and_are_missing_until_they_have(place: Town) -> None:
    version = found(place)[1]
    before = documents.receipts(place.store, version)
    assert before.done == () and [name for name, _ in before.missing] == ["Anna Berg", "Bo Lind", "Eva Ström"]
    documents.acknowledge(place.store, version, "Bo Lind")
    after = documents.receipts(place.store, version)
    assert after.done == (("Bo Lind", "2026-11-20", "HTN"),)
    assert after.missing == (("Anna Berg", "HTN"), ("Eva Ström", "HTN"))
    assert documents.receipts(place.store, found(place)[0]).done == ()


def test_a_receipt_is_given_once_and_by_somebody_who_is_in_the_file(place: Town) -> None:
    version = found(place)[1]
    documents.acknowledge(place.store, version, "Bo Lind")
    with pytest.raises(LskError, match="har redan kvitterat version 2"):
        documents.acknowledge(place.store, version, "Bo Lind")
    with pytest.raises(LskError, match="Okänd Person finns inte bland personerna"):
        documents.acknowledge(place.store, version, "Okänd Person")


def test_in_a_unit_s_own_file_the_receipt_is_the_unit_s(place: Town, tmp_path: Path) -> None:
    own = tmp_path / "enhet-HTN.db"
    make_unit_file(place.store, place.the("unit", "HTN").id, own, "Anna Berg")
    with Store.open(own, today=TODAY) as store:
        version = documents.versions(store.db, place.the("document", ROUTINE).id)[1]
        documents.acknowledge(store, version, "Bo Lind")
        assert documents.receipts(store, version).done == (("Bo Lind", "2026-11-20", "HTN"),)


def test_what_leans_on_the_document_is_found_both_by_link_and_by_field(place: Town) -> None:
    document = place.the("document", ROUTINE)
    place.add("self_check", name="Läses rutinen?", frequency="år", unit="HTN", document=document.ref)
    uses = {(use.entity, use.by) for use in documents.where_used(place.store, document.id)}
    assert uses == {("activity", "rutin"), ("self_check", "styrande dokument")}


def test_a_file_without_versions_reads_as_nothing(tmp_path: Path) -> None:
    with Store.create(tmp_path / "tom.db") as store:
        town = Town(store)
        document = town.add("document", title="Ny", kind="rutin")
        assert documents.versions(store.db, document.id) == [] and documents.current([]) is None
