"""``python -m tests.lsk_tui.walks FOLDER [NAME …]``: every step of the walks as pictures to look at.

For each walk, size and look: one page with all the steps. A browser makes a picture of it:
``chromium --headless --no-sandbox --window-size=1100,9000 --screenshot=OUT.png PAGE.html``
"""

from __future__ import annotations

import asyncio
import html
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.lsk_tui import quick
from tests.lsk_tui.walks.walk import LARGE, SMALL, Walk, begin, build_town, copy_town, missing, take

LOOKS = {"mörk": "lsk-mörk", "ljus": "lsk-ljus"}


def walks(names: list[str]) -> Iterator[Walk]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.lsk_tui.walks.{path.stem}")
        found = [walk for walk in vars(module).values() if isinstance(walk, Walk)]
        yield from (walk for walk in found if not names or walk.name in names)


async def picture(walk: Walk, town: Path, out: Path, size: tuple[int, int], look: str) -> None:
    """The walk at one size in one look, as a page; steps that do not show what they should are marked."""
    name = f"{walk.name}-{size[0]}-{look}"
    parts = [f"<h1>{html.escape(f'{name}: {walk.story}')}</h1>"]
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("lsk.remembered.user_state_path", lambda *_, **__: Path(folder) / "minne"),
    ):
        async with begin(walk, copy_town(town, Path(folder) / "kommun", walk), size) as user:
            user.app.theme = LOOKS[look]
            await user.settle()
            parts.append(section("Öppnar", [], user.app.export_screenshot()))
            for n, step in enumerate(walk.steps, 1):
                await take(user, step)
                parts.append(section(f"{n}. {step.words}", missing(user, step), user.app.export_screenshot()))
                (out / f"{name}-{n:02}.svg").write_text(user.app.export_screenshot(), encoding="utf-8")
    (out / f"{name}.html").write_text("<meta charset='utf-8'>" + "\n".join(parts), encoding="utf-8")


def section(caption: str, wrong: list[str], svg: str) -> str:
    """One step. The picture is its own document, since its styles would reach those beside it."""
    told = "".join(f"<p style='color:red'>{html.escape(words)}</p>" for words in wrong)
    frame = f"<img width='1000' src='data:image/svg+xml;utf8,{html.escape(svg.replace('#', '%23'), quote=True)}'>"
    return f"<h2>{html.escape(caption)}</h2>{told}{frame}"


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LSK_NYCKLAR"] = str(Path(folder) / "nycklar")
        build_town(Path(folder) / "mall")
        with pytest.MonkeyPatch.context() as hastened:
            quick.hasten(hastened)
            for walk in walks(names):
                for size in (SMALL, LARGE):
                    for look in LOOKS:
                        asyncio.run(picture(walk, Path(folder) / "mall", out, size, look))
                print(f"{walk.name}: {len(walk.steps)} steg, {walk.keystrokes} tangenter")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
