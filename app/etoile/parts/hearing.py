"""The ears and the keys to talk with, opened anew when settings change that they were opened with.

That waits until nobody speaks; what is asked of the ears meanwhile is carried out by the new ones.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from etoile.config import Config
from etoile.domain import events as on
from etoile.parts.following import Following
from etoile.parts.rooms import Publish

if TYPE_CHECKING:
    from etoile.speech.ears import Ears

LOOK_S = 0.1
"""How often it is looked whether somebody still speaks."""
OTHERS = frozenset(
    {"language", "speak", "rate_wpm", "voices", "engine", "engine_command", "engine_rate_hz", "earcons", "offline"}
    | {"correct_with", "talk_key", "hands_free_key"}
)
"""Of [speech]: what is no business of the ears', or counts while they are open."""
EARS_PARTS = ("microphone", "chosen_microphone", "speech_model", "recordings")
KEYS_PARTS = ("talk_key", "hands_free_key")

Order = Callable[["Ears"], None]


class Hearing:
    """Stands for the ears.  No method waits, and any thread may call them; `open_ears` and `open_keys` may wait."""

    def __init__(
        self,
        config: Config,
        publish: Publish,
        open_ears: Callable[[Config], "AbstractContextManager[Ears]"],
        open_keys: Callable[[Config], AbstractContextManager[object]],
    ) -> None:
        self._config = config
        self._publish, self._open_ears, self._open_keys = publish, open_ears, open_keys
        self._ears_stack, self._keys_stack = ExitStack(), ExitStack()
        self._ears: Ears | None = None
        self._orders: list[Order] = []
        """What waits for the new ears."""
        self._word: str | None = None
        """The wake word that was asked for since these ears are open."""
        self._gate = threading.Lock()
        self._following = Following("hearing", config, self._follow)

    def __enter__(self) -> Self:
        self._ears = self._ears_stack.enter_context(self._open_ears(self._config))
        self._keys_stack.enter_context(self._open_keys(self._config))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._following.leave()
        self._keys_stack.close()
        self._ears_stack.close()

    # What the ears are asked

    def expect(self) -> None:
        """Get ready before somebody speaks."""
        self._order(lambda ears: ears.expect())

    def record(
        self,
        turn: int,
        *,
        hands_free: bool = False,
        broke_in: bool = False,
        woken: bool = False,
        level_only: bool = False,
    ) -> None:
        """See `etoile.speech.ears.Ears`, as for all below."""
        self._order(
            lambda ears: ears.record(turn, hands_free=hands_free, broke_in=broke_in, woken=woken, level_only=level_only)
        )

    def transcribe(self, turn: int) -> None:
        """End the recording of `turn`, and turn it into text."""
        self._order(lambda ears: ears.transcribe(turn))

    def listen_for(self, language: str) -> None:
        """Take what is said from now on to be in `language`."""
        self._order(lambda ears: ears.listen_for(language))

    def watch(self, word: str) -> None:
        """Listen for this wake word while nothing is recorded."""
        self._word = word
        self._order(lambda ears: ears.watch(word))

    def retry_unfinished(self) -> None:
        """Make text of recordings that have none."""
        self._order(lambda ears: ears.retry_unfinished())

    def discard(self, turn: int) -> None:
        """Forget `turn`."""
        self._order(lambda ears: ears.discard(turn))

    def _order(self, order: Order) -> None:
        with self._gate:
            if self._ears is None:
                self._orders.append(order)
            else:
                order(self._ears)

    # Other settings

    def configure(self, config: Config) -> None:
        """Go by `config`, as soon as nobody speaks."""
        self._following.configure(config)

    def _follow(self, former: Config, wanted: Config) -> None:
        if _of_keys(wanted) != _of_keys(former):
            self._renew_keys(wanted)
        if _of_ears(wanted) != _of_ears(former):
            self._renew_ears(wanted, keep_word=wanted.speech.wake_word == former.speech.wake_word)

    def _renew_keys(self, config: Config) -> None:
        self._keys_stack.close()
        self._tell_ready(KEYS_PARTS)
        self._keys_stack.enter_context(self._open_keys(config))

    def _renew_ears(self, config: Config, *, keep_word: bool) -> None:
        if not self._take_away():
            return
        self._ears_stack.close()
        self._tell_ready(EARS_PARTS)
        fresh = self._ears_stack.enter_context(self._open_ears(config))
        if keep_word and self._word is not None:
            fresh.watch(self._word)
        with self._gate:
            self._ears = fresh
            orders, self._orders = self._orders, []
            for order in orders:
                order(fresh)

    def _take_away(self) -> bool:
        """Take the ears away as soon as nobody speaks; return whether that came before the end."""
        while not self._following.closing.wait(LOOK_S):
            with self._gate:
                if self._ears is None or self._ears.idle:  # None: the former ones could not be opened
                    self._ears = None
                    return True
        return False

    def _tell_ready(self, parts: tuple[str, ...]) -> None:
        """What was missing of the former ones is told anew where it still is."""
        for part in parts:
            self._publish(on.PartReady(part))


def _of_keys(config: Config) -> object:
    return config.speech.talk_key, config.speech.hands_free_key


def _of_ears(config: Config) -> object:
    """Return everything that the ears are opened with."""
    speech = msgspec.structs.asdict(config.speech)
    nodes = config.nodes if "nodes" in config.speech.hotwords else ()
    return {key: value for key, value in speech.items() if key not in OTHERS}, nodes, config.store.private
