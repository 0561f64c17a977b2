"""Every kind of record's list, for the made-up municipality of every profile, on the narrowest screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsk.model import ENTITIES
from lsk_tui.lines import Jump
from lsk_tui.pages import Question
from lsk_tui.widgets.table import RecordTable
from sample_db.build import build

PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")


@pytest.fixture(scope="module", params=PROFILES)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exempel") / f"{request.param}.db"
    build(path, profile=request.param).close()
    return path


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
            for column in table.columns:
                assert all(word in heads for word in column.heading.split()), (name, column.heading, heads)
            if table.count:
                seen += 1
                assert table.current is not None and table.current.ref in user.screen, name
            else:
                assert user.sees("Listan är tom. Tryck n för att lägga till den första."), name
    assert seen > len(ENTITIES) / 2
