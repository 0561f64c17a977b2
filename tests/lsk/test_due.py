"""What falls due: no kind with a day is forgotten, and letters hold no words about anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta

from lsk.answering import answering
from lsk.due import DUE, is_late
from lsk.model import ENTITIES
from lsk.model.vocabulary import Date, Personal
from lsk.year.entries import entries
from lsk.year.remind import reminders
from lsk.year_wheel import months
from tests.town import Town

TODAY = date.today()
LATE = (TODAY - timedelta(days=3)).isoformat()
DAYS = {"due", "answer_due", "next_review", "follow_up_due", "gap_due"}


def test_every_kind_with_a_day_to_be_done_by_falls_due() -> None:
    with_a_day = {e.name for e in ENTITIES.values() for f in e.columns if isinstance(f, Date) and f.name in DAYS}
    assert set(DUE) == with_a_day


def test_what_is_not_an_obligation_is_late_and_reminded_of_all_the_same(town: Callable[[str], Town]) -> None:
    """T38 T41: an agreement to follow up; R42: what a plan says; a question from the committee; a goal's activity."""
    ragunda = town("ragunda")
    manager = ragunda.add("person", name="Åsa Öberg")
    ragunda.add("assignment", person=manager.id, role="socialchef", valid_from="2020-01-01")
    ragunda.add("goal", title="Trygghet", level=ragunda.choices("goal_levels")[0])
    kind, answers = ragunda.choices("agreement_kinds")[0], {"responsible_role": "socialchef"}
    asked = {"body": "KS", "asked_on": "2026-01-01", "question": "Hur går det?"}
    made = {
        "agreement": ragunda.add("agreement", name="Samverkan", kind=kind, follow_up_due=LATE, **answers),
        "committee_question": ragunda.add("committee_question", due=LATE, **asked, **answers),
        "goal_activity": ragunda.add("goal_activity", goal="Trygghet", text="Ring alla", due=LATE, **answers),
    }
    for name in made:
        late = ragunda.db.execute(f"SELECT t.id FROM {name} t WHERE {is_late(name)}", (TODAY.isoformat(),)).fetchall()
        assert [row["id"] for row in late] == [made[name].id]
        assert answering(ragunda.db, name, made[name].id, TODAY) == ("socialchef", ["Åsa Öberg"])
    (mine,) = [one for one in reminders(ragunda.db, TODAY) if one.to.name == "Åsa Öberg"]
    assert [words.partition("  ")[2] for words in mine.lines["late"]] == [
        "Aktivitet till målet Trygghet",
        f"Besvara nämndens fråga {made['committee_question'].ref}",
        "Följ upp överenskommelsen Samverkan",
    ]
    assert sum(month.late for month in months(ragunda.db, int(LATE[:4]), TODAY)) == 3


def test_letters_and_calendars_read_no_words_about_anybody(town: Callable[[str], Town]) -> None:
    """SQLite itself tells which columns are read: none is free text in which somebody may be named."""
    db = town("ragunda").db
    read: set[tuple[str, str]] = set()

    def watch(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table in ENTITIES and column not in ("", "id", "ref", "status"):
            read.add((str(table), str(column)))
        return sqlite3.SQLITE_OK

    db.set_authorizer(watch)
    try:
        entries(db, "0000")
    finally:
        db.set_authorizer(None)
    assert ("obligation", "name") in read
    risky = {(table, column) for table, column in read if ENTITIES[table].field(column).personal is Personal.RISK}
    assert risky == set()
