"""What works on this computer and what does not, each with its remedy: every part is asked at the same time."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from etoile.config import FOLDERS, Config
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.shapes import Line
from etoile.errors import EtoileError
from etoile.text import Message, message, plural, render, verbatim

LEAST_FREE_BYTES = 1_000_000_000
"""With less room, histories and downloads are at risk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    ok: bool | None
    """None: not known, or not needed here."""
    detail: Message
    remedy: Message | None = None


Check = Callable[[], Finding]


def examine(
    config: Config,
    simulate: str | None,
    nodes: Callable[[], list[NodeStatus]],
    missing_in_app: Sequence[str] | None,
) -> Iterator[tuple[str, Finding, float]]:
    """Yield the name, the finding and the milliseconds of every check, in a fixed order.  Blocks; never raises.

    `missing_in_app` names the parts that the running app lacks; None when none runs.
    """
    checks: dict[str, Check] = {
        "gpu": lambda: _gpu(simulate),
        "microphone": lambda: _microphone(config.speech.microphone),
        "speech_model": lambda: _speech_model(config.speech.model),
        "voice": _voice,
        "talk_key": lambda: _talk_key(config.speech.talk_key, missing_in_app),
        "notifications": _notifications,
        "nodes": lambda: _nodes(nodes()),
        "disk": _disk,
    }
    with ThreadPoolExecutor(len(checks)) as pool:
        running = {name: pool.submit(_timed, check) for name, check in checks.items()}
        for name, future in running.items():
            finding, elapsed_ms = future.result()
            yield name, finding, elapsed_ms


def doctor_line(name: str, finding: Finding, elapsed_ms: float, language: str) -> Line:
    """Return the line of one check for `etoile doctor --json`."""
    return {
        "check": name,
        "ok": finding.ok,
        "detail": render(finding.detail, language),
        "remedy": render(finding.remedy, language) if finding.remedy else None,
        "ms": round(elapsed_ms, 1),
    }


def _timed(check: Check) -> tuple[Finding, float]:
    started_s = time.perf_counter()
    try:
        finding = check()
    except EtoileError as error:
        finding = Finding(False, error.said, error.remedy)
    except Exception as error:  # noqa: BLE001  # a check that breaks is itself a finding, and hides none of the others
        finding = Finding(False, message("The check itself failed: {error}.", error=repr(error)))
    return finding, (time.perf_counter() - started_s) * 1000


def _gpu(simulate: str | None) -> Finding:
    from etoile.gpu.joined import local_source
    from etoile.gpu.monitor import read_once

    readings = read_once(local_source(simulate))
    return Finding(True, message("{names}", names=[reading.name for reading in readings]))


def _microphone(device: str | None) -> Finding:
    from etoile.speech.microphone import Microphone

    Microphone(device).check()
    return Finding(True, message("{name} can be recorded from.", name=device or message("The default microphone")))


def _speech_model(model: str) -> Finding:
    from etoile.speech import models

    return Finding(True, verbatim(str(models.folder(model))))


def _voice() -> Finding:
    from etoile.speech.synthesiser import Synthesiser

    engine = Synthesiser()
    try:
        engine.start()
    finally:
        engine.kill()
    return Finding(True, message("Speech can be synthesised."))


def _talk_key(key: str, missing_in_app: Sequence[str] | None) -> Finding:
    if missing_in_app is not None:
        # One program at a time can have the key: asking for it here would find it taken.
        if "talk_key" in missing_in_app:
            return Finding(False, message("The running app cannot watch {key}.", key=key), _TALK_KEY_REMEDY)
        return Finding(True, message("The running app watches {key}.", key=key))
    from etoile.speech.hotkeys import watch
    from etoile.speech.keys import parse_chord

    watch(parse_chord(key)).close()
    return Finding(True, message("{key} can be watched.", key=key))


_TALK_KEY_REMEDY = message("Its window says why; “etoile talk --toggle” works without a key.")


def _notifications() -> Finding:
    if sys.platform != "linux":
        return Finding(True, message("The tray shows them."))
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not os.environ.get("XDG_RUNTIME_DIR"):
        return Finding(None, message("There is no desktop session here."))
    from etoile.notify.desktop import server_name

    return Finding(True, verbatim(server_name()))


def _nodes(found: list[NodeStatus]) -> Finding:
    if not found:
        return Finding(
            None,
            message("No node is configured, and none was found on this machine."),
            message("Start Ollama or LM Studio here, or name a server in the settings; “etoile help nodes” tells how."),
        )
    up = [node for node in found if node.state is NodeState.UP]
    names = [node.name for node in found if node.state is not NodeState.UP]
    detail = plural("{up} of {count} node answers.", "{up} of {count} nodes answer.", len(found), up=len(up))
    remedy = message("Not up: {names}; “etoile nodes” tells why.", names=names) if names else None
    return Finding(bool(up), detail, remedy)


def _disk() -> Finding:
    folder = Path(FOLDERS.user_data_dir)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    detail = message("{size:bytes} free in {folder}.", size=free, folder=str(folder))
    remedy = message("Make room there: histories and downloads are kept in it.")
    return Finding(True, detail) if free >= LEAST_FREE_BYTES else Finding(False, detail, remedy)
