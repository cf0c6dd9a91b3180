"""The owner of the synthesis process: starts it, gives it sentences, kills it when it hangs, and starts it again."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etoile.errors import VoiceUnavailable
from etoile.text import message

log = logging.getLogger(__name__)

SENTENCE_S = 10.0
"""A sentence takes some 10 ms; an engine that needs longer than this, and `LETTER_S` for each letter, hangs."""
LETTER_S = 0.01
START_S = 20.0
"""Windows' engine compiles its bindings at its first start."""

INSTALL = message("Install a speech engine (Debian, Ubuntu: sudo apt install espeak-ng) and restart Etoile.")


def child_command() -> list[str]:
    """Return the command line of the synthesis process.

    In an installed bundle `sys.executable` is Etoile itself, whose entry point must take `-m MODULE` for that reason.
    """
    # -P: the folder where Etoile happens to be started must not offer modules of its own.
    options = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *options, "-m", "etoile.speech.synthesis"]


class Synthesiser:
    """Turns sentences into WAV files.  Used by one thread, but for `kill`, which any may call."""

    def __init__(self, command: Callable[[], Sequence[str]] = child_command, sentence_s: float = SENTENCE_S) -> None:
        self._command = command
        self._sentence_s = sentence_s
        self._process: subprocess.Popen[str] | None = None

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
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer = self._answer(self._process, START_S)
        if "error" in answer:
            self.kill()
            raise VoiceUnavailable(
                message("There is no working speech engine: {error}.", error=answer["error"].rstrip(".")), INSTALL
            )

    def synthesise(self, text: str, language: str, rate_wpm: int, path: Path) -> None:
        """Write `text` as speech to `path` (WAV, 16 bits).  Raises VoiceUnavailable; a hung engine is replaced."""
        self.start()
        process = self._process
        if process is None or process.stdin is None:
            raise VoiceUnavailable(message("The speech engine was stopped."))
        sentence = {"text": text, "language": language, "rate_wpm": rate_wpm, "path": str(path)}
        try:
            process.stdin.write(json.dumps(sentence) + "\n")
            process.stdin.flush()
        except OSError as error:
            raise VoiceUnavailable(message("The speech engine ended by itself."), INSTALL) from error
        answer = self._answer(process, self._sentence_s + LETTER_S * len(text))
        if "error" in answer:
            raise VoiceUnavailable(message("The speech engine failed: {error}.", error=answer["error"].rstrip(".")))

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
