"""Learning at work: after each request the history is looked at, and what is found in it is offered.

What is found is decided by `domain/learning`; here it is read, checked against the commands, kept and forgotten, on the
thread `learning`.  Nothing is ever run from here.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Self

from etoile.aliases import AliasFile
from etoile.dictionary import LearnedWords
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import describe
from etoile.domain.events import Event
from etoile.domain.learning.aliases import alias_offers, phrase_of, with_alias, without, wording_of
from etoile.domain.learning.enough import SPAN
from etoile.domain.learning.habits import sequels, time_habits
from etoile.domain.learning.learned import Learned, Standing, learned
from etoile.domain.learning.misheard import misheard_in, with_misheard, word_offers
from etoile.domain.learning.offers import (
    WINDOW_MINUTES,
    Alias,
    AliasOffer,
    Misheard,
    Offer,
    Question,
    Suggestion,
    TimeHabit,
    WordOffer,
    key_of,
)
from etoile.domain.learning.record import Record
from etoile.errors import EtoileError, UsageError
from etoile.store.learning import Memory
from etoile.text import Message, message, plural

log = logging.getLogger(__name__)

Objections = Callable[[Sequence[Alias | Misheard]], Sequence[Message | None]]


def local_now() -> datetime:
    """Return the time here."""
    return datetime.now().astimezone()


class Learner:
    """Offers what can be learned; `memory` is None where no history is kept, and then only aliases and words remain.

    `objections` returns for each alias and word why it must not be learned, and may block.  `take`, `refuse`,
    `reconsider` and `look` return at once; everything else blocks.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        memory: Memory | None,
        aliases: AliasFile,
        objections: Objections,
        *,
        words: LearnedWords | None = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self._publish = publish
        self._memory = memory
        self._aliases = aliases
        self._objections = objections
        self._words = words or LearnedWords()
        self._now = now
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="learning")
        self._asked: set[str] = set()
        """Aliases and words that the user was asked about in this run: once is enough."""
        self._habits: tuple[date, tuple[Suggestion, ...]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    # What comes up by itself

    def reconsider(self) -> None:
        """Look at the history, to which a request was just added."""
        if self._memory:
            self._submit(self._reconsider)

    def _reconsider(self) -> None:
        records = self._records()
        question = self._question(records) if records else None
        if question:
            self._asked.add(question.key)
            self._publish(on.Offered(question))
        elif records and records[-1].ran:
            following = [habit for habit in self._known_habits() if not isinstance(habit, TimeHabit)]
            self._suggest([sequel for sequel in following if sequel.after == records[-1].what])

    def _question(self, records: Sequence[Record]) -> Question | None:
        """Return what the last of `records` gives reason to ask; a misheard word first, since it helps everywhere."""
        last = records[-1]
        asked = self._asked | (self._memory.refused() if self._memory else frozenset())
        if len(records) > 1 and misheard_in(records[-2], last):
            known = asked | {word.key for word in self._words.read()}
            new = [word for word in self._possible_words(records) if last.id in word.evidence]
            if new and new[-1].key not in known:
                return new[-1]
        if not last.ran:
            return None  # only what was carried out tells which command was meant
        found = [offer for offer in _aliases_in(records) if last.id in offer.evidence and offer.key not in asked]
        possible = self._possible(found, self._aliases.read()) if found else []
        return possible[-1] if possible else None

    def look(self) -> None:
        """Show a habit of the day whose time it is."""
        self._submit(self._suggest_what_is_due)

    def _suggest_what_is_due(self) -> None:
        now = self._now()
        habits = [habit for habit in self._known_habits() if isinstance(habit, TimeHabit) and habit.is_due(now)]
        if habits and self._memory:
            lately = self._memory.records(now - timedelta(minutes=WINDOW_MINUTES))
            done = {key_of(record.what) for record in lately if record.ran}
            self._suggest([habit for habit in habits if key_of(habit.what) not in done])

    def _suggest(self, habits: Sequence[Suggestion]) -> None:
        """Show the first of `habits` that is wanted, unless something was suggested today already."""
        memory, now = self._memory, self._now()
        if memory is None or not habits:
            return
        refused, suggested = memory.refused(), memory.suggested()
        wanted = [habit for habit in habits if habit.key not in refused]
        if wanted and (suggested is None or suggested.date() < now.date()):
            memory.keep_shown(wanted[0].key, now)
            self._publish(on.Offered(wanted[0]))

    def _known_habits(self) -> tuple[Suggestion, ...]:
        """Return the habits, counted anew once a day."""
        today = self._now().date()
        if self._habits is None or self._habits[0] != today:
            records = self._records()
            self._habits = today, (*time_habits(records, today), *sequels(records, today))
        return self._habits[1]

    def _records(self) -> tuple[Record, ...]:
        return self._memory.records(self._now() - SPAN) if self._memory else ()

    # What the user says to it

    def take(self, effect: do.TakeOffer) -> None:
        """Learn what was offered, and tell the turn in which the user said so."""
        self._thread.submit(self._answer, effect.turn, lambda: self._take(effect.offer))

    def refuse(self, effect: do.RefuseOffer) -> None:
        """Offer this never again, and tell the turn in which the user said so."""
        self._thread.submit(self._answer, effect.turn, lambda: self._refuse(effect.offer.key))

    def change(self, what: str, number: int | None) -> Message:
        """Do what the command line asks for: "accept" or "forget" by number, or "forget all"; return what was done.

        Raises UsageError for a number that names nothing, and other EtoileErrors.
        """
        return self._thread.submit(self._change, what, number).result()

    def learned(self) -> tuple[Learned, ...]:
        """Return all that was learned: aliases that hold, what is offered, and what was refused."""
        return self._thread.submit(self._learned).result()

    def _change(self, what: str, number: int | None) -> Message:
        if what == "forget all":
            return self._forget_all()
        found = next((one for one in self._learned() if one.number == number), None)
        if found is None:
            raise UsageError(
                message("Nothing learned has the number {number}.", number=number),
                message("“etoile learn” lists the numbers."),
            )
        return self._forget(found) if what == "forget" else self._accept(found)

    def _accept(self, one: Learned) -> Message:
        if one.standing is Standing.TAKEN:
            return one.said
        if not isinstance(one.offer, Question):
            raise UsageError(
                message("Only aliases and words can be accepted; habits are suggested at their time, and run nothing.")
            )
        return self._take(one.offer)

    def _take(self, offer: Offer) -> Message:
        """Add what is offered; a suggestion has nothing to add."""
        match offer:
            case AliasOffer():
                said = self._take_alias(offer)
            case WordOffer(misheard=misheard):
                self._words.change(lambda taken: with_misheard(taken, misheard))
                said = misheard.said
            case _:
                return offer.said
        self._publish(on.OfferWithdrawn(offer.key))
        return said

    def _take_alias(self, offer: AliasOffer) -> Message:
        alias = offer.alias
        if (against := self._objections([alias])[0]) is not None:
            raise UsageError(against)
        self._aliases.change(lambda taken: with_alias(taken, alias))
        return message("From now on, “{phrase}” means: {what}.", phrase=alias.said, what=describe(alias.what))

    def _refuse(self, key: str) -> Message:
        if self._memory:
            self._memory.refuse(key)
        return message("I will not offer that again.")

    def _forget(self, one: Learned) -> Message:
        if one.standing is Standing.TAKEN and one.misheard:
            self._words.change(lambda taken: [word for word in taken if word.key != one.key])
        elif one.standing is Standing.TAKEN:
            self._aliases.change(lambda taken: without(taken, one.key))
        if self._memory:
            self._memory.forget(one.key, self._evidence(one))
        self._habits = None
        self._asked.discard(one.key)
        self._publish(on.OfferWithdrawn(one.key))
        return message("Forgotten: {what}", what=one.said)

    def _forget_all(self) -> Message:
        known = self._learned()
        count = self._memory.forget_all() if self._memory else 0
        aliases, words = self._aliases.read(), self._words.read()
        if aliases:
            self._aliases.change(lambda taken: ())
        if words:
            self._words.write(())
        self._habits = None
        for one in known:
            self._publish(on.OfferWithdrawn(one.key))
        self._publish(on.NewConversationWanted())  # what is forgotten is not said again, nor seen
        return message(
            "Forgotten: {requests}, {aliases} and {words}.",
            requests=plural("{count} request", "{count} requests", count),
            aliases=plural("{count} alias", "{count} aliases", len(aliases)),
            words=plural("{count} misheard word", "{count} misheard words", len(words)),
        )

    def _evidence(self, one: Learned) -> set[int]:
        """Return the exchanges that `one` was learned from; for an alias, every one in its words."""
        found = set(one.offer.evidence) if one.offer else set()
        if one.alias is None or self._memory is None:
            return found
        wording = " ".join(phrase_of(one.alias))
        everything = self._memory.records(datetime.fromtimestamp(0).astimezone())
        return found | {record.id for record in everything if wording_of(record) == wording}

    # What is known

    def _learned(self) -> tuple[Learned, ...]:
        taken = self._aliases.read()
        records, today = self._records(), self._now().date()
        offers = _aliases_in(records)
        held = {alias.key for alias in taken}
        known = [offer for offer in offers if offer.key in held] + self._possible(offers, taken)
        return learned(
            taken,
            {offer.key: offer for offer in known},
            (*time_habits(records, today), *sequels(records, today)),
            self._memory.refused() if self._memory else (),
            misheard=self._words.read(),
            words={offer.key: offer for offer in self._possible_words(records)},
        )

    def _possible_words(self, records: Sequence[Record]) -> list[WordOffer]:
        """Return the misheard words that nothing speaks against; those that are taken are among them."""
        found = word_offers(records)
        against = self._objections([offer.misheard for offer in found]) if found else ()
        return [offer for offer, objection in zip(found, against, strict=True) if objection is None]

    def _possible(self, offers: Iterable[AliasOffer], taken: Sequence[Alias]) -> list[AliasOffer]:
        """Return the offers that nothing speaks against and that are not taken yet."""
        keys = {alias.key for alias in taken}
        new = [offer for offer in offers if offer.key not in keys]
        against = self._objections([offer.alias for offer in new]) if new else ()
        return [offer for offer, objection in zip(new, against, strict=True) if objection is None]

    # Failing

    def _answer(self, turn: int | None, act: Callable[[], Message]) -> None:
        """Do `act`, and tell its result to `turn`; after a click only a failure is told."""
        try:
            said = act()
        except EtoileError as error:
            self._failed(turn, error.said, error.remedy)
        except Exception as error:
            log.exception("learning failed")
            self._failed(turn, message("That did not work: {error}.", error=str(error)), None)
        else:
            if turn is not None:
                self._publish(on.ActionDone(turn, "assistant.learn", {}, said))

    def _failed(self, turn: int | None, said: Message, remedy: Message | None) -> None:
        failed = on.PartMissing("learning", said, remedy) if turn is None else on.Failed(turn, said, remedy)
        self._publish(failed)

    def _submit(self, act: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the clock rings once more while the app is leaving
            self._thread.submit(self._quietly, act)

    def _quietly(self, act: Callable[[], None]) -> None:
        """Do `act`; where it fails, the next request tries again, and nothing else suffers."""
        try:
            act()
        except EtoileError as error:
            log.info("nothing learned: %s", error)
        except Exception:
            log.exception("learning failed")


def _aliases_in(records: Sequence[Record]) -> list[AliasOffer]:
    """Return the aliases that `records` speak for; where a word was misheard, the word is learned, and no phrase."""
    misheard = {number for offer in word_offers(records) for number in offer.evidence}
    return [offer for offer in alias_offers(records) if not misheard.issuperset(offer.evidence)]
