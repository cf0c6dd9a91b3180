"""Settings that change while Etoile runs: what the state takes from them, and that what is going on goes on."""

from dataclasses import replace

from etoile.config import Config, parse
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn

OTHER = b"""
[thermal]
warning_c = 60
[alerts]
quiet = "22:00-07:30"
[speech]
speak = "never"
wake_word = "jarvis"
[store]
samples_every_s = 5
"""


def test_the_state_goes_by_the_new_settings() -> None:
    config = parse(OTHER, "config.toml")
    state, effects = advance(State(), on.ConfigChanged(config))
    assert (state.limits.warning_c, state.alerts.quiet, state.samples_every_s) == (60, "22:00-07:30", 5)
    assert (state.turn.speaking, state.turn.wake_word) == (Speaking.NEVER, "jarvis")
    assert effects == (do.Configure(config),)


def test_what_is_going_on_goes_on() -> None:
    state = State(turn=Turn(phase=Phase.THINKING, number=7, request="why?"))
    after, _ = advance(state, on.ConfigChanged(Config()))
    assert replace(after.turn, wake_word=state.turn.wake_word) == state.turn
