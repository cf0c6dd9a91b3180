"""Runs the benchmarks of tests/benchmarks and prints each measure beside its peer's.

A benchmark is a pytest-benchmark test in test_NAME.py.  Its group is the name of the measure; the run of a peer says
so by `benchmark.extra_info["peer"] = "hassil"`.  What is measured is its median time in ms, unless `extra_info` holds
"value" and "unit" (an accuracy, a size).  The ratio is ours divided by the peer's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from installer.environment import ROOT

FOLDER = ROOT / "tests" / "benchmarks"


def main(arguments: list[str]) -> int:
    """Run all benchmarks, or those of one area, and print a line for each measure."""
    parser = argparse.ArgumentParser(prog="installer/dev.py bench", description=__doc__.splitlines()[0])
    names = sorted(file.stem.removeprefix("test_") for file in FOLDER.glob("test_*.py"))
    parser.add_argument("name", nargs="?", choices=names, help="one area alone")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args(arguments)
    files = [str(FOLDER / f"test_{name}.py") for name in names if asked.name in (None, name)]
    if not files:
        print("There are no benchmarks yet: tests/benchmarks is empty.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pytest", "-q", "--benchmark-only", f"--benchmark-json={report}", *files]
        code = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode
        found = json.loads(report.read_text("utf-8"))["benchmarks"] if report.exists() else []
    for line in measures(found):
        print(json.dumps(line) if asked.json else in_words(line))
    return 1 if code else 0


def measures(benchmarks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a line for each measure and peer, in the order of the names; a measure without a peer has one line."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for benchmark in benchmarks:
        groups.setdefault(benchmark["group"] or benchmark["name"], []).append(benchmark)
    lines = []
    for name, runs in sorted(groups.items()):
        ours = next((run for run in runs if "peer" not in run["extra_info"]), None)
        peers = [run for run in runs if "peer" in run["extra_info"]]
        lines += [_line(name, ours, peer) for peer in peers or (None,)]
    return lines


def in_words(line: Mapping[str, Any]) -> str:
    """Return a measure as a line for people."""
    ours = "-" if line["ours"] is None else f"{line['ours']:.4g} {line['unit']}"
    if line["peer"] is None:
        return f"{line['name']:<40} {ours:>14}"
    ratio = "-" if line["ratio"] is None else f"{line['ratio']:.3g}"
    peer = f"{line['peer_name']} {line['peer']:.4g} {line['unit']}"
    return f"{line['name']:<40} {ours:>14}   {peer:<28} ratio {ratio}"


def _line(name: str, ours: Mapping[str, Any] | None, peer: Mapping[str, Any] | None) -> dict[str, Any]:
    value, peer_value = _value(ours), _value(peer)
    return {
        "name": name,
        "ours": value,
        "peer_name": peer["extra_info"]["peer"] if peer else None,
        "peer": peer_value,
        "unit": ((ours or peer or {}).get("extra_info") or {}).get("unit", "ms"),
        "ratio": value / peer_value if value is not None and peer_value else None,
    }


def _value(run: Mapping[str, Any] | None) -> float | None:
    """Return what a run measured: what it says itself, else its median time in ms."""
    if run is None:
        return None
    return float(run["extra_info"].get("value", run["stats"]["median"] * 1000))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
