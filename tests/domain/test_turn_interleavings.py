"""Events of two turns and more, in any order: nothing is lost, nothing is left open, and nothing late counts.

The rooms are played by `World`: it knows what was begun, and delivers what rooms may tell of it, at once or when the
turn is long over.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commander.units import TaskUnit, UnitStatus
from etoile.domain.commands import CONSENSUS, NODE_REQUEST
from etoile.domain.effects import Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.learning.offers import Misheard, WordOffer
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.state import State, advance
from etoile.domain.trial import Trial
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.domain.turn.dictating import STOP
from etoile.domain.waking import request_after
from etoile.text import verbatim

SAID = verbatim("So.")
M1 = Attribution(node="M1", model="qwen3")
OFFER = WordOffer(misheard=Misheard(heard="fairfox", meant="firefox", language="fr"), evidence=(1, 2))
COMMANDS = (
    *("audio.mute", "power.shutdown", "assistant.cancel", "assistant.undo", "assistant.stop_talking"),
    *("conversation.new", "dictation.start", STOP, CONSENSUS, NODE_REQUEST, "skills.create"),
)
TEXTS = (
    *(
        "open fairfox",
        "open fairfox",
        "open fairfox",
        "no, I meant Firefox",
        "non, je voulais dire ouvre Firefox",
        "yes",
        "non",
        "two",
        "cancel",
    ),
    *("that's all", "again", "Jarvis, mute", "Travis is going home", "Jarvis", "none of these", ""),
)


def _candidate(command: str) -> Candidate:
    slots = {"query": "why"} if command in (CONSENSUS, NODE_REQUEST) else {}
    return Candidate(
        command=command, slots={"skill": "evening"} if command == "skills.create" else slots, confidence=1.0
    )


candidates = st.sampled_from(COMMANDS).map(_candidate)
sure = st.lists(candidates, min_size=1, max_size=3).map(
    lambda found: Match(
        text="x", command=found[0].command, slots=found[0].slots, confidence=1.0, then=tuple(found[1:]), language="en"
    )
)
unsure = st.lists(candidates, min_size=1, max_size=3).map(
    lambda found: Match(text="x", choices=tuple(replace(one, confidence=0.7) for one in found), reason=Reason.AMBIGUOUS)
)
matches = sure | sure | unsure | st.just(Match(text="x")) | st.just(Match(text="yes"))
askings = st.builds(
    Asking,
    origin=st.sampled_from(list(Origin)),
    can_confirm=st.booleans(),
    dry_run=st.sampled_from([False, False, False, True]),
    why=st.booleans(),
)


@dataclass(frozen=True)
class Move:
    """What happens next, told without the numbers of turns."""

    kind: int
    pick: int
    """Which of those that may be meant: 0 is the newest."""
    text: str
    asking: Asking
    match: Match


moves = st.builds(
    Move,
    kind=st.integers(0, 5000),
    pick=st.sampled_from([0, 0, 0, 0, 1, 2, 3]),
    text=st.sampled_from(TEXTS),
    asking=st.just(Asking()) | askings,
    match=matches,
)

ENDS: dict[type[Effect], tuple[type[Event], ...]] = {
    do.Interpret: (on.Interpreted, on.Failed),
    do.Ask: (on.AnswerEnded, on.Failed),
    do.Run: (on.ActionDone, on.Failed),
    do.Weigh: (on.Weighed, on.Failed),
    do.Correct: (on.Corrected,),
    do.TakeOffer: (on.ActionDone, on.Failed),
    do.RefuseOffer: (on.ActionDone, on.Failed),
}
"""What tells that a work is over."""
TOLD_OF_A_TURN = (
    *(on.RecordingStarted, on.LevelMeasured, on.MicrophoneNoted, on.TalkEnded, on.PartlyHeard, on.Transcribed),
    *(on.NothingHeard, on.Spoken, on.Interpreted, on.Corrected, on.ActionDone, on.NodePassedOver, on.Queued),
    *(on.AnswerReused, on.AnswerStarted, on.KindTold, on.Weighed, on.AnswerText, on.AnswerEnded, on.Proposed),
    *(on.UnitsShown, on.Failed, on.DeadlinePassed, on.Chosen, on.Declined),
)


def _number(effect: Effect) -> int:
    return effect.ask.turn if isinstance(effect, do.Weigh) else effect.turn  # type: ignore[union-attr]


@dataclass
class World:
    """The rooms, the user, and what Etoile makes of both."""

    state: State
    at_s: float = 0.0
    begun: list[Effect] = field(default_factory=list)
    """Work whose end was not told yet, given up or not, newest first."""
    spoken_into: list[do.Record] = field(default_factory=list)
    """What is recorded, or was until now, newest first."""
    to_write: list[int] = field(default_factory=list)
    """Turns whose recording is being written down, newest first."""
    deadlines: list[do.Deadline] = field(default_factory=list)
    questions: list[do.Question] = field(default_factory=list)
    """All that were asked, newest first."""
    recording: int | None = None
    sounding: bool = False
    callers: list[str] = field(default_factory=list)
    """Who asked and was not answered yet."""

    # What may happen

    def possible(self, move: Move) -> list[Event]:
        """Return what may happen in the way that `move` tells."""
        anything: list[Callable[[Move], Iterable[Event]]] = [
            *(self._by_hand, self._typed, self._clicked, self._recorded, self._written, self._worked),
            *(self._on_the_way, self._told_late, self._passed, self._aside),
        ]
        way = move.kind % 30
        return list(anything[way](move)) if way < len(anything) else list(self._onward(move))

    def _onward(self, move: Move) -> Iterable[Event]:
        """Return what carries the conversation on."""
        turn, other = self.state.turn, move.kind // 30
        match turn.phase:
            case Phase.IDLE if self.state.trial:
                return [on.TalkToggled(self.at_s)]
            case Phase.IDLE | Phase.CONFIRMING if other % 3 == 0:
                return [on.TalkPressed(self.at_s)]
            case Phase.IDLE:
                return self._typed(move)
            case Phase.LISTENING:
                return [on.TalkReleased(self.at_s + 1.0)] if other % 2 else [on.TalkToggled(self.at_s + 1.0)]
            case Phase.TRANSCRIBING:
                return self._written(replace(move, pick=0))
            case Phase.THINKING:
                return self._worked(replace(move, pick=0)) if other % 3 else self._on_the_way(move)
            case Phase.SPEAKING:
                return [on.Spoken(turn.number)]
            case Phase.CONFIRMING if other % 3 == 1:
                return self._clicked(move)
            case Phase.CONFIRMING:
                return self._typed(move)

    def _by_hand(self, move: Move) -> Iterable[Event]:
        keys = (on.TalkPressed, on.TalkReleased, on.TalkToggled, on.WakeWordHeard)
        return [keys[move.kind // 30 % 4](self.at_s)]

    def _typed(self, move: Move) -> Iterable[Event]:
        by_itself = move.asking.origin in (Origin.LINE, Origin.SKILL, Origin.PROPOSAL)
        ticket = f"{self.at_s}" if by_itself else None
        return [on.Typed(move.text, replace(move.asking, ticket=ticket))]

    def _clicked(self, move: Move) -> Iterable[Event]:
        number = self.state.turn.number - move.pick
        events: list[Event] = [on.Cancelled(), on.Cancelled(number), on.UndoWanted(number), on.UndoWanted()]
        for question in self.questions[move.pick : move.pick + 1]:
            events += [on.Chosen(question.turn, question.number, index) for index in (0, 0, 0, 1, 7)]
            events += [on.Declined(question.turn, question.number)]
        return [events[-1 - move.kind // 30 % len(events)]]

    def _recorded(self, move: Move) -> Iterable[Event]:
        for record in self.spoken_into[move.pick : move.pick + 1]:
            number = record.turn
            ended: list[Event] = [on.TalkEnded(number, self.at_s)] if record.hands_free else []
            events: list[Event] = [
                *(on.RecordingStarted(number), on.LevelMeasured(number, 0.5), on.MicrophoneNoted(number, SAID)),
                *(on.PartlyHeard(number, move.text, ""), on.Failed(number, SAID), *ended),
            ]
            yield events[-1 - move.kind // 30 % len(events)]

    def _written(self, move: Move) -> Iterable[Event]:
        for number in self.to_write[move.pick : move.pick + 1]:
            events: list[Event] = [on.Transcribed(number, move.text, "en", TEXTS[:2], 1)] * 3
            yield [*events, on.NothingHeard(number), on.Failed(number, SAID)][move.kind // 30 % 5]

    def _worked(self, move: Move) -> Iterable[Event]:
        for effect in self.begun[move.pick : move.pick + 1]:
            number = _number(effect)
            match effect:
                case do.Interpret():
                    ended: Event = on.Interpreted(number, move.match, reworded=move.text if move.kind % 7 == 0 else "")
                case do.Run():
                    ended = on.ActionDone(number, effect.command, effect.slots, SAID, undoable=True)
                case do.Ask():
                    ended = on.AnswerEnded(number, private=move.pick == 1)
                case do.Correct():
                    yield on.Corrected(number, effect.text + "s" * (move.kind % 2))
                    return
                case do.TakeOffer() | do.RefuseOffer():
                    ended = on.ActionDone(number, "assistant.learn", {}, SAID)
                case _:
                    ended = on.Weighed(number, ())
            yield ended if move.kind // 30 % 4 else on.Failed(number, SAID)

    def _on_the_way(self, move: Move) -> Iterable[Event]:
        for number in [_number(effect) for effect in self.begun if isinstance(effect, do.Ask)][:1]:
            unit = TaskUnit(id="u1", status=UnitStatus.DONE, result="So.")
            yield [
                *(on.NodePassedOver(number, "M0", SAID), on.Queued(number, 1, SAID), on.AnswerReused(number, 60.0)),
                *(on.AnswerStarted(number, M1, (SAID,)), on.AnswerText(number, "So. And"), on.KindTold(number, "code")),
                *(on.AnswerText(number, "then"), on.Proposed(number, "audio.mute", {}, "M1")),
                *(on.UnitsShown(number, (unit,)), on.UnitsShown(number, (replace(unit, shown=True),))),
            ][move.kind // 30 % 10]

    def _told_late(self, move: Move) -> Iterable[Event]:
        number = self.state.turn.number - move.pick
        events = [on.Spoken(number), on.Corrected(number, "open firefox"), on.SpeechStopped(), on.VoiceMuted(True)]
        return [[*events, on.VoiceMuted(False)][move.kind // 30 % 5]]

    def _passed(self, move: Move) -> Iterable[Event]:
        for deadline in self.deadlines[move.pick : move.pick + 1]:
            self.deadlines.remove(deadline)
            yield on.DeadlinePassed(deadline.turn, deadline.stage, deadline.progress + move.kind // 30 % 2)

    def _aside(self, move: Move) -> Iterable[Event]:
        events: list[Event] = [
            *(on.NewConversationWanted(), on.ConversationResumed(()), on.Summarised(1, "So.", 1)),
            *(on.Offered(OFFER), on.OfferTaken(OFFER), on.OfferAged(OFFER.key), on.TrialWanted(True)),
            *(on.TrialWanted(False), on.Transcribed(-1, "an old recording", "en"), on.NodesSeen(())),
            *(on.LanguageChosen("fr"), on.TrialWanted(False)),
        ]
        return [events[move.kind // 30 % len(events)]]

    # What comes of it

    def happens(self, event: Event) -> tuple[Effect, ...]:
        """Let `event` happen, and let the rooms do what is asked for."""
        self.at_s += 0.15
        self._is_over(event)
        if isinstance(event, on.Typed) and event.asking.ticket:
            self.callers.append(event.asking.ticket)
        self.state, effects = advance(self.state, event)
        for effect in effects:
            self._perform(effect)
        if (question := self.state.turn.question) and question not in self.questions:
            self.questions.insert(0, question)
        return effects

    def _is_over(self, event: Event) -> None:
        for effect in self.begun:
            if _number(effect) == getattr(event, "turn", None) and isinstance(event, ENDS[type(effect)]):
                self.begun.remove(effect)
                break
        if isinstance(event, on.Transcribed | on.NothingHeard | on.Failed) and event.turn in self.to_write:
            self.to_write.remove(event.turn)
        elif isinstance(event, on.Failed) and event.turn == self.recording:
            self.recording = None
        if isinstance(event, on.Spoken | on.Failed) and event.turn == self.state.turn.number:
            self.sounding = False

    def _perform(self, effect: Effect) -> None:
        match effect:
            case do.Record(number):
                assert self.recording is None, "two recordings at a time"
                self.recording = number
                self.to_write = [other for other in self.to_write if other != number]
                self.spoken_into.insert(0, effect)
            case do.Transcribe(number):
                assert self.recording == number, "what was not recorded is to be written down"
                self.recording = None
                self.to_write.insert(0, number)
            case do.DiscardRecording(number):
                self.recording = None if self.recording == number else self.recording
                self.to_write = [other for other in self.to_write if other != number]
            case do.TakeOffer(turn=None) | do.RefuseOffer(turn=None):
                pass  # by a click: no turn waits for it
            case do.Interpret() | do.Ask() | do.Run() | do.Weigh() | do.Correct() | do.TakeOffer() | do.RefuseOffer():
                self.begun.insert(0, effect)
            case do.ReportOutcome(ticket):
                self.callers.remove(ticket)
            case do.Deadline():
                self.deadlines.insert(0, effect)
            case do.Say():
                self.sounding = True
            case do.Hush():
                self.sounding = False


def check_nothing_is_left_open(world: World, stopped: set[int]) -> None:
    """What was begun goes on for the turn that wants it, or was ended."""
    turn = world.state.turn
    assert (world.recording == turn.number) == (turn.phase is Phase.LISTENING), "a recording without a listener"
    if turn.phase is Phase.TRANSCRIBING:
        assert turn.number in world.to_write
    for effect in world.begun:
        wanted = _number(effect) == turn.number and turn.phase is Phase.THINKING
        by_itself = isinstance(effect, do.Correct) or (isinstance(effect, do.Run) and effect.command == STOP)
        assert wanted or by_itself or _number(effect) in stopped, f"{effect} goes on for nobody"
    at_work = turn.phase not in (Phase.IDLE, Phase.SPEAKING)
    assert not world.callers or (at_work and world.callers == [turn.asking.ticket]), "somebody waits in vain"
    if turn.phase is Phase.LISTENING:
        assert not world.sounding, "Etoile speaks into its own microphone"
    if turn.phase in (Phase.LISTENING, Phase.TRANSCRIBING, Phase.THINKING, Phase.CONFIRMING):
        limits = {(deadline.turn, deadline.stage) for deadline in world.deadlines}
        assert (turn.number, turn.stage) in limits, f"{turn.phase} without an end"
    if turn.phase is Phase.SPEAKING:
        assert world.sounding, "the end of a silence is waited for"


def check_unmoved(before: State, event: Event, after: State, effects: tuple[Effect, ...]) -> None:
    """The turn is as it was, and nothing is asked for but to remember; an offer that waits may be put at any time."""
    assert after.turn == before.turn, event
    offered = before.learning.offer is not None and not before.learning.shown
    may_be = do.Remember | do.MarkUndone | (do.Say | do.OfferDeadline if offered else do.Remember)
    assert all(isinstance(effect, may_be) for effect in effects), event


def is_of_the_past(turn: Turn, event: Event) -> bool:
    """Whether `event` tells of another turn, or answers another question than the one that stands."""
    if isinstance(event, on.Chosen | on.Declined) and (turn.question is None or event.question != turn.question.number):
        return True
    return isinstance(event, TOLD_OF_A_TURN) and event.turn != turn.number


def check_transcript(before: State, event: on.Transcribed, after: State, effects: tuple[Effect, ...]) -> None:
    """What was said is a request, an answer, or remembered; unless nobody meant Etoile."""
    text, turn = event.text, before.turn
    if event.turn == turn.called or (turn.heard_by is Origin.WAKE and event.turn == turn.number):
        text = request_after(text, turn.wake_word) or ""
    if not text.strip():
        return
    if any(isinstance(effect, do.Remember) and effect.outcome.text == text for effect in effects):
        return
    assert event.turn == turn.number, f"{event} is lost"
    tried = before.trial is not None and before.trial.recorded == event.turn
    taken = after.turn.phase is not Phase.TRANSCRIBING and (after.turn.request or after.turn.heard or turn.question)
    assert tried or taken, f"{event} is lost"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(moves, min_size=10, max_size=60), st.sampled_from(list(Speaking)), st.booleans(), st.booleans())
def test_whatever_comes_when(story: list[Move], speaking: Speaking, corrects: bool, tries: bool) -> None:
    turn = Turn(speaking=speaking, has_nodes=True, correct_with="M1/small" if corrects else "")
    world, stopped = World(State(turn=turn, trial=Trial() if tries else None)), set[int]()
    for move in story:
        for event in world.possible(move):
            before, wanted = world.state, list(world.to_write)
            effects = world.happens(event)
            stopped |= {effect.turn for effect in effects if isinstance(effect, do.StopWork)}
            after = world.state
            if is_of_the_past(before.turn, event):
                check_unmoved(before, event, after, effects)
            if isinstance(event, on.Transcribed) and event.turn in wanted:
                check_transcript(before, event, after, effects)
            check_nothing_is_left_open(world, stopped)
