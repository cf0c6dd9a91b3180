"""The rooms are opened, joined, and closed in the opposite order."""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

from etoile.clock import AlarmClock
from etoile.config import Config, interface_language
from etoile.domain import events as on
from etoile.domain.gpus import HOT, GpuReading
from etoile.domain.state import State
from etoile.errors import NvmlUnavailable
from etoile.gpu.gathering import Gathering
from etoile.gpu.joined import JoinedSource, local_source
from etoile.gpu.monitor import GpuMonitor, read_once
from etoile.gpu.processor import ProcessorCard
from etoile.gpu.source import GpuSource
from etoile.parts.commands import open_actions, open_alarms, open_interpreter, open_learning
from etoile.parts.errands import Errands
from etoile.parts.keeping import keeping
from etoile.parts.live import Live
from etoile.parts.nodes import open_nodes
from etoile.parts.renewed import Renewed
from etoile.parts.rooms import Notifier, Publish, ReportTo, Rooms
from etoile.parts.stores import Recordings, open_answers, open_history, open_retention, open_samples
from etoile.store.conversations import Conversations

if TYPE_CHECKING:
    from etoile.gpu.far import FarGpus
    from etoile.llm.router import Router
    from etoile.parts.hearing import Hearing
    from etoile.parts.later import Later
    from etoile.speech.downloads import Downloads
    from etoile.speech.voice import Voice

log = logging.getLogger(__name__)

REVERBERATION_S = 0.6
"""For so long after Etoile spoke, a room may still repeat it: no wake word is listened for."""
RETENTION_S = 600.0
"""How often the history is looked at for what is too old or too much."""
TICK_S = 5.0
"""How often the state hears of time: what is held, waits or is snoozed is that exact where no GPU is read."""


@contextmanager
def open_rooms(
    config: Config,
    publish: Publish,
    state: Callable[[], State],
    *,
    simulate: str | None,
    desktop: bool,
    aloud: bool = False,
    report: ReportTo,
    balloons: Notifier | None = None,
) -> Iterator[Rooms]:
    """Open the rooms; leaving closes them in the opposite order, producers first.

    `aloud` gives it a voice where there is no desktop app to speak; `balloons` shows notifications where the system
    has no service for them.
    """
    language = interface_language(config)
    with ExitStack() as stack:
        clock = stack.enter_context(AlarmClock())
        history = open_history(stack, config, language, publish, wait=not desktop)
        source = local_source(simulate, stand_by=desktop)
        read_gpus = None if desktop else lambda: read_quietly(source)
        live = Live(state, publish, history, read_gpus, config)
        voice = notifier = ears = downloads = kept = learner = errands = retention = None
        renewed: tuple[Renewed[FarGpus | None], Renewed[GpuMonitor]] | None = None
        if desktop or aloud:
            voice = live.voice = _open_voice(stack, config, publish)
        if voice and aloud:
            voice.prepare()
        if desktop:
            notifier = _open_notifier(stack, publish) if sys.platform == "linux" else balloons
            _watch_surroundings(stack, publish)
            kept = open_samples(stack, config, publish)
            recordings = Recordings(stack)

        answers = open_answers(config, history) if history else None

        def names() -> Mapping[str, Sequence[str]]:
            return actions.now().slot_values()  # of the room that is opened next

        router = open_nodes(stack, keeping(publish, history), history, live, names, answers, watch=desktop)
        actions = open_actions(stack, publish, live, clock, open_alarms(clock, publish) if desktop else None)
        interpreter = open_interpreter(stack, publish, live, actions)
        if desktop:
            if history:
                retention = open_retention(config, history)
                clock.every(RETENTION_S, retention.look)
                resume(history, config.routing.conversation_rests_s, publish)
            clock.every(TICK_S, lambda: publish(on.ClockTicked(time.monotonic(), datetime.now().astimezone())))
            learner = open_learning(stack, publish, history, interpreter, clock)
            downloads = _open_downloads(stack, publish, offline=config.speech.offline)
            ears = _open_hearing(stack, config, publish, live, recordings)
            renewed = _watch_gpus(stack, config, source, router, publish)
            errands = Errands(
                publish, lambda: live.care, lambda: router.now().check(), history, learner, voice, recordings.folders
            )
            stack.enter_context(errands)
        if history:
            # The first to go: rooms that wait for the history would wait until a large file is checked.
            stack.callback(history.database.skip_check)
        yield Rooms(
            publish=publish,
            language=language,
            clock=clock,
            interpreter=interpreter,
            router=router,
            actions=actions,
            history=history,
            learner=learner,
            samples=kept,
            ears=ears,
            voice=voice,
            downloads=downloads,
            notifier=notifier,
            report=report,
            errands=errands,
            retention=retention,
            answers=answers,
            renewed=renewed or (),
            live=live,
        )


def resume(history: Conversations, rests_s: float, publish: Publish) -> None:
    """Go on with the conversation of the last run, as soon as the history is open, if it did not rest for too long."""

    def tell(read: "Future[on.ConversationResumed | None]") -> None:
        if not read.exception() and (resumed := read.result()):
            publish(resumed)

    history.resume(rests_s).add_done_callback(tell)


def _watch_gpus(
    stack: ExitStack, config: Config, source: GpuSource, router: "Later[Router]", publish: Publish
) -> "tuple[Renewed[FarGpus | None], Renewed[GpuMonitor]]":
    """Watch the GPUs of this machine and of others; the router's loop fetches what the latter tell."""

    def open_far(config: Config) -> "AbstractContextManager[FarGpus | None]":
        if not config.nodes:
            return nullcontext()
        from etoile.gpu.far import FarGpus

        def fetch(url: str) -> "Future[bytes]":
            return router.now().metrics(url)

        return FarGpus(config.nodes, fetch, publish, period_s=config.gpu.far_period_s)

    def far_readings() -> tuple[GpuReading, ...]:
        now = far.now  # another thread opens it anew
        return now.readings() if now else ()

    @contextmanager
    def open_near(config: Config) -> Iterator[GpuMonitor]:
        period_s = config.gpu.period_s
        with (
            Gathering(publish, far_readings, ProcessorCard(), period_s=period_s) as gathering,
            GpuMonitor(
                source,
                gathering.take,
                period_s=period_s,
                processes_every=config.gpu.processes_every,
                lacking=(lambda: source.failure) if isinstance(source, JoinedSource) else lambda: None,
            ) as monitor,
        ):
            yield monitor

    far = stack.enter_context(Renewed(config, _of_far_gpus, open_far))
    return far, stack.enter_context(Renewed(config, lambda now: (now.gpu.period_s, now.gpu.processes_every), open_near))


def _of_far_gpus(config: Config) -> object:
    """Return what of `config` says where GPUs of other machines are looked for."""
    return config.gpu.far_period_s, [(node.name, node.url, node.gpus) for node in config.nodes]


def read_quietly(source: GpuSource) -> tuple[GpuReading, ...]:
    """Return every GPU of this machine; empty where there is no driver."""
    try:
        return read_once(source)
    except NvmlUnavailable:
        return ()


def _open_notifier(stack: ExitStack, publish: Publish) -> Notifier:
    from etoile.notify.desktop import DesktopNotifier

    return stack.enter_context(DesktopNotifier(publish))


def _watch_surroundings(stack: ExitStack, publish: Publish) -> None:
    if sys.platform == "linux":
        from etoile.notify.surroundings import Surroundings

        stack.enter_context(Surroundings(publish))


def _open_voice(stack: ExitStack, config: Config, publish: Publish) -> "Voice":
    from etoile.speech.voice import Voice

    return stack.enter_context(Voice(config.speech, publish))


def _open_downloads(stack: ExitStack, publish: Publish, *, offline: bool) -> "Downloads":
    from etoile.speech.downloads import Downloads

    return stack.enter_context(Downloads(publish, offline=offline))


def hotwords(config: Config) -> tuple[str, ...]:
    """Return the names that the speech model is to expect: the settings', and where they say so those of the nodes."""
    own = [name for name in config.speech.hotwords if name != "nodes"]
    if "nodes" in config.speech.hotwords:
        own += [name for node in config.nodes for name in (node.name, node.model, *node.models.values()) if name]
    return tuple(dict.fromkeys(own))


def _open_hearing(stack: ExitStack, config: Config, publish: Publish, live: Live, recordings: Recordings) -> "Hearing":
    """Open ears and keys; they put recordings without text into `recordings`."""
    from etoile.parts.hearing import Hearing
    from etoile.speech.ears import Ears
    from etoile.speech.hotkeys import TalkKey
    from etoile.speech.placed import PlacedWhisper
    from etoile.speech.screen_lock import ScreenLock

    lock = ScreenLock()

    def deaf() -> bool:
        return (live.voice is not None and live.voice.silent_s < REVERBERATION_S) or lock.locked

    def ears(config: Config) -> Ears:
        names = hotwords(config)
        model = PlacedWhisper(config.speech, live.gpus_if_known, lambda uuid: live.thermal(uuid) in HOT, hotwords=names)
        folder, private = recordings.folder(config), config.store.private
        return Ears(config.speech, publish, recordings=folder, private=private, model=model, deaf=deaf)

    def keys(config: Config) -> TalkKey:
        return TalkKey(config.speech.talk_key, publish, hands_free=config.speech.hands_free_key)

    return stack.enter_context(Hearing(config, publish, ears, keys))
