"""What a screen showed when somebody last looked at it and found it good, as plain text beside the tests."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"
RENEW = "LSK_NYA_BILDER"  # set it to store what is seen now; then read the difference in git before it is kept


def same(seen: str, name: str) -> None:
    """Compare the screen with the stored one, line by line."""
    path = FOLDER / f"{name}.txt"
    text = "\n".join(line.rstrip() for line in seen.splitlines()).rstrip() + "\n"
    if os.environ.get(RENEW):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{name} has never been looked at: run once with {RENEW}=1 and read the file."
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()
