"""``python -m sample_db OUT --profile P --scale N``: the sample as a file, for trying out and for benchmarks."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from lsk.cli_support import command, say
from lsk.errors import LskError
from sample_db.build import DEFAULT_PROFILE, DEFAULT_TODAY, build


@command("sample_db")
@click.argument("path", metavar="FIL", type=click.Path(path_type=Path))
@click.option("--profile", metavar="P", default=DEFAULT_PROFILE, help="Vilken kommuns ordning exemplet följer.")
@click.option("--scale", metavar="N", type=click.IntRange(min=1), default=1, help="Hur många gånger fler händelser.")
@click.option("--seed", metavar="N", type=int, default=1, help="Frö: samma tal ger samma poster.")
@click.option("--today", metavar="DATUM", default=DEFAULT_TODAY.isoformat(), help="Dagen som exemplet slutar.")
def main(path: Path, profile: str, scale: int, seed: int, today: str) -> None:
    """Bygg exempelkommunen som en fil."""
    day = date.fromisoformat(today)
    try:
        with build(path, profile=profile, seed=seed, scale=scale, today=day, progress=say) as store:
            click.echo(f"{store.path} är klar.")
    except LskError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main(prog_name="python -m sample_db")
