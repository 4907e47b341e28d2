"""`python -m bench NAME [--json]` runs one bench, `python -m bench all` every one in turn."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

import bench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.result import Result

FRAME = {"__main__", "result"}
WRITTEN = Path("var") / "bench"


def benches() -> list[str]:
    """List the benches: every module of this folder that is not the frame."""
    modules = pkgutil.iter_modules(bench.__path__)
    return sorted(m.name for m in modules if not m.ispkg and m.name not in FRAME)


def run(name: str) -> Result:
    """Run the bench *name* and keep its figures in var/bench."""
    result: Result = importlib.import_module(f"bench.{name}").run()
    WRITTEN.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result.fields(), ensure_ascii=False, indent=1)
    (WRITTEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return result


def table(results: Sequence[Result]) -> Table:
    """Set the figures out, one bench a row."""
    drawn = Table("bench", "ours", "peer", "unit", "ratio", "goal", "met", "checked first")
    for result in results:
        drawn.add_row(
            result.name,
            f"{result.ours:,.0f}",
            f"{result.peer:,.0f}",
            result.unit,
            f"x{result.ratio:,.1f}",
            f"x{result.goal:,.1f}",
            "yes" if result.met else "[red]no[/red]",
            result.checked,
        )
    return drawn


def run_all(names: Sequence[str], console: Console) -> list[Result]:
    """Run the benches one after the other, showing which one runs."""
    results = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for name in names:
            line = progress.add_task(name, total=1)
            results.append(run(name))
            progress.update(line, completed=1)
    return results


def main() -> None:
    """Read the command line, run, and print the figures."""
    names = benches()
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("name", choices=[*names, "all"])
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    asked = parser.parse_args()
    chosen = names if asked.name == "all" else [asked.name]
    if asked.json:
        figures = [run(name).fields() for name in chosen]
        print(json.dumps(figures[0] if asked.name != "all" else {"benches": figures}))
        return
    console = Console()
    results = run_all(chosen, console)
    console.print(table(results))
    for result in results:
        for note in result.notes:
            console.print(f"{result.name}: {note}", style="dim")


if __name__ == "__main__":
    main()
