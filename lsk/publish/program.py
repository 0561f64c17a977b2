"""Whole-number programs: columns with a cost, rows that bound sums of them; solved by HiGHS, each from where the last
one ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

ENDLESS = float("inf")
CORNERS = 6  # looked into at first; what they do not tell is asked for one by one
NEAR = 1e-6  # as exact as the solver is asked to be


class Program:
    """Built first, then asked again and again with other bounds and costs."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.cost: list[float] = []
        self.rows: list[tuple[Mapping[int, float], float, float]] = []
        self.engine: Any = None

    def column(self, cost: float = 0, upper: float = ENDLESS) -> int:
        """A new column, from nought up to ``upper``."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.cost.append(cost)
        return len(self.cost) - 1

    def row(self, terms: Mapping[int, float], lower: float, upper: float = ENDLESS) -> int:
        """A new row: the sum of columns times factors lies between the bounds."""
        self.rows.append((terms, lower, upper))
        return len(self.rows) - 1

    def total(self, columns: Iterable[int], lower: float, upper: float = ENDLESS) -> int:
        """A new row that sums columns."""
        return self.row(dict.fromkeys(columns, 1.0), lower, upper)

    def bound(self, row: int, lower: float, upper: float = ENDLESS) -> None:
        self.rows[row] = (self.rows[row][0], lower, upper)
        if self.engine:
            self.engine.changeRowBounds(row, lower, upper)

    def price(self, column: int, cost: float) -> None:
        self.cost[column] = cost
        if self.engine:
            self.engine.changeColCost(column, cost)

    def solve(self) -> list[int] | None:
        """The cheapest whole numbers that fit; None when nothing does.

        The linear program most often has whole numbers in its corners; only when it has not are they asked for.
        """
        if not self.cost:
            return [] if all(lower <= 0 <= upper for _, lower, upper in self.rows) else None
        self.engine = self.engine or self.loaded(whole=False)
        found = outcome(self.engine)
        if found is not None and any(abs(value - round(value)) > NEAR for value in found):
            found = outcome(self.loaded(whole=True))
        return None if found is None else [round(value) for value in found]

    def scatter(self, columns: Sequence[int], seed: int) -> list[int] | None:
        """Whole numbers that fit, in some corner: other ones for another seed. Prices on the columns are removed."""
        chance = Random(seed)
        for column in columns:
            self.price(column, chance.random())
        found = self.solve()
        for column in columns:
            self.price(column, 0)
        return found

    def paid(self, found: list[int]) -> float:
        return sum(cost * value for cost, value in zip(self.cost, found, strict=True) if cost)

    def loaded(self, whole: bool) -> Any:
        import highspy

        start, index, factor = [0], list[int](), list[float]()
        for terms, _, _ in self.rows:
            index += terms.keys()
            factor += terms.values()
            start.append(len(index))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, self.lower, self.upper
        model.row_lower_ = [lower for _, lower, _ in self.rows]
        model.row_upper_ = [upper for _, _, upper in self.rows]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = start, index, factor
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(self.cost)
        engine = highspy.Highs()
        engine.setOptionValue("output_flag", False)
        engine.setOptionValue("threads", 1)  # the same answer on every computer
        engine.passModel(model)
        return engine


def outcome(engine: Any) -> list[float] | None:
    """What a run ended in. A program that the solver gives up on counts as one without an answer."""
    import highspy

    engine.run()
    if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return list(engine.getSolution().col_value)
