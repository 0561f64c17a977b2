"""A fault of the program itself ends it, and is told without what someone wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsk_tui.app import LskApp


async def test_a_fault_is_told_without_what_someone_wrote(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = LskApp(file, "Anna Berg")

    def faulty() -> None:
        written = "Kalle ramlade"
        raise ZeroDivisionError(len(written) - 13)

    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            app.call_later(faulty)
            await pilot.pause()
    app._print_error_renderables()
    told = " ".join(capsys.readouterr().err.split())
    assert "ZeroDivisionError" in told
    assert "Kalle ramlade'" not in told and "written = 'Kalle" not in told
