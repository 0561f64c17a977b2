"""CSV of what is published, for programs and for a spreadsheet set to Swedish (XS6, R47 R48)."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from datasette_plugins.excel_csv import READ_AS_ANOTHER, for_excel, plain

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
SWEDISH = "CSV:59,34,76,1,,1053,false,true"  # semicolon, quotes, UTF-8, from the first line, sv-SE, see special numbers

# What a spreadsheet is known to spoil, beside what it should understand.
TEXTS = (
    "Åsa på ön är nöjd", "0114", "007", "1.2", "2024-02", "1-2", "3/4", "1e5", "12:30", "4 mars", "mar 24", "maj 2025",
    "1234567890123456", "1 000", "10 %", "=1+1", "+46 63 12", "@SUMMA(A1)", "-1+2", "rad ett\nrad två", "a;b",
    'han sade "nej"', "2 kap. 4 §", "§ 45", "..", "true", "",
)  # fmt: skip
ROW = {"senast": "2026-01-02", "andel": 66.7, "antal": -3, "planerade": 12345, "mal_varde": 10.0}


def spoilt() -> list[dict[str, object]]:
    return [{"titel": text, **ROW} for text in TEXTS]


async def test_a_table_for_a_swedish_excel(site) -> None:
    response = await site.client.get("/namnd/egenkontroller.excel.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="egenkontroller.excel.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf\xc3\x85r;Enhet;Planerade;")
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 4 and {line[-1] for line in lines[1:]} == {"66,7"}
    text = (await site.client.get("/namnd/egenkontroller.csv")).text
    assert "66.7" in text and not text.startswith("\ufeff")


async def test_the_marks_of_records_are_for_programs(site) -> None:
    program = (await site.client.get("/namnd/lagrum.csv")).text.splitlines()[0]
    people = (await site.client.get("/namnd/lagrum.excel.csv")).text.splitlines()[0]
    assert program.endswith("sakerhet,lagrum_id") and people.endswith("Ersatt av;Kontrollerat")


def test_a_cell_is_never_a_formula() -> None:
    row = {"text": "=HYPERLINK(1)", "antal": -3}
    assert plain(["text", "antal"], [row]).splitlines()[1] == "'=HYPERLINK(1),-3"
    assert for_excel(["text", "antal"], [row], None).splitlines()[1] == "'=HYPERLINK(1);-3"


@pytest.mark.parametrize("text", ["0114", "1.2", "2024-02", "1/2", "1e5", "4 mars", "maj 2025", "1 000", "10 %"])
def test_a_text_that_would_be_read_as_a_number_or_a_day_is_kept_for_people_only(text: str) -> None:
    assert for_excel(["titel"], [{"titel": text}], None).splitlines()[1] == f'"=""{text}"""'
    assert plain(["titel"], [{"titel": text}]).splitlines()[1] == text


@pytest.mark.parametrize("text", ["2025", "§ 45", "2 kap. 4 §", "majoritet", "10 gånger", "..", "dec", "marknad 3 b"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert READ_AS_ANOTHER.fullmatch(text) is None


def test_what_wraps_a_text_cannot_be_left() -> None:
    """The wrapped form is a formula of its own: nothing that could end it, or call anything, is ever wrapped."""
    for text in ('0114"', '0114";A1', "01(2)", "0114&A1", "0114\n", "=0114", "00+cmd|x"):
        assert READ_AS_ANOTHER.fullmatch(text) is None


# --- opened in a spreadsheet -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> str:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice Calc is needed: apt-get install libreoffice-calc-nogui (.ci/run does it)"
    return program


def opened(office: str, path: Path) -> list[list[tuple[str, str]]]:
    """The cells as LibreOffice, set to Swedish, understands them: type and value."""
    profile = (path.parent / "profil").as_uri()
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation={profile}", f"--infilter={SWEDISH}", "--convert-to", "fods",
         "--outdir", str(path.parent), str(path)],
        check=True, capture_output=True, timeout=180, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    table = ElementTree.parse(path.with_suffix(".fods")).getroot().find(f".//{TABLE}table")
    assert table is not None
    return [list(cells(row)) for row in table.findall(f"{TABLE}table-row")]


def cells(row: ElementTree.Element):
    for cell in row.findall(f"{TABLE}table-cell"):
        kind = cell.get(f"{OFFICE}value-type", "")
        text = "\n".join("".join(p.itertext()) for p in cell.findall(f"{TEXT}p"))
        value = cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or text
        yield from [(kind, value)] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))


def test_libreoffice_set_to_swedish_sees_what_was_published(office: str, tmp_path: Path) -> None:
    """Å ä ö, decimals, dates and leading zeros right, and nothing run as a formula."""
    path = tmp_path / "prov.csv"
    path.write_text(for_excel(["titel", *ROW], spoilt(), None), encoding="utf-8", newline="")
    heading, *lines = opened(office, path)
    assert [text for _, text in heading] == ["Mål", "Senast", "Gjorda i tid, %", "Antal", "Planerade", "Målvärde"]
    for text, line in zip(TEXTS, lines, strict=True):
        guarded = "'" + text if text[:1] in ("=", "+", "@", "-") and text else text
        assert line[0] == (("string", guarded) if text else ("", "")), text
        assert line[1:6] == [
            ("date", "2026-01-02"), ("float", "66.7"), ("float", "-3"), ("float", "12345"), ("float", "10"),
        ], text  # fmt: skip


async def test_libreoffice_sees_a_whole_table_as_the_site_has_it(office: str, site, tmp_path: Path) -> None:
    path = tmp_path / "tabell.csv"
    path.write_bytes((await site.client.get("/namnd/egenkontroll_omgangar.excel.csv")).content)
    rows = (await site.client.get("/namnd/egenkontroll_omgangar.json?_shape=array&_size=999")).json()
    heading, *lines = opened(office, path)
    assert [text for _, text in heading] == [
        "Enhet", "Egenkontroll", "Metod", "Period", "Ansvarig", "Senast", "Gjord", "Läge",
    ]  # fmt: skip
    assert len(lines) == len(rows) == 12
    for row, line in zip(rows, lines, strict=True):
        assert line[0] == ("string", row["enhet"]) and line[5] == ("date", row["senast"])
        assert line[6] == (("date", row["gjord"]) if row["gjord"] else ("", ""))
