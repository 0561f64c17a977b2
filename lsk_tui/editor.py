"""Long text in the editor that the person has chosen for their computer ($VISUAL, $EDITOR). No screen here."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from lsk.errors import LskError, file_trouble

USUAL = ("nano", "notepad")  # whoever wants vi says so; others would not find the way out of it
NONE = (
    "Det finns ingen textredigerare att öppna. Ange en i miljövariabeln EDITOR, till exempel EDITOR=nano, "
    "eller skriv i fältet här."
)


def command() -> list[str]:
    """The editor and its arguments. LskError when there is none."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not chosen:
        found = next((path for name in USUAL if (path := shutil.which(name))), None)
        if found is None:
            raise LskError(NONE)
        return [found]
    words = (
        [chosen] if Path(chosen).exists() else [word.strip('"') for word in shlex.split(chosen, posix=os.name != "nt")]
    )
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise LskError(f"Textredigeraren ”{chosen}” (EDITOR) finns inte på den här datorn. {NONE}")
    return [program, *words[1:]]


def edited(text: str, editor: list[str]) -> str:
    """What the person made of ``text``. The file it was in is only theirs to read, and is gone afterwards."""
    try:
        number, name = tempfile.mkstemp(prefix="lsk-", suffix=".md")  # with no rights for others
    except OSError as error:
        raise LskError(f"Texten kunde inte öppnas i redigeraren: {file_trouble(error)}.") from error
    path = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
        code = subprocess.run([*editor, name], check=False).returncode
        if code:
            raise LskError(f"Textredigeraren avslutades med fel ({code}). Texten är som den var.")
        return path.read_text(encoding="utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise LskError("Redigeraren sparade inte texten som UTF-8. Texten är som den var.") from error
    except OSError as error:
        raise LskError(f"Texten kunde inte öppnas i redigeraren: {file_trouble(error)}.") from error
    finally:
        path.unlink(missing_ok=True)
