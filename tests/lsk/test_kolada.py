"""Kolada by its v3 API. The answers are made in the documented shape (tests/lsk/kolada); no real server is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from lsk import kolada
from lsk.cli import main
from lsk.comparisons import Fetched, fetch
from lsk.errors import LskError, Usage
from lsk.store import Store

BASE = "http://kolada.test/v3"
ANSWERS = Path(__file__).parent / "kolada"
KPIS = ["U21468=högre", "u33401=lägre"]


def made(name: str) -> str:
    return (ANSWERS / f"{name}.json").read_text(encoding="utf-8").replace("#BASE#", BASE)


class Server:
    """A made Kolada: answers by path, remembers what was asked, and can be busy first."""

    def __init__(self, *busy: httpx.Response) -> None:
        self.busy = list(busy)
        self.asked: list[str] = []
        self.waited: list[float] = []
        self.answers = {
            "kpi": made("kpi"),
            "municipality": made("municipality"),
            "data": made("data-1"),
            "2": made("data-2"),
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.busy:
            return self.busy.pop(0)
        what = request.url.params.get("page") or request.url.path.split("/")[2]
        return httpx.Response(200, text=self.answers[what])

    def source(self) -> kolada.Online:
        client = httpx.Client(transport=httpx.MockTransport(self))
        return kolada.Online(client, BASE, wait=self.waited.append, answers=[])


def fetched(
    store: Store, source: kolada.Source, kpis: list[str] | None = None, years: list[int] | None = None
) -> Fetched:
    others = ["1497", "0000", "0006"]
    return fetch(
        store, source, kpis=KPIS if kpis is None else kpis, own="0683", others=others, years=years or [], actor="Anna"
    )


def measurements(store: Store) -> list[tuple[str, str | None, str | None]]:
    rows = store.db.execute(
        """SELECT i.kolada_id, m.period_start, m.value FROM measurement m JOIN indicator i ON i.id = m.indicator
           WHERE m.source = 'Kolada' ORDER BY 1, 2"""
    )
    return [tuple(row) for row in rows]


def comparisons(store: Store) -> set[tuple[str, ...]]:
    rows = store.db.execute(
        """SELECT compared_with, name, municipality_code, period, value FROM comparison_value
           WHERE fetched_on IS NOT NULL"""
    )
    return {tuple(row) for row in rows}


def test_own_values_are_measurements_and_others_comparisons(ragunda: Store) -> None:
    server = Server()
    told = fetched(ragunda, server.source())
    assert measurements(ragunda) == [("U21468", "2024-01-01", "88.1"), ("U21468", "2025-01-01", None)]
    assert comparisons(ragunda) == {
        ("annan kommun eller verksamhet", "Hjo", "1497", "2024", "100"),
        ("nationellt register", "Riket", "0000", "2024", "111.123457"),
        ("regionalt register", "Region Jönköpings län", "0006", "2024", "0.3"),
    }
    assert (told.read, told.new, told.by_gender, told.without_value) == (6, 5, 2, 2)
    made_of = ragunda.db.execute(
        "SELECT name, better, source_system FROM indicator WHERE kolada_id IS NOT NULL ORDER BY kolada_id"
    ).fetchall()
    assert [tuple(row)[1:] for row in made_of] == [("högre", "Kolada"), ("lägre", "Kolada")]
    assert made_of[0]["name"].startswith("Brukarbedömning hemtjänst")
    assert server.asked[-2:] == [
        f"{BASE}/data/kpi/U21468,U33401/municipality/0683,1497,0000,0006",
        f"{BASE}/data/kpi/U21468,U33401/municipality/0683,1497,0000,0006?page=2",
    ]


def test_the_own_code_is_asked_for_once_and_kept_as_text(ragunda: Store) -> None:
    with pytest.raises(Usage, match=r"--own 0683"):
        fetch(ragunda, Server().source(), kpis=KPIS, own="", others=[], years=[], actor="Anna")
    fetched(ragunda, Server().source())
    assert ragunda.db.execute("SELECT municipality_code FROM municipality").fetchone()[0] == "0683"
    told = fetch(ragunda, Server().source(), kpis=[], own="", others=[], years=[], actor="Anna")
    assert (told.new, told.unchanged) == (0, 5)  # with the ones it was compared with before


def test_fetching_again_changes_only_what_is_different(ragunda: Store) -> None:
    fetched(ragunda, Server().source())
    before = ragunda.db.execute("SELECT seq FROM sync_local").fetchone()[0]
    again = fetched(ragunda, Server().source())
    assert (again.new, again.changed, again.unchanged) == (0, 0, 5)
    assert ragunda.db.execute("SELECT seq FROM sync_local").fetchone()[0] == before
    server = Server()
    server.answers["data"] = (
        server.answers["data"]
        .replace('"value": null', '"value": 91.5')
        .replace('"value": 100', '"value": 99, "isdeleted": true')
    )
    told = fetched(ragunda, server.source())
    assert told.changed == 2
    assert measurements(ragunda)[1] == ("U21468", "2025-01-01", "91.5")
    assert [row[4] for row in comparisons(ragunda) if row[1] == "Hjo"] == [None]
    assert any("Kolada har tagit bort värdet (100)" in note for note in told.notes)


def test_what_people_have_measured_is_left_alone(ragunda: Store) -> None:
    with ragunda.change("Anna") as change:
        own = change.insert("indicator", {"name": "Nöjda", "better": "högre", "kolada_id": "U21468"})
        period = {"period_start": "2024-01-01", "period_end": "2024-12-31"}
        change.insert("measurement", {"indicator": own.id, "value": "70", "source": "egen enkät", **period})
    told = fetched(ragunda, Server().source())
    assert "är mätt av er (70); Koladas värde (88.1) är inte sparat." in " ".join(told.notes)
    assert ragunda.db.execute("SELECT value FROM measurement WHERE source = 'egen enkät'").fetchone()[0] == "70"


def test_an_indicator_is_not_made_without_knowing_what_is_better(ragunda: Store) -> None:
    before = "\n".join(ragunda.db.iterdump())
    with pytest.raises(Usage, match=r"U33401 \(Utredningstid.*--kpi U33401=högre eller --kpi U33401=lägre"):
        fetched(ragunda, Server().source(), ["U21468=högre", "U33401"])
    assert "\n".join(ragunda.db.iterdump()) == before
    told = fetched(ragunda, Server().source(), ["U21401=lägre", "N99999=lägre"])
    assert told.notes == [
        "U21401 finns inte i Kolada längre; inget är hämtat för det.",
        "N99999 finns inte i Kolada; inget är hämtat för det.",
    ]


@pytest.mark.parametrize(
    ("kpis", "own", "told"),
    [
        (["21468"], "0683", "”21468” är inget nyckeltal"),
        (["U21468=bättre"], "0683", "skriv U21468=högre eller U21468=lägre"),
        (["U21468"], "683", "”683” är ingen kommunkod. Skriv alla fyra siffrorna, till exempel 0683."),
        ([], "0683", "Inga nyckeltal att hämta"),
    ],
)
def test_a_wrong_question_is_told(ragunda: Store, kpis: list[str], own: str, told: str) -> None:
    server = Server()
    with pytest.raises(Usage) as error:
        fetch(ragunda, server.source(), kpis=kpis, own=own, others=[], years=[], actor="Anna")
    assert told in str(error.value)
    assert server.asked == []


def test_at_most_25_ids_in_a_path_segment() -> None:
    asked: list[list[str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.split("/"))
        return httpx.Response(200, json={"values": [], "next_url": ""})

    source = kolada.Online(httpx.Client(transport=httpx.MockTransport(answer)), BASE)
    ids = [f"U{number:05d}" for number in range(60)]
    codes = [f"{number:04d}" for number in range(26)]
    source.data(ids, codes, list(range(2000, 2026)))
    assert len(asked) == 3 * 2 * 2
    assert max(len(segment.split(",")) for path in asked for segment in path) == 25
    assert {i for path in asked for i in path[4].split(",")} == set(ids)


def test_a_busy_server_is_waited_for(ragunda: Store) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    server = Server(
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(429),
        httpx.Response(503, headers={"Retry-After": later}),
    )
    assert fetched(ragunda, server.source()).new == 5
    assert server.waited[:2] == [7.0, 2.0]
    assert 50 < server.waited[2] <= 60


def test_a_server_that_stays_busy_is_given_up(ragunda: Store) -> None:
    server = Server(*[httpx.Response(429) for _ in range(20)])
    with pytest.raises(LskError, match="Kolada är upptaget"):
        fetched(ragunda, server.source())
    assert server.waited == [1.0, 2.0, 4.0, 8.0, 16.0]
    with pytest.raises(LskError, match="ber om 3600 sekunders väntan"):
        fetched(ragunda, Server(httpx.Response(429, headers={"Retry-After": "3600"})).source())
    assert measurements(ragunda) == []


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("inget nät", request=request)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda r: httpx.Response(404), "Kolada svarar 404 Not Found"),
        (lambda r: httpx.Response(200, text="<html>"), "är inte JSON"),
        (lambda r: httpx.Response(200, json={"results": []}), "”values” saknas"),
        (lambda r: httpx.Response(200, json={"values": [], "next_url": str(r.url)}), "samma sida om igen"),
        (
            lambda r: httpx.Response(200, json={"values": [], "next_url": "http://x.test/v3"}),
            r"annan server \(x.test\)",
        ),
        (unreachable, "Kolada nås inte"),
    ],
)
def test_a_strange_answer_changes_nothing(
    ragunda: Store, answer: Callable[[httpx.Request], httpx.Response], told: str
) -> None:
    before = ragunda.db.execute("SELECT seq FROM sync_local").fetchone()[0]
    source = kolada.Online(httpx.Client(transport=httpx.MockTransport(answer)), BASE)
    with pytest.raises(LskError, match=told):
        fetched(ragunda, source)
    assert ragunda.db.execute("SELECT seq FROM sync_local").fetchone()[0] == before


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("88.10", "88.1"),
        ("0.1", "0.1"),
        ("-0.00000001", "0"),
        ("1E+3", "1000"),
        ("111.12345650001", "111.123457"),
        ("100", "100"),
        ("-2.50", "-2.5"),
    ],
)
def test_numbers_are_exact_decimals(number: str, kept: str) -> None:
    assert kolada.exact(Decimal(number)) == kept


@pytest.mark.parametrize("value", ['"88"', "true", "NaN", "[1]"])
def test_a_value_that_is_no_number_is_refused(value: str) -> None:
    row = (
        f'{{"kpi": "U21468", "municipality": "0683", "period": 2024, "values": [{{"gender": "T", "value": {value}}}]}}'
    )
    with pytest.raises(LskError, match="Ett värde från Kolada går inte att läsa"):
        kolada.values(kolada.parsed(f'{{"values": [{row}]}}', "test")["values"])


def lsk(*args: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    return int(ended.value.code or 0)


def test_saved_answers_are_read_without_a_net(
    ragunda: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ("--kpi", KPIS[0], "--kpi", KPIS[1], "--own", "0683", "--with", "1497", "--year", "2023-2024", "--json")
    assert lsk("kolada", ragunda.path, *question, "--from", ANSWERS) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["new"]) == (3, 2)
    assert measurements(ragunda) == [("U21468", "2024-01-01", "88.1")]
    fetched_on = ragunda.db.execute("SELECT DISTINCT fetched_on FROM measurement WHERE source = 'Kolada'").fetchone()[0]
    assert fetched_on == ragunda.today.isoformat()
    assert lsk("kolada", ragunda.path, *question, "--from", tmp_path / "tom") == 1
    assert "har inga sparade svar" in capsys.readouterr().err
    assert lsk("kolada", ragunda.path, "--year", "24", "--from", ANSWERS) == 2
    assert "”24” är inget år" in capsys.readouterr().err


def test_the_address_comes_from_option_or_environment_and_answers_can_be_saved(
    ragunda: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, real = Server(), httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **settings: real(transport=httpx.MockTransport(server), **settings))
    monkeypatch.setenv("LSK_KOLADA", BASE)
    question = ("--kpi", KPIS[0], "--own", "0683", "--with", "1497")
    assert lsk("kolada", ragunda.path, *question, "--save", tmp_path / "svar") == 0
    assert "2 värden för bara kvinnor eller män är inte hämtade." in capsys.readouterr().err
    assert {httpx.URL(url).host for url in server.asked} == {"kolada.test"}
    assert len(list((tmp_path / "svar").glob("*.json"))) == 4
    assert lsk("kolada", ragunda.path, *question, "--from", tmp_path / "svar") == 0
    assert "0 nya, 0 ändrade, 3 oförändrade" in capsys.readouterr().out
    monkeypatch.setenv("LSK_KOLADA", "http://fel.test")
    assert lsk("kolada", ragunda.path, *question, "--base", BASE) == 0
