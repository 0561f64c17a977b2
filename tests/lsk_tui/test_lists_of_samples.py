"""Every kind of record's list, and one record of it, for every profile's made-up municipality, at 80 columns."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lsk.model import ENTITIES
from lsk_tui.lines import LABEL_WIDTH, Jump
from lsk_tui.pages import Question
from lsk_tui.screens.record import Record
from lsk_tui.widgets.lines import Lines
from lsk_tui.widgets.table import RecordTable
from tests.lsk_tui.test_words import english

PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")


@pytest.fixture(params=PROFILES)
def sample(request: pytest.FixtureRequest, sample_file: Callable[..., Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(sample_file(request.param), tmp_path))


async def test_every_list_is_shown_whole_in_its_own_words(sample: Path, use) -> None:
    seen = 0
    async with use(sample) as user:
        for name in ENTITIES:
            user.app.jump(Jump(name))
            await user.settle()
            screen, table = user.app.screen, user.app.screen.query_one(RecordTable)
            assert screen.question == Question.about(name)
            lines = user.screen.splitlines()
            assert all(len(line) <= 80 for line in lines), name
            terms = user.app.store.terms
            assert terms.entity_label(name, many=True) in lines[0], name
            heads = " ".join(" ".join(line.split()) for line in lines[1 : 1 + table.head])
            assert "…" not in heads, (name, heads)
            assert english(" ".join((lines[0], heads, lines[-1]))) == [], name
            for column in table.columns:
                assert all(word in heads for word in column.heading.split()), (name, column.heading, heads)
            if table.count:
                seen += 1
                assert table.current is not None and table.current.ref in user.screen, name
            else:
                assert user.sees("Listan är tom. Tryck n för att lägga till den första."), name
    assert seen > len(ENTITIES) / 2


async def test_a_record_of_every_kind_is_shown_whole_in_its_own_words(sample: Path, use) -> None:
    """On a screen so high that little is scrolled away: no label cut, nothing too wide, nothing in English."""
    seen = 0
    async with use(sample, size=(80, 100)) as user:
        terms, db = user.app.store.terms, user.app.store.db
        for name in ENTITIES:
            row = db.execute(f'SELECT id, ref FROM "{name}" ORDER BY ref DESC LIMIT 1').fetchone()
            if row is None:
                continue
            seen += 1
            user.app.jump(Jump(name, row["id"]))
            await user.settle()
            assert isinstance(user.app.screen, Record)
            lines = user.screen.splitlines()
            assert terms.entity_label(name) in lines[0] and row["ref"] in lines[0], name
            assert all(len(line) <= 80 for line in lines), name
            labels = "".join(line[1 : 1 + LABEL_WIDTH].replace(" ", "") for line in lines)
            sheet = user.app.screen.query_one(Lines)
            unseen = [n for n, line in enumerate(sheet.shown) if line.label.replace(" ", "") not in labels]
            assert not unseen or (sheet.max_scroll_y and unseen[0] > 20), (name, sheet.shown[unseen[0]])
            words = "\n".join(line.label for line in sheet.shown)
            assert english(words) == [] and english(lines[-1]) == [], name
    assert seen > len(ENTITIES) / 2
