"""The loudspeaker: to the end when let, silent at once when told, and without a gap between two sounds."""

import threading
from array import array
from collections.abc import Callable

import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech.clip import Clip
from etoile.speech.playback import Player, Sound
from etoile.speech.sound import SoundCard
from tests.speech.fakes import Clock, FakeSound, tone
from tests.waiting import wait_until

RATE_HZ = 22_050


def sound(seconds: float = 1.0, rate_hz: int = RATE_HZ) -> Sound:
    return Sound(Clip(rate_hz, 1, tone(seconds, rate_hz=rate_hz)))


class Playing:
    """A player on a thread, as the voice uses it."""

    def __init__(self) -> None:
        self.library = FakeSound("speaker")
        self.clock = Clock()
        self.player = Player(SoundCard(lambda: self.library), self.clock)
        self.outcome: bool | VoiceUnavailable | None = None

    def play(self, sound: Sound, wanted: Callable[[], bool] = lambda: True) -> "Playing":
        return self._begin(lambda: self.player.play(sound, wanted))

    def drain(self) -> "Playing":
        return self._begin(lambda: self.player.drain() or True)

    def _begin(self, act: Callable[[], bool]) -> "Playing":
        def run() -> None:
            try:
                self.outcome = act()
            except VoiceUnavailable as error:
                self.outcome = error

        self.outcome = None
        self.thread = threading.Thread(target=run)
        self.thread.start()
        return self

    def pull_until(self, count: int, frames: int = 441) -> bytes:
        """Take blocks until the thread is done, at most `count`."""
        heard = b""
        for _ in range(count):
            heard += self.library.stream.pull(frames)
            self.thread.join(0.005)
            if not self.thread.is_alive():
                break
        return heard

    def opened(self) -> "Playing":
        wait_until(lambda: self.library.streams and self.library.stream.running, what="an open loudspeaker")
        return self

    def begun(self, sound: Sound) -> "Playing":
        line = self.opened().player._line
        wait_until(lambda: line and line._sound is sound, what="the sound at the loudspeaker")
        return self

    def end(self) -> bool | VoiceUnavailable | None:
        self.thread.join(60)
        assert not self.thread.is_alive()
        return self.outcome


def test_everything_is_heard_before_it_is_let_go() -> None:
    """It is over only after as much silence as the device still holds back."""
    playing, said = Playing(), sound(0.5)
    playing.play(said).begun(said)
    stream = playing.library.stream
    assert stream.settings["samplerate"] == RATE_HZ
    heard = playing.pull_until(100)
    assert playing.end() is True
    assert heard[: len(said.clip.samples)] == said.clip.samples
    assert not stream.closed
    playing.drain()
    wait_until(lambda: playing.player._line and playing.player._line._silence_left)
    stream.pull(441)
    assert playing.thread.is_alive()
    playing.pull_until(100)
    assert playing.end() is True
    assert stream.aborted
    assert stream.closed
    assert not playing.player.is_open


def test_the_next_sound_follows_on_the_same_stream() -> None:
    playing, one, two = Playing(), sound(0.1), sound(0.1)
    playing.play(one).begun(one)
    heard = playing.pull_until(100)
    playing.end()
    playing.play(two).begun(two)
    heard += playing.pull_until(100)
    playing.end()
    assert len(playing.library.streams) == 1
    assert heard.replace(bytes(400), b"").startswith(one.clip.samples[:1000])
    # The blocks that the last samples did not fill, and those while nobody had more to say.
    assert len(heard) <= 2 * len(one.clip.samples) + 4 * 882


def test_a_sound_of_another_form_has_a_stream_of_its_own() -> None:
    playing, one, two = Playing(), sound(0.1), sound(0.1, rate_hz=44_100)
    playing.play(one).begun(one)
    playing.pull_until(100)
    playing.end()
    playing.play(two)
    first = playing.library.stream

    def drained() -> bool:
        if not first.closed:
            first.pull(441)
        return len(playing.library.streams) == 2

    wait_until(drained)
    playing.begun(two).pull_until(100)
    assert playing.end() is True
    assert [stream.settings["samplerate"] for stream in playing.library.streams] == [RATE_HZ, 44_100]


def test_a_stop_is_silence_in_the_next_block() -> None:
    playing, said = Playing(), sound(10.0)
    still = [True]
    playing.play(said, lambda: still[0]).begun(said)
    stream = playing.library.stream
    assert any(stream.pull(441))
    still[0] = False
    playing.player.stop()
    falling = array("h", stream.pull(441))
    assert falling[-1] == 0
    assert not any(stream.pull(441))
    assert playing.end() is False
    assert stream.aborted


def test_a_stop_while_the_end_is_awaited_lets_go_at_once() -> None:
    playing, said = Playing(), sound(0.1)
    playing.play(said).begun(said)
    playing.pull_until(100)
    playing.end()
    playing.drain()
    wait_until(lambda: playing.player._line and playing.player._line._silence_left)
    playing.player.stop()
    assert playing.end() is True
    assert playing.library.stream.closed


def test_a_stop_between_two_sounds_does_not_cut_the_next() -> None:
    playing, one, two = Playing(), sound(0.1), sound(0.1)
    playing.play(one).begun(one)
    playing.pull_until(100)
    playing.end()
    playing.player.stop()
    playing.play(two).begun(two)
    playing.pull_until(100)
    assert playing.end() is True
    playing.drain()
    wait_until(lambda: playing.player._line and playing.player._line._silence_left)
    assert playing.thread.is_alive()
    playing.pull_until(100)
    assert playing.end() is True


def test_what_is_no_longer_wanted_is_not_begun() -> None:
    playing = Playing()
    assert playing.play(sound(), lambda: False).end() is False
    assert playing.library.streams == []


def test_stopping_and_letting_go_when_nothing_plays() -> None:
    player = Player(SoundCard(FakeSound))
    player.stop()
    player.drain()


def test_a_suspended_loudspeaker_is_told() -> None:
    playing, said = Playing(), sound()
    playing.play(said).begun(said)
    playing.library.stream.pull(441)

    def later() -> bool:
        playing.clock.now_s += 1.0
        return not playing.thread.is_alive()

    wait_until(later)
    assert isinstance(playing.outcome, VoiceUnavailable)
    assert playing.library.stream.closed


def test_a_sound_goes_on_where_the_loudspeaker_left() -> None:
    playing, said = Playing(), sound(2.0)
    playing.play(said).begun(said)
    for _ in range(50):
        playing.library.stream.pull(441)
    playing.library.stream.vanish()
    assert isinstance(playing.end(), VoiceUnavailable)
    assert 0.6 < said.position / 2 / RATE_HZ < 1.0
    before = said.position
    playing.library.names.clear()
    assert isinstance(playing.play(said).end(), VoiceUnavailable)
    assert said.position == before
    playing.library.names.append("speaker")
    playing.play(said).begun(said)
    rest = playing.pull_until(200)
    assert playing.end() is True
    assert rest[: len(said.clip.samples) - before] == said.clip.samples[before:]


def test_a_loudspeaker_that_goes_away_at_the_very_end_is_told() -> None:
    playing, said = Playing(), sound(0.1)
    playing.play(said).begun(said)
    playing.pull_until(100)
    playing.end()
    playing.drain()
    wait_until(lambda: playing.player._line and playing.player._line._silence_left)
    playing.library.stream.vanish()
    assert isinstance(playing.end(), VoiceUnavailable)
    assert not playing.player.is_open


def test_no_loudspeaker() -> None:
    with pytest.raises(VoiceUnavailable, match="no loudspeaker"):
        Player(SoundCard(FakeSound)).play(sound(), lambda: True)
