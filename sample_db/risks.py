"""Risk scale, risk analyses with their risks, and the self-checks that risks lead to, with their rounds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lsk.change import derived_id
from lsk.model import ENTITIES
from lsk.store import Store
from lsk.year.periods import periods
from sample_db import actions
from sample_db.documents import themes_of
from sample_db.words import Row, Sample, add_months, weekday

BANDS = ((1, 2, "låg"), (3, 6, "måttlig"), (7, 16, "hög"))
ACTION_FROM = 8
# Consequence by probability, where the judgement is looked up and is no product: what is grave weighs more.
TABLE = ((1, 2, 4, 8), (1, 3, 6, 9), (2, 4, 8, 12), (3, 6, 9, 16))
UNHANDLED = 2  # high risks that nobody has answered with an action
POOR = 80  # percent: a round below leads to a reported deviation


def scale(sample: Sample, store: Store) -> str:
    """4 × 4 in three bands: a product, or a table where the municipality has its own."""
    identity = sample.scale_id = sample.id(sample.start)
    table = sample.place.get("scale") == "table"
    with store.change(sample.coordinator, "Riskskala 4 × 4") as change:
        change.insert(
            "risk_scale",
            {
                "id": identity,
                "name": "Riskmatris 1–4" if table else "Sannolikhet × konsekvens, 1–4",
                "version": "1",
                "valid_from": sample.start.isoformat(),
                "action_from": ACTION_FROM,
            },
        )
        change.insert_many(
            "risk_score",
            [
                {
                    "scale": identity,
                    "probability": p,
                    "consequence": k,
                    "score": score(sample, p, k),
                    "band": next(name for low, high, name in BANDS if low <= score(sample, p, k) <= high),
                }
                for p in range(1, 5)
                for k in range(1, 5)
            ],
        )
    return identity


def score(sample: Sample, probability: int, consequence: int) -> int:
    if sample.place.get("scale") == "table":
        return TABLE[probability - 1][consequence - 1]
    return probability * consequence


def analyses(sample: Sample, store: Store, scale_id: str) -> dict[tuple[str, str], str]:
    """A yearly analysis for each unit and some before a change. Returns (unit, theme) → its newest risk."""
    newest: dict[tuple[str, str], str] = {}
    for year in range(sample.start.year, sample.today.year + 1):
        for short, name in sample.unit_names.items():
            batch: dict[str, list[Row]] = {
                key: [] for key in ("risk_analysis", "risk", "action", "action_followup", "link")
            }
            for number in range(sample.scale):
                day = weekday(
                    date(year, 2, 1) + timedelta(days=sample.between(0, 330 if number or sample.chance(0.3) else 60))
                )
                if not sample.start <= day <= sample.today:
                    continue
                analysis = analysis_row(sample, short, name, day, number)
                batch["risk_analysis"].append(analysis)
                for risk, theme in risk_rows(sample, short, day, analysis, scale_id):
                    batch["risk"].append(risk)
                    newest[short, theme["key"]] = risk["id"]
                    high = score(sample, risk["probability"], risk["consequence"]) >= ACTION_FROM
                    if high and risk["response"] != "acceptera":
                        actions.add(sample, batch, theme, short, risk["id"], day, kind="förebyggande")
            if batch["risk_analysis"]:
                with store.change(sample.managers[short][1], f"Riskanalys {year}, {name}") as change:
                    for entity, rows in batch.items():
                        change.insert_many(entity, rows)
    judge_anew(sample, store)
    return newest


def judge_anew(sample: Sample, store: Store) -> None:
    """Some risks have been found to be graver than was thought, and nobody has acted on it yet."""
    rows = store.db.execute(
        """SELECT r.id FROM risk r WHERE r.status = 'bedömd'
             AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = r.id)
           ORDER BY r.identified_on DESC, r.id LIMIT ?""",
        (UNHANDLED * sample.scale,),
    ).fetchall()
    with store.change(sample.coordinator, "Ny bedömning av risker") as change:
        for row in rows:
            change.update("risk", row["id"], {"probability": 3, "consequence": 4, "response": "åtgärda"})


def analysis_row(sample: Sample, short: str, name: str, day: date, number: int) -> Row:
    before_change = number % 4 == 3 or (number == 0 and day.year < sample.today.year and sample.chance(0.25))
    old = day < sample.today - timedelta(days=300)
    mark = f" ({number + 1})" if number else ""
    return {
        "id": sample.id(day),
        "title": f"Riskanalys {'inför förändring ' if before_change else ''}{day.year}, {name}{mark}",
        "kind": sample.some_word("risk_kinds", "förändring" if before_change else "årlig"),
        "unit": sample.units[short],
        "done_on": day.isoformat(),
        "trigger": sample.word("risk_triggers", "planerad förändring" if before_change else "årlig"),
        "change_description": sample.general("change") if before_change else None,
        "participants": sample.general("participants"),
        "responsible_role": sample.manager_role(short),
        "presented_on": sample.past(weekday(day + timedelta(days=sample.between(10, 40)))),
        "status": "avslutad" if old else sample.weighted({"bedömd": 1, "åtgärdad": 1, "följs upp": 3}),
    }


def risk_rows(sample: Sample, short: str, day: date, analysis: Row, scale_id: str) -> list[tuple[Row, dict[str, Any]]]:
    """Two or three risks of the themes that the unit works with."""
    pool = [(theme, risk) for theme in themes_of(sample, short) for risk in theme["risks"]]
    found = []
    for theme, risk in sample.rng.sample(pool, sample.between(2, 3)):
        p = min(4, max(1, risk["p"] + sample.between(-1, 1)))
        k = min(4, max(1, risk["k"] + sample.pick((-1, 0, 0))))
        high = score(sample, p, k) >= ACTION_FROM
        closed = analysis["status"] == "avslutad" and sample.chance(0.85)
        row: Row = {
            "id": sample.id(day),
            "description": risk["text"],
            "risk_analysis": analysis["id"],
            "unit": sample.units[short],
            "process": sample.processes[theme["key"]],
            "probability": p,
            "consequence": k,
            "scale": scale_id,
            "consequence_text": risk["consequence"],
            "identified_on": day.isoformat(),
            "response": "åtgärda" if high else sample.weighted({"kontrollera": 3, "acceptera": 1}),
            "status": "stängd" if closed else ("åtgärdas" if high else "bedömd"),
        }
        found.append((row, theme))
    return found


def checks(
    sample: Sample, store: Store, risks: dict[tuple[str, str], str]
) -> list[tuple[str, str, dict[str, Any], str]]:
    """The units' self-checks, and each round. Returns what poor rounds found: (day, unit, theme, round)."""
    found: list[tuple[str, str, dict[str, Any], str]] = []
    for short, name in sample.unit_names.items():
        with store.change(sample.managers[short][1], f"Egenkontroller, {name}") as change:
            made = [
                (check_row(sample, short, theme, number, risks), theme)
                for number in range(sample.scale)
                for theme in themes_of(sample, short)[: sample.place["checks_per_unit"]]
            ]
            change.insert_many("self_check", [check for check, _ in made])
            links = [
                {"kind": "leder till", "source": c["risk"], "target": c["id"], "unit": c["unit"]}
                for c, _ in made
                if c["risk"]
            ]
            change.insert_many("link", links)
            rounds: list[Row] = []
            for check, theme in made:
                rounds += rounds_of(sample, check, short, theme, found)
            change.insert_many("self_check_round", sorted(rounds, key=lambda row: row["due"]))
    return sorted(found, key=lambda f: (f[0], f[3]))


def check_row(sample: Sample, short: str, theme: dict[str, Any], number: int, risks: dict[tuple[str, str], str]) -> Row:
    group = f", grupp {number + 1}" if number else ""
    return {
        "id": sample.id(sample.start),
        "name": f"{theme['check']}, {sample.unit_names[short]}{group}",
        "method": sample.some_word("self_check_methods", theme["method"]),
        "unit": sample.units[short],
        "process": sample.processes[theme["key"]],
        "risk": risks.get((short, theme["key"])),
        "document": sample.routines[theme["key"]],
        "criterion": theme["criterion"],
        "sample": theme["sample"],
        "frequency": theme["frequency"],
        "responsible_role": sample.manager_role(short),
        "valid_from": sample.start.isoformat(),
    }


def rounds_of(
    sample: Sample, check: Row, short: str, theme: dict[str, Any], found: list[tuple[str, str, dict[str, Any], str]]
) -> list[Row]:
    """Every period's round; the skill grows over the years, one in twenty is left undone when it is recent."""
    rows: list[Row] = []
    for period, end in periods(check["frequency"], sample.start, add_months(sample.today, 5)):
        day = weekday(end + timedelta(days=15))
        row: Row = {"self_check": check["id"], "period": period, "due": day.isoformat()}
        rows.append(row)
        recent = day > sample.today - timedelta(days=150)
        if day > sample.today or (recent and sample.chance(0.12)):
            row["status"] = "planerad"
            continue
        done = min(weekday(day - timedelta(days=sample.between(-6, 25))), sample.today)
        checked = sample.between(8, 24)
        skill = 0.84 + 0.03 * (day.year - sample.start.year)
        compliant = sum(sample.chance(skill) for _ in range(checked))
        poor = 100 * compliant < POOR * checked
        row |= {
            "done_on": done.isoformat(),
            "done_by": sample.manager_role(short),
            "checked_count": checked,
            "compliant_count": compliant,
            "result": sample.general("round_poor" if poor else "round_good"),
            "analysis": sample.general("round_analysis") if poor else None,
            "status": "klar" if not recent else sample.weighted({"genomförd": 2, "analyserad": 1, "klar": 3}),
        }
        if poor and "avvikelse" in theme["events"] and sample.chance(0.35):
            found.append((done.isoformat(), short, theme, derived_id(ENTITIES["self_check_round"], row)))
    return rows
