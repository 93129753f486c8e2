"""Measures decisions, throughput, loading and starting; see scripts/bench.

Machines are noisy, so only the ratios between things that are measured in turn within one run count: every
figure is a median over rounds that alternate between all candidates.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

import bench_log
import bench_running
import bench_startup
from bench_client_address import measure_client_address
from bench_decisions import measure_decisions
from bench_joins import measure_joins
from bench_loading import measure_loading
from bench_log import measure_log
from bench_records import measure_records
from bench_startup import measure_startup
from bench_throughput import measure_throughput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the chosen measurements, print each and write all of them to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and orders")
    parser.add_argument(
        "--only",
        choices=("decisions", "client", "joins", "throughput", "records", "log", "loading", "startup"),
        help="one part only",
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "bench.json", help="where to write it all"
    )
    options = parser.parse_args()
    out = Console()
    results: dict[str, Any] = {
        "python": platform.python_version(),
        "mitmproxy": _version("mitmproxy"),
        "commit": _commit(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    counts = (10, 1_000) if options.quick else (10, 10_000, 100_000)
    rounds = 3 if options.quick else 9
    with tempfile.TemporaryDirectory(prefix="joinfence-bench-") as folder:
        if options.only in (None, "decisions"):
            results["decisions"] = measure_decisions(Path(folder), counts, rounds)
            _print_decisions(out, results["decisions"], counts)
        if options.only in (None, "client"):
            results["client_address"] = measure_client_address(rounds)
            _print_client_address(out, results["client_address"])
        if options.only in (None, "joins"):
            results["joins"] = measure_joins(ROOT, rounds)
            _print_joins(out, results["joins"])
        if options.only in (None, "throughput"):
            results["throughput"] = measure_throughput(ROOT, Path(folder), rounds)
            _print_throughput(out, results["throughput"])
        if options.only in (None, "records"):
            results["records"] = measure_records(ROOT, Path(folder), rounds)
            _print_records(out, results["records"])
        if options.only in (None, "log"):
            results["log"] = measure_log(Path(folder) / "log", 50_000 if options.quick else 1_000_000)
            title = f"Checking an event log of {results['log']['events']:,} lines"
            _print_rows(out, title, bench_log.rows(results["log"]))
        if options.only in (None, "loading"):
            results["loading"] = measure_loading(ROOT, Path(folder), counts[-1])
            _print_loading(out, results["loading"])
        if options.only in (None, "startup"):
            results["startup"] = measure_startup(ROOT, Path(folder), rounds)
            _print_startup(out, results["startup"])
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    out.print(f"written to {options.out}")


def _print_decisions(out: Console, found: Mapping[str, Any], counts: tuple[int, ...]) -> None:
    table = Table(title="Microseconds per decision (median)")
    table.add_column("")
    for count in counts:
        table.add_column(f"{count:,} orders", justify="right")
    table.add_column(f"ratio {counts[-1]:,} : {counts[0]:,}", justify="right")
    for name, by_count in found["microseconds"].items():
        table.add_row(
            name,
            *(f"{by_count[str(count)]:.2f}" for count in counts),
            f"{by_count[str(counts[-1])] / by_count[str(counts[0])]:.2f}",
        )
    out.print(table)
    yardsticks = Table(title="For comparison, in the same rounds")
    yardsticks.add_column("")
    yardsticks.add_column("microseconds", justify="right")
    for name, value in found["yardsticks"].items():
        yardsticks.add_row(name, f"{value:.2f}")
    out.print(yardsticks)


def _print_client_address(out: Console, found: Mapping[str, Any]) -> None:
    table = Table(title="Reading the client address if it is in the last entry (median)")
    for heading in ("header", "sent as", "microseconds", "ratio to short"):
        table.add_column(heading, justify="left" if heading in {"header", "sent as"} else "right")
    for name, ways in found.items():
        for way, row in ways.items():
            table.add_row(name, way, f"{row['microseconds']:.2f}", f"{row['ratio']:.2f}")
    out.print(table)


def _print_joins(out: Console, found: Mapping[str, Any]) -> None:
    table = Table(
        title=f"Microseconds to see that a request is no join, with the rules of {found['services']} services"
    )
    for heading in ("request", "one service", "all", "more"):
        table.add_column(heading, justify="left" if heading == "request" else "right")
    for name, row in found["microseconds"].items():
        table.add_row(name, f"{row['one']:.2f}", f"{row['all']:.2f}", f"{row['more']:.2f}")
    out.print(table)
    hostile = Table(title="Milliseconds for bodies made to cost time")
    hostile.add_column("body")
    hostile.add_column("milliseconds", justify="right")
    for name, value in found["hostile_milliseconds"].items():
        hostile.add_row(name, f"{value:.2f}")
    out.print(hostile)


def _print_throughput(out: Console, found: Mapping[str, Any]) -> None:
    table = Table(title="Requests per second through mitmdump (median, alternating rounds)")
    for heading in ("traffic", "no-op script", "with the fence", "ratio"):
        table.add_column(heading, justify="left" if heading == "traffic" else "right")
    for name, row in found.items():
        table.add_row(name, f"{row['noop']:.0f}", f"{row['fence']:.0f}", f"{row['ratio']:.3f}")
    out.print(table)


def _print_records(out: Console, found: Mapping[str, Any]) -> None:
    table = Table(title="Requests per second of the fence without and with its records (median)")
    for heading in (
        "traffic",
        "without",
        "with",
        "ratio",
        "ratio of processor time",
        "us to count",
    ):
        table.add_column(heading, justify="left" if heading == "traffic" else "right")
    for name, row in found.items():
        ratios = (f"{row['ratio']:.3f}", f"{row['processor_ratio']:.3f}")
        table.add_row(
            name, f"{row['without']:.0f}", f"{row['with']:.0f}", *ratios, f"{row['added_microseconds']:.1f}"
        )
    out.print(table)


def _print_loading(out: Console, found: Mapping[str, Any]) -> None:
    title = f"Loading {found['orders']:,} orders of {found['meetings']:,} meetings"
    loads = [
        ("first load", f"{found['first_seconds']:.1f} s"),
        ("again, from the compiled copy", f"{found['copy_seconds']:.1f} s"),
        ("again, after an edit to one file", f"{found['edit_seconds']:.1f} s"),
        ("memory above an empty configuration", f"{found['megabytes']:.0f} MB"),
    ]
    _print_rows(out, title, [*loads, *bench_running.rows(found["running"])])


def _print_startup(out: Console, found: Mapping[str, Any]) -> None:
    table = Table(title="Seconds of processor time from start to end (median, alternating rounds)")
    for heading in ("command", "seconds", "least", "ratio to pass", "ratio to imports"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for row in bench_startup.rows(found):
        table.add_row(*row)
    out.print(table)


def _print_rows(out: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(title=title)
    table.add_column("")
    table.add_column("", justify="right")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def _version(name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415 - one use

    return version(name)


def _commit() -> str:
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"  # noqa: S603


def median(values: list[float]) -> float:
    """Return the median."""
    return statistics.median(values)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
