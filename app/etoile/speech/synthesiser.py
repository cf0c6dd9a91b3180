"""The owner of the synthesis process: starts it, gives it sentences, kills it when it hangs, and starts it again."""

import json
import logging
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etoile.errors import VoiceUnavailable
from etoile.speech.children import NO_WINDOW, own_python
from etoile.speech.clip import Clip, read_wav
from etoile.speech.engines import SpeechVoice, choose
from etoile.text import message, verbatim

log = logging.getLogger(__name__)

SENTENCE_S = 5.0
"""A sentence takes some 10 ms; an engine that needs longer than this, and `LETTER_S` for each letter, hangs."""
LETTER_S = 0.02
START_S = 20.0
"""Windows' engine compiles its bindings at its first start."""

INSTALL = message("Install a speech engine (Debian, Ubuntu: sudo apt install espeak-ng) and restart Etoile.")


def child_command() -> list[str]:
    """Return the command line of the synthesis process."""
    return own_python(["-m", "etoile.speech.synthesis"])


class Synthesiser:
    """The system's own voices, in a process of theirs.  Used by one thread, but for `kill`, which any may call."""

    def __init__(self, command: Callable[[], Sequence[str]] = child_command, sentence_s: float = SENTENCE_S) -> None:
        self._command = command
        self._sentence_s = sentence_s
        self._process: subprocess.Popen[str] | None = None
        self._voices: tuple[SpeechVoice, ...] = ()

    def start(self) -> None:
        """Have the process ready.  Raises VoiceUnavailable when there is no engine."""
        if self._process is not None and self._process.poll() is None:
            return
        self.kill()
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            bufsize=1,
            creationflags=NO_WINDOW,
        )
        answer = self._answer(self._process, START_S)
        if "error" in answer:
            self.kill()
            raise VoiceUnavailable(
                message("There is no working speech engine: {error}.", error=answer["error"].rstrip(".")), INSTALL
            )
        self._voices = tuple(
            SpeechVoice(voice["id"], voice["name"], tuple(voice["languages"])) for voice in answer.get("voices", ())
        )

    def voices(self) -> tuple[SpeechVoice, ...]:
        """Return the voices of the system; empty before `start`."""
        return self._voices

    def synthesise(self, text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        """Return `text` as speech.  Raises VoiceUnavailable; the next call starts anew an engine that hung."""
        self.start()
        chosen = choose(self._voices, language, voice)
        with _folder() as folder:
            path = Path(folder) / "sentence.wav"
            sentence = {"text": text, "voice": chosen.id if chosen else None, "rate_wpm": rate_wpm, "path": str(path)}
            self._order(sentence, self._sentence_s + LETTER_S * len(text))
            try:
                content = path.read_bytes()
            except OSError as error:
                raise VoiceUnavailable(
                    message("The speech engine gave no sound: {error}.", error=str(error))
                ) from error
        return read_wav(content)

    def kill(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _order(self, sentence: dict[str, Any], within_s: float) -> None:
        """Have the process carry out one order.  Raises VoiceUnavailable."""
        process = self._process
        if process is None or process.stdin is None:
            raise VoiceUnavailable(message("The speech engine was stopped."))
        try:
            process.stdin.write(json.dumps(sentence) + "\n")
            process.stdin.flush()
        except (OSError, ValueError) as error:
            self.kill()
            raise VoiceUnavailable(message("The speech engine ended by itself."), INSTALL) from error
        answer = self._answer(process, within_s)
        if "error" in answer:
            raise VoiceUnavailable(message("The speech engine failed: {error}.", error=answer["error"].rstrip(".")))

    def _answer(self, process: subprocess.Popen[str], within_s: float) -> dict[str, Any]:
        """Return the next answer.  An engine that does not give it in time, or answers anything else, is killed."""
        if process.stdout is None:
            raise VoiceUnavailable(message("The speech engine was stopped."))
        watchdog = threading.Timer(within_s, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            answer = json.loads(process.stdout.readline())
        except ValueError as error:
            log.debug("the speech engine gave no answer: %s", error)
            answer = None
        finally:
            watchdog.cancel()
        if isinstance(answer, dict):
            return answer
        self.kill()
        return {"error": "no answer"}


def _close(pipe: Any) -> None:
    """Close a pipe to a dead process, whose unsent input is lost with it."""
    try:
        pipe.close()
    except OSError as error:
        log.debug("closing a pipe: %s", error)


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for the sound of one sentence: a full disk costs that sentence, not the voice.

    Raises VoiceUnavailable.
    """
    try:
        return tempfile.TemporaryDirectory(prefix="etoile-voice-", ignore_cleanup_errors=True)
    except OSError as error:
        raise VoiceUnavailable(
            verbatim(str(error)), message("Check that the folder can be written and that the disk is not full.")
        ) from error
