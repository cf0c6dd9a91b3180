"""Which command a request means, found on a thread of its own, where the catalogue is read before it is needed."""

import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from etoile.actions.skills import read_book
from etoile.aliases import AliasFile, Stamp
from etoile.catalogue import load_catalogues
from etoile.dictionary import DictionaryFile, LearnedWords
from etoile.domain.commands import KILL, ON_THE_WINDOW_IN_FRONT, WINDOW_SLOT
from etoile.domain.effects import Interpret
from etoile.domain.events import Event, Failed, Interpreted, PartMissing, PartReady
from etoile.domain.learning.aliases import AliasBook, objection
from etoile.domain.learning.misheard import word_objection
from etoile.domain.learning.offers import Alias, Misheard
from etoile.domain.match import Candidate, Match, Reason, Slots
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.readings import heard
from etoile.domain.skills import NO_SKILLS_NAME, Book, with_skills
from etoile.domain.tasks.classifier import classify
from etoile.errors import ConfigError, EtoileError
from etoile.task_kinds import shipped_model
from etoile.text import Message, message, verbatim

log = logging.getLogger(__name__)

Values = Mapping[str, Sequence[str]]

_FIRST = (
    "turn the volume up please",
    "search for the news and mute the sound",
    "i cannot sleep, the musci is too loud, trun it down",
    "what would happen if i told you to close the wintergarden",
    "monte le son s'il te plaît",
    "cherche la météo et coupe le son",
    "j'ai mal à la tête, la musqiue est trop forte, baises-la",
    "que se passerait-il si je te disais de fermer la montgolfière",
)
"""Requests of every shape: what is found once and kept is found before somebody waits for it."""


class Interpreter:
    """Matches requests against the commands; `values` returns what their slots may be filled with on this computer,
    `name_in_front` what the window in front is called, `processes` what is to be known of those of a name.

    `interpret` returns at once and publishes Interpreted; `match` blocks and raises ConfigError.  Without `enabled`
    nothing is a command.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        values: Callable[[], Values],
        *,
        enabled: Callable[[], bool] = lambda: True,
        name_in_front: Callable[[], str | None] = lambda: None,
        processes: Callable[[str], Slots] = lambda name: {},
        aliases: AliasFile | None = None,
        skills: Callable[[], Book] = read_book,
        dictionary: DictionaryFile | None = None,
        learned_words: LearnedWords | None = None,
    ) -> None:
        self._publish = publish
        self._values = values
        self._enabled = enabled
        self._name_in_front = name_in_front
        self._processes = processes
        self.aliases = aliases or AliasFile()
        """The user's own phrases, read again whenever their file changed."""
        self.learned_words = learned_words or LearnedWords()
        """What was learned of misheard words, read again whenever its file changed."""
        self._dictionaries = (dictionary or DictionaryFile(), self.learned_words)
        """The user's own first: what he wrote himself counts before what was learned."""
        self._stamp: Stamp = None
        self._book = AliasBook((), {})
        self._skills = skills
        self._broken_skills: tuple[str, ...] = ()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="matching")
        self._catalogues: Mapping[str, Catalogue] = {}
        self._known: Values = {}
        self._told = False
        self._prepared = False
        self._warm: Matcher | None = None
        """The one that has found what is found once."""
        self._matcher: Matcher | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def prepare(self) -> None:
        """Read the commands before somebody waits for them.  Returns at once; a second time does nothing.

        They take half a second and 60 MiB, which whoever only looks at GPUs is spared.
        """
        if self._enabled() and not self._prepared:
            self._prepared = True
            self._thread.submit(self._refresh_quietly)
            self._thread.submit(shipped_model)

    def interpret(self, effect: Interpret) -> None:
        """Report what the request of a turn means."""
        self._thread.submit(self._interpret, effect)

    def match(self, text: str, language: str | None) -> tuple[Match, float]:
        """Return what `text` means, and how many milliseconds finding out took.  Blocks."""
        return self._thread.submit(self._timed, text, language).result()

    def steps_of(self, call: str) -> tuple[Candidate, ...]:
        """Return what the skill that is called so would do.  Blocks; raises ConfigError."""
        return self._thread.submit(self._steps_of, call).result()

    def _steps_of(self, call: str) -> tuple[Candidate, ...]:
        return self._with_steps(_calling(call, call, None)).steps

    def objections(self, learned: Sequence[Alias | Misheard]) -> Sequence[Message | None]:
        """Return for each why it must not be learned; None where it may.  Blocks; raises ConfigError."""
        return self._thread.submit(self._objections, learned).result()

    def _objections(self, learned: Sequence[Alias | Misheard]) -> Sequence[Message | None]:
        matcher = self._matcher or self._refresh()
        return [
            objection(one, self._catalogues, matcher)
            if isinstance(one, Alias)
            else word_objection(one, self._catalogues)
            for one in learned
        ]

    def _interpret(self, effect: Interpret) -> None:
        reworded = self._reworded(effect)
        try:
            readings = (effect.text, *effect.alternatives)
            match = heard(
                readings, lambda text: self._timed(text, effect.language)[0], meant=reworded, rivals=effect.rivals
            )
        except Exception as error:  # a catalogue of the user's may break in any way; the request must not be lost
            log.exception("a request could not be matched")
            self._tell(error)
            match = Match(text=reworded, language=effect.language)
        self._publish(self._interpreted(effect, match))
        self._refresh_quietly()

    def _reworded(self, effect: Interpret) -> str:
        """Return the request in the words of the user's dictionary and the learned ones, if it was spoken.

        A broken one is told.
        """
        if not effect.spoken:
            return effect.text
        try:
            reworded = effect.text
            for dictionary in self._dictionaries:
                reworded = dictionary.current().reworded(reworded, effect.language)
        except EtoileError as error:
            self._publish(PartMissing("dictionary", error.said, error.remedy))
            return effect.text
        self._publish(PartReady("dictionary"))
        return reworded

    def _interpreted(self, effect: Interpret, match: Match) -> Interpreted | Failed:
        """Return what is told of `match`: with all that it would do, or why that cannot be found out."""
        try:
            detailed = self._with_details(self._with_steps(match))
            reworded = match.text if match.text != effect.text else ""
            return Interpreted(effect.turn, detailed, classify(match.text, shipped_model()), reworded)
        except ConfigError as error:  # a skill that cannot run
            return Failed(effect.turn, error.said, error.remedy)
        except Exception as error:  # what the computer tells of itself may break in any way; the turn must not wait
            log.exception("what a request would do could not be found out")
            return Failed(effect.turn, message("That did not work: {error}.", error=str(error)))

    def _with_steps(self, match: Match) -> Match:
        """Return `match` with the steps of the skills in it.  Raises ConfigError when one cannot run."""
        return with_skills(match, self._skills(), lambda text, language: self._timed(text, language)[0])

    def _with_details(self, match: Match) -> Match:
        """Return `match` with what a question about it must name: the window in front, the processes to be killed."""
        whole = Candidate(command=match.command or "", slots=match.slots, steps=match.steps)
        commands = (whole, *match.then, *match.choices)
        on_window = any(one.command in ON_THE_WINDOW_IN_FRONT for command in commands for one in _parts(command))
        window = self._name_in_front() if on_window else None
        named = {} if window is None else {WINDOW_SLOT: window}
        whole, *others = (self._detailed(command, named) for command in commands)
        then, choices = others[: len(match.then)], others[len(match.then) :]
        return replace(match, slots=whole.slots, steps=whole.steps, then=tuple(then), choices=tuple(choices))

    def _detailed(self, candidate: Candidate, window: Slots) -> Candidate:
        """Return `candidate`, and each of its steps, with the details of what it is about."""
        steps = tuple(self._detailed(step, window) for step in candidate.steps)
        more: Slots = window if candidate.command in ON_THE_WINDOW_IN_FRONT else {}
        if candidate.command == KILL:
            more = self._processes(str(candidate.slots.get("process", "")))
        return replace(candidate, slots={**candidate.slots, **more}, steps=steps)

    def _refresh_quietly(self) -> None:
        try:
            self._warm_up(self._refresh())
        except Exception as error:  # noqa: BLE001  # the next request tries again
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        """Say once that commands are off: until they are mended, requests are for the nodes, and nothing is run."""
        if self._told:
            return
        self._told = True
        said = error.said if isinstance(error, EtoileError) else verbatim(repr(error))
        self._publish(
            PartMissing(
                "commands",
                message("The commands cannot be read: {said}", said=said),
                message("Run “etoile commands check”; until it is mended, requests go to the nodes."),
            )
        )

    def _tell_broken(self, book: Book) -> None:
        """Say once which files of skills are broken, and once that they are mended."""
        broken = tuple(map(str, book.problems))
        if broken == self._broken_skills:
            return
        self._broken_skills = broken
        if book.problems:
            first, *_ = book.problems
            self._publish(PartMissing("skills", first.said, first.remedy))
        else:
            self._publish(PartReady("skills"))

    def _timed(self, text: str, language: str | None) -> tuple[Match, float]:
        if not self._enabled():
            return Match(text=text, language=language), 0.0
        matcher = self._matcher or self._refresh()
        started_s = time.perf_counter()
        match = self._called(text, language, self._with_aliases(text, matcher.match(text, language)))
        return match, (time.perf_counter() - started_s) * 1000

    def _with_aliases(self, text: str, found: Match) -> Match:
        """Return what `text` means with the user's aliases, as they are in their file at this moment."""
        stamp = self.aliases.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._book = AliasBook(self._read_aliases(), self._catalogues)
        return self._book.match(text, found)

    def _called(self, text: str, language: str | None, found: Match) -> Match:
        """Return the skill that `text` is the very name of, else `found`, else the skill that it calls otherwise.

        What ends or takes back stays what it is, whatever a skill is called.
        """
        book = self._skills()
        if found.command in NO_SKILLS_NAME and found.reason is Reason.EXACT:
            return found
        if (name := book.named(text)) is not None:
            return _calling(text, name, language)  # a name is of no language, whichever explained it first
        unclear = found.command is None and found.reason is not Reason.REFUSED
        call = book.called(text) if unclear else None
        return found if call is None else _calling(text, call, found.language)

    def _read_aliases(self) -> Sequence[Alias]:
        """Return the aliases; where their file is broken, say so and go on without."""
        try:
            aliases = self.aliases.read()
        except EtoileError as error:
            self._publish(PartMissing("aliases", error.said, error.remedy))
            return ()
        self._publish(PartReady("aliases"))
        return aliases

    def _refresh(self) -> Matcher:
        """Take up new applications, models and the like; keep the matcher where nothing changed."""
        book = self._skills()
        self._tell_broken(book)
        self._catalogues = self._catalogues or load_catalogues()
        values = {**self._values(), "skill": book.calls}
        if self._matcher is None or values != self._known:
            self._matcher = Matcher(self._catalogues, values)
            self._known = values
        if self._told:
            self._told = False
            self._publish(PartReady("commands"))
        return self._matcher

    def _warm_up(self, matcher: Matcher) -> None:
        """Find what is found once and kept: not while somebody waits."""
        if matcher is self._warm:
            return
        matcher.prepare()
        for text in _FIRST:
            matcher.match(text, None)
        if self._warm is None:
            # The catalogues stay as long as the program: no collection is to look through them again.
            gc.collect()
            gc.freeze()
        self._warm = matcher


def _calling(text: str, call: str, language: str | None) -> Match:
    """Return the match of a request that calls a skill by its very name."""
    slots = {"skill": call}
    return Match(text=text, language=language, command="skills.run", slots=slots, confidence=1.0, reason=Reason.EXACT)


def _parts(candidate: Candidate) -> tuple[Candidate, ...]:
    return (candidate, *candidate.steps)
