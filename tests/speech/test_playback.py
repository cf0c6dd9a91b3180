"""The loudspeaker: to the end when let, silent at once when told."""

import threading
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech.playback import Player
from etoile.speech.sound import SoundCard
from tests.speech.fakes import Clock, FakeSound, tone
from tests.waiting import wait_until

RATE_HZ = 22_050


def put_wav(path: Path, seconds: float = 1.0, bits: int = 16) -> tuple[Path, bytes]:
    samples = tone(seconds, rate_hz=RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(bits // 8)
        file.setframerate(RATE_HZ)
        file.writeframes(samples)
    return path, samples


class Playing:
    """A player on a thread, as the voice uses it."""

    def __init__(self, path: Path, wanted: Callable[[], bool] = lambda: True) -> None:
        self.library = FakeSound("speaker")
        self.clock = Clock()
        self.player = Player(SoundCard(lambda: self.library), self.clock)
        self.outcome: bool | VoiceUnavailable | None = None
        self.thread = threading.Thread(target=self._play, args=(path, wanted))
        self.thread.start()

    def _play(self, path: Path, wanted: Callable[[], bool]) -> None:
        try:
            self.outcome = self.player.play(path, wanted)
        except VoiceUnavailable as error:
            self.outcome = error

    def opened(self) -> "Playing":
        wait_until(lambda: self.library.streams and self.library.stream.running, what="an open loudspeaker")
        return self

    def end(self) -> bool | VoiceUnavailable | None:
        self.thread.join(5)
        assert not self.thread.is_alive()
        return self.outcome


def test_everything_is_heard_before_it_is_over(tmp_path: Path) -> None:
    """It is over only after as much silence as the device still holds back."""
    path, samples = put_wav(tmp_path / "a.wav", 0.5)
    playing = Playing(path).opened()
    stream = playing.library.stream
    assert stream.settings["samplerate"] == RATE_HZ
    heard = stream.pull(RATE_HZ // 2 - 100)
    assert playing.thread.is_alive()
    assert not stream.closed
    heard += stream.pull(RATE_HZ)
    assert playing.end() is True
    assert heard.rstrip(b"\0") == samples.rstrip(b"\0")
    assert stream.aborted
    assert stream.closed


def test_a_stop_is_silence_in_the_next_block(tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav", 10.0)
    playing = Playing(path).opened()
    stream = playing.library.stream
    assert any(stream.pull(441))
    playing.player.stop()
    assert not any(stream.pull(441))
    assert playing.end() is False
    assert stream.aborted


def test_what_is_no_longer_wanted_is_not_begun(tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav")
    playing = Playing(path, lambda: False)
    assert playing.end() is False
    assert playing.library.streams == []


def test_stopping_when_nothing_plays() -> None:
    Player(SoundCard(FakeSound)).stop()


def test_a_suspended_loudspeaker_is_told(tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav")
    playing = Playing(path).opened()
    playing.library.stream.pull(441)

    def later() -> bool:
        playing.clock.now_s += 1.0
        return not playing.thread.is_alive()

    wait_until(later)
    assert isinstance(playing.outcome, VoiceUnavailable)
    assert playing.library.stream.closed


def test_a_loudspeaker_that_goes_away_ends_the_sound(tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav")
    playing = Playing(path).opened()
    playing.library.stream.vanish()
    assert playing.end() is False


def test_no_loudspeaker(tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav")
    with pytest.raises(VoiceUnavailable, match="no loudspeaker"):
        Player(SoundCard(FakeSound)).play(path, lambda: True)


@pytest.mark.parametrize("content", [b"", b"RIFF....", None])
def test_a_file_that_cannot_be_played(content: bytes | None, tmp_path: Path) -> None:
    path, _ = put_wav(tmp_path / "a.wav", bits=8)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((wave.Error, EOFError)):
        Player(SoundCard(lambda: FakeSound("speaker"))).play(path, lambda: True)
