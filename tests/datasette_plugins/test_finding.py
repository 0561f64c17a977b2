"""What is searched for on the site is found however it is written."""

from __future__ import annotations

import pytest

from datasette_plugins.finding import found

DECISION = "§ 45 2026-10-12 Äldreomsorgens kvalitetsrapport godkänns Kommunstyrelsen"
PROVISION = "SOSFS (2011:9) 3 kap. 1 §"


@pytest.mark.parametrize(
    ("text_of", "asked"),
    [
        *((DECISION, asked) for asked in ("§45", "§ 45", "45", "äldreomsorgens", "ÄLDREOMSORGENS", "§ 45 2026", "")),
        (DECISION, "kommunstyrelsen kvalitetsrapport"),
        *((PROVISION, asked) for asked in ("SOSFS 2011:9 3 kap. 1 §", "3 kap 1§", "3 kap. 1 §", "sosfs 1 §")),
    ],
)
def test_words_are_found_in_any_order_and_case(text_of: str, asked: str) -> None:
    assert found(text_of, asked)


@pytest.mark.parametrize(
    ("text_of", "asked"),
    [
        (DECISION, "§ 4"), (DECISION, "§ 10"), (DECISION, "§ 12"), (DECISION, "aldreomsorgens"), (DECISION, "%"),
        (DECISION, "_"), (PROVISION, "1 kap."), (PROVISION, "13 kap."), (PROVISION, "11 §"), (None, "a"),
    ],
)  # fmt: skip
def test_a_part_of_a_number_and_another_letter_are_not_found(text_of: str | None, asked: str) -> None:
    assert not found(text_of, asked)
