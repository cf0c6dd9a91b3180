"""The conversation: one pure function says what every event does to the turn, and what is to be done about it.

    IDLE ──talk──> LISTENING ──release──> TRANSCRIBING ──text──┐
      ^   typed text ──────────────────────────────────────────┤
      │                                                        v
      ├───────────── SPEAKING <──answer, or a command's reply── THINKING <──chosen── CONFIRMING
      └── done, failed, cancelled, nothing heard                   └──what asks first──^

Talking or typing anew breaks in from everywhere: the former turn's work is given up, its number is history, and what
still comes from it matches nothing.  Only a transcript that comes too late is kept: a lost sentence is a bug.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import consequence_of, describe
from etoile.domain.effects import Decision, Effect, Exchange, Option, Outcome, Question
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Candidate, Match, Slots
from etoile.domain.nodes import Attribution
from etoile.domain.policy import asks_first, commands_of, decide
from etoile.domain.replies import DECLINE, reply_to
from etoile.domain.spoken import sentences
from etoile.text import Message, message, verbatim

SHORTEST_HOLD_S = 0.2
"""A talk key held for less is a slip: nobody says a word in that time."""
TRANSCRIBING_S = 60.0
THINKING_S = 180.0
"""A turn without any progress for this long is given up: a worker's own limits are shorter."""
REMEMBERED_EXCHANGES = 20


class Phase(StrEnum):
    """What the turn is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    CONFIRMING = "confirming"


class Speaking(StrEnum):
    """Which replies are spoken."""

    ALWAYS = "always"
    VOICE = "voice"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything a conversation is at one moment; the window shows just this."""

    phase: Phase = Phase.IDLE
    number: int = 0
    asking: Asking = field(default_factory=Asking)
    interrupted: bool = False
    """Whether this turn broke into another one's work."""
    language: str = "en"
    """The language of this request and of its spoken reply."""

    pressed_at_s: float = 0.0
    hearing: bool = False
    """Whether the first sample of the recording has arrived."""
    level: float = 0.0

    request: str = ""
    decision: Decision | None = None
    command: str | None = None
    slots: Slots = field(default_factory=dict)
    waiting: tuple[Candidate, ...] = ()
    """Further commands of a compound request, still to be run."""
    question: Question | None = None
    """What the user must answer; it survives while the answer is being spoken into the microphone."""
    answer: str = ""
    """A node's answer so far, as markdown."""
    said: Message | None = None
    """What a command replied, or how the turn failed."""
    remedy: Message | None = None
    failed: bool = False
    attribution: tuple[Attribution, ...] = ()
    passed_over: tuple[tuple[str, Message], ...] = ()
    first_token_ms: float | None = None
    elapsed_ms: float | None = None
    spoken: int = 0
    """How much of `answer` was handed to the voice."""

    exchanges: tuple[Exchange, ...] = ()
    """What came before in this conversation, oldest first."""
    last: Outcome | None = None
    """How the last turn ended."""

    muted: bool = False
    speaking: Speaking = Speaking.ALWAYS
    confirm_s: float = 120.0
    longest_s: float = 60.0
    home_language: str = "en"
    """The language when a request does not tell its own."""


Step = tuple[Turn, tuple[Effect, ...]]


def step(turn: Turn, event: Event) -> Step:
    """Return the turn after `event`, and what is to be done.  Pure."""
    number = getattr(event, "turn", turn.number)
    if number != turn.number:
        return turn, _kept_if_late(event)
    match event:
        case on.TalkPressed(at_s):
            return _listen(turn, at_s)
        case on.TalkReleased(at_s):
            return _released(turn, at_s)
        case on.TalkToggled(at_s):
            listening = turn.phase is Phase.LISTENING
            return _released(turn, at_s) if listening else _listen(turn, at_s)
        case on.Typed(text, asking):
            return _typed(turn, text, asking)
        case on.Cancelled():
            return _cancelled(turn)
        case on.SpeechStopped():
            return _silenced(turn)
        case on.VoiceMuted(muted):
            return _silenced(replace(turn, muted=muted)) if muted else (replace(turn, muted=False), ())
        case on.LanguageChosen(language):
            return replace(turn, home_language=language, language=language), ()
    reaction = _REACTIONS.get((turn.phase, type(event)))
    return reaction(turn, event) if reaction else (turn, ())


def _kept_if_late(event: Event) -> tuple[Effect, ...]:
    """A transcript whose turn is over goes into the history; everything else that is late is dropped."""
    if isinstance(event, on.Transcribed) and event.text:
        return (do.Remember(Outcome(turn=event.turn, text=event.text, decision=None, ok=False)),)
    return ()


# Beginning and ending a turn


def _begin(turn: Turn, phase: Phase, asking: Asking) -> Turn:
    """Return a fresh turn that keeps only what outlives one."""
    return Turn(
        phase=phase,
        number=turn.number + 1,
        asking=asking,
        interrupted=turn.phase is not Phase.IDLE,
        language=turn.home_language,
        exchanges=turn.exchanges,
        last=turn.last,
        muted=turn.muted,
        speaking=turn.speaking,
        confirm_s=turn.confirm_s,
        longest_s=turn.longest_s,
        home_language=turn.home_language,
    )


def _give_up(turn: Turn) -> tuple[Effect, ...]:
    """What ends the work of a turn that is broken into or cancelled; its caller is told."""
    match turn.phase:
        case Phase.IDLE:
            return ()
        case Phase.LISTENING:
            stop: tuple[Effect, ...] = (do.DiscardRecording(turn.number),)
        case Phase.TRANSCRIBING:
            stop = ()  # the transcript is still wanted: it comes late, and is kept
        case Phase.SPEAKING:
            return (do.Hush(),)
        case _:
            stop = (do.Hush(), do.StopWork(turn.number))
    return stop + _reports(turn, _outcome(turn, ok=False, said=message("It was cancelled.")))


def _finish(turn: Turn, *, ok: bool, said: Message | None = None, remedy: Message | None = None) -> Step:
    """End the turn's work: report, remember, and speak what is still to be spoken."""
    outcome = _outcome(turn, ok=ok, said=said, remedy=remedy)
    turn = replace(
        turn,
        said=said,
        remedy=remedy,
        failed=not ok,
        question=None,
        last=outcome,
        exchanges=_with_exchange(turn) if ok else turn.exchanges,
    )
    told = _reports(turn, outcome) + ((do.Remember(outcome),) if turn.request else ())
    rest = said if said is not None else verbatim(turn.answer[turn.spoken :])
    if _speaks(turn) and (said is not None or turn.answer):
        speech = do.Say(turn.number, rest, turn.language, last=True)
        return replace(turn, phase=Phase.SPEAKING, spoken=len(turn.answer)), (*told, speech)
    return replace(turn, phase=Phase.IDLE), told


def _outcome(turn: Turn, *, ok: bool, said: Message | None, remedy: Message | None = None) -> Outcome:
    answer = said if said is not None else (verbatim(turn.answer) if turn.answer else None)
    return Outcome(
        turn=turn.number,
        text=turn.request,
        decision=turn.decision,
        ok=ok,
        command=turn.command,
        slots=turn.slots,
        answer=answer,
        remedy=remedy,
        attribution=turn.attribution,
        passed_over=turn.passed_over,
        first_token_ms=turn.first_token_ms,
        elapsed_ms=turn.elapsed_ms,
    )


def _reports(turn: Turn, outcome: Outcome) -> tuple[Effect, ...]:
    return (do.ReportOutcome(turn.asking.ticket, outcome),) if turn.asking.ticket else ()


def _with_exchange(turn: Turn) -> tuple[Exchange, ...]:
    """Answers of nodes are what later requests may refer to; replies of commands are not."""
    if turn.decision is not Decision.ROUTE or not turn.answer:
        return turn.exchanges
    exchange = Exchange(turn.request, turn.answer, turn.attribution)
    return (*turn.exchanges, exchange)[-REMEMBERED_EXCHANGES:]


def _speaks(turn: Turn) -> bool:
    if turn.muted or turn.asking.origin is Origin.LINE:
        return False
    by_voice = turn.asking.origin is Origin.VOICE
    return turn.speaking is Speaking.ALWAYS or (turn.speaking is Speaking.VOICE and by_voice)


# What the user does, in any phase


def _listen(turn: Turn, at_s: float) -> Step:
    if turn.phase is Phase.LISTENING:
        return turn, ()
    if turn.phase is Phase.CONFIRMING:
        # The answer to the question is about to be spoken: the question stays.
        stop: tuple[Effect, ...] = (do.Hush(),)
        fresh = replace(turn, phase=Phase.LISTENING, hearing=False, level=0.0)
    else:
        stop = _give_up(turn) or (do.Hush(),)
        fresh = _begin(turn, Phase.LISTENING, Asking(origin=Origin.VOICE))
    fresh = replace(fresh, pressed_at_s=at_s)
    return fresh, (*stop, do.Record(fresh.number), _deadline(fresh, turn.longest_s))


def _released(turn: Turn, at_s: float) -> Step:
    if turn.phase is not Phase.LISTENING:
        return turn, ()
    if at_s - turn.pressed_at_s < SHORTEST_HOLD_S:
        discard = do.DiscardRecording(turn.number)
        if turn.question:
            return replace(turn, phase=Phase.CONFIRMING), (discard,)
        said = message("Hold the key while you speak, and let go when you have finished.")
        return replace(turn, phase=Phase.IDLE, said=said, failed=True), (discard,)
    return _transcribe(turn)


def _transcribe(turn: Turn) -> Step:
    turn = replace(turn, phase=Phase.TRANSCRIBING, level=0.0)
    return turn, (do.Transcribe(turn.number), _deadline(turn, TRANSCRIBING_S))


def _typed(turn: Turn, text: str, asking: Asking) -> Step:
    text = text.strip()
    if not text:
        return turn, ()
    if asking.origin is Origin.LINE and turn.phase in _WITH_THE_USER:
        return turn, _busy(turn, text, asking)
    if turn.question and turn.phase is Phase.CONFIRMING and asking.ticket is None:
        return _answered(turn, text, turn.language)
    fresh = _begin(turn, Phase.THINKING, asking)
    return _interpret(fresh, text, None, _give_up(turn))


_WITH_THE_USER = (Phase.LISTENING, Phase.TRANSCRIBING, Phase.CONFIRMING)
"""The command line does not break into these: a sentence or an answer would be lost."""


def _busy(turn: Turn, text: str, asking: Asking) -> tuple[Effect, ...]:
    said = message("Etoile is listening to its user: try again in a moment.")
    outcome = Outcome(turn=turn.number, text=text, decision=None, ok=False, answer=said)
    return (do.ReportOutcome(asking.ticket, outcome),) if asking.ticket else ()


def _interpret(turn: Turn, text: str, language: str | None, before: tuple[Effect, ...] = ()) -> Step:
    turn = replace(turn, phase=Phase.THINKING, request=text, language=language or turn.language)
    return turn, (*before, do.Interpret(turn.number, text, language), _deadline(turn, THINKING_S))


def _cancelled(turn: Turn) -> Step:
    if turn.phase is Phase.IDLE:
        return turn, ()
    given_up = _give_up(turn)
    if turn.phase is Phase.TRANSCRIBING:
        given_up = (do.DiscardRecording(turn.number), *given_up)
    fresh = replace(_begin(turn, Phase.IDLE, turn.asking), request=turn.request, answer=turn.answer)
    fresh = replace(fresh, attribution=turn.attribution, said=message("Stopped by you."), failed=True)
    return (replace(turn, phase=Phase.IDLE) if turn.phase is Phase.SPEAKING else fresh), given_up


def _silenced(turn: Turn) -> Step:
    phase = Phase.IDLE if turn.phase is Phase.SPEAKING else turn.phase
    return replace(turn, phase=phase, spoken=len(turn.answer)), (do.Hush(),)


# Listening and transcribing


def _recording(turn: Turn, event: on.RecordingStarted) -> Step:
    return replace(turn, hearing=True), ()


def _measured(turn: Turn, event: on.LevelMeasured) -> Step:
    return replace(turn, level=event.level), ()


def _transcribed(turn: Turn, event: on.Transcribed) -> Step:
    if not event.text.strip():
        return _heard_nothing(turn, event)
    if turn.question:
        return _answered(turn, event.text, event.language)
    return _interpret(turn, event.text, event.language)


def _heard_nothing(turn: Turn, event: Event) -> Step:
    if turn.question:
        return replace(turn, phase=Phase.CONFIRMING), (_deadline(turn, turn.confirm_s, Phase.CONFIRMING),)
    return replace(turn, phase=Phase.IDLE, said=message("I heard nothing."), failed=True), ()


# Thinking


def _interpreted(turn: Turn, event: on.Interpreted) -> Step:
    found = event.match
    decision = decide(found, turn.asking)
    commands = commands_of(found)
    turn = replace(turn, decision=decision, language=found.language or turn.language)
    if commands:
        turn = replace(turn, command=commands[0].command, slots=commands[0].slots)
    if turn.asking.dry_run:
        return _finish(turn, ok=decision is not Decision.REFUSE, said=None)
    match decision:
        case Decision.RUN:
            return _run(turn, commands)
        case Decision.ASK:
            return _question(turn, _confirmation(turn, commands))
        case Decision.PROPOSE:
            return _question(turn, _did_you_mean(turn, found))
        case Decision.REFUSE:
            return _finish(turn, ok=False, said=_REFUSED, remedy=_REFUSED_REMEDY)
        case Decision.ROUTE:
            ask = do.Ask(turn.number, turn.request, turn.language, turn.exchanges, turn.asking.node)
            return turn, (ask,)


_REFUSED = message("This would close or stop something, and nobody is there to confirm it: nothing was done.")
_REFUSED_REMEDY = message("Ask for it in the window, by voice, or in a terminal where you can answer.")


def _run(turn: Turn, commands: tuple[Candidate, ...]) -> Step:
    """Carry out the first of `commands`; the others wait for it."""
    first, *others = commands
    if own := _OWN_COMMANDS.get(first.command):
        return own(turn)
    turn = replace(
        turn, phase=Phase.THINKING, question=None, command=first.command, slots=first.slots, waiting=tuple(others)
    )
    return turn, (do.Run(turn.number, first.command, first.slots, turn.language),)


def _done(turn: Turn, event: on.ActionDone) -> Step:
    said = event.said if turn.said is None else message("{first} {second}", first=turn.said, second=event.said)
    if turn.waiting:
        return _run(replace(turn, said=said), turn.waiting)
    return _finish(turn, ok=True, said=said)


def _passed_over(turn: Turn, event: on.NodePassedOver) -> Step:
    return replace(turn, passed_over=(*turn.passed_over, (event.node, event.reason))), ()


_SEAM = "\n\n---\n\n"
"""Between what a node left unfinished and the answer of the next: a rule in markdown."""


def _answer_started(turn: Turn, event: on.AnswerStarted) -> Step:
    seam = _SEAM if turn.answer else ""
    turn = replace(turn, attribution=(*turn.attribution, event.attribution), answer=turn.answer + seam)
    return replace(turn, spoken=len(turn.answer) if seam else turn.spoken), ()


def _answer_text(turn: Turn, event: on.AnswerText) -> Step:
    turn = replace(turn, answer=turn.answer + event.text)
    told: tuple[Effect, ...] = (do.ReportText(turn.asking.ticket, event.text),) if turn.asking.ticket else ()
    if not _speaks(turn):
        return turn, told
    ready, spoken = sentences(turn.answer, turn.spoken)
    said = tuple(do.Say(turn.number, verbatim(part), turn.language, last=False) for part in ready)
    return replace(turn, spoken=spoken), told + said


def _answer_ended(turn: Turn, event: on.AnswerEnded) -> Step:
    turn = replace(turn, first_token_ms=event.first_token_ms, elapsed_ms=event.elapsed_ms)
    return _finish(turn, ok=True)


def _failed(turn: Turn, event: on.Failed) -> Step:
    if turn.question and turn.phase in (Phase.LISTENING, Phase.TRANSCRIBING):
        # The answer could not be heard; the question can still be answered by hand.
        return replace(turn, phase=Phase.CONFIRMING, said=event.said, remedy=event.remedy), (
            _deadline(turn, turn.confirm_s, Phase.CONFIRMING),
        )
    return _finish(turn, ok=False, said=event.said, remedy=event.remedy)


def _spoken(turn: Turn, event: Event) -> Step:
    """The reply was played, or cannot be: it stands in the window."""
    return replace(turn, phase=Phase.IDLE), ()


# Confirming


def _question(turn: Turn, question: Question) -> Step:
    turn = replace(turn, phase=Phase.CONFIRMING, question=question)
    told: tuple[Effect, ...] = ()
    if turn.asking.ticket:
        told = (do.ReportQuestion(turn.asking.ticket, question),)
    elif _speaks(turn):
        told = (do.Say(turn.number, question.asked, turn.language, last=False),)
    return turn, (*told, _deadline(turn, turn.confirm_s))


def _confirmation(turn: Turn, commands: tuple[Candidate, ...]) -> Question:
    """Ask about the first command that asks; a compound request asks once and names everything it would do."""
    named = [describe(candidate) for candidate in commands]
    asked = message("{what}?", what=named[0])
    if len(named) > 1:
        asked = message("{what}? With it: {others}.", what=named[0], others=named[1:])
    first = commands[0]
    destructive = any(asks_first(candidate) for candidate in commands)
    option = Option(named[0], first.command, first.slots, destructive)
    return Question(turn.number, asked, consequence_of(first.command), (option,), then=commands[1:])


def _did_you_mean(turn: Turn, found: Match) -> Question:
    options = tuple(
        Option(describe(choice), choice.command, choice.slots, asks_first(choice)) for choice in found.choices
    )
    return Question(turn.number, message("Did you mean:"), None, options)


def _chosen(turn: Turn, event: on.Chosen) -> Step:
    question = turn.question
    if question is None or not 0 <= event.index < len(question.options):
        return turn, ()
    option = question.options[event.index]
    chosen = Candidate(command=option.command, slots=option.slots, confidence=1.0)
    turn = replace(turn, question=None, decision=Decision.RUN)
    if option.destructive and len(question.options) > 1:
        # "Did you mean" chooses what is asked; what destroys still asks about itself.
        return _question(turn, _confirmation(turn, (chosen,)))
    return _run(turn, (chosen, *question.then))


def _declined(turn: Turn, event: Event) -> Step:
    return _finish(replace(turn, question=None), ok=False, said=message("Nothing was done."))


def _answered(turn: Turn, text: str, language: str) -> Step:
    """Take `text` for the answer to the question; what is no answer is a new request, and the question is dropped."""
    assert turn.question is not None
    reply = reply_to(text, language, len(turn.question.options))
    if reply is DECLINE:
        return _declined(turn, on.Declined(turn.number))
    if isinstance(reply, int):
        return _chosen(replace(turn, phase=Phase.CONFIRMING), on.Chosen(turn.number, reply))
    fresh = _begin(turn, Phase.THINKING, Asking(origin=turn.asking.origin))
    return _interpret(fresh, text, language, (do.Hush(), do.StopWork(turn.number)))


# Deadlines


def _deadline(turn: Turn, after_s: float, phase: Phase | None = None) -> do.Deadline:
    return do.Deadline(turn.number, phase or turn.phase, after_s, _progress(turn))


def _progress(turn: Turn) -> int:
    """A number that grows while work goes on."""
    return len(turn.answer) + len(turn.passed_over) + len(turn.attribution)


def _deadline_passed(turn: Turn, event: on.DeadlinePassed) -> Step:
    if event.phase != turn.phase:
        return turn, ()
    match turn.phase:
        case Phase.LISTENING:
            return _transcribe(turn)
        case Phase.TRANSCRIBING:
            said = message("The speech model did not answer in time.")
            return _failed(turn, on.Failed(turn.number, said))
        case Phase.CONFIRMING:
            return _finish(turn, ok=False, said=message("The question expired: nothing was done."))
        case Phase.THINKING if _progress(turn) > event.progress:
            return turn, (_deadline(turn, THINKING_S),)
        case Phase.THINKING:
            ended, told = _finish(turn, ok=False, said=message("There was no progress: the request was given up."))
            return ended, (do.StopWork(turn.number), *told)
        case _:
            return turn, ()


# Commands that concern the turn itself


def _stop_talking(turn: Turn) -> Step:
    """Silence is the reply; breaking in has hushed the voice already."""
    ended, told = _finish(replace(turn, muted=True), ok=True, said=message("Silent."))
    return replace(ended, muted=turn.muted, phase=Phase.IDLE), (do.Hush(), *told)


def _cancel(turn: Turn) -> Step:
    """Breaking in has cancelled what was going on; where there was nothing, the last action is undone."""
    if turn.interrupted:
        return _finish(turn, ok=True, said=message("Cancelled."))
    return turn, (do.Run(turn.number, "assistant.undo", {}, turn.language),)


def _repeat(turn: Turn) -> Step:
    last = turn.last.answer if turn.last else None
    return _finish(turn, ok=True, said=last or message("There is nothing to repeat yet."))


def _new_conversation(turn: Turn) -> Step:
    return _finish(replace(turn, exchanges=()), ok=True, said=message("A new conversation."))


_OWN_COMMANDS: dict[str, Callable[[Turn], Step]] = {
    "assistant.cancel": _cancel,
    "assistant.stop_talking": _stop_talking,
    "assistant.sleep": _stop_talking,
    "assistant.repeat": _repeat,
    "assistant.read_last": _repeat,
    "conversation.new": _new_conversation,
}

_REACTIONS: dict[tuple[Phase, type[Event]], Callable[[Turn, Any], Step]] = {
    (Phase.LISTENING, on.RecordingStarted): _recording,
    (Phase.LISTENING, on.LevelMeasured): _measured,
    (Phase.LISTENING, on.Failed): _failed,
    (Phase.LISTENING, on.DeadlinePassed): _deadline_passed,
    (Phase.TRANSCRIBING, on.Transcribed): _transcribed,
    (Phase.TRANSCRIBING, on.NothingHeard): _heard_nothing,
    (Phase.TRANSCRIBING, on.Failed): _failed,
    (Phase.TRANSCRIBING, on.DeadlinePassed): _deadline_passed,
    (Phase.THINKING, on.Interpreted): _interpreted,
    (Phase.THINKING, on.ActionDone): _done,
    (Phase.THINKING, on.NodePassedOver): _passed_over,
    (Phase.THINKING, on.AnswerStarted): _answer_started,
    (Phase.THINKING, on.AnswerText): _answer_text,
    (Phase.THINKING, on.AnswerEnded): _answer_ended,
    (Phase.THINKING, on.Failed): _failed,
    (Phase.THINKING, on.DeadlinePassed): _deadline_passed,
    (Phase.SPEAKING, on.Spoken): _spoken,
    (Phase.SPEAKING, on.Failed): _spoken,
    (Phase.CONFIRMING, on.Chosen): _chosen,
    (Phase.CONFIRMING, on.Declined): _declined,
    (Phase.CONFIRMING, on.DeadlinePassed): _deadline_passed,
}
"""What each phase reacts to; anything else changes nothing."""
