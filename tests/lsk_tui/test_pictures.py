"""Risk matrix, prioritisation matrix, year wheel, goal tree and the cycle of complaints."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsk import goal_tree, records, risk_matrix, year_wheel
from lsk.store import Store
from lsk_tui import actions, pictures
from lsk_tui.pictures.cycle import Cycle
from lsk_tui.pictures.goals import GoalTree
from lsk_tui.pictures.heat_map import HeatMap, fitting
from lsk_tui.pictures.priorities import PickSquare, Priorities, SquareLines
from lsk_tui.pictures.riskmatrix import RiskMatrix
from lsk_tui.pictures.yearwheel import YearWheel
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.record import Record
from lsk_tui.theme import THEMES
from lsk_tui.widgets.lines import Jump, Lines
from lsk_tui.year_lines import of_month
from tests.lsk_tui.conftest import TODAY
from tests.lsk_tui.small_town import furnish
from tests.lsk_tui.snapshot import same
from tests.town import Town

SIZES = [(80, 24), (120, 40)]
PLACES = {
    actions.RISKS: RiskMatrix,
    actions.SQUARES: Priorities,
    actions.YEAR: YearWheel,
    actions.GOALS: GoalTree,
    actions.CYCLE: Cycle,
}


@pytest.fixture(scope="session")
def furnished(filled_towns: Callable[..., Path]) -> Path:
    return filled_towns("ragunda", furnish)


@pytest.fixture(scope="session")
def filled_towns(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def build(profile: str, fill: Callable[[Town], None]) -> Path:
        path = tmp_path_factory.mktemp("bilder") / f"{profile}.db"
        with Store.create(path, profile, code="EX", today=TODAY) as store:
            fill(Town(store, "Anna Berg"))
        return path

    return build


@pytest.fixture
def town(furnished: Path, tmp_path: Path) -> Path:
    path = tmp_path / "exempel.db"
    shutil.copyfile(furnished, path)
    return path


def one(path: Path, sql: str, *values: Any) -> str:
    with Store.open(path) as store:
        return str(store.db.execute(sql, values).fetchone()[0])


async def show(user, name: str, entity: str | None = None, record: str | None = None) -> None:
    user.app.show_picture(name, entity, record)
    await user.settle()


def rows(user) -> list[str]:
    """The titles of the list that is shown."""
    question = user.app.screen.question
    found = records.select(user.app.store.db, question.entity, where=question.where, params=question.params)
    return sorted(
        row[{"risk": "description", "deviation": "what_happened"}.get(question.entity, "text")] for row in found
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["riskmatris", "prioritering", "årshjul", "målträd", "kretslopp"])
async def test_a_picture_looks_as_when_it_was_last_looked_at(town: Path, use, name: str, size) -> None:
    async with use(town, size=size) as user:
        await show(user, name)
        same(user.screen, f"{name}-{size[0]}")


@pytest.mark.parametrize("place", PLACES)
def test_every_act_of_a_picture_can_be_done_and_has_a_key_of_its_own(place: str) -> None:
    acts = list(actions.at(place))
    assert [act.name for act in acts if not hasattr(PLACES[place], f"do_{act.name}")] == []
    keys = [key for act in acts for key in act.keys.split(",") if key]
    assert sorted(keys) == sorted(set(keys)) and not set(keys) & actions.FORBIDDEN
    assert len(actions.in_row(place)) <= 7


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (200, 60)])
@pytest.mark.parametrize("name", ["riskmatris", "prioritering", "årshjul", "målträd", "kretslopp"])
async def test_a_picture_stands_any_size(town: Path, use, name: str, size) -> None:
    async with use(town, size=size) as user:
        await show(user, name)
        await user.press("down", "right", "left", "up")
        assert user.app.screen.view.name == name and user.told == ""


@pytest.mark.parametrize("view", pictures.VIEWS, ids=lambda view: view.name)
def test_a_picture_is_about_kinds_there_are_and_can_be_shown(view) -> None:
    assert pictures.shown(view.name).view is view
    assert all(view in pictures.concerning(entity) for entity in view.about)


# --- the risk matrix -----------------------------------------------------------------------------------------------


async def test_a_square_leads_to_its_risks_now_and_as_first_judged(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "riskmatris")
        assert user.sees("3 öppna risker · 1 sänkt sedan första bedömningen")
        assert user.sees("Sannolikhet 2, konsekvens 4, riskvärde 8 (medel): 1 risk, Enter visar den.")
        await user.press("left")
        assert user.sees("riskvärde 6 (medel): 2 risker, Enter visar dem.")
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.sees("Risker: sannolikhet 2, konsekvens 3")
        assert rows(user) == ["Larmet hörs inte", "Nyckel kommer bort"]
        await user.press("escape", "v")
        assert user.sees("Inneboende: som de först bedömdes") and not user.sees("Kvarstående")
        user.app.screen.query_one("#first", HeatMap).at = (5, 4)
        await user.press("enter")
        assert rows(user) == ["Fall i badrummet"]
        assert user.app.screen.heading == "Risker: sannolikhet 5, konsekvens 4, först bedömda"


async def test_two_matrices_stand_beside_each_other_where_there_is_room(town: Path, use) -> None:
    async with use(town, size=(120, 40)) as user:
        await show(user, "riskmatris")
        now, first = user.app.screen.query_one("#now"), user.app.screen.query_one("#first")
        assert user.sees("Inneboende") and user.sees("Kvarstående") and now.has_focus
        await user.press(*["left"] * 4)
        assert first.has_focus and first.at == (2, 5)
        await user.press("right")
        assert now.has_focus and now.at == (2, 1)


async def test_opened_from_a_risk_it_marks_where_it_lies_and_where_it_lay(town: Path, use) -> None:
    fall = one(town, "SELECT id FROM risk WHERE description = 'Fall i badrummet'")
    async with use(town, size=(120, 40)) as user:
        await show(user, "riskmatris", "risk", fall)
        now, first = user.app.screen.query_one("#now", HeatMap), user.app.screen.query_one("#first", HeatMap)
        assert (now.marked, first.marked) == ((2, 4), (5, 4)) and user.screen.count("◆") == 3
        assert now.at == (2, 4) and user.sees("◆ här ligger risken")


async def test_the_risks_of_a_unit_and_of_an_analysis_only(town: Path, use) -> None:
    analysis = one(town, "SELECT id FROM risk_analysis")
    async with use(town) as user:
        await show(user, "riskmatris", "risk_analysis", analysis)
        assert user.sees("2 öppna risker")
        await show(user, "riskmatris")
        await user.press("b")
        lines = user.app.screen.query_one(Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if "Höglunda" in line.text)
        await user.press("enter")
        assert user.sees("Riskmatris · Särskilt boende Höglunda") and user.sees("1 öppen risk")


async def test_without_a_scale_it_says_what_to_do(file: Path, use) -> None:
    async with use(file) as user:
        await show(user, "riskmatris")
        assert user.sees("0 öppna risker") and user.sees("Ingen riskskala är bestämd: lägg till en under Riskskalor")
        await user.press("s")
        assert "Det finns ingen annan riskskala" in user.told


async def test_a_click_chooses_a_square_and_another_opens_it(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "riskmatris")
        now = user.app.screen.query_one("#now", HeatMap)
        width, height, between = now.measures()
        at = (1 + 3 + 2 * (width + 1) + 1, 2 + 3 * (height + between))  # the third square of the fourth row
        await user.pilot.click("#now", offset=at)
        await user.settle()
        assert now.at == (2, 3)
        await user.pilot.click("#now", offset=at)
        await user.settle()
        assert isinstance(user.app.screen, Browse) and len(rows(user)) == 2


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_no_square_s_text_vanishes_in_its_ground(town: Path, use, theme: str) -> None:
    async with use(town) as user:
        user.app.theme = theme
        await show(user, "riskmatris")
        seen = [
            segment for line in user.app.screen._compositor.render_strips() for segment in line if segment.text.strip()
        ]
        assert any("MY15!" in segment.text for segment in seen)
        styled = [(s.text, s.style.color, s.style.bgcolor) for s in seen if s.style and s.style.color]
        assert [text for text, colour, ground in styled if colour == ground and not colour.is_default] == []


def test_a_number_that_has_no_room_is_left_out_and_never_cut() -> None:
    assert fitting(7, "E81! 123", "E 123", "123") == "E 123" and fitting(2, "123", "123") == "…"


def test_the_first_judgement_is_read_from_the_log(town: Path) -> None:
    with Store.open(town) as store:
        scale = risk_matrix.scales(store.db)[0]
        found = risk_matrix.matrix(store.db, risk_matrix.About(scale))
        assert (found.squares[5, 4].first, found.squares[5, 4].now) == (1, 0)
        assert (found.squares[2, 4].first, found.squares[2, 4].now) == (0, 1)
        assert (found.lowered, found.raised, found.unjudged, found.elsewhere) == (1, 0, 0, 0)
        assert found.bands == (("L", "låg"), ("ME", "medel"), ("MY", "mycket hög"), ("O", "oacceptabel"))
        assert found.needs_action(found.squares[5, 2]) and not found.needs_action(found.squares[3, 3])


def test_an_older_scale_keeps_its_risks(town: Path) -> None:
    with Store.open(town, today=TODAY) as store:
        Town(store).add("risk_scale", name="Tre gånger tre", version="1", valid_from="2026-06-01")
        newest, older = risk_matrix.scales(store.db)
        assert risk_matrix.matrix(store.db, risk_matrix.About(newest)).elsewhere == 3
        assert sum(s.now for s in risk_matrix.matrix(store.db, risk_matrix.About(older)).squares.values()) == 3


# --- the prioritisation matrix -------------------------------------------------------------------------------------


def in_squares(user) -> dict[tuple[str, str], list[str]]:
    return {box.where: [line.text for line in box.shown] for box in user.app.screen.query(SquareLines) if box.where}


async def test_rs1_the_matrix_on_screen(town: Path, use) -> None:
    """RS1: hög at the top and låg at the bottom, liten → stor; exactly the cheap that improve much bear the label."""
    async with use(town) as user:
        await show(user, "prioritering")
        assert in_squares(user) == {
            ("hög", "liten"): ["Egen tvätt"],
            ("hög", "stor"): ["Bygg om köket"],
            ("låg", "liten"): ["Byt pärmar"],
            ("låg", "stor"): ["Ny körlista", "Larm vid uteblivet besök"],
        }
        labels = {box.where: str(box.border_title) for box in user.app.screen.query(SquareLines) if box.where}
        assert [where for where, label in labels.items() if label] == [("låg", "stor")]
        assert labels["låg", "stor"] == "EFFEKTIV FÖRÄNDRING"
        screen = user.screen
        assert -1 < screen.index("↑ RESURSINSATS") < screen.index("hög") < screen.index("låg")
        assert screen.index("liten") < screen.index("stor") < screen.index("FÖRBÄTTRING →")
        effective = next(b for b in user.app.screen.query(SquareLines) if b.where == ("låg", "stor"))
        assert [line.label for line in effective.shown] == ["1.", "2."]
        assert user.sees("Numren är ordningen i beslutsunderlaget till") and user.sees("b visar det.")


async def test_an_action_is_moved_by_key_and_back_by_undo(town: Path, use) -> None:
    kitchen = one(town, "SELECT id FROM action WHERE text = 'Bygg om köket'")
    async with use(town) as user:
        await show(user, "prioritering", "action", kitchen)
        assert user.app.screen.chosen == kitchen and user.sees("(föreslagen) Bygg om köket")
        await user.press("shift+down")
        assert "Bygg om köket" in in_squares(user)["låg", "stor"] and user.app.screen.chosen == kitchen
        assert user.sees("Flyttad, u ångrar: EX-ÅTG-26-002")
        await user.press("shift+left")
        assert "Bygg om köket" in in_squares(user)["låg", "liten"]
        await user.press("shift+left")
        assert "Matrisen tar slut här." in user.told
        await user.press("u", "u")
        assert in_squares(user)["hög", "stor"] == ["Bygg om köket"]
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.app.screen.record == kitchen


async def test_rs2_a_proposal_without_impact_description_is_not_placed(town: Path, use) -> None:
    """RS2: refused with the reason; placed once a scenario is written."""
    letter = one(town, "SELECT id FROM action WHERE text = 'Välkomstbrev'")
    async with use(town) as user:
        await show(user, "prioritering", "action", letter)
        assert user.sees("Inte placerade (1) · ! konsekvensbeskrivning saknas") and user.app.screen.chosen == letter
        await user.press("shift+up")
        assert "Tryck m och välj ruta" in user.told
        await user.press("m")
        assert isinstance(user.app.screen, PickSquare)
        assert user.sees("Resursinsats låg, förbättring stor – EFFEKTIV FÖRÄNDRING")
        await user.press("enter")
        assert "konsekvensbeskrivning saknas" in user.told
        with user.app.store.change("Anna Berg") as change:
            change.update("action", letter, {"scenario": "Den nya vet vem som kommer."})
        await user.press("f5", "m", "down", "enter")
        assert "Välkomstbrev" in in_squares(user)["hög", "stor"] and not user.sees("Inte placerade")
        await user.press("m", "end", "enter")
        assert user.sees("Inte placerade (1)") and user.app.screen.chosen == letter


async def test_the_arrows_go_through_all_squares_and_outside(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "prioritering")
        been = [user.app.screen.chosen]
        for key in ("right", "down", "down", "left", "down", "up", "up"):
            await user.press(key)
            been.append(user.app.screen.chosen)
        texts = [records.one(user.app.store.db, "action", record)["text"] for record in been]
        assert texts == ["Egen tvätt", "Bygg om köket", "Ny körlista", "Larm vid uteblivet besök", "Byt pärmar",
                         "Välkomstbrev", "Byt pärmar", "Egen tvätt"]  # fmt: skip


async def test_nothing_is_moved_where_the_file_is_only_read(town: Path, use) -> None:
    kitchen = one(town, "SELECT id FROM action WHERE text = 'Bygg om köket'")
    async with use(town) as user:
        await show(user, "prioritering", "action", kitchen)
        user.app.store.readonly = True
        await user.press("shift+down")
        assert "läsning" in user.told and in_squares(user)["hög", "stor"] == ["Bygg om köket"]


# --- the year wheel ------------------------------------------------------------------------------------------------


async def test_the_year_wheel_begins_in_this_month_with_what_is_late_marked(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "årshjul")
        assert user.sees("Årshjul · 2026") and user.sees("5 att göra 2026: 1 klar, 2 sena, 2 kvar")
        assert user.sees("›nov !□□ 3") and user.sees("10 ! sen HTN: Basal hygien, 2026 kvartal 3")
        assert user.sees("25 □ SBH: Laga rampen")
        await user.press("up")
        assert user.sees("15 ! sen") and not user.sees("Laga rampen")
        await user.press("right", "enter")
        assert isinstance(user.app.screen, Record) and user.app.screen.entity == "occurrence"


async def test_another_year_and_what_has_no_day(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "årshjul")
        await user.press("full_stop")
        assert user.sees("Årshjul · 2027") and user.sees("1 att göra 2027") and user.sees("apr □")
        await user.press("comma", "comma")
        assert user.sees("Inget har en dag 2025. Lägg in när de återkommande uppgifterna ska göras.")
        await user.press("end", "right")
        assert user.sees("Varken planerade eller gjorda 2025")
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.app.screen.entity == "obligation"


def test_a_heavy_month_leads_to_all_of_its_list(town: Path, monkeypatch) -> None:
    monkeypatch.setattr(year_wheel, "MOST", 1)
    with Store.open(town, today=TODAY) as store:
        Town(store).add("action", text="Måla om", unit="HTN", due="2026-11-26", status="beslutad")
        lines = of_month(store, 2026, 11, None)
        more = next(line for line in lines if line.text == "alla 2")
        assert isinstance(more.target, Jump) and more.target.title == "Åtgärder: november 2026"
        found = records.select(store.db, "action", where=more.target.where, params=more.target.params)
        assert {row["text"] for row in found} == {"Laga rampen", "Måla om"}


def test_the_load_of_one_unit(town: Path) -> None:
    unit = (one(town, "SELECT id FROM unit WHERE short_name = 'SBH'"),)
    with Store.open(town, today=TODAY) as store:
        months = year_wheel.months(store.db, 2026, TODAY, unit)
        assert [(m.number, m.done, m.late, m.coming) for m in months if m.total] == [(11, 0, 0, 1)]


# --- the goals -----------------------------------------------------------------------------------------------------


async def test_goals_with_outcome_target_and_way(town: Path, use) -> None:
    async with use(town) as user:
        await show(user, "målträd")
        assert user.sees("2 överordnade mål, 3 mål i allt · 1 saknar aktivitet · 1 saknar indikator · 1 indikator når")
        assert user.sees("Andel besök i tid ▁▅█ 91,5 % mål ↑ 95 ✗ −3,5") and user.sees("▄ 1 mål ↓ 2 ✓ −1")
        assert user.sees("2 Nöjd personal · Internt · ! saknar aktivitet · ! saknar indikator")
        await user.press("left")
        assert not user.sees("Alla besök blir av") and user.sees("▸ 1 Trygg hemma")
        await user.press("right", "down", "down", "left")
        assert user.sees("▸ Alla besök blir av") and not user.sees("Andel besök i tid")
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.sees("Alla besök blir av")


async def test_opened_from_a_measurement_it_stands_on_its_indicator(town: Path, use) -> None:
    measured = one(town, "SELECT id FROM measurement WHERE value = '1'")
    async with use(town) as user:
        await show(user, "målträd", "measurement", measured)
        line = user.app.screen.query_one(Lines).current
        assert line.label == "Uteblivna besök"


async def test_without_goals_it_leads_to_the_list(file: Path, use) -> None:
    async with use(file) as user:
        await show(user, "målträd")
        assert user.sees("Inga mål är inlagda.")
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.app.screen.entity == "goal"


def seven_of_eight(town: Town) -> None:
    found = town.db.execute("SELECT title FROM goal WHERE title <> 'Externt miljömål' ORDER BY number").fetchall()
    for row in found:
        town.add("goal_activity", goal=row["title"], text="Tas upp på arbetsplatsträff", unit="IFO")


async def test_vs1_the_eight_goals_on_screen(filled_towns, use) -> None:
    """VS1: all eight with Internt/Externt, and the one that the section has no activity for."""
    async with use(filled_towns("varnamo", seven_of_eight), size=(120, 40)) as user:
        section = user.app.store.db.execute("SELECT id FROM unit WHERE short_name = 'IFO'").fetchone()["id"]
        await show(user, "målträd", "unit", section)
        assert user.sees("8 överordnade mål, 8 mål i allt · 1 saknar aktivitet")
        lines = [line.text for line in user.app.screen.query_one(Lines).shown if not line.heading]
        assert len(lines) == 8 and all("Internt" in line or "Externt" in line for line in lines)
        assert [line for line in lines if "! saknar aktivitet" in line] == [
            line for line in lines if "Externt miljömål" in line
        ]


def test_several_units_outcomes_are_a_mean_and_say_how_many_fall_short(town: Path) -> None:
    with Store.open(town, today=TODAY) as store:
        there = Town(store)
        ref = there.get("indicator", "Andel besök i tid")["ref"]
        there.add("measurement", indicator=ref, unit="SBH", period_start="2026-01-01", period_end="2026-06-30",
                  value="98,5", target="95")  # fmt: skip
        [top, _] = goal_tree.tree(store.db)
        last = top.below[0].indicators[0].outcomes[-1]
        assert (last.value, last.measured, last.short, last.verdict) == (95.0, 2, 1, "negativ")


def test_a_sparkline_goes_from_the_lowest_to_the_highest() -> None:
    assert goal_tree.sparkline([1, 4.5, 8]) == "▁▅█" and goal_tree.sparkline([3, 3]) == "▄▄"
    assert goal_tree.sparkline([]) == ""


# --- the cycle of complaints ---------------------------------------------------------------------------------------


def complaints(town: Town) -> None:
    for unit, kind, more in (("ÄO", "klagomål", {}), ("ÄO", "synpunkt", {"unmet_need": 1}), ("IFO", "klagomål", {})):
        town.add("deviation", kind=kind, unit=unit, received_on="2026-03-01", what_happened=f"{kind} {unit}", **more)


def with_departments(town: Town) -> None:
    for name, short in (("Avdelningen för äldre", "ÄO"), ("Avdelningen för individ och familj", "IFO")):
        if not town.db.execute("SELECT 1 FROM unit WHERE short_name = ?", (short,)).fetchone():
            town.add("unit", name=name, short_name=short, level="avdelning", parent="SF")
    complaints(town)
    first = town.db.execute("SELECT id FROM deviation WHERE kind = 'synpunkt'").fetchone()["id"]
    with town.store.change("Anna Berg") as change:
        change.update("deviation", first, {"status": "registrerad"})


async def test_ts9_the_cycle_on_screen(filled_towns, use) -> None:
    """TS9: the five steps by Tyresö's words, counts per department, those not acted on, new or unmet needs."""
    async with use(filled_towns("tyreso", with_departments)) as user:
        await show(user, "kretslopp")
        assert user.sees("identifierad › dokumenterad › analyserad › åtgärdad › uppföljd")
        words = user.app.screen.query_one(Lines).words
        assert "Alla avdelningar (3)" in words and words.count("ej åtgärdade  !") == 3
        lines = user.app.screen.query_one(Lines)
        elder = next(n for n, line in enumerate(lines.shown) if line.heading and "(2)" in line.text)
        assert [line.text for line in lines.shown[elder + 1 : elder + 9]] == [
            "■ 1", "■ 1", "0", "0", "0", "0", "! 2", "1",
        ]  # fmt: skip
        lines.highlighted = elder + 8
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and rows(user) == ["synpunkt ÄO"]
        await user.press("escape", "comma")
        assert user.sees("Inga klagomål eller synpunkter har kommit in 2025.")
