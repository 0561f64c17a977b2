"""The paper binder: what stands in it, what is recorded, and that the swap list names just what has changed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lsk import cli, records
from lsk.binder import paper
from lsk.binder.sheet import Sheet
from lsk.binder.sheets import sheets
from lsk.binder.swap import CHANGED, GONE, NEW, hanging, swaps
from lsk.change import Record
from lsk.documents import approve
from lsk.store import Store
from sync.merge import sync_pair
from sync.unit_file import make_unit_file
from tests.town import Town

Run = Callable[..., tuple[int, str, str]]
IN_FORCE = {
    "status": "fastställd", "decided_by": "enhetschef", "decided_on": "2025-01-10", "valid_from": "2025-02-01",
    "procedure": "Ring 112 vid fara.\n\n1. Hämta pärmen\n2. Tänd lampan", "responsibility": "Den som är i tjänst.",
}  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("LSK_ACTOR", "Chef A")

    def call(*args: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(arg) for arg in args])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    yield call


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests about what is recorded: setting fifty sheets as PDF takes seconds, and the scenario does it."""
    monkeypatch.setattr(paper, "pdf", lambda page: b"%PDF-")


@pytest.fixture
def place(jarva: Town) -> Town:
    """A unit A with a routine in force and a process; a unit B beside it."""
    for name, short in (("Hemtjänst A", "A"), ("Hemtjänst B", "B")):
        jarva.add("unit", name=name, short_name=short, level="enhet", parent="SDF")
    routine(jarva, "Rutin vid strömavbrott", "A")
    process = jarva.add(
        "process", name="Utföra insats", unit="A", owner_role="enhetschef", status="fastställd",
        reviewed_on="2025-03-01",
    )  # fmt: skip
    for step in ("Läsa planen", "Utföra insatsen"):
        jarva.add("activity", process=process.ref, name=step, responsible_role="medarbetare")
    return jarva


def routine(town: Town, title: str, unit: str | None = None, kind: str = "rutin", **values: str) -> Record:
    own = {} if unit is None else {"unit": unit}
    document = town.add("document", title=title, kind=kind, **own)
    return town.add("document_version", document=document.ref, version_number="1", **(IN_FORCE | values))


def id_of(town: Town, unit: str) -> str:
    return records.find(town.db, "unit", unit)[1]


def binder(town: Town, unit: str = "A") -> dict[str, Sheet]:
    return {sheet.title: sheet for sheet in sheets(town.store, id_of(town, unit))}


def listed(town: Town, unit: str = "A") -> list[tuple[str, str]]:
    which = id_of(town, unit)
    return [(s.what, s.title) for s in swaps(town.store, which, sheets(town.store, which))]


def living(town: Town) -> int:
    return records.count(town.db, "printout", "t.sheet IS NOT NULL AND t.replaced_on IS NULL")


# --- what stands in it ------------------------------------------------------------------------------------------------


def test_it_holds_what_is_in_force_in_the_unit_and_nothing_else(place: Town) -> None:
    routine(place, "Förvaltningens rutin", "SDF")
    routine(place, "Rutin för alla")
    routine(place, "B:s rutin", "B")
    routine(place, "Rutin som börjar gälla sedan", "A", valid_from="2199-01-01")
    routine(place, "Rutin som är utkast", "A", status="utkast")
    routine(place, "Program", "A", kind="program")
    place.add("process", name="Bara identifierad", unit="A")
    place.add("process", name="Tilldelad A", unit="SDF", allotted_to="A", status="fastställd", owner_role="enhetschef")
    place.add("process", name="Tilldelad B", unit="SDF", allotted_to="B", status="fastställd", owner_role="enhetschef")

    mine = {"Rutin vid strömavbrott", "Förvaltningens rutin", "Rutin för alla", "Utföra insats", "Tilldelad A"}
    alone = {"B:s rutin", "Rutin som börjar gälla sedan", "Rutin som är utkast", "Program", "Bara identifierad"}
    there = set(binder(place))
    assert mine <= there
    assert not there & {*alone, "Tilldelad B"}
    assert {"Innehåll", "Avvikelse, klagomål eller synpunkt", "Rapport enligt lex Sarah", "Ringlista"} <= there


def test_a_process_has_its_steps_in_order_with_who_and_the_routine(place: Town) -> None:
    step = place.get("activity", "Utföra insatsen")
    document = place.the("document", "Rutin vid strömavbrott")
    place.add("link", kind="rutin", source=step["ref"], target=document.ref, unit="A")
    rows = [line for line in binder(place)["Utföra insats"].markdown.splitlines() if line.startswith("| ")]
    assert rows[2:] == [
        "| 1. **Läsa planen** | medarbetare | – |",
        "| 2. **Utföra insatsen** | medarbetare | Rutin vid strömavbrott |",
    ]


def test_a_form_asks_in_the_files_own_words_with_its_choices_to_tick(place: Town) -> None:
    place.add("term", key="deviation.what_happened", one="händelsen")
    with Store.open(place.store.path, readonly=True) as store:  # the words are read when a file is opened
        form = binder(Town(store))["Avvikelse, klagomål eller synpunkt"].markdown
    assert "## Händelsen" in form and "Hemtjänst A" in form
    for kind in place.choices("deviation_kinds"):
        assert f"☐\N{NO-BREAK SPACE}{kind}" in form


def test_names_stand_on_the_call_list_only_where_the_municipality_says_so(place: Town) -> None:
    person = place.add("person", name="Eva Ek")
    place.add("assignment", person=person.ref, role="enhetschef", unit="A", valid_from="2025-01-01")
    before = binder(place)["Ringlista"].markdown
    assert "enhetschef | Hemtjänst A" in before and "Eva Ek" not in before
    setting = place.the("setting", "binder_names")
    place.change("setting", setting, value="ja")
    assert "enhetschef | Hemtjänst A | Eva Ek |  |" in binder(place)["Ringlista"].markdown
    assert "enhetschef" in binder(place)["Ansvar och uppgifter"].markdown


def test_what_people_wrote_is_text_and_fetches_nothing(place: Town) -> None:
    routine(place, "Rutin <script>", "A", procedure="<script>x</script> ![bild](http://exempel.se/b.png) | rör *vikt*")
    page = paper.html(list(binder(place).values()), "A", "Hemtjänst A", "2026-11-03")
    assert "<script" not in page and "<img" not in page and "<em>vikt</em>" in page
    assert re.findall(r" src=|url\(|<link|@import", page) == []


def test_every_sheet_has_a_head_with_version_day_check_and_a_code_to_read(place: Town) -> None:
    routine(place, "Rutin för nycklar", "A", next_review="2027-02-01")
    sheet = binder(place)["Rutin för nycklar"]
    page = paper.html([sheet], "A", "Hemtjänst A", "2026-11-03")
    for told in ("1 från 2025-02-01", "2026-11-03", "2027-02-01", sheet.code):
        assert f"</b> {told}</p>" in page
    assert page.count("<svg") == 1 and f"<title>Kod {sheet.code}</title>" in page


def test_a_routine_without_text_says_where_it_is(place: Town) -> None:
    document = place.add("document", title="Anvisning för larm", kind="anvisning", unit="A")
    place.add(
        "document_version", document=document.ref, version_number="1", status="fastställd", decided_by="enhetschef",
        decided_on="2025-01-10", location="Intranätet",
    )  # fmt: skip
    assert "Skriv ut den från Intranätet" in binder(place)["Anvisning för larm"].markdown


# --- printed, and swapped ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_pdf")
def test_the_printout_is_one_change_that_can_be_undone(place: Town, tmp_path: Path, run: Run) -> None:
    before = place.db.execute("SELECT count(*) FROM change_set").fetchone()[0]
    code, out, _ = run("binder", place.store.path, "A", "--to", tmp_path / "ut", "--copies", "2")
    assert code == 0 and "reservparm-a.pdf" in out
    assert place.db.execute("SELECT count(*) FROM change_set").fetchone()[0] == before + 1
    assert living(place) == len(binder(place))
    assert run("undo", place.store.path)[0] == 0
    assert living(place) == 0


@pytest.mark.usefixtures("no_pdf")
def test_each_change_swaps_its_own_sheet_alone(place: Town, tmp_path: Path, run: Run) -> None:
    assert run("binder", place.store.path, "A", "--to", tmp_path)[0] == 0
    assert listed(place) == []
    activity = place.the("activity", "Läsa planen")
    place.change("activity", activity, name="Läsa hela planen")
    assert listed(place) == [(CHANGED, "Utföra insats")]
    place.change("activity", activity, name="Läsa planen")
    assert listed(place) == []  # what is as it was needs no new sheet
    routine(place, "Rutin för nycklar", "A")
    assert sorted(listed(place)) == [(CHANGED, "Innehåll"), (NEW, "Rutin för nycklar")]
    place.change("process", place.the("process", "Utföra insats"), status="upphörd")
    assert (GONE, "Utföra insats") in listed(place)
    code, out, _ = run("binder", place.store.path, "A", "--swap", "--to", tmp_path)
    assert code == 0 and "Ta bort ur pärmen: Utföra insats" in out
    assert listed(place) == []


@pytest.mark.usefixtures("no_pdf")
def test_two_places_are_swapped_each_by_itself(place: Town, tmp_path: Path, run: Run) -> None:
    for where in ("Expeditionen", "Bilen"):
        assert run("binder", place.store.path, "A", "--to", tmp_path, "--place", where)[0] == 0
    place.change("activity", place.the("activity", "Läsa planen"), name="Läsa allt")
    assert listed(place) == [(CHANGED, "Utföra insats")] * 2
    assert run("binder", place.store.path, "A", "--swap", "--to", tmp_path, "--place", "Bilen")[0] == 0
    which = id_of(place, "A")
    assert [s.place for s in swaps(place.store, which, sheets(place.store, which))] == ["Expeditionen"]
    code, _, err = run("binder", place.store.path, "A", "--swap", "--place", "Källaren")
    assert code == 1 and "Det finns: Bilen, Expeditionen" in err


@pytest.mark.usefixtures("no_pdf")
def test_a_units_own_file_prints_too_and_the_main_file_knows(place: Town, tmp_path: Path, run: Run) -> None:
    routine(place, "Förvaltningens rutin", "SDF")  # not in the unit's file
    unit_file = tmp_path / "a.db"
    make_unit_file(place.store, id_of(place, "A"), unit_file, "Samordnaren")
    assert run("binder", unit_file, "A", "--to", tmp_path / "ut")[0] == 0
    sync_pair(place.store.path, unit_file, "Samordnaren")
    assert ("sätt in", "Förvaltningens rutin") in listed(place)

    assert run("binder", place.store.path, "A", "--to", tmp_path / "ut")[0] == 0
    assert listed(place) == []
    sync_pair(place.store.path, unit_file, "Samordnaren")
    with Store.open(unit_file, readonly=True) as store:
        gone = [s for s in swaps(store, id_of(place, "A"), sheets(store, id_of(place, "A"))) if s.what == GONE]
        assert gone == []  # what the unit cannot see is not said to be out of force
        assert any(hanging(store.db, id_of(place, "A")))


# --- what can go wrong ------------------------------------------------------------------------------------------------


def test_without_pango_there_is_html_and_a_sentence(
    place: Town, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    code, out, err = run("binder", place.store.path, "A", "--to", tmp_path / "ut")
    assert code == 0 and "Pango saknas" in err and "pdf" not in out
    assert [path.name for path in (tmp_path / "ut").iterdir()] == ["reservparm-a.html"]


@pytest.mark.usefixtures("no_pdf")
def test_what_cannot_be_written_is_not_recorded(place: Town, tmp_path: Path, run: Run) -> None:
    (tmp_path / "ut").write_text("en fil", encoding="utf-8")
    code, _, err = run("binder", place.store.path, "A", "--to", tmp_path / "ut")
    assert code == 1 and "kunde inte skrivas" in err
    assert living(place) == 0
    (tmp_path / "mapp" / "reservparm-a.pdf").mkdir(parents=True)
    code, _, err = run("binder", place.store.path, "A", "--to", tmp_path / "mapp")
    assert code == 1 and "reservparm-a.pdf kunde inte skrivas: det är en mapp" in err
    assert living(place) == 0
    assert [path.name for path in (tmp_path / "mapp").glob("*.ny")] == []


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("A",), 2, "--to MAPP"),
        (("A", "--swap"), 1, "ingen utskriven pärm ännu"),
        (("Q", "--swap"), 1, "ingen post av slaget enhet som heter Q"),
    ],
)
def test_wrong_calls_get_a_sentence(place: Town, run: Run, args: tuple[str, ...], code: int, sentence: str) -> None:
    answered, _, err = run("binder", place.store.path, *args)
    assert answered == code and sentence in err


def test_js7_paper(place: Town, tmp_path: Path, run: Run) -> None:
    """JS7: valid processes and routines become files to print in one command; the printout is recorded with day and
    version; after a new version the old printout is listed for replacement."""
    path, out = place.store.path, tmp_path / "ut"
    code, _, _ = run("binder", path, "A", "--to", out, "--place", "Personalrummet")
    assert code == 0
    page = (out / "reservparm-a.html").read_text(encoding="utf-8")
    assert "Ring 112 vid fara." in page and "Läsa planen" in page and "<li>Hämta pärmen</li>" in page
    assert (out / "reservparm-a.pdf").read_bytes().startswith(b"%PDF-")

    version = place.get("document_version", place.the("document_version", first_version(place)))
    (printed,) = place.db.execute("SELECT * FROM printout WHERE document_version = ?", (version["id"],)).fetchall()
    assert (printed["printed_on"], printed["placed_at"]) == (place.store.today.isoformat(), "Personalrummet")
    assert place.found("an_old_printout_is_replaced") == []
    assert run("binder", path, "A", "--swap")[1].strip() == "Alla blad är aktuella."

    new = place.add(
        "document_version", document=version["document"], version_number="2", procedure="Ring chefen.",
        responsibility="Alla.",
    )  # fmt: skip
    decision = {"decided_by": version["decided_by"], "decided_on": "2026-01-10", "valid_from": "2026-01-10"}
    assert approve(place.store, new.id, decision, "Chef A") == ["1"]

    assert listed(place) == [(CHANGED, "Rutin vid strömavbrott")]
    (finding,) = place.found("an_old_printout_is_replaced")
    assert finding.message == (
        "Personalrummet: Rutin vid strömavbrott version 1 gäller inte längre, men är inte utbytt."
    )
    code, told, _ = run("binder", path, "A", "--swap", "--to", out)
    assert code == 0 and "(1 blad)" in told
    (only,) = out.glob("*-byt-*.html")
    swapped = only.read_text(encoding="utf-8")
    assert "Ring chefen." in swapped and swapped.count('<table class="sheet"') == 1
    assert listed(place) == [] and place.found("an_old_printout_is_replaced") == []
    old = place.get("printout", Record(printed["id"], printed["ref"]))
    assert old["replaced_on"] == place.store.today.isoformat()


def first_version(town: Town) -> str:
    found = town.db.execute(
        "SELECT v.ref FROM document_version v JOIN document d ON d.id = v.document WHERE d.title = ?",
        ("Rutin vid strömavbrott",),
    ).fetchone()
    return str(found["ref"])
