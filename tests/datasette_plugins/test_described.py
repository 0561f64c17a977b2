"""Tables and columns are described where they are shown, and in Datasette's metadata."""

from __future__ import annotations

import pytest

from datasette_plugins.described import described, meaning
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from lsk.publish.vocabulary import day, decimal, key, number, share


@pytest.mark.parametrize("level", [Publish.COMMITTEE, Publish.OPEN])
def test_every_column_of_every_table_is_described(level: Publish) -> None:
    told = described(level)["tables"]
    assert set(told) == {"om", *(table.name for table in tables_of(level))}
    for table in tables_of(level):
        said = told[table.name]
        assert list(said["columns"]) == [column.name for column in table.columns]
        assert all(said["columns"].values()) and said["grain"] and not said["grain"].endswith(".")


def test_a_number_says_what_it_counts_or_is_measured_in() -> None:
    assert meaning(number("antal", "Antal")) == "Antal (antal)"
    assert meaning(number("antal", "Antal", "", "Mottagna under perioden.")) == "Mottagna under perioden"
    assert meaning(decimal("utfall", "Utfall", "", "", "indikatorns mått")) == "Utfall (indikatorns mått)"
    assert meaning(share("andel", "Godkända")) == "Godkända (procent)"
    assert meaning(day("senast", "Senast")) == "Senast (datum)"
    assert meaning(key("mal_id", "Målets märke")) == "Målets märke (märke som andra tabeller hänvisar till)"


async def test_a_table_says_what_a_row_is_and_what_its_columns_hold(site) -> None:
    html = (await site.client.get("/namnd/egenkontroller")).text
    assert "En rad är ett år och en enhet." in html
    assert "<dt><code>andel</code></dt><dd>Gjorda i tid, % (procent)</dd>" in html
    assert "En rad är publiceringen." in (await site.client.get("/namnd/om")).text
