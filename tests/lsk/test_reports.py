"""Reports as documents: the municipalities' scenarios, what each format holds, and the same bytes again."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document as open_word

from lsk import cli, profile
from lsk.errors import LskError, Usage
from lsk.located import read as located
from lsk.overviews import Asked, show
from lsk.reports import period as periods
from lsk.reports.document import MOST_ROWS, Document, Numbered, Part
from lsk.reports.figures import FIGURES, Figure, Filled
from lsk.reports.make import make
from lsk.reports.met import write_report
from lsk.reports.pack import MANIFEST, Wanted, files_of, read_manifest, rebuild, sheet, write
from lsk.reports.web import markdown, page
from lsk.reports.word import BOLD, LETTERS, PAGE, SIZES, setting, word
from lsk.rules import check
from lsk.store import Store
from tests.town import Town

TownOf = Callable[[str], Town]
PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")


def made(
    town: Town, kind: str, year: int, period: str | None = None, unit: str | None = None, draft: bool = True
) -> Document:
    which = town.the("unit", unit).id if unit else None
    return make(town.store, kind, periods.read(year, period), which, draft)


def table(document: Document, caption: str) -> Numbered:
    return next(table for table in document.tables if table.caption.startswith(caption))


def cells(numbered: Numbered) -> list[tuple[object, ...]]:
    return [tuple(numbered.filled.columns), *numbered.filled.rows]


def units(town: Town, *names: str, level: str = "enhet", parent: str, **values: object) -> None:
    for name in names:
        town.add("unit", name=name, short_name=name[-1], level=level, parent=parent, **values)


def report(town: Town, template: str, unit: str, year: int, text: str, status: str = "inlämnad") -> None:
    """A report with ``text`` under each heading of its template."""
    of = town.get("report_template", template)
    headings = town.db.execute(
        "SELECT number, heading, force FROM report_template_section WHERE template = ? ORDER BY number", (of["id"],)
    ).fetchall() or [{"number": 1, "heading": "Sammanfattning", "force": "ska"}]
    with town.store.change("test") as change:
        written = change.insert(
            "report",
            {"title": f"{template} {year}, {unit}", "template": of["id"], "unit": town.the("unit", unit).id,
             "year": year, "status": status},
        )  # fmt: skip
        change.insert_many("report_section", [{"report": written.id, "text": text, **dict(row)} for row in headings])


# --- the scenarios ---------------------------------------------------------------------------------------------------


def test_rs3_quarterly_report(town: TownOf) -> None:
    """RS3: exactly the selected of the quarter, from MAS, to KS through SAU, and no word of what was written."""
    ragunda = town("ragunda")
    units(ragunda, "Hemtjänst A", parent="KS")
    refs = []
    for number in range(10):
        day = f"2025-0{1 + number % 3}-1{number}"
        added = ragunda.add("deviation", kind="avvikelse", unit="A", received_on=day, what_happened="Föll i trappan",
                            selected_for_report=int(number in (2, 5, 7)), source="personal")  # fmt: skip
        refs += [added.ref] if number in (2, 5, 7) else []
    ragunda.add("deviation", kind="avvikelse", unit="A", received_on="2025-04-01", what_happened="Nästa kvartal",
                selected_for_report=1, source="personal")  # fmt: skip

    document = made(ragunda, "kvartalsrapport", 2025, "Q1", draft=False)

    assert {row[0] for row in table(document, "Utvalda").filled.rows} == set(refs)
    facts = dict(document.facts)
    assert "MAS" in facts["Från"]
    assert facts["Till"].startswith("Kommunstyrelsen") and "SAU" in facts["Till"]
    assert facts["Period"] == "2025 kvartal 1 (2025-01-01 – 2025-03-31)"
    assert b"Trappan" not in files_of(ragunda.store, Wanted("kvartalsrapport", 2025, "Q1"))[1]["rapport.html"].title()


def test_rs3_the_obligation_of_the_quarter_is_done_with_the_report(
    town: TownOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """RS3: made and handed in, the quarter's turn is done; until then it is late after its day."""
    ragunda = town("ragunda")
    path = ragunda.store.path
    quarterly = ragunda.get("obligation", "Utvalda avvikelser")
    with ragunda.store.change("test") as change:
        change.update("obligation", quarterly["id"], {"due_rule": "+30"})

    def said(*args: str) -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main([*args, "--as", "Maria Svan"])
        assert ended.value.code == 0
        return capsys.readouterr().out

    def late() -> list[str]:
        return [f.message for f in check(ragunda.db) if f.rule == "an_obligation_is_met_in_time"]

    asked = ("report", str(path), "kvartalsrapport", "--year", "2025", "--period", "Q1", "--to", str(tmp_path / "Q1"))
    with pytest.raises(SystemExit):
        cli.main([*asked, "--done", "--as", "Maria Svan"])
    assert "lsk year" in capsys.readouterr().err and not (tmp_path / "Q1").exists()

    said("year", str(path), "--year", "2025", "--yes")
    assert "2025 kvartal 1 är inte klar i årshjulet" in said(*asked)
    assert any("Utvalda avvikelser 2025 kvartal 1 är försenad" in message for message in late())

    assert "är klar i årshjulet" in said(*asked, "--done")
    assert not any("kvartal 1" in message for message in late()) and any("kvartal 2" in m for m in late())
    row = ragunda.db.execute("SELECT status, done_on, evidence_text FROM occurrence WHERE period = '2025 kvartal 1'")
    assert tuple(row.fetchone()) == (
        "klar", date.today().isoformat(), "Kvartalsrapport om utvalda avvikelser 2025 kvartal 1",
    )  # fmt: skip

    manifest = str(tmp_path / "Q1" / MANIFEST)
    assert "Rapporten blev likadan" in said("report", str(path), "--rebuild", manifest), (
        "of the file as it is afterwards"
    )


def test_an_account_of_the_year_is_the_second_of_two(town: TownOf, tmp_path: Path) -> None:
    """R46: the obligation is by the half-year; what is asked for the whole year answers to its last half."""
    ragunda = town("ragunda")
    ragunda.add("occurrence", obligation="Halvårs- och helårsredovisning", period="2025 halvår 2", due="2026-02-01")
    done = write_report(ragunda.store, Wanted("helårsredovisning", 2025, draft=True), tmp_path / "ut", "Maria Svan")
    assert done.turn is not None and done.turn["period"] == "2025 halvår 2" and done.done


def test_a_year_that_has_not_begun_has_no_report(town: TownOf) -> None:
    with pytest.raises(LskError, match=r"3000 har inte börjat"):
        made(town("ragunda"), "kvalitetsrapport", 3000)


def test_rs7_half_year_report(town: TownOf) -> None:
    """RS7: what misses its target first, each with goal and resources; both deviations wait for an analysis."""
    ragunda = town("ragunda")
    for name, value in (("Bemötande", "97"), ("Trygghet", "70"), ("Delaktighet", "90")):
        ragunda.add("goal", title=f"Mål {name}", level="enhetsmål")
        ragunda.add("indicator", name=name, goal=f"Mål {name}", better="högre", target="90")
        ragunda.add("measurement", indicator=name, period_start="2025-01-01", period_end="2025-06-30", value=value,
                    target="90", resource_used="1200")  # fmt: skip
    ragunda.add("measurement", indicator="Trygghet", period_start="2025-07-01", period_end="2025-12-31", value="99",
                target="90")  # fmt: skip

    document = made(ragunda, "halvårsredovisning", 2025, "H1", draft=False)

    outcomes = [row for row in table(document, "Mål och utfall").filled.rows if row[3] is not None]
    assert outcomes == [
        ("Mål Trygghet", "Trygghet", "90", "70", "negativ", "1200"),
        ("Mål Bemötande", "Bemötande", "90", "97", "positiv", "1200"),
        ("Mål Delaktighet", "Delaktighet", "90", "90", "ingen", "1200"),
    ]
    causes = table(document, "Utfall som avviker").filled.rows
    assert [(row[0], row[-1]) for row in causes] == [
        ("Trygghet", "Vad beror avvikelsen på?"),
        ("Bemötande", "Vad beror avvikelsen på?"),
    ]
    assert document.parts[0].heading == "Avvikelser från mål och resurser"
    assert document.parts[1].remark == "Se tabell 1."


def test_vs8_quality_report(town: TownOf) -> None:
    """VS8: the seven headings come with figures; one without text warns and does not block; it is meant for the web."""
    varnamo = town("varnamo")
    document = made(varnamo, "kvalitetsberättelse", 2024, unit="IFO", draft=False)
    wanted = ["egenkontroller", "utfall", "riskmatris", "avvikelser", "överenskommelser", "granskningar", "delaktighet"]
    assert [part.tables[0].filled.figure.overview for part in document.parts] == wanted
    assert len(document.parts) == 7 and len(document.warnings) == 7
    assert all("har siffror men ingen text" in warning for warning in document.warnings)
    assert dict(document.facts)["Plats"] == "webben"


def test_vs9_management_review(town: TownOf) -> None:
    """VS9: nine inputs in order; the seventh lists what was decided before; what lacks text and figures is refused."""
    varnamo = town("varnamo")
    earlier = varnamo.add("management_review", year=2023)
    for text, kind in (("Se över mallarna", "korrigerande"), ("Utbilda nya chefer", "förebyggande")):
        varnamo.add("action", text=text, kind=kind, unit="MBF", origin=earlier.ref)
    review = varnamo.add("management_review", year=2024)

    with pytest.raises(LskError, match=r"”Rekommendationer till förbättringar” ska finnas och är tom.*--draft"):
        made(varnamo, "ledningens genomgång", 2024, draft=False)
    for number in (8, 9):
        varnamo.add("management_review_input", management_review=review.ref, number=number, heading=f"Nr {number}",
                    content=f"Underlag {number}.")  # fmt: skip
    document = made(varnamo, "ledningens genomgång", 2024, draft=False)

    assert len(document.parts) == 9 and document.parts[8].text == "Underlag 9."
    assert [part.number for part in document.parts] == list(range(1, 10))
    decided = document.parts[6].tables[0].filled
    told = [dict(zip(decided.columns, row, strict=True)) for row in decided.rows]
    assert [(row["åtgärd"], row["typ"], row["läge"]) for row in told] == [
        ("Se över mallarna", "korrigerande", "föreslagen"),
        ("Utbilda nya chefer", "förebyggande", "föreslagen"),
    ]


def test_js2_placement_and_compilation(town: TownOf) -> None:
    """JS2: a unit's quality report stands last, under Övrigt; all of them are an appendix to the committee's report."""
    jarva = town("jarva")
    units(jarva, "Enhet A", "Enhet B", "Enhet C", parent="SDF")
    for name in ("Enhet A", "Enhet B"):
        report(jarva, "Enhetens kvalitetsberättelse", name, 2024, f"Så gick det för {name}.")
    report(jarva, "Enhetens kvalitetsberättelse", "Enhet C", 2024, "Ännu inte klar.", status="utkast")

    own = made(jarva, "verksamhetsberättelse", 2024, unit="Enhet A")
    assert own.parts[-1].heading == "Övrigt"
    assert [each.title for each in own.parts[-1].contributions] == ["Enhetens kvalitetsberättelse 2024, Enhet A"]

    whole = made(jarva, "Nämndens verksamhetsberättelse", 2024)
    texts = [text for each in whole.contributions for _, text in each.sections]
    assert "Så gick det för Enhet A." in texts and "Så gick det för Enhet B." in texts
    assert "Ännu inte klar." not in texts
    assert "Enhet C (Enhetens kvalitetsberättelse)" in whole.missing
    assert not any(unit.startswith(("Enhet A", "Enhet B")) for unit in whole.missing if "kvalitets" in unit)


def test_js3_documented_analysis(town: TownOf) -> None:
    """JS3: the analysis stands on risks, all deviations and self-checks; all means as many as the file has."""
    jarva = town("jarva")
    units(jarva, "Enhet A", parent="SDF")
    for number in range(4):
        jarva.add(
            "deviation", kind="avvikelse", unit="A", received_on=f"2024-0{number + 2}-01", what_happened="Ett fel"
        )
    document = made(jarva, "kvalitetsberättelse", 2024, unit="Enhet A")
    analysis = next(part for part in document.parts if part.heading.startswith("Analys"))
    shown = {numbered.filled.figure.overview: numbered.filled for numbered in analysis.tables}
    assert {"riskmatris", "avvikelser", "egenkontroller"} <= set(shown)
    assert shown["avvikelser"].rows[-1][:2] == ("Summa", 4)


def test_js4_patient_safety_report(town: TownOf) -> None:
    """JS4: all items are required, and the two counts are those of the file."""
    jarva = town("jarva")
    units(jarva, "Enhet A", parent="SDF", has_health_care=1)
    units(jarva, "Enhet B", parent="SDF", has_health_care=0)
    for number, assessment in enumerate(("allvarlig vårdskada", "vårdskada", "ingen vårdskada")):
        harm = jarva.add("deviation", kind="risk för vårdskada", unit="A", received_on="2024-03-01",
                         what_happened="Fel dos", track="lex Maria", registered_in=None)  # fmt: skip
        jarva.add("investigation", deviation=harm.ref, kind="lex Maria", started_on="2024-03-02",
                  investigator_role="MAS",
                  finished_on=f"2024-05-0{number + 1}", assessment=assessment)  # fmt: skip
    with pytest.raises(LskError, match="ska finnas och är tom"):
        made(jarva, "patientsäkerhetsberättelse", 2024, unit="Enhet A", draft=False)
    document = made(jarva, "patientsäkerhetsberättelse", 2024, unit="Enhet A")
    assert len([part for part in document.parts if part.force == "ska"]) == len(document.parts) == 9
    assert table(document, "Händelser som har utretts").filled.rows == [("Utredda händelser", 3)]
    assert table(document, "Vårdskador").filled.rows == [("Allvarliga vårdskador", 1)]
    with pytest.raises(LskError, match="Enhet B har ingen hälso- och sjukvård"):
        made(jarva, "patientsäkerhetsberättelse", 2024, unit="Enhet B")


def test_ts4_decisions_not_carried_out(town: TownOf) -> None:
    """TS4: counts of the quarter without anybody's name, and the five who are to have them."""
    tyreso = town("tyreso")
    unit = tyreso.db.execute("SELECT name FROM unit WHERE level = 'avdelning' ORDER BY ref").fetchone()["name"]
    for quarter, law, count in (
        ("2025 kvartal 1", "SoL", 9),
        ("2025 kvartal 2", "SoL", 3),
        ("2025 kvartal 2", "LSS", 0),
    ):
        tyreso.add("unexecuted_report", unit=unit, quarter=quarter, law=law, service="boende", count=count)
    tyreso.add("unexecuted_recipient", quarter="2025 kvartal 2", recipient="Revisorerna", sent_on="2025-07-10")

    document = made(tyreso, "icke verkställda beslut", 2025, "Q2", draft=False)

    counts = table(document, "Icke verkställda").filled.rows
    assert [row[1:4] for row in counts] == [("SoL", "boende", 3), ("LSS", "boende", 0)]
    told = table(document, "Mottagare").filled.rows
    assert [name for _, name, _ in told] == tyreso.choices("unexecuted_recipients") and len(told) == 5
    assert [(name, sent) for _, name, sent in told if sent] == [("Revisorerna", "2025-07-10")]
    assert len(table(made(tyreso, "icke verkställda beslut", 2025), "Icke verkställda").filled.rows) == 3


def test_hs4_chain_of_reports(town: TownOf) -> None:
    """HS4: the head's compilation keeps the two departments' own words and names the third."""
    hjo = town("hjo")
    units(hjo, "Avdelning A", "Avdelning B", "Avdelning C", level="avdelning", parent="SOC")
    for name in ("Avdelning A", "Avdelning B"):
        report(hjo, "Kvalitetsberättelse per avdelning", name, 2024, f"{name} berättar.")
    document = made(hjo, "kvalitetsberättelse", 2024)
    assert [each.sections[0][1] for each in document.contributions] == [
        "Avdelning A berättar.",
        "Avdelning B berättar.",
    ]
    assert "Avdelning C (Kvalitetsberättelse per avdelning)" in document.missing
    assert "Saknas: Avdelning C (Kvalitetsberättelse per avdelning)." in document.warnings


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_of_complaints_is_the_printed_one(town: TownOf, tmp_path: Path) -> None:
    """From single records in a CSV file: every cell, with noughts and sums; and in per cent against the same part of
    the year before."""
    varnamo = town("varnamo")
    register = tmp_path / "register.csv"
    register.write_text(
        """kind;unit;received_on;source;what_happened
klagomål;IFO;2024-01-10;klient;Väntade länge
klagomål;IFO;2024-02-11;anhörig;Svårt att nå fram
klagomål;EKB;2024-03-12;klient;Kall mat
synpunkt;IFO;2024-03-13;personal;Bättre skyltar
klagomål;IFO;2024-08-01;klient;Väntade länge
klagomål;EKB;2023-01-05;klient;Kall mat
klagomål;IFO;2023-05-05;klient;Väntade länge
synpunkt;IFO;2023-12-01;klient;Bättre skyltar
""",
        encoding="utf-8",
    )
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", str(varnamo.store.path), "deviation", str(register), "--as", "test"])
    assert not ended.value.code
    half = Asked(2024, part=("2024-01-01", "2024-06-30"))

    by_source = [tuple(row.values()) for row in show(varnamo.db, "avvikelsetabell", half._replace(about="källa"))]
    kinds = varnamo.choices("deviation_kinds")
    assert list(show(varnamo.db, "avvikelsetabell", half)[0]) == ["enhet", *kinds, "Summa"]
    assert kinds[:3] == ["avvikande händelse", "klagomål", "synpunkt"] and len(kinds) == 5
    assert by_source == [
        ("klient", 0, 2, 0, 0, 0, 2),
        ("anhörig", 0, 1, 0, 0, 0, 1),
        ("personal", 0, 0, 1, 0, 0, 1),
        ("vårdgivare", 0, 0, 0, 0, 0, 0),
        ("annan intressent", 0, 0, 0, 0, 0, 0),
        ("Summa", 0, 3, 1, 0, 0, 4),
    ]
    compared = [tuple(row.values()) for row in show(varnamo.db, "avvikelser", half)]
    assert compared == [
        ("avvikande händelse", 0, 0, None),
        ("klagomål", 3, 2, 50),
        ("synpunkt", 1, 0, None),
        ("missförhållande", 0, 0, None),
        ("risk för missförhållande", 0, 0, None),
        ("Summa", 4, 2, 100),
    ]


def test_a_year_without_data_says_so(town: TownOf) -> None:
    varnamo = town("varnamo")
    varnamo.add("deviation", kind="klagomål", unit="IFO", received_on="2023-03-01", what_happened="…", source="klient")
    for year, known in ((2024, 0), (2022, None)):
        counted = table(made(varnamo, "kvalitetsberättelse", year, unit="IFO"), "Inkomna").filled
        assert {row[1] for row in counted.rows} == {known}
        assert counted.series == (() if known is None else ("antal", "året före"))
    _, files = files_of(varnamo.store, Wanted("kvalitetsberättelse", 2022, unit=varnamo.the("unit", "IFO").id))
    text = files["rapport.md"].decode()
    assert "| Summa | – | – | – |" in text and "Inga uppgifter för perioden." in text


def test_what_is_not_known_is_not_drawn_as_nought(town: TownOf) -> None:
    varnamo = town("varnamo")
    varnamo.add("deviation", kind="klagomål", unit="IFO", received_on="2023-03-01", what_happened="…", source="klient")
    drawn = table(made(varnamo, "kvalitetsberättelse", 2023, unit="IFO"), "Inkomna").filled
    assert drawn.series == ("antal",) and ("klagomål", (1,)) in drawn.bars
    assert "Summa" not in dict(drawn.bars)


def test_a_running_year_is_compared_with_as_much_of_the_year_before() -> None:
    year = periods.read(2026)
    assert year.until(date(2026, 5, 4)) == ("2026-01-01", "2026-05-04")
    assert Asked(2024, part=("2024-01-01", "2024-02-29")).days_before == ("2023-01-01", "2023-02-28")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Q1", "2024-01-01", "2024-03-31"), ("q4", "2024-10-01", "2024-12-31"), ("T2", "2024-05-01", "2024-08-31"),
        ("H2", "2024-07-01", "2024-12-31"), ("2024-02-01..2024-02-29", "2024-02-01", "2024-02-29"),
    ],
)  # fmt: skip
def test_parts_of_a_year(text: str, first: str, last: str) -> None:
    found = periods.read(2024, text)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024-06-01..2024-03-01", "slutar innan den börjar"), ("Q5", "finns inte. Skriv Q1–Q4"),
        ("2023-01-01..2023-02-01", "ligger inte i 2024"), ("2024-02-30..2024-03-01", "dag som inte finns"),
        ("mars", "finns inte"), ("Q²", "finns inte"),
    ],
)  # fmt: skip
def test_a_wrong_period_is_told(text: str, said: str) -> None:
    with pytest.raises(Usage, match=said):
        periods.read(2024, text)


# --- templates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_every_template_can_be_drafted(profile_file: Callable[[str], Path], name: str) -> None:
    with Store.open(profile_file(name), readonly=True) as store:
        kinds = [row["ref"] for row in store.db.execute("SELECT ref FROM report_template ORDER BY ref")]
        assert kinds
        for kind in kinds:
            document, files = files_of(store, Wanted(kind, 2026, draft=True))
            assert document.title and files["rapport.docx"].startswith(b"PK")


def test_figures_in_a_template_exist(town: TownOf) -> None:
    hjo = town("hjo")
    sections = [row["id"] for row in hjo.db.execute("SELECT id FROM report_template_section")]
    with hjo.store.change("test") as change:
        for section in sections:
            change.update("report_template_section", section, {"figures": "mal_och_utfal"})
    with pytest.raises(
        LskError, match=r"”Uppföljning av målet.*siffrorna mal_och_utfal, som inte finns.*mal_och_utfall"
    ):
        made(hjo, "kvalitetsberättelse", 2024)


def test_a_profile_with_unknown_figures_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hjo.yaml"
    path.write_text(profile.text_of("hjo").replace("mal_och_utfall", "mal_och_utfal"), encoding="utf-8")
    with pytest.raises(LskError, match=r"rad \d+.*siffrorna mal_och_utfal finns inte\. Menas mal_och_utfall\?"):
        profile.read(str(path))


def test_a_heading_stands_once(town: TownOf) -> None:
    hjo = town("hjo")
    of = hjo.get("report_template", "Kvalitetsberättelse")
    hjo.add("report_template_section", template=of["ref"], number=2, force="bör",
            heading="UPPFÖLJNING AV MÅLET FÖR KVALITETSARBETET")  # fmt: skip
    with pytest.raises(LskError, match=r"två gånger\. Ta bort den ena"):
        made(hjo, "kvalitetsberättelse", 2024)


def test_an_unknown_kind_names_those_there_are(town: TownOf) -> None:
    with pytest.raises(LskError, match=r"heter bokslut\. Det finns: kvalitetsberättelse, patientsäkerhetsberättelse"):
        made(town("hjo"), "bokslut", 2024)


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_on_another_computer(sample_file: Callable[..., Path], tmp_path: Path, capsys) -> None:
    """The file is copied, the report is made again from its manifest, also on another day."""
    first, second = tmp_path / "a.db", tmp_path / "annan dator" / "b.db"
    second.parent.mkdir()
    for path in (first, second):
        shutil.copyfile(sample_file("varnamo"), path)
    with Store.open(first, readonly=True, today=date(2026, 3, 1)) as store:
        _, files = files_of(store, Wanted("kvalitetsberättelse", 2025))
    write(tmp_path / "ut", files)
    again = read_manifest(tmp_path / "ut" / MANIFEST)
    with Store.open(second, readonly=True, today=again.today) as store:
        rebuilt, different = rebuild(store, again)
    assert different == [] and rebuilt == files

    with pytest.raises(SystemExit) as ended:
        cli.main(["report", str(second), "--rebuild", str(tmp_path / "ut" / MANIFEST), "--to", str(tmp_path / "igen")])
    assert not ended.value.code and "byte för byte" in capsys.readouterr().out
    assert (tmp_path / "igen" / "rapport.docx").read_bytes() == files["rapport.docx"]

    with Store.open(second) as store, store.change("test") as change:
        change.insert("unit", {"name": "Ny enhet", "short_name": "NY", "level": "enhet"})
    with (
        Store.open(second, readonly=True) as store,
        pytest.raises(LskError, match="inte filen som rapporten gjordes av"),
    ):
        rebuild(store, again)


def test_the_manifest_says_what_each_figure_was_asked(sample_file: Callable[..., Path]) -> None:
    with Store.open(sample_file("ragunda"), readonly=True, today=date(2026, 11, 1)) as store:
        _, files = files_of(store, Wanted("halvårsredovisning", 2026, "H1"))
        content = json.loads(files[MANIFEST])
        outcomes = content["tables"][0]
        assert outcomes["overview"] == "utfall" and "'2026-06-30'" in " ".join(outcomes["queries"])
        asked = next(query for query in outcomes["queries"] if "FROM indicator" in query)
        assert len(store.db.execute(asked).fetchall()) == outcomes["rows"] > 0
    sheet = files[outcomes["file"]].decode()
    assert len(sheet.splitlines()) == outcomes["rows"] + 1


def test_word_has_styles_contents_captions_and_words_for_what_is_drawn(sample_file: Callable[..., Path]) -> None:
    with Store.open(sample_file("varnamo"), readonly=True, today=date(2026, 11, 1)) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE level = 'sektion' ORDER BY ref").fetchone()["id"]
        document, files = files_of(store, Wanted("kvalitetsberättelse", 2025, unit=unit))
    word = open_word(io.BytesIO(files["rapport.docx"]))
    headings = [p.text for p in word.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [f"{part.number}. {part.heading}" for part in document.parts] and len(headings) == 7
    captions = [p.text for p in word.paragraphs if p.style is not None and p.style.name == "Caption"]
    assert captions == [f"Tabell {t.number}. {t.caption}" for t in document.tables]
    body = word.element.xml
    assert "TOC" in body and 'w:anchor="_Toc101"' in body and 'w:name="_Toc101"' in body
    assert re.search(r'<wp:docPr [^>]*descr="avvikande händelse: antal \d+', body)
    assert body.count("<w:tblDescription") == len(word.tables)
    assert "å" in body and "Ã" not in body
    assert word.core_properties.title == document.title and word.core_properties.language == "sv-SE"
    with zipfile.ZipFile(io.BytesIO(files["rapport.docx"])) as packed:
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert any(name.startswith("word/charts/chart") for name in packed.namelist())


def test_a_long_table_is_shown_to_a_reader_in_part_and_is_whole_in_its_csv(town: TownOf) -> None:
    """Nobody reads fifty pages of rows; the looks of each row are those of the first, and a sum is bold."""
    rows = [(f"Rad {number}", number) for number in range(MOST_ROWS)] + [("Summa", 7)]
    long = Numbered(1, Filled(Figure("utfall", "Mål och utfall"), ("vad", "antal"), rows, []))
    short = Numbered(2, Filled(Figure("utfall", "Mål och utfall"), ("vad", "antal"), rows[-3:], []))
    document = replace(made(town("ragunda"), "kvartalsrapport", 2025), parts=[Part(1, "Mål", "ska", "", [long, short])])

    told = "De första 500 av 501 rader. Alla finns i siffror/01-utfall.csv."
    assert page(document).decode().count(told) == markdown(document).decode().count(told) == 1
    opened = open_word(io.BytesIO(word(document)))
    assert [paragraph.text for paragraph in opened.paragraphs].count(told) == 1
    first, second = opened.tables
    assert [cell.text for row in first.rows for cell in row.cells] == [
        "Vad", "Antal", *(text for name, number in rows[:-1] for text in (name, str(number)))
    ]  # fmt: skip
    looks = {re.sub(r"<w:t[ >].*?</w:t>", "", row._tr.xml) for row in first.rows[1:]}
    assert len(looks) == 1 and "w:jc" in looks.pop()
    assert [bool(row.cells[0].paragraphs[0].runs[0].bold) for row in second.rows] == [True, False, False, True]
    assert sheet(long).decode().count("\n") == len(rows) + 1


def test_what_cannot_be_seen_is_no_text(town: TownOf) -> None:
    """Only spaces is not known; a bell pasted into a text stops no report."""
    rows = [("  ", 1), ("ring\x07klocka", 2), ("\x1b", 3)]
    table = Numbered(1, Filled(Figure("utfall", "Mål och utfall"), ("vad", "antal"), rows, []))
    parts = [Part(1, "Mål", "ska", "Vi\x00 nådde dem.\n\n\x1b", [table])]
    opened = open_word(io.BytesIO(word(replace(made(town("ragunda"), "kvartalsrapport", 2025), parts=parts))))
    assert [row.cells[0].text for row in opened.tables[0].rows[1:]] == ["–", "ringklocka", "–"]
    assert "Vi nådde dem." in [paragraph.text for paragraph in opened.paragraphs]


def test_headings_of_a_word_are_whole_beside_columns_of_long_words() -> None:
    """A wide font has room for LETTERS in a line; what a heading needs is its letters and the edges of its cell."""
    columns = ("mål", "indikator", "målvärde", "utfall", "avvikelse", "resurser")
    rows = [("Arbetsmarknadssektionen klarar sig", "Andel i Arbetsmarknadssektionen", "90", "88", "negativ", "–")]
    size, widths = setting(columns, rows)
    letter = PAGE / LETTERS * size / SIZES[0]
    assert sum(width.cm for width in widths) == pytest.approx(PAGE, abs=0.01)
    assert all(width.cm >= (len(name) * BOLD + 2) * letter for name, width in zip(columns[2:], widths[2:], strict=True))
    assert setting(("slag", "antal"), [("klagomål", 3)])[0] == SIZES[0]


def test_a_template_without_headings_says_where_they_are_added(town: TownOf) -> None:
    ragunda = town("ragunda")
    ragunda.add("report_template", name="Kort rapport", kind="kvalitetsrapport", level="avdelning", force="bör")
    document = made(ragunda, "Kort rapport", 2025)
    assert any("har inga rubriker" in warning for warning in document.warnings)


def test_text_from_others_is_text_everywhere(town: TownOf) -> None:
    """What somebody wrote is neither markup on the page, a table in Markdown, nor a formula in a spreadsheet."""
    hjo = town("hjo")
    hjo.add("goal", title="=1+1", level=hjo.choices("goal_levels")[0])
    hjo.add("indicator", name="<script>|x", goal="=1+1", better="högre", target="1", decided_on="2023-01-01")
    hjo.add("measurement", indicator="<script>|x", period_start="2024-01-01", period_end="2024-12-31", value="1",
            target="1")  # fmt: skip
    document, files = files_of(hjo.store, Wanted("kvalitetsberättelse", 2024, draft=True))
    assert b"<script>" not in files["rapport.html"] and b"&lt;script&gt;|x" in files["rapport.html"]
    assert "\\<script\\>\\|x" in files["rapport.md"].decode()
    assert "'=1+1" in files[f"siffror/{document.tables[0].file}"].decode()


def test_nothing_half_written_and_nothing_else_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "rapport"
    write(folder, {"rapport.md": b"ett", MANIFEST: b"{}"})
    write(folder, {"rapport.md": "två".encode(), MANIFEST: b"{}"})
    assert (folder / "rapport.md").read_text(encoding="utf-8") == "två"
    assert [path.name for path in tmp_path.iterdir()] == ["rapport"]
    other = tmp_path / "bilder"
    other.mkdir()
    (other / "katt.png").write_bytes(b"x")
    with pytest.raises(LskError, match="finns redan och är ingen rapport"):
        write(other, {"rapport.md": b"x", MANIFEST: b"{}"})
    assert [path.name for path in other.iterdir()] == ["katt.png"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "asked": 3}'])
def test_what_is_no_manifest_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / MANIFEST
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LskError, match="är inget manifest från en rapport"):
        read_manifest(path)


def test_the_command(profile_file: Callable[[str], Path], tmp_path: Path, capsys) -> None:
    def call(*args: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["report", *(str(arg) for arg in args)])
        return int(ended.value.code or 0), *capsys.readouterr()

    path, out = profile_file("hjo"), tmp_path / "ut"
    code, told, _ = call(path)
    assert code == 0 and "Kvalitetsberättelse per avdelning (avdelning, ska)" in told
    assert call(path, "kvalitetsberättelse")[0] == 2
    code, told, _ = call(path, "kvalitetsberättelse", "--year", "2024", "--to", out)
    assert code == 0 and "1 rubrik, " in told and (out / "rapport.docx").is_file()
    code, _, wrong = call(
        path, "kvalitetsberättelse", "--year", "2024", "--period", "2024-03-01..2024-01-01", "--to", out
    )
    assert code == 2 and "slutar innan den börjar" in wrong


def test_every_figure_that_a_profile_names_exists() -> None:
    named = {
        name
        for each in PROFILES
        for template in located(profile.text_of(each))[0]["records"].get("report_template", [])
        for section in template.get("report_template_section", [])
        for name in section.get("figures", "").split()
    }
    assert len(named) > 20 and named <= set(FIGURES)


def test_what_shows_today_says_so_in_a_report_of_a_year_that_is_over(town: TownOf) -> None:
    ragunda = town("ragunda")
    units(ragunda, "Hemtjänst A", parent="KS")
    ragunda.add("action", text="Flytta kvällsmålet", unit="A", status="föreslagen")
    captions = {t.caption for t in made(ragunda, "helårsredovisning", 2020).tables}
    assert f"Åtgärder i föreslagen ordning, läget {ragunda.store.today.isoformat()}" in captions
    this_year = {t.caption for t in made(ragunda, "helårsredovisning", ragunda.store.today.year).tables}
    assert "Åtgärder i föreslagen ordning" in this_year


def test_a_report_is_written_over_by_itself_and_not_by_another(town: TownOf, tmp_path: Path) -> None:
    store, folder = town("ragunda").store, tmp_path / "ut"
    first, second = (files_of(store, Wanted("halvårsredovisning", 2025, half, draft=True))[1] for half in ("H1", "H2"))
    write(folder, first)
    write(folder, first)
    with pytest.raises(LskError, match="redan en annan rapport: Halvårsredovisning 2025 halvår 1"):
        write(folder, second)
    assert (folder / "rapport.docx").read_bytes() == first["rapport.docx"]
