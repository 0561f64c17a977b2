"""A share of few is not shown, nor what it is made from; and how far a publication has come is told."""

import io

import pytest

from lsk.commands import publish as command
from lsk.model.vocabulary import Publish
from lsk.publish import publish
from lsk.publish.vocabulary import SMALLEST_RATE, SMALLEST_SURVEY, Column, Table, number, share
from lsk.publish.write import Filled, finished, written_as


def table(least):
    columns = (
        Column("enhet", "Enhet"),
        number("svar", "Svar"),
        Column("nojda", "Nöjda", kind="number", base="svar", least=least),
        share("andel", "Andel, %", base="svar", least=least),
    )
    return Table("nojdhet", "Nöjdhet", "Hur många som är nöjda.", Publish.COMMITTEE, columns, "")


@pytest.mark.parametrize("least", [SMALLEST_SURVEY, SMALLEST_RATE])
def test_a_share_of_fewer_than_the_least_is_hidden_with_what_it_is_made_from(least):
    rows = [("Norr", least, 7, 33.3), ("Söder", least - 1, 7, 36.8), ("Väst", 0, 0, None), ("Öst", None, None, None)]
    part = finished(Filled(table(least), rows), {}, 5)
    assert [list(row) for row in part.rows] == [
        ["Norr", least, 7, 0, 33.3, 0],
        ["Söder", least - 1, None, 1, None, 1],
        ["Väst", 0, 0, 0, None, 0],  # nobody asked: nobody to point at
        ["Öst", None, None, 0, None, 0],
    ]
    assert part.hidden == 2
    assert written_as(part.table)[0].count("_dold") == 2


def test_a_higher_threshold_holds_for_shares_too():
    part = finished(Filled(table(SMALLEST_SURVEY), [("Norr", 25, 9, 36.0)]), {}, 30)
    assert list(part.rows[0])[2:] == [None, 1, None, 1]


def test_the_reference_that_names_a_record_is_never_written():
    part = finished(Filled(table(SMALLEST_SURVEY), [("Norr", 25, 9, 36.0, "RA-ENH-26-001")]), {}, 5)
    assert "RA-ENH-26-001" not in part.rows[0]


def test_how_far_it_has_come_is_told_for_each_part(store, tmp_path):
    said: dict[str, list[tuple[int, int]]] = {}
    publish(store, tmp_path / "ut", told=lambda what, done, of: said.setdefault(what, []).append((done, of)))
    assert list(said) == ["Väljer ut", "Skyddar små antal", "Skriver"]
    for steps in said.values():
        done = [step for step, _ in steps]
        assert done == sorted(done) and len({of for _, of in steps}) == 1 and steps[-1][0] == steps[-1][1]


def test_the_bar_is_for_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for screen, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", screen)
        with command.progress() as told:
            for what in ("Väljer ut", "Skriver"):
                for step in range(3):
                    told(what, step + 1, 3)
        assert ("Väljer ut" in screen.getvalue() and "Skriver" in screen.getvalue()) == shown
        assert shown or screen.getvalue() == ""
