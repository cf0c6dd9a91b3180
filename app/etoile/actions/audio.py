"""Loudness of the speaker and of the microphone."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Protocol

from etoile.actions.action import Action, ActionTable, Context, Done, level_of, not_on
from etoile.actions.programs import Programs, install
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

STEP_PERCENT = 10
End = Literal["speaker", "microphone"]


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud one end of the sound card is: 100 is full, and some servers go beyond."""

    percent: int
    muted: bool


class Mixer(Protocol):
    """A way to the sound server.  Every method blocks, and raises ActionFailed."""

    def read(self, end: End) -> Loudness:
        """Return how loud `end` is."""

    def write(self, end: End, loudness: Loudness) -> None:
        """Make `end` as loud as `loudness` tells."""


class Pactl:
    """PulseAudio, and PipeWire where it answers for PulseAudio."""

    program = "pactl"
    _NAMES: ClassVar[Mapping[End, tuple[str, str]]] = {
        "speaker": ("sink", "@DEFAULT_SINK@"),
        "microphone": ("source", "@DEFAULT_SOURCE@"),
    }

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def read(self, end: End) -> Loudness:
        """Return how loud `end` is."""
        kind, name = self._NAMES[end]
        volume = self._programs.run("pactl", f"get-{kind}-volume", name)
        mute = self._programs.run("pactl", f"get-{kind}-mute", name)
        return read_pactl(volume, mute)

    def write(self, end: End, loudness: Loudness) -> None:
        """Make `end` as loud as `loudness` tells."""
        kind, name = self._NAMES[end]
        self._programs.run("pactl", f"set-{kind}-volume", name, f"{loudness.percent}%")
        self._programs.run("pactl", f"set-{kind}-mute", name, str(int(loudness.muted)))


class Wpctl:
    """PipeWire, through WirePlumber."""

    program = "wpctl"
    _NAMES: ClassVar[Mapping[End, str]] = {"speaker": "@DEFAULT_AUDIO_SINK@", "microphone": "@DEFAULT_AUDIO_SOURCE@"}

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def read(self, end: End) -> Loudness:
        """Return how loud `end` is."""
        return read_wpctl(self._programs.run("wpctl", "get-volume", self._NAMES[end]))

    def write(self, end: End, loudness: Loudness) -> None:
        """Make `end` as loud as `loudness` tells."""
        self._programs.run("wpctl", "set-volume", self._NAMES[end], f"{loudness.percent / 100:.2f}")
        self._programs.run("wpctl", "set-mute", self._NAMES[end], str(int(loudness.muted)))


class Osascript:
    """macOS.  Built to Apple's documentation; not tried on a Mac yet."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def read(self, end: End) -> Loudness:
        """Return how loud `end` is; a microphone counts as muted at 0."""
        if end == "microphone":
            percent = int(self._programs.run("osascript", "-e", "input volume of (get volume settings)"))
            return Loudness(percent, percent == 0)
        percent = int(self._programs.run("osascript", "-e", "output volume of (get volume settings)"))
        muted = self._programs.run("osascript", "-e", "output muted of (get volume settings)").strip() == "true"
        return Loudness(percent, muted)

    def write(self, end: End, loudness: Loudness) -> None:
        """Make `end` as loud as `loudness` tells."""
        if end == "microphone":
            percent = 0 if loudness.muted else loudness.percent or 75
            self._programs.run("osascript", "-e", f"set volume input volume {percent}")
            return
        muted = "true" if loudness.muted else "false"
        self._programs.run("osascript", "-e", f"set volume output volume {loudness.percent} output muted {muted}")


def read_pactl(volume: str, mute: str) -> Loudness:
    """Return what `pactl get-sink-volume` and `pactl get-sink-mute` wrote; the louder channel counts."""
    percents = [int(found) for found in re.findall(r"(\d+)%", volume)]
    if not percents:
        raise ActionFailed(message("The sound server did not tell the volume."))
    return Loudness(max(percents), "yes" in mute)


def read_wpctl(volume: str) -> Loudness:
    """Return what `wpctl get-volume` wrote: "Volume: 0.40 [MUTED]"."""
    found = re.search(r"(\d+\.?\d*)", volume)
    if found is None:
        raise ActionFailed(message("The sound server did not tell the volume."))
    return Loudness(round(float(found[1]) * 100), "MUTED" in volume)


def _mixers(context: Context) -> Iterator[Mixer]:
    """Yield the ways to the sound server that this computer has, the surest first."""
    match context.system:
        case "linux":
            yield from (kind(context.programs) for kind in (Pactl, Wpctl) if context.programs.first_of(kind.program))
        case "darwin":
            yield Osascript(context.programs)
        case "win32":
            from etoile.actions.win32_audio import EndpointVolume

            yield EndpointVolume()
        case _:
            raise not_on(context)


def _mixer(context: Context, end: End) -> tuple[Mixer, Loudness]:
    """Return the first mixer that answers, with what it says of `end`."""
    failure = ActionFailed(message("No program here controls the sound."), install("pulseaudio-utils"))
    for mixer in _mixers(context):
        try:
            return mixer, mixer.read(end)
        except ActionFailed as error:
            context.programs.check()
            failure = error
    raise ActionFailed(
        failure.said, failure.remedy or message("Check that the sound server (PipeWire or PulseAudio) runs.")
    )


def _change(context: Context, end: End, wanted: Callable[[Loudness], Loudness]) -> Done:
    """Make `end` as loud as `wanted` makes of what it is."""
    mixer, before = _mixer(context, end)
    after = wanted(before)
    mixer.write(end, after)

    def put_back(later: Context) -> Message:
        again, now = _mixer(later, end)
        back = _only_what_changed(before, after, now)
        again.write(end, back)
        return _said(end, back)

    return Done(_said(end, after), put_back)


def _only_what_changed(before: Loudness, after: Loudness, now: Loudness) -> Loudness:
    """Return `now` with what a command changed put back: what the user turned since stays."""
    return Loudness(
        percent=now.percent if after.percent == before.percent else before.percent,
        muted=now.muted if after.muted == before.muted else before.muted,
    )


def _said(end: End, loudness: Loudness) -> Message:
    match end, loudness.muted:
        case "speaker", True:
            return message("The sound is off.")
        case "speaker", _:
            return message("The volume is at {level} %.", level=loudness.percent)
        case _, True:
            return message(
                "The microphone is off: I no longer hear you. Type “unmute the microphone” in my window to come back."
            )
        case _:
            return message("The microphone is on.")


def _set(slots: Slots, context: Context) -> Done:
    level = level_of(slots)
    return _change(context, "speaker", lambda before: Loudness(level, muted=False))


def _by(step: int) -> Action:
    """Return the action that turns the volume up by `step` percent; nothing goes beyond 100 that was not there."""

    def stepped(before: Loudness) -> Loudness:
        percent = min(before.percent + step, max(100, before.percent))
        return Loudness(max(0, percent), muted=before.muted and step < 0)

    return lambda slots, context: _change(context, "speaker", stepped)


def _mute(end: End, muted: bool) -> Action:
    return lambda slots, context: _change(context, end, lambda before: replace(before, muted=muted))


ACTIONS: ActionTable = {
    "audio.volume.set": _set,
    "audio.volume.up": _by(STEP_PERCENT),
    "audio.volume.down": _by(-STEP_PERCENT),
    "audio.mute": _mute("speaker", muted=True),
    "audio.unmute": _mute("speaker", muted=False),
    "audio.mic.mute": _mute("microphone", muted=True),
    "audio.mic.unmute": _mute("microphone", muted=False),
}
