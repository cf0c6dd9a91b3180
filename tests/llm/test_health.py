"""A node's health as a dialogue: what happened to it, and what it is taken for then."""

import pytest

from etoile.domain.nodes import NodeState
from etoile.errors import (
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeNonsense,
    NodeRejected,
    NodeSilent,
    NodeUnauthorised,
    NodeUnreachable,
    NodeUnsuited,
)
from etoile.llm.health import Health
from etoile.llm.records import Listing
from etoile.text import message

MAX_IN_FLIGHT = 2
LISTING = Listing(("tiny",), ("tiny",))
OPEN_S = 30.0


def error(kind: type[NodeError]) -> NodeError:
    return kind(message("what happened"))


def after(dialogue: str) -> tuple[Health, NodeState]:
    """Return the health after what `dialogue` tells, second by second."""
    health, now_s = Health(), 0
    for now_s, word in enumerate(dialogue.split()):
        what, _, kind = word.partition(":")
        match what:
            case "seen":
                health = health.seen(LISTING, 1.0)
            case "unseen":
                health = health.unseen(error(KINDS[kind]))
            case "failed":
                health = health.failed(error(KINDS[kind]), float(now_s), OPEN_S)
            case _:
                health = getattr(health, what)()
    return health, health.at(float(now_s)).state(MAX_IN_FLIGHT, float(now_s))


KINDS: dict[str, type[NodeError]] = {
    "unreachable": NodeUnreachable,
    "silent": NodeSilent,
    "broken": NodeBroken,
    "busy": NodeBusy,
    "loading": NodeLoading,
    "nonsense": NodeNonsense,
    "unauthorised": NodeUnauthorised,
    "unsuited": NodeUnsuited,
    "rejected": NodeRejected,
}


@pytest.mark.parametrize(
    ("dialogue", "state"),
    [
        ("", NodeState.DOWN),
        ("seen", NodeState.UP),
        ("answered", NodeState.UP),
        ("seen began", NodeState.UP),
        ("seen began began", NodeState.BUSY),
        ("seen began began ended", NodeState.UP),
        ("seen unseen:unreachable", NodeState.DOWN),
        ("seen unseen:unreachable seen", NodeState.UP),
        ("seen unseen:loading", NodeState.LOADING),
        ("seen unseen:loading seen", NodeState.UP),
        ("seen unseen:unauthorised", NodeState.AUTH),
        ("unseen:unsuited", NodeState.DOWN),
        # A server that answers one thing after the other is silent because it works.
        ("seen began unseen:silent", NodeState.UP),
        ("seen unseen:silent", NodeState.DOWN),
        # A failed request opens the breaker; the list of models, which a hung node gives, does not close it.
        ("seen failed:silent", NodeState.OPEN),
        ("seen failed:silent seen", NodeState.OPEN),
        ("seen failed:broken seen answered", NodeState.UP),
        ("seen failed:silent unseen:silent", NodeState.OPEN),
        # The first text of an answer closes it: whoever waits for the trial need not wait for its end.
        ("seen failed:silent spoke", NodeState.DEGRADED),
        # It is trusted like any other after a whole answer, or a minute.
        ("seen failed:silent spoke answered", NodeState.UP),
        ("seen failed:silent spoke" + 59 * " seen", NodeState.UP),
        ("seen failed:silent spoke began began", NodeState.BUSY),
        # Nonsense twice in a row sets the node aside, whatever trials say in between.
        ("seen failed:nonsense", NodeState.OPEN),
        ("seen failed:nonsense failed:nonsense", NodeState.QUARANTINED),
        ("seen failed:nonsense spoke failed:nonsense", NodeState.QUARANTINED),
        ("seen failed:nonsense spoke answered failed:nonsense", NodeState.OPEN),
        ("seen failed:nonsense failed:nonsense seen", NodeState.QUARANTINED),
        ("seen failed:nonsense failed:nonsense spoke", NodeState.DEGRADED),
        ("seen failed:nonsense failed:nonsense spoke failed:nonsense", NodeState.QUARANTINED),
        ("seen failed:nonsense failed:silent", NodeState.OPEN),
        # Sleep.
        ("seen failed:silent woke", NodeState.DOWN),
        ("seen failed:silent woke seen", NodeState.UP),
        # What went away and came back is another server.
        ("seen failed:unreachable unseen:unreachable", NodeState.DOWN),
        ("seen failed:unreachable unseen:unreachable seen", NodeState.UP),
        # No blame.
        ("seen failed:busy", NodeState.BUSY),
        ("seen failed:busy seen", NodeState.BUSY),
        ("seen failed:busy seen seen seen", NodeState.UP),
        ("seen failed:loading", NodeState.LOADING),
        ("seen failed:unauthorised", NodeState.AUTH),
        ("seen failed:unsuited", NodeState.UP),
        ("seen failed:rejected", NodeState.UP),
    ],
)
def test_state(dialogue: str, state: NodeState) -> None:
    assert after(dialogue)[1] is state


@pytest.mark.parametrize("kind", ["busy", "loading", "unauthorised", "unsuited", "rejected"])
def test_no_strike_without_blame(kind: str) -> None:
    health, _ = after(f"seen failed:{kind}")
    assert health.strikes == 0


def test_a_trial_is_due_after_the_breaker_has_been_open_for_its_time() -> None:
    health = Health().failed(error(NodeSilent), 100.0, OPEN_S)
    assert not health.trial_due(129.9)
    assert health.trial_due(130.0)
    assert not health.answered().trial_due(1000.0)


@pytest.mark.parametrize(("asked_s", "pause_s"), [(None, 2.0), (90.0, 90.0), (0.0, 0.0)])
def test_a_node_that_is_full_is_left_alone_as_long_as_it_asks(asked_s: float | None, pause_s: float) -> None:
    health = Health().seen(LISTING, 1.0).failed(NodeBusy(message("full"), retry_after_s=asked_s), 100.0, OPEN_S)
    assert health.until_s == 100.0 + pause_s
    assert health.pauses
    assert not health.trial_due(10_000.0)
    assert health.at(99.9).state(MAX_IN_FLIGHT, 99.9) is NodeState.BUSY
    over_s = 100.0 + pause_s
    assert health.at(over_s).state(MAX_IN_FLIGHT, over_s) is NodeState.UP


def test_every_further_strike_doubles_the_time_up_to_a_bound() -> None:
    health, times = Health(), []
    for _ in range(7):
        health = health.failed(error(NodeSilent), 0.0, OPEN_S)
        times.append(health.until_s)
    assert times == [30, 60, 120, 240, 480, 480, 480]
    assert health.answered().failed(error(NodeSilent), 0.0, OPEN_S).until_s == 30


def test_the_reason_is_told() -> None:
    health, _ = after("seen failed:silent")
    assert health.reason(2.0) == message("what happened")
    assert health.spoke().reason(2.0) == message("it failed a moment ago, and speaks again")
    assert health.spoke().reason(90.0) is None
    assert Health().seen(LISTING, 1.0).reason(2.0) is None
