"""What works on this computer and what does not, each with its remedy: every part is asked at the same time."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from etoile.config import Config
from etoile.doctor import desktop, files, hearing, machine, serving
from etoile.doctor.finding import Check, Finding, Once, Patient
from etoile.domain.nodes import NodeStatus
from etoile.domain.shapes import Line
from etoile.errors import EtoileError
from etoile.text import message, render

FAMILIES: tuple[Callable[[Patient], Iterator[Check]], ...] = (
    machine.checks,
    hearing.checks,
    desktop.checks,
    serving.checks,
    files.checks,
)


def patient(
    config: Config,
    path: Path,
    simulate: str | None,
    nodes: Callable[[], Sequence[NodeStatus]],
    app: dict[str, Any] | None,
) -> Patient:
    """Return what is examined: `nodes` asks every node, `app` is what the running app says of itself."""
    from etoile.gpu.joined import local_source
    from etoile.gpu.monitor import read_once

    gpus = Once(lambda: read_once(local_source(simulate)))
    return Patient(config=config, path=path, gpus=gpus, nodes=Once(nodes), app=app)


def checks_of(patient: Patient) -> list[Check]:
    """Return every check, in the order in which they are told."""
    return [check for family in FAMILIES for check in family(patient)]


def examine(checks: Sequence[Check]) -> Iterator[tuple[str, Finding, float]]:
    """Yield the name, the finding and the milliseconds of every check, in their order.  Blocks; never raises.

    A check that does not come back within its limit is left behind, on a thread that ends with the process.
    """
    started_s = time.monotonic()
    running = [(check, _start(check)) for check in checks]
    for check, future in running:
        try:
            found, elapsed_ms = future.result(max(0.0, started_s + check.limit_s - time.monotonic()))
        except TimeoutError:
            found, elapsed_ms = [_hung(check)], 1000 * check.limit_s
        for finding in found:
            yield f"{check.name} {finding.about}".strip(), finding, elapsed_ms


def doctor_line(name: str, finding: Finding, elapsed_ms: float, language: str) -> Line:
    """Return the line of one check for `etoile doctor --json`."""
    return {
        "check": name,
        "ok": finding.ok,
        "detail": render(finding.detail, language),
        "remedy": render(finding.remedy, language) if finding.remedy else None,
        "ms": round(elapsed_ms, 1),
    }


def _start(check: Check) -> "Future[tuple[list[Finding], float]]":
    future: Future[tuple[list[Finding], float]] = Future()
    threading.Thread(target=lambda: future.set_result(_timed(check)), name=f"doctor {check.name}", daemon=True).start()
    return future


def _timed(check: Check) -> tuple[list[Finding], float]:
    started_s = time.perf_counter()
    try:
        found = check.look()
    except EtoileError as error:
        remedy = error.remedy or message("Try again; “etoile --verbose doctor” tells more.")
        found = Finding(ok=False if check.wanted else None, detail=error.said, remedy=remedy)
    except Exception as error:  # noqa: BLE001  # a check that breaks is itself a finding, and hides none of the others
        found = Finding(ok=False, detail=message("The check itself failed: {error}.", error=repr(error)))
    listed = [found] if isinstance(found, Finding) else list(found)
    return [_without_needless_remedy(finding) for finding in listed], (time.perf_counter() - started_s) * 1000


def _without_needless_remedy(finding: Finding) -> Finding:
    return replace(finding, remedy=None) if finding.ok else finding


def _hung(check: Check) -> Finding:
    return Finding(
        ok=False if check.wanted else None,
        detail=message("No answer within {seconds:.0f} s.", seconds=check.limit_s),
        remedy=message("Try again; if it stays so, what is asked here hangs."),
    )
