"""The voice: sentences in, speech out, silence at once when told."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from etoile import config
from etoile.domain.effects import Earcon
from etoile.domain.events import Event
from etoile.domain.spoken import is_block, pieces
from etoile.domain.tongue import language_of
from etoile.errors import VoiceUnavailable
from etoile.speech.clip import Clip
from etoile.speech.earcons import clip_of
from etoile.speech.engines import Engine, called, choose, engine_of, known_here, spoken_names
from etoile.speech.part import Part
from etoile.speech.playback import Player, Sound
from etoile.speech.playing import Era, Loudspeaker, Piece, Playing
from etoile.text import SPOKEN_LANGUAGES, message

log = logging.getLogger(__name__)

CLOSE_S = 0.2
"""How long leaving waits for the voice; with every other room's share it stays below two seconds."""
AHEAD = 2
"""So many sentences are synthesised before they are played: an engine may take as long as the sentence before lasts."""
PATIENCE = 2
"""An engine that fails at so many sentences of a turn is left alone until the next turn."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    era: int
    turn: int
    text: str
    language: str
    last: bool


class Voice:
    """Speaks the sentences of a turn one after the other: its thread `voice` synthesises, `loudspeaker` plays.

    `Spoken` comes when a sentence marked `last` has been heard, or could not be; never for what was hushed.  Nothing
    that fails ends the voice: what cannot be said is told in the window, once, and the next sentence is tried.
    """

    def __init__(
        self,
        speech: config.Speech,
        publish: Callable[[Event], None],
        *,
        engine: Engine | None = None,
        loudspeaker: Loudspeaker | None = None,
    ) -> None:
        self._speaks = speech.speak != "never"
        self._engine = engine or engine_of(speech)
        self._made_of = None if engine else _made_of(speech)
        """The settings of the engine; None for one that is given."""
        self._loudspeaker = loudspeaker or Player()
        self._earcons, self._named, self.rate_wpm = True, dict[str, str](), 0
        """How fast is spoken, from the next sentence on, in words a minute; set from any thread."""
        self._followed: config.Speech | None = None
        """The settings that are gone by."""
        self.configure(speech)
        self._era = Era()
        self._closing = False
        self._part = Part("voice", publish)
        self._failures = (0, 0)
        """The turn in which the engine failed last, and at how many sentences."""
        self._sentences: queue.SimpleQueue[_Sentence | config.Speech | Literal["prepare"] | None] = queue.SimpleQueue()
        self._prepared = False
        self._ahead = threading.Semaphore(AHEAD)
        self._playing = Playing(self._loudspeaker, self._era, publish)
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def configure(self, speech: config.Speech) -> None:
        """Go by the settings `speech` from the next sentence on: voices, pace, short sounds.  Any thread.

        What was asked for since ("speak faster") goes on to count where its own setting is as it was.
        """
        former, self._followed = self._followed, speech
        self._earcons = speech.earcons
        if former is None or speech.voices != former.voices:
            self._named = dict[str, str](speech.voices.items())
        if former is None or speech.rate_wpm != former.rate_wpm:
            self.rate_wpm = speech.rate_wpm
        if self._made_of not in (None, made_of := _made_of(speech)):
            self._made_of = made_of
            self._sentences.put(speech)

    def __enter__(self) -> Self:
        self._thread.start()
        self._playing.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.hush()
        self._sentences.put(None)
        self._engine.kill()
        threads = (self._thread, self._playing.thread)
        for thread in threads:
            thread.join(CLOSE_S / len(threads))
        if any(thread.is_alive() for thread in threads):
            log.info("the voice is still busy; leaving it behind")

    def prepare(self) -> None:
        """Have the engine ready before the first sentence, and tell where there is none; a second time does nothing.

        Returns at once.  The engine is a process of 10 MiB and takes a quarter of a second to start.
        """
        if self._speaks and not self._prepared:
            self._prepared = True
            self._sentences.put("prepare")

    def say(self, turn: int, text: str, language: str, last: bool) -> None:
        """Speak `text` after what is being spoken; with `last`, report `Spoken` once all of it was heard.

        It is cut into sentences, and one that is clearly in another language is read by that one's voice.
        """
        era = self._era.now
        *first, final = pieces(text) or ("",)
        for sentence in first:
            self._sentences.put(_Sentence(era, turn, sentence, language, last=False))
        self._sentences.put(_Sentence(era, turn, final, language, last))

    def cue(self, earcon: Earcon) -> None:
        """Play a short sound before what is still to be spoken, if the user wants such sounds."""
        if self._earcons:
            self._playing.put(Piece(self._era.now, 0, Sound(clip_of(earcon)), speech=False))

    def play(self, clip: Clip) -> None:
        """Play `clip`, a recording of the user's, after what is being spoken; `hush` ends it as well."""
        self._playing.put(Piece(self._era.now, 0, Sound(clip)))

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be spoken."""
        self._era.end()
        self._loudspeaker.stop()

    @property
    def silent_s(self) -> float:
        """For how long no word of ours was to be heard: 0 while one is, infinity where none ever was.  Any thread.

        What a microphone heard before that may be our own voice.
        """
        return self._playing.silent_s

    def voices(self) -> tuple[str, ...]:
        """Return what the voices that can be chosen are called; empty until the engine has started.  Any thread."""
        return spoken_names(known_here(self._engine.voices()))

    def use(self, name: str) -> str | None:
        """Speak with the voice called `name`, in its language, from the next sentence on; any thread.

        Returns the name of the voice that spoke this language before; None when there is no voice called so.
        """
        voices = known_here(self._engine.voices())
        chosen = next(iter(called(voices, name)), None)
        if chosen is None:
            return None
        language = next(filter(chosen.speaks, SPOKEN_LANGUAGES))
        before = choose(voices, language, self._named.get(language))
        self._named = {**self._named, language: chosen.id}
        return (before or chosen).name

    def _run(self) -> None:
        while (sentence := self._sentences.get()) is not None:
            if sentence == "prepare":
                self._start()
                continue
            if isinstance(sentence, config.Speech):
                self._change_engine(sentence)
                continue
            self._ahead.acquire()
            sound = self._sound_of(sentence)
            self._playing.put(Piece(sentence.era, sentence.turn, sound, sentence.last, done=self._ahead.release))
        self._playing.end()
        self._engine.kill()

    def _change_engine(self, speech: config.Speech) -> None:
        former, self._engine = self._engine, engine_of(speech)
        former.kill()
        self._part.ready()
        self._failures = (0, 0)

    def _start(self) -> None:
        try:
            self._engine.start()
        except VoiceUnavailable as error:
            self._missing(error)
        except Exception:
            log.exception("the speech engine does not start")

    def _sound_of(self, sentence: _Sentence) -> Sound | None:
        """Return `sentence` as sound; None when there is nothing to say, nobody wants it, or it cannot be said."""
        from etoile.speech.spoken import speakable  # much to read, for nothing while nobody is answered

        if self._failures == (sentence.turn, PATIENCE) or not self._wanted(sentence):
            return None
        language = sentence.language
        if not is_block(sentence.text):
            language = language_of(sentence.text, language)
        text = speakable(sentence.text, language)
        try:
            clip = self._synthesised(text, language, sentence) if text else None
        except VoiceUnavailable as error:
            turn, count = self._failures
            self._failures = (sentence.turn, count + 1 if turn == sentence.turn else 1)
            self._missing(error)
            return None
        except Exception:
            log.exception("speaking failed")
            return None
        if clip is None:
            return None
        if self._failures[0] != sentence.turn:
            # What was left out of an answer stays told until another one was spoken.
            self._part.ready()
        return Sound(clip)

    def _synthesised(self, text: str, language: str, sentence: _Sentence) -> Clip:
        """Return `text` as sound; an engine that hung or died gets a second chance.  Raises VoiceUnavailable."""
        self._engine.start()
        try:
            return self._engine.synthesise(text, language, self._named.get(language), self.rate_wpm)
        except VoiceUnavailable as error:
            if self._closing or not self._wanted(sentence):
                raise
            log.info("the speech engine failed (%s): trying the sentence again", error)
        self._engine.start()
        try:
            return self._engine.synthesise(text, language, self._named.get(language), self.rate_wpm)
        except VoiceUnavailable as error:
            said = message("A sentence was left out: {reason}", reason=error.said)
            raise VoiceUnavailable(said, error.remedy) from error

    def _missing(self, error: VoiceUnavailable) -> None:
        log.info("no voice: %s", error)
        if not self._closing:
            self._part.missing(error)

    def _wanted(self, sentence: _Sentence) -> bool:
        return sentence.era == self._era.now


def _made_of(speech: config.Speech) -> object:
    """Return the settings that an engine is made of."""
    return speech.engine, speech.engine_command, speech.engine_rate_hz
