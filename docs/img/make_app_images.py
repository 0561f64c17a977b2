"""Draw the pictures of the app for the documentation. Run from the top; needs rsvg-convert and ImageMagick."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from lsk import remembered
from lsk_tui.app import LskApp
from sample_db.build import build

HERE = Path(__file__).parent
TODAY = date(2026, 11, 20)
SIZE = (80, 24)
WIDTH = 1000  # pixels
CELL = 12.2  # the width of a letter in the SVG

# Picture → keys pressed from *Idag*; a text in brackets is written.
PICTURES = {
    "app-idag": [],
    "app-lista": ["g", "a", "down", "down"],
    "app-formular": ["n", "[klag]", "enter", "[hemtjänst n]", "enter", "[2026-11-31]"],
}


os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


async def draw(path: Path, name: str, keys: list[str]) -> None:
    app = LskApp(path, "Karin Ek", today=TODAY)
    async with app.run_test(size=SIZE) as pilot:
        for key in ["", *keys]:
            letters = [{" ": "space", "-": "minus"}.get(c, c) for c in key[1:-1]] if key.startswith("[") else [key]
            await pilot.press(*filter(None, letters))
            for _ in range(4):
                await pilot.pause()
                await app.workers.wait_for_complete()
        svg = app.export_screenshot(title="LSK")
    # A local font instead of one fetched from the net; and spaces at the ends, which rsvg drops, as distances.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
    svg = re.sub(r'x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)" ([^>]*)>([^<]*)</text>', unpadded, svg)
    picture = HERE / f"{name}.png"
    drawn = subprocess.run(["rsvg-convert", "-w", str(WIDTH)], input=svg.encode(), stdout=subprocess.PIPE, check=True)
    subprocess.run(["convert", "png:-", "+dither", "-colors", "64", f"png8:{picture}"], input=drawn.stdout, check=True)
    print(picture, picture.stat().st_size)


def unpadded(match: re.Match[str]) -> str:
    """The same text without the spaces around it, where it stands."""
    x, y, length, rest, text = match.groups()
    words = text.replace("&#160;", "\u00a0")
    left = len(words) - len(words.lstrip("\u00a0"))
    right = len(words) - len(words.rstrip("\u00a0"))
    if left == len(words):
        return "></text>"
    start, span = float(x) + left * CELL, float(length) - (left + right) * CELL
    return f'x="{start:.1f}" {y} textLength="{span:.1f}" {rest}>{words.strip(chr(160))}</text>'


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        remembered.user_state_path = lambda *_, **__: Path(folder)  # type: ignore[assignment]
        path = Path(folder) / "lovsjo.db"
        build(path, today=TODAY).close()
        for name, keys in PICTURES.items():
            asyncio.run(draw(path, name, keys))


if __name__ == "__main__":
    main()
