"""Learning beside the conversation: what is noted of each turn, and how an offer is shown, answered and taken away.

`converse` stands around the turn's own `step`.  It changes nothing of what a turn does, but for three things: a
correction ("no, I meant ...") is interpreted without the words that introduce it, and where it names a word of the
request before that was misheard, that request is asked again with this word; "yes", said while an offer is fresh, takes
the offer; and what is remembered of a turn tells how it was understood.

A mended request is one like any other, of whoever mended it: it runs, asks or is refused as if it had been said so.
Nothing that was done before is taken back by itself; what it was is told, and "undo" takes it back.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import describe
from etoile.domain.effects import Effect, Outcome
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.learning.corrections import Answer, answer_to_offer, correction_of
from etoile.domain.learning.offers import Offer, Question
from etoile.domain.match import Candidate, Reason
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.domain.turn.lifetime import is_dictating
from etoile.domain.turn.making import is_telling
from etoile.text import message

SUGGESTED_S = 1800.0
"""A suggestion is taken away after this: its time is over."""
_DEEPEST_UNDO = 20
SUGGESTION = "suggestion"
"""The key of a suggestion's notification."""

OfferEvent = on.Offered | on.OfferTaken | on.OfferRefused | on.OfferWithdrawn | on.OfferAged


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What is offered, and what is known of the turns so far."""

    offer: Offer | None = None
    shown: bool = False
    """Whether the user sees it: an offer waits until nothing else is going on."""
    fresh: bool = False
    """Whether a bare "yes" answers it."""
    understood: on.Interpreted | None = None
    """What the last request was taken for."""
    former: Outcome | None = None
    """How the request ended that a correction means, its text in the words that it was taken in."""
    undoable: tuple[int, ...] = ()
    """The turns whose actions can be taken back, oldest first."""

    @property
    def visible(self) -> Offer | None:
        """The offer that the window shows."""
        return self.offer if self.shown else None


def converse(learning: Learning, turn: Turn, event: Event) -> tuple[Learning, Turn, tuple[Effect, ...]]:
    """Return learning and turn after `event`, which is not about an offer, and what is to be done.  Pure."""
    learning, undone = _noted(learning, event)
    if isinstance(event, on.Interpreted) and (answer := _answer(learning, turn, event)):
        taking = _answered(learning.offer, answer, turn.number)
        return replace(learning, offer=None), turn, (*undone, *taking)
    after, effects = step(turn, event)
    learning = _with_former(learning, effects, turn, after)
    asked = tuple(_annotated(learning, effect, turn, after) for effect in effects)
    after, asked = _corrected(learning, after, asked)
    if after.number != turn.number:
        learning, gone = _without_suggestion(learning)
        asked += gone
    learning, put = _put(learning, after)
    return learning, after, (*undone, *asked, *put)


def offered(learning: Learning, turn: Turn, event: OfferEvent) -> tuple[Learning, tuple[Effect, ...]]:
    """Return learning after an event about an offer, and what is to be done.  Pure."""
    match event:
        case on.Offered(offer):
            return _put(replace(learning, offer=offer, shown=False, fresh=False), turn)
        case on.OfferTaken(offer):
            return _gone(learning, offer.key, do.TakeOffer(offer))
        case on.OfferRefused(offer):
            return _gone(learning, offer.key, do.RefuseOffer(offer))
        case on.OfferWithdrawn(key):
            return _gone(learning, key)
        case on.OfferAged(key) if isinstance(learning.offer, Question):
            return replace(learning, fresh=learning.fresh and learning.offer.key != key), ()
        case on.OfferAged(key):
            return _gone(learning, key)
    assert_never(event)


# Noting


def _noted(learning: Learning, event: Event) -> tuple[Learning, tuple[Effect, ...]]:
    """Note how a request was understood, and which turn's action was just taken back."""
    match event:
        case on.Interpreted():
            return replace(learning, understood=event), ()
        case on.ActionDone(command="assistant.undo") if learning.undoable:
            *others, last = learning.undoable
            return replace(learning, undoable=tuple(others)), (do.MarkUndone(last),)
        case on.ActionDone(turn=number, undoable=True):
            return replace(learning, undoable=(*learning.undoable, number)[-_DEEPEST_UNDO:]), ()
    return learning, ()


def _annotated(learning: Learning, effect: Effect, before: Turn, after: Turn) -> Effect:
    """Return `effect`; what is remembered tells as well how the request came, and what it was taken for."""
    if not isinstance(effect, do.Remember):
        return effect
    number, understood = effect.outcome.turn, learning.understood
    asking = next((turn.asking for turn in (before, after) if turn.number == number), Asking(origin=Origin.VOICE))
    match = understood.match if understood and understood.turn == number else None
    return replace(effect, origin=asking.origin, match=match)


def _with_former(learning: Learning, effects: tuple[Effect, ...], before: Turn, after: Turn) -> Learning:
    """Note the request that just ended; a late transcript is none that anybody saw."""
    for effect in effects:
        for turn in (before, after):
            if isinstance(effect, do.Remember) and effect.outcome.turn == turn.number:
                learning = replace(learning, former=replace(effect.outcome, text=turn.request))
    return learning


# Correcting


def _corrected(learning: Learning, turn: Turn, effects: tuple[Effect, ...]) -> tuple[Turn, tuple[Effect, ...]]:
    """Return turn and effects; a request that corrects the one before is interpreted as what was meant.

    What is dictated is typed as it was said.
    """
    asked = next((effect for effect in effects if isinstance(effect, do.Interpret)), None)
    meant = correction_of(asked.text) if asked else None
    former = learning.former
    if asked is None or meant is None or former is None or is_dictating(turn):
        return turn, effects
    sentence = _with_word(former, meant)
    looked_at = replace(asked, text=sentence or meant)
    shown: tuple[Effect, ...] = ()
    if sentence is not None:
        turn, looked_at, shown = _asked_again(learning, turn, looked_at, former)
    elif is_telling(turn):
        turn = replace(turn, heard=turn.heard or turn.request, request=meant)
    if is_telling(turn):
        turn = _without_step(turn, former.text)
    return turn, tuple(looked_at if effect is asked else effect for effect in effects) + shown


def _asked_again(
    learning: Learning, turn: Turn, asked: do.Interpret, former: Outcome
) -> tuple[Turn, do.Interpret, tuple[Effect, ...]]:
    """Return the turn with the mended request in the place of the correction, what it may mean, and what is told."""
    turn = replace(turn, heard=turn.heard or turn.request, request=asked.text)
    if asked.language:  # a word alone tells little of its language
        turn = replace(turn, language=former.language)
        asked = replace(asked, language=former.language)
    others = tuple(_mended(former, other) for other in asked.alternatives)
    ticket = turn.asking.ticket
    shown = (do.ReportStep(ticket, message("Asked again: {request}", request=asked.text)),) if ticket else ()
    if former.command is None or former.turn not in learning.undoable:
        return turn, replace(asked, alternatives=others), shown
    done = describe(Candidate(command=former.command, slots=former.slots))
    note = message("Done before that: {what}. “Undo” takes back the latest first.", what=done)
    return replace(turn, notes=(*turn.notes, note)), replace(asked, alternatives=others), shown


def _mended(former: Outcome, text: str) -> str:
    """Return what else may have been said, in the place where it belongs."""
    meant = correction_of(text)
    return _with_word(former, meant or "") or meant or text


def _with_word(former: Outcome, meant: str) -> str | None:
    """Return the former request with `meant` in the place of what was misheard for it; None where it is no such word.

    How words sound is known to the matcher, which nobody needs before something was asked.
    """
    from etoile.domain.learning.misheard import mended

    return mended(former.text, meant, former.language)


def _without_step(turn: Turn, text: str) -> Turn:
    """Return the turn, its draft without the step that was just told wrongly: another takes its place."""
    draft = turn.draft
    if draft is None or not draft.steps or draft.steps[-1].text != text:
        return turn
    return replace(turn, draft=replace(draft, steps=draft.steps[:-1]))


# Offering


def _put(learning: Learning, turn: Turn) -> tuple[Learning, tuple[Effect, ...]]:
    """Show the offer that waits, once nothing else is going on; who asked by voice hears the question."""
    offer = learning.offer
    if offer is None or learning.shown or turn.phase is not Phase.IDLE:
        return learning, ()
    if isinstance(offer, Question):
        learning = replace(learning, shown=True, fresh=True)
        by_voice = turn.asking.origin is Origin.VOICE and turn.speaking is not Speaking.NEVER and not turn.muted
        said = (do.Say(turn.number, offer.said, turn.language, last=False),) if by_voice else ()
        return learning, (*said, do.OfferDeadline(offer.key, turn.confirm_s))
    notify = do.Notify(SUGGESTION, message("Etoile suggests"), offer.said, do.Urgency.LOW)
    return replace(learning, shown=True), (notify, do.OfferDeadline(offer.key, SUGGESTED_S))


def _gone(learning: Learning, key: str, *wanted: Effect) -> tuple[Learning, tuple[Effect, ...]]:
    """Take the offer named `key` out of sight, and do what is `wanted`."""
    if learning.offer is None or learning.offer.key != key:
        return learning, wanted
    withdrawn = _withdrawn(learning)
    return replace(learning, offer=None, shown=False, fresh=False), (*wanted, *withdrawn)


def _without_suggestion(learning: Learning) -> tuple[Learning, tuple[Effect, ...]]:
    """A suggestion goes as soon as the user asks for something; a question waits for its answer."""
    if learning.offer is None or isinstance(learning.offer, Question) or not learning.shown:
        return learning, ()
    return _gone(learning, learning.offer.key)


def _withdrawn(learning: Learning) -> tuple[Effect, ...]:
    is_notified = learning.shown and not isinstance(learning.offer, Question)
    return (do.Withdraw(SUGGESTION),) if is_notified else ()


def _answer(learning: Learning, turn: Turn, event: on.Interpreted) -> Answer | None:
    """Return what a request says to the question about what was learned; None when it says nothing to it."""
    waits = event.turn == turn.number and turn.phase is Phase.THINKING and not turn.asking.dry_run
    is_command = event.match.command is not None or event.match.reason is Reason.AMBIGUOUS
    if not waits or is_command or not learning.shown or not isinstance(learning.offer, Question):
        return None
    return answer_to_offer(event.match.text, turn.language, fresh=learning.fresh)


def _answered(offer: Offer | None, answer: Answer, turn: int) -> tuple[Effect, ...]:
    if offer is None:
        return ()
    return (do.TakeOffer(offer, turn) if answer == "accept" else do.RefuseOffer(offer, turn),)
