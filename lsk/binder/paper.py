"""The binder as something to print: one HTML file, and the same as PDF."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from lsk.binder.forms import PART
from lsk.binder.sheet import Sheet
from lsk.errors import LskError, file_trouble


class NoPdf(LskError):
    """This computer lacks what makes PDF."""


def html(sheets: Sequence[Sheet], unit: str, unit_name: str, printed_on: str) -> str:
    """The sheets as one page that needs nothing beside it. ``unit`` is the short name."""
    from jinja2 import Environment
    from markdown_it import MarkdownIt

    # What people have written is text, never tags; and a picture would be fetched from somewhere else.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    template = resources.files(__package__).joinpath("binder.html").read_text(encoding="utf-8")
    return (
        Environment(autoescape=True)
        .from_string(template)
        .render(
            title=f"Reservpärm för {unit_name}",
            unit=unit_name,
            printed_on=printed_on,
            sheets=sheets,
            forms=PART,
            bodies={sheet.name: reader.render(sheet.markdown) for sheet in sheets},
            codes={sheet.name: qr(sheet, unit) for sheet in sheets},
        )
    )


def qr(sheet: Sheet, unit: str) -> str:
    """What a telephone reads from the sheet, as SVG: the unit, what the sheet is about, its code."""
    import segno

    words = f"LSK {unit} {sheet.name} {sheet.code}"
    return str(segno.make(words, error="m", micro=False).svg_inline(scale=2, border=2, title=f"Kod {sheet.code}"))


def pdf(page: str) -> bytes:
    """The page as a tagged PDF. NoPdf says what to do where the computer has no Pango."""
    try:
        import weasyprint
    except (OSError, ImportError) as error:
        raise NoPdf(
            "PDF kunde inte göras, för programbiblioteket Pango saknas på den här datorn. "
            "Öppna HTML-filen i webbläsaren och skriv ut den därifrån."
        ) from error

    document = weasyprint.HTML(string=page, url_fetcher=nothing_from_outside)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def nothing_from_outside(url: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError(f"{url} is not fetched: a binder holds all it needs")


def write(files: dict[Path, bytes]) -> None:
    """Put whole files in their places: all are written beside first. LskError when the folder will not have them."""
    beside = {path: path.with_name(path.name + ".ny") for path in files}
    path = next(iter(files))
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(content)
        for path, work in beside.items():
            work.replace(path)
    except OSError as error:
        raise LskError(
            f"{path} kunde inte skrivas: {file_trouble(error)}. Stäng filen om den är öppen, och försök igen."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # where there is no such folder, nothing lies there either
            for work in beside.values():
                work.unlink(missing_ok=True)
