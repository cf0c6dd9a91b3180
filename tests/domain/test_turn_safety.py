"""Whatever happens, in whatever order: nothing that destroys runs without an answer to the very question about it."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import NODE_REQUEST
from etoile.domain.effects import Effect, Question
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.policy import asks_first, parts_of
from etoile.domain.replies import reply_to
from etoile.domain.turn import Phase, Speaking, Standing, Turn, step
from etoile.text import verbatim

LEAVES = [
    Candidate(command=command, confidence=1.0)
    for command in ("audio.mute", "time.now", "assistant.cancel", "assistant.undo", "conversation.new")
] + [
    Candidate(command="power.shutdown", confidence=1.0),
    Candidate(command="process.kill", slots={"process": "a"}, confidence=1.0),
    Candidate(command="process.kill", slots={"process": "b"}, confidence=1.0),
    Candidate(command="clipboard.paste", confidence=1.0),
    Candidate(command=NODE_REQUEST, slots={"query": "?"}, confidence=1.0),
    Candidate(command="skills.create", slots={"skill": "s"}, confidence=1.0),
]

leaves = st.sampled_from(LEAVES)
skills = st.lists(leaves, min_size=1, max_size=3).map(
    lambda steps: Candidate(command="skills.run", slots={"skill": "s"}, confidence=1.0, steps=tuple(steps))
)
candidates = leaves | skills
sure = st.lists(candidates, min_size=1, max_size=3).map(
    lambda all_of: Match(
        text="x",
        command=all_of[0].command,
        slots=all_of[0].slots,
        steps=all_of[0].steps,
        confidence=1.0,
        then=tuple(all_of[1:]),
    )
)
unsure = st.lists(candidates, min_size=1, max_size=3).map(
    lambda choices: Match(
        text="x", choices=tuple(replace(one, confidence=0.7) for one in choices), reason=Reason.AMBIGUOUS
    )
)
matches = sure | unsure | st.just(Match(text="x"))

askings = st.builds(
    Asking,
    origin=st.sampled_from([*Origin, Origin.VOICE, Origin.WAKE, Origin.WAKE]),
    ticket=st.sampled_from([None, None, "t"]),
    can_confirm=st.sampled_from([True, True, True, False]),
    dry_run=st.sampled_from([False, False, False, True]),
)
OTHER = (
    *("typed", "press", "release", "toggle", "transcribed", "interpreted", "chosen", "declined", "cancelled", "undo"),
    *("done", "failed", "answered", "ended", "spoken", "deadline", "silence", "nothing"),
)
ONWARD = {
    Phase.IDLE: ("typed", "typed", "press"),
    Phase.LISTENING: ("release",),
    Phase.TRANSCRIBING: ("transcribed",),
    Phase.THINKING: ("interpreted", "interpreted", "done", "ended"),
    Phase.SPEAKING: ("spoken",),
    Phase.CONFIRMING: ("chosen", "typed", "typed", "typed", "spoken", "press"),
}
"""What carries a conversation on."""


@dataclass(frozen=True)
class Move:
    """Something that may happen, told without the turn's numbers."""

    kind: str | None
    """None carries the conversation on, in the way that `way` tells."""
    way: int
    aside: int
    """Added to the numbers that are current: mostly nothing, sometimes it is another turn's, or another question's."""
    beside: int
    index: int
    text: str
    asking: Asking
    match: Match


moves = st.builds(
    Move,
    kind=st.none() | st.none() | st.sampled_from(OTHER),
    way=st.integers(0, 11),
    aside=st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, -1, 1]),
    beside=st.sampled_from([0, 0, 0, 0, 0, -1, 1]),
    index=st.sampled_from([0, 0, 0, 1, 1, 2, 3, -1]),
    text=st.sampled_from(["mute", "oui", "oui", "yes", "yes", "yes", "un", "two", "non", "cancel", "c'est tout", ""]),
    asking=askings,
    match=matches,
)


def event_of(turn: Turn, move: Move, at_s: float) -> Event:
    """Return the move as an event of about this turn."""
    onward = ONWARD[turn.phase]
    number = turn.number + move.aside
    question = (turn.question.number if turn.question else turn.stage) + move.beside
    match move.kind or onward[move.way % len(onward)]:
        case "typed":
            return on.Typed(move.text, move.asking)
        case "press":
            return on.TalkPressed(at_s)
        case "release":
            return on.TalkReleased(at_s + 1)
        case "toggle":
            return on.TalkToggled(at_s)
        case "transcribed":
            return on.Transcribed(number, move.text, "fr")
        case "interpreted":
            return on.Interpreted(number, move.match)
        case "chosen":
            return on.Chosen(number, question, move.index)
        case "declined":
            return on.Declined(number, question)
        case "cancelled":
            return on.Cancelled()
        case "undo":
            return on.UndoWanted()
        case "done":
            return on.ActionDone(number, "audio.mute", {}, verbatim("Done."), undoable=True)
        case "failed":
            return on.Failed(number, verbatim("Failed."))
        case "answered":
            return on.AnswerText(number, "So. ")
        case "ended":
            return on.AnswerEnded(number)
        case "spoken":
            return on.Spoken(number)
        case "silence":
            return on.SpeechStopped()
        case "nothing":
            return on.NothingHeard(number)
        case _:
            return on.DeadlinePassed(number, turn.stage, 0)


def parts_asked(question: Question, index: int) -> list[Candidate]:
    """Return everything that option `index` of a question stands for."""
    option = question.options[index]
    chosen = Candidate(command=option.command, slots=option.slots, steps=option.steps)
    return [part for command in (chosen, *question.then) for part in parts_of(command)]


def answer_to(turn: Turn, event: Event) -> int | None:
    """Return which option of its pending question `event` rightly chooses; None when it chooses none."""
    question = turn.question
    if question is None:
        return None
    if isinstance(event, on.Chosen):
        right = (event.turn, event.question) == (turn.number, question.number)
        return event.index if right and 0 <= event.index < len(question.options) else None
    if isinstance(event, on.Typed) and turn.phase is Phase.CONFIRMING:
        text, origin = event.text, event.asking.origin
    elif isinstance(event, on.Transcribed) and turn.phase is Phase.TRANSCRIBING and event.turn == turn.number:
        text, origin = event.text, turn.heard_by
    else:
        return None
    reply = reply_to(text, turn.language, len(question.options))
    if not isinstance(reply, int) or question.by_hand or turn.standing is Standing.SHOWN:
        return None
    by_nobody = origin in (Origin.WAKE, Origin.SKILL, Origin.PROPOSAL) or turn.asking.origin is Origin.WAKE
    destroys = any(asks_first(part) for part in parts_asked(question, reply))
    return None if turn.asking.origin is Origin.PROPOSAL or (by_nobody and destroys) else reply


def runs_of(effects: tuple[Effect, ...]) -> list[do.Run]:
    """Return what is carried out."""
    return [effect for effect in effects if isinstance(effect, do.Run)]


@settings(max_examples=300, deadline=None)
@given(st.lists(moves, min_size=10, max_size=40), st.sampled_from(list(Speaking)))
def test_what_destroys_runs_only_behind_the_answer_to_its_own_question(story: list[Move], speaking: Speaking) -> None:
    turn = Turn(speaking=speaking)
    confirmed: list[tuple[int, str, tuple[tuple[str, object], ...]]] = []
    for at_s, move in enumerate(story):
        event = event_of(turn, move, float(at_s))
        chosen = answer_to(turn, event)
        if chosen is not None and turn.question and not turn.question.proposes:
            confirmed = [
                (turn.number, part.command, tuple(part.slots.items())) for part in parts_asked(turn.question, chosen)
            ]
        turn, effects = step(turn, event)
        for run in runs_of(effects):
            if asks_first(Candidate(command=run.command, slots=run.slots)):
                key = (run.turn, run.command, tuple(run.slots.items()))
                assert key in confirmed, f"{run} ran without a word"
                confirmed.remove(key)
        if turn.asking.dry_run:
            assert not runs_of(effects)


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, min_size=10, max_size=40))
def test_what_a_model_proposes_runs_only_behind_a_click(story: list[Move]) -> None:
    turn = Turn(speaking=Speaking.NEVER)
    clicked: int | None = None
    for at_s, move in enumerate(story):
        event = event_of(turn, move, float(at_s))
        if isinstance(event, on.Chosen) and answer_to(turn, event) is not None:
            clicked = turn.number
        turn, effects = step(turn, event)
        if turn.asking.origin is Origin.PROPOSAL and runs_of(effects):
            assert clicked == turn.number


@settings(max_examples=200, deadline=None)
@given(st.lists(moves, min_size=10, max_size=40))
def test_a_question_stands_only_where_it_can_be_answered_and_always_ends(story: list[Move]) -> None:
    turn = Turn()
    for at_s, move in enumerate(story):
        turn, _ = step(turn, event_of(turn, move, float(at_s)))
        if turn.phase in (Phase.IDLE, Phase.THINKING, Phase.SPEAKING):
            assert turn.question is None
        assert turn.question is not None or turn.phase is not Phase.CONFIRMING
    for _ in range(10):
        turn, _ = step(turn, on.DeadlinePassed(turn.number, turn.stage, 10**9))
    assert turn.question is None
