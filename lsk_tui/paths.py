"""Paths as a person writes them, and what they may be about to write."""

from __future__ import annotations

import os
from pathlib import Path

SUFFIX = ".db"


def meant(text: str) -> Path | None:
    """The path that was written; with ~ for the home folder, and without the quotes that a copied path may have."""
    bare = text.strip().strip('"').strip("'")
    try:
        return Path(bare).expanduser() if bare else None
    except RuntimeError:
        return Path(bare)  # ~ of somebody who is not here: a name like any other


def completed(text: str) -> str | None:
    """The text with the first folder or LSK file that begins so; None when nothing does."""
    path = meant(text)
    if path is None or "\x00" in text:
        return None
    folder, begun = (path, "") if text.endswith(("/", os.sep)) else (path.parent, path.name)
    try:
        names = sorted(
            entry.name + (os.sep if entry.is_dir() else "")
            for entry in os.scandir(folder)
            if entry.name.casefold().startswith(begun.casefold())
            and not entry.name.startswith(".")
            and (entry.is_dir() or entry.name.endswith(SUFFIX))
        )
    except OSError:
        return None  # no such folder, or one that may not be read: there is nothing to propose
    return text[: len(text) - len(begun)] + names[0] if names else None
