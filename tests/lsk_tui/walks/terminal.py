"""``python -m tests.lsk_tui.walks.terminal NAME …``: the walks in a real terminal (tmux), key by key as a person would.

Each step waits until what it says is on the screen. Needs tmux; run by hand, since it takes the time it takes.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.lsk_tui.walks.__main__ import walks
from tests.lsk_tui.walks.walk import MONDAY, Step, Walk, build_town, copy_town

PATIENCE = 10.0  # seconds for a step
REST = 0.1  # seconds between two keys that are no letters
AFTER_ESCAPE = 0.4  # what comes sooner is read as one key with it, as terminals send Alt
LINES = 120
NAMES = {
    "enter": "Enter",
    "escape": "Escape",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "full_stop": ".",
    "comma": ",",
    "slash": "/",
}
NAMES |= {"up": "Up", "down": "Down", "left": "Left", "right": "Right", "space": "Space", "backspace": "BSpace"}
HELD = {"": "", "ctrl": "C-", "shift": "S-"}
OPEN = """
from datetime import date; from pathlib import Path; from lsk_tui.app import LskApp
LskApp(Path({path!r}), {actor!r}, today=date({day}), visible_cursor=True).run()
"""


class Terminal:
    """A tmux session of its own, 80×24."""

    def __init__(self, walk: Walk, path: Path, state: Path) -> None:
        self.tmux = ("tmux", "-L", f"lsk-{os.getpid()}")
        code = OPEN.format(path=str(path), actor=walk.actor, day=f"{MONDAY:%Y, %-m, %-d}")
        command = shlex.join(["env", f"XDG_STATE_HOME={state}", "PYTHONUTF8=1", sys.executable, "-c", code])
        self.run("-f", os.devnull, "new-session", "-d", "-x", "80", "-y", "24", command)

    def run(self, *words: str) -> str:
        return subprocess.run([*self.tmux, *words], check=True, capture_output=True, encoding="utf-8").stdout

    @property
    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def sees(self, words: str) -> bool:
        return words in " ".join(self.screen.replace("│", " ").split())

    def walk_down(self, words: str) -> None:
        """The terminal's cursor follows the line one is on."""
        for _ in range(LINES):
            time.sleep(REST)
            at = int(self.run("display-message", "-p", "#{cursor_y}"))
            if words in self.screen.splitlines()[at]:
                return
            self.run("send-keys", "Down")
        raise SystemExit(f"ingen rad med ”{words}”\n{self.screen}")

    def wait(self, step: Step) -> None:
        end = time.monotonic() + PATIENCE
        while not self.is_so(step):
            if time.monotonic() > end:
                raise SystemExit(f"{step.words}: {step.sees} {step.gone}\n{self.screen}")
            time.sleep(0.05)

    def is_so(self, step: Step) -> bool:
        return all(map(self.sees, step.sees)) and not any(map(self.sees, step.gone))

    def take(self, step: Step) -> None:
        for key in step.keys:
            self.run("send-keys", key_of(key))
            time.sleep(AFTER_ESCAPE if key == "escape" else REST)
        if step.text:
            self.run("send-keys", "-l", step.text)
        if step.line:
            self.walk_down(step.line)
        self.wait(step)


def key_of(key: str) -> str:
    """Textual's name of a key as tmux says it: ``ctrl+s`` is C-s, ``shift+down`` S-Down, ``f8`` is F8."""
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    held, _, plain = key.rpartition("+")
    return HELD[held] + NAMES.get(plain, plain)


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.environ["LSK_NYCKLAR"] = str(folder / "nycklar")
        build_town(folder / "mall")
        for walk in walks(names):
            drive(walk, folder / walk.name, folder / "mall")


def drive(walk: Walk, folder: Path, town: Path) -> None:
    terminal = Terminal(walk, copy_town(town, folder / "kommun", walk), folder / "minne")
    try:
        terminal.wait(Step(sees=("Ctrl+P Sök",)))
        for step in walk.steps:
            terminal.take(step)
        print(f"{walk.name}: {len(walk.steps)} steg i en riktig terminal")
    finally:
        terminal.run("kill-server")


if __name__ == "__main__":
    main(sys.argv[1:])
