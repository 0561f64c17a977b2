"""Risk matrices are data: a product or any table, and a risk keeps the scale it was judged with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lsk.store import Store
from tests.town import Town

HEAD = """profile: prov
name: Provkommun
records:
  municipality: [{name: Provkommun, area_of_activity: socialtjänst}]
  risk_scale:
"""
BANDS = {"låg": range(1, 3), "medel": range(3, 7), "hög": range(8, 17)}
# Harm weighs more than likelihood, and 1 × 4 is worse than 4 × 1: no product says so.
TABLE = [[1, 2, 6, 9], [1, 3, 7, 9], [2, 4, 8, 10], [2, 5, 8, 10]]


def band(score: int) -> str:
    return next(name for name, scores in BANDS.items() if score in scores)


def scale(key: str, valid_from: str, action_from: int, square: Callable[[int, int], tuple[int, str]]) -> str:
    lines = [
        f"    - key: {key}\n      name: {key}\n      version: '1'\n"
        f"      valid_from: {valid_from}\n      action_from: {action_from}\n      risk_score:\n"
    ]
    for p in range(1, 5):
        for c in range(1, 5):
            score, name = square(p, c)
            lines.append(f"        - {{probability: {p}, consequence: {c}, score: {score}, band: {name}}}\n")
    return "".join(lines)


PRODUCT = scale("produkt", "2025-01-01", 8, lambda p, c: (p * c, band(p * c)))
LOOKED_UP = scale(
    "tabell", "2026-01-01", 7, lambda p, c: (TABLE[p - 1][c - 1], "röd" if TABLE[p - 1][c - 1] > 6 else "grön")
)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Town]:
    def load(scales: str) -> Town:
        path = tmp_path / "prov.yaml"
        path.write_text(HEAD + scales, encoding="utf-8")
        return Town(Store.create(tmp_path / "prov.db", str(path)))

    return load


def judged(town: Town, p: int, c: int) -> tuple[int, str]:
    with town.store.change("test") as change:
        risk = change.insert("risk", {"description": f"Risk {p} × {c}", "probability": p, "consequence": c})
    row = town.get("risk", risk)
    return row["score"], row["band"]


def test_a_product_of_four_by_four(made: Callable[[str], Town]) -> None:
    """Bands 1–2, 3–6 and 8–16."""
    town = made(PRODUCT)
    squares = {(p, c): judged(town, p, c) for p in range(1, 5) for c in range(1, 5)}
    town.store.close()
    assert all(score == p * c for (p, c), (score, _) in squares.items())
    assert {(score, name) for score, name in squares.values()} == {
        (1, "låg"), (2, "låg"), (3, "medel"), (4, "medel"), (6, "medel"),
        (8, "hög"), (9, "hög"), (12, "hög"), (16, "hög"),
    }  # fmt: skip


def test_a_table_that_is_no_product(made: Callable[[str], Town]) -> None:
    town = made(LOOKED_UP)
    squares = [[judged(town, p, c) for c in range(1, 5)] for p in range(1, 5)]
    demands = {f.message for f in town.found("a_high_risk_has_an_action")}
    town.store.close()
    assert [[score for score, _ in row] for row in squares] == TABLE
    assert squares[0][3] == (9, "röd") and squares[3][0] == (2, "grön")
    assert len(demands) == sum(score >= 7 for row in TABLE for score in row)


def test_a_risk_keeps_the_scale_it_was_judged_with(made: Callable[[str], Town]) -> None:
    """A newer scale is for what is judged from now on."""
    town = made(PRODUCT)
    old = town.add("risk", description="Före", probability=1, consequence=4)
    newer = town.add("risk_scale", name="tabell", version="1", valid_from="2026-01-01", action_from=7)
    for p in range(1, 5):
        for c in range(1, 5):
            score = TABLE[p - 1][c - 1]
            town.add(
                "risk_score",
                scale=newer.ref,
                probability=p,
                consequence=c,
                score=score,
                band="röd" if score > 6 else "grön",
            )
    new = town.add("risk", description="Efter", probability=1, consequence=4)

    shown = {row["description"]: (row["score"], row["band"]) for row in (town.get("risk", old), town.get("risk", new))}
    assert shown == {"Före": (4, "medel"), "Efter": (9, "röd")}
    assert town.title("risk_scale", town.get("risk", old)["scale"]) == "produkt"
    town.change("risk", old, consequence=3)  # judged anew, on its own scale
    assert (town.get("risk", old)["score"], town.get("risk", old)["band"]) == (3, "medel")
    town.change("risk", old, scale="tabell")  # unless a person moves it
    assert town.get("risk", old)["score"] == TABLE[0][2]
    town.store.close()
