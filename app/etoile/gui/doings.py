"""What Etoile is doing, a line for each thing: what the menu of the tray says at a glance."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isinf
from typing import NamedTuple

from etoile.domain.alerting.scope import EVERYTHING
from etoile.domain.commander.units import UnitStatus
from etoile.domain.events import ModelDownloading
from etoile.domain.state import State
from etoile.domain.turn import Phase, Turn
from etoile.gui.page import CONVERSATION, GPU, NODES
from etoile.gui.words import PHASE, short_model
from etoile.text import Message, message, plural

LOCKED = message("Hidden while the screen is locked")
MOST_CARED = 2
"""Nodes whose models are told of while they come or go."""


class Doing(NamedTuple):
    """One thing, and the page of the window that shows it."""

    said: Message
    page: str


class Times(NamedTuple):
    """What time it is."""

    now_s: float
    """By the monotonic clock."""
    local: datetime
    elapsed_s: float
    """For how long the turn has been doing what it does."""


def doings(state: State, times: Times) -> list[Doing]:
    """Return what goes on, the turn first; on a locked screen nothing is told.  Pure."""
    return [Doing(LOCKED, CONVERSATION)] if state.locked else list(_doings(state, times))


def _doings(state: State, times: Times) -> Iterator[Doing]:
    yield Doing(activity(state.turn, times.elapsed_s), CONVERSATION)
    waiting = sum(node.load.waiting or 0 for node in state.nodes if node.load)
    if waiting:
        yield Doing(plural("{count} request is waiting", "{count} requests are waiting", waiting), NODES)
    if state.downloading:
        yield Doing(_download(state.downloading), CONVERSATION)
    for node, caring in [(node, one) for node, one in state.cared.items() if one.going_on][:MOST_CARED]:
        model = short_model(caring.model)
        loading = message("Loading {model} on {node}", model=model, node=node)
        unloading = message("Unloading {model} on {node}", model=model, node=node)
        yield Doing(loading if caring.loaded else unloading, NODES)
    if state.gpus:
        yield Doing(plural("Measuring {count} GPU", "Measuring {count} GPUs", len(state.gpus)), GPU)


def activity(turn: Turn, elapsed_s: float) -> Message:
    """Return what the turn is doing, and with whom."""
    if turn.phase is not Phase.THINKING:
        return PHASE[turn.phase]
    if turn.queued:
        return turn.queued
    if turn.doing:
        return turn.doing
    nodes = [unit.target for unit in turn.units if unit.status is UnitStatus.RUNNING and unit.target]
    if nodes:
        return message("Thinking on {nodes} for {elapsed:duration}", nodes=nodes, elapsed=elapsed_s)
    if not turn.attribution:
        return message("Thinking for {elapsed:duration}", elapsed=elapsed_s)
    now = turn.attribution[-1]
    model = short_model(now.model)
    return message(
        "Thinking on {node} with {model} for {elapsed:duration}", node=now.node, model=model, elapsed=elapsed_s
    )


def snoozed_until(state: State, times: Times) -> Message | None:
    """Return until when there is silence about everything; None while there is none."""
    snoozes = [one for one in state.desk.snoozes if one.until_s > times.now_s and EVERYTHING.within(one.scope)]
    if not snoozes:
        return None
    if any(one.until_over for one in snoozes):
        return message("Alerts are snoozed until it is over")
    until_s = max(one.until_s for one in snoozes)
    if isinf(until_s):
        return message("Alerts are snoozed")
    return message("Alerts are snoozed until {time:clock}", time=times.local + timedelta(seconds=until_s - times.now_s))


def _download(download: ModelDownloading) -> Message:
    received, total = download.received_bytes, download.total_bytes
    if not total:
        return message("Downloading model {model}: {size:bytes}", model=download.model, size=received)
    return message(
        "Downloading model {model}: {percent} %", model=download.model, percent=round(100 * received / total)
    )
