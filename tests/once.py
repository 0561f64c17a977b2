"""A folder that a whole run of tests makes once, whichever of its workers asks for it first."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

Once = Callable[[str, Callable[[Path], object]], Path]


def once(factory: pytest.TempPathFactory) -> Once:
    """once(name, make): the folder of that name; ``make`` fills it when it is not there. Only to be read or copied."""
    own = factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        made = shared / name
        if not made.exists():
            work = shared / f"{name}-{uuid.uuid4().hex}"
            work.mkdir(parents=True)
            make(work)
            try:
                work.rename(made)
            except OSError:  # another worker was making it too, and was ready first
                if not made.exists():
                    raise
        return made

    return folder
