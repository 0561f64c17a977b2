"""Textual's DataTable with 1 000 rows."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

ROWS = 1_000


class TableApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("Färdig att läsa")
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("Beteckning", "Slag", "Läge", "År", "Rubrik", "Nummer")
        words = "handling ärende beslut process aktivitet"
        table.add_rows([f"HK-AVV-26-{n}", "internrevision", "planerad", "2026", words, str(n)] for n in range(ROWS))
        table.focus()


if __name__ == "__main__":
    TableApp().run()
