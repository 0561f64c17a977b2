"""Textual's driver for a browser, that also closes the app when the server behind it is gone."""

from __future__ import annotations

from textual import messages
from textual.drivers.web_driver import WebDriver


class Driver(WebDriver):
    """What is read comes from the server; when there is no more of it, nobody sees the app."""

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():
            self.send_message(messages.ExitApp())
