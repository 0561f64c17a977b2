"""The same site as files, for any web server: every page, CSV and JSON, with relative links.

The pages are asked for through the site's own app, so there is one way to make them. What needs a server is left out
of the copy: a page that lets one choose links to each choice, a question gives its whole answer, a table shows all its
rows, and what is searched for on a server is searched in the browser (``sok.js``).
"""

from __future__ import annotations

import asyncio
import json
import posixpath
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from datasette_plugins import opendata
from datasette_plugins.static_html import SCRIPT, Alone
from lsk.errors import LskError, file_trouble
from lsk.model.vocabulary import Publish
from lsk.publish import LEVELS

MARK = "lsk-sidor.txt"  # in a folder that we have written, and may write anew
ALL_ROWS = "_size=999"
PLAIN = str.maketrans("åäöéü", "aaoeu")

Told = Callable[[str, int, int], None]


def silently(what: str, done: int, of: int) -> None:
    """Nobody is told."""


@dataclass
class Copy:
    """The copy under way: which file each address becomes, and which are still to be asked for."""

    files: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)

    def file_of(self, address: str) -> str:
        """The file of an address; a new one is put among those to ask for."""
        if address not in self.files:
            name = wanted = named(address)
            number = 1
            while name in self.taken:
                number += 1
                stem, dot, ending = wanted.partition(".")
                name = f"{stem}-{number}{dot}{ending}"
            self.taken.add(name)
            self.files[address] = name
            self.waiting.append(address)
        return self.files[address]


def named(address: str) -> str:
    """The file an address becomes: / is index.html, /mal is mal.html, and a choice follows after a hyphen."""
    parts = urlsplit(address)
    stem, dot, ending = (parts.path.strip("/") or "index").partition(".")
    chosen = "-".join(value for pair in parse_qsl(parts.query) for value in pair)
    slug = re.sub(r"[^a-z0-9]+", "-", chosen.lower().translate(PLAIN)).strip("-")[:60]
    return f"{stem}{'-' if slug else ''}{slug}{dot}{ending}" if dot else f"{stem}{'-' if slug else ''}{slug}.html"


def write_static(folder: Path, out: Path, level: Publish | None = None, told: Told = silently) -> int:
    """Write what is published in ``folder`` as files in ``out``; the number of files. What an earlier copy left there
    is replaced, in one step. LskError when nothing is published, or ``out`` holds anything else."""
    from datasette_plugins.instance import build

    site = build(folder, level=level)
    if out.exists() and not (out.is_dir() and ((out / MARK).is_file() or not any(out.iterdir()))):
        raise LskError(f"{out} innehåller annat än en kopia av sidorna. Ange en ny mapp, eller en tom.")
    work = out.absolute().with_name(out.absolute().name + ".ny")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        written = asyncio.run(copy(site, work, told))
        (work / MARK).write_text("Skriven av lsk publish --static. Ändra inget här.\n", encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        work.replace(out)
    except OSError as error:
        raise LskError(
            f"{out} kunde inte skrivas ({file_trouble(error)}). "
            "Kontrollera att mappen får ändras och att disken räcker."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return written


async def copy(site: Any, work: Path, told: Told) -> int:
    """Ask for the first page, and then for everything that it and the others lead to."""
    done = Copy()
    done.file_of("/")
    if LEVELS[Publish.OPEN] in site.databases:
        for address in (opendata.PATH, f"/{LEVELS[Publish.OPEN]}.db"):
            done.file_of(address)
    while done.waiting:
        told("Skriver sidorna", len(done.files) - len(done.waiting), len(done.files))
        address = done.waiting.pop()
        save(work / done.files[address], await content(site, address, done))
    told("Skriver sidorna", len(done.files), len(done.files))
    save(work / "404.html", Alone("/", done.file_of).page((await site.client.get("/finns-inte")).text).encode())
    save(work / SCRIPT, (Path(__file__).parent / SCRIPT).read_bytes())
    return len(done.files) + 2


def save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def content(site: Any, address: str, done: Copy) -> bytes:
    """What an address gives, made to stand on its own."""
    path, query = urlsplit(address).path, urlsplit(address).query
    if path.endswith(".json"):
        return json.dumps(await array(site, address), ensure_ascii=False).encode()
    response = await got(site, f"{path}?{'&'.join(filter(None, (query, ALL_ROWS)))}" if is_table(path) else address)
    if response.headers["content-type"].startswith("text/html"):
        return Alone(address, done.file_of).page(response.text).encode()
    return bytes(response.content)


async def array(site: Any, address: str) -> list[Any]:
    """The rows of a table, which the site gives some at a time, or of an answer."""
    path, query = urlsplit(address).path, urlsplit(address).query
    ways = [query, "_shape=array", ALL_ROWS if is_table(path.removesuffix(".json")) else ""]
    response = await got(site, f"{path}?{'&'.join(filter(None, ways))}")
    rows = list(response.json())
    while after := response.links.get("next"):
        following = urlsplit(after["url"])
        response = await got(site, f"{following.path}?{following.query}")
        rows += response.json()
    return rows


async def got(site: Any, address: str) -> Any:
    response = await site.client.get(address)
    if response.status_code != 200:
        raise LskError(f"Sidan {address} kunde inte göras ({response.status_code}). Publicera på nytt och försök igen.")
    return response


def is_table(path: str) -> bool:
    from datasette_plugins.swedish import declared

    return path.count("/") == 2 and posixpath.basename(path) in declared()
