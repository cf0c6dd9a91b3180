"""Another speech engine: a program of the user's (piper, ...) that reads a sentence and writes its sound."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress

from etoile.errors import VoiceUnavailable
from etoile.speech.clip import Clip, read_wav
from etoile.speech.engines import SpeechVoice
from etoile.text import message

SENTENCE_S = 15.0
"""A program that needs longer than this, and `LETTER_S` for each letter, hangs; each one loads its model first."""
LETTER_S = 0.05
MOST_BYTES = 50_000_000
"""Nobody speaks a sentence for ten minutes."""

KNOWN = {"piper": ("piper", "--model", "{voice}", "--output_file", "-")}


class Program:
    """One process a sentence: text goes to its stdin, WAV or raw samples come from its stdout; never through a shell.

    The process for the next sentence is started as soon as one is done, so that its model is loaded when text comes.
    """

    def __init__(self, name: str, command: Sequence[str], rate_hz: int, sentence_s: float = SENTENCE_S) -> None:
        self._name = name
        self._command = tuple(command) or KNOWN[name]
        self._rate_hz = rate_hz
        self._sentence_s = sentence_s
        self._ready: _Process | None = None
        self._working: _Process | None = None

    def start(self) -> None:
        """Do nothing: which process is needed is known with the first sentence."""

    def voices(self) -> tuple[SpeechVoice, ...]:
        """Return none: a program tells none."""
        return ()

    def synthesise(self, text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        """Return `text` as speech.  Raises VoiceUnavailable; a program that hangs is killed."""
        command = self._filled(language, voice, rate_wpm)
        process = self._working = self._taken(command)
        watchdog = threading.Timer(self._sentence_s + LETTER_S * len(text), process.expire)
        watchdog.daemon = True
        watchdog.start()
        try:
            sound = process.spoken(text)
        finally:
            watchdog.cancel()
            self._working = None
            process.end()
        if process.failure:
            raise VoiceUnavailable(message("The speech engine failed: {error}.", error=process.failure))
        clip = self._clip(sound)
        self._ready = _Process(self._name, command)
        return clip

    def kill(self) -> None:
        """End what runs; any thread."""
        (ready, self._ready), working = (self._ready, None), self._working
        if ready is not None:
            ready.end()
        if working is not None:
            working.kill()

    def _filled(self, language: str, voice: str | None, rate_wpm: int) -> tuple[str, ...]:
        """Return the command with its places filled.  Raises VoiceUnavailable when it needs a voice and has none."""
        if voice is None and any("{voice}" in part for part in self._command):
            raise VoiceUnavailable(
                message(
                    "No voice of {engine} is named for the language “{language}”.", engine=self._name, language=language
                ),
                message('Name one under [speech]: voices = {{{language} = "…"}}.', language=language),
            )
        values = {"{voice}": voice or "", "{language}": language, "{rate_wpm}": str(rate_wpm)}
        return tuple(_filled(part, values) for part in self._command)

    def _taken(self, command: tuple[str, ...]) -> "_Process":
        """Return a process for `command`: the one that waits, if it is of that command and alive."""
        ready, self._ready = self._ready, None
        if ready is not None:
            if ready.waits_for(command):
                return ready
            ready.end()
        return _Process(self._name, command)

    def _clip(self, sound: bytes) -> Clip:
        """Return what the program wrote: WAV, or raw samples of one channel.  Raises VoiceUnavailable."""
        if sound[:4] == b"RIFF":
            return read_wav(sound)
        if len(sound) < 2:
            raise VoiceUnavailable(message("The speech engine gave no sound: {error}.", error="0 samples"))
        return Clip(self._rate_hz, 1, sound[: len(sound) // 2 * 2])


def _filled(part: str, values: dict[str, str]) -> str:
    for place, value in values.items():
        part = part.replace(place, value)
    return part


class _Process:
    """One run of the program."""

    def __init__(self, name: str, command: tuple[str, ...]) -> None:
        self._command = command
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `end`)
        self.failure = ""
        """Why it failed, in its own last words; empty when it did not."""
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                # The program may be a script that starts another: both are ended.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._errors.close()
            raise VoiceUnavailable(
                message(
                    "The speech engine {engine} cannot be started: {error}.",
                    engine=name,
                    error=error.strerror or str(error),
                ),
                message("Install {program}, or correct speech.engine_command in the settings.", program=command[0]),
            ) from error

    def waits_for(self, command: tuple[str, ...]) -> bool:
        """Whether it is alive and was started with `command`."""
        return self._command == command and self._process.poll() is None

    def spoken(self, text: str) -> bytes:
        """Hand over `text` as one line, and return all that comes of it; `failure` tells what went wrong."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return b""
        with suppress(OSError):  # it ended by itself, and tells why
            stdin.write((" ".join(text.split()) + "\n").encode())
            stdin.close()
        sound = stdout.read(MOST_BYTES)
        if len(sound) == MOST_BYTES:
            self.failure = "it does not come to an end"
        elif code := self._process.wait():
            self.failure = self.failure or self._last_words() or str(code)
        return sound

    def expire(self) -> None:
        """End it, for it took too long; any thread."""
        self.failure = "it did not answer in time"
        self.kill()

    def kill(self) -> None:
        """End it and all that it started; any thread."""
        if sys.platform == "win32":
            self._process.kill()
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Leave nothing of it: for the thread that speaks with it."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].rstrip(".") if lines else ""
