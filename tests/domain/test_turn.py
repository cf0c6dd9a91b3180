"""The conversation as tables of dialogue: what happens, what the turn does then, and what is to be done."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.exchange import Exchange
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.turn import THINKING_S, TRANSCRIBING_S, Phase, Speaking, Turn, step
from etoile.text import message, render, verbatim

IDLE, LISTENING, TRANSCRIBING, THINKING, SPEAKING, CONFIRMING = (
    Phase.IDLE,
    Phase.LISTENING,
    Phase.TRANSCRIBING,
    Phase.THINKING,
    Phase.SPEAKING,
    Phase.CONFIRMING,
)
QUIET = Turn(speaking=Speaking.NEVER)
LINE = Asking(origin=Origin.LINE, ticket="t1", can_confirm=False)
TERMINAL = replace(LINE, can_confirm=True)
WAKE = Asking(origin=Origin.WAKE)
PROPOSAL = Asking(origin=Origin.PROPOSAL)
M1 = Attribution(node="M1", model="qwen3")
M2 = Attribution(node="M2", model="llama3")
DONE = message("Done.")
BROKE = message("The connection broke.")

MUTE = Match(text="mute", language="en", command="audio.mute", confidence=0.99, reason=Reason.EXACT)
SHUTDOWN = Match(text="shut down", language="en", command="power.shutdown", confidence=0.99, reason=Reason.EXACT)
CHAT = Match(text="hello", language="en", reason=Reason.NONE)
UNSURE = Match(
    text="lock the scream",
    language="en",
    choices=(Candidate(command="screen.lock", confidence=0.8), Candidate(command="power.shutdown", confidence=0.7)),
    reason=Reason.AMBIGUOUS,
)


def own(match: Match, command: str) -> Match:
    """Return `match` with another command."""
    return replace(match, command=command)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    """Return the turn after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def kinds(effects: list[Effect]) -> list[str]:
    """Return the names of `effects`: enough to read a story by."""
    return [type(effect).__name__ for effect in effects]


def said(turn: Turn) -> str:
    """Return what the window tells of the turn's end."""
    return render(turn.said, "en") if turn.said else ""


def talk(turn: int, text: str, language: str = "en") -> tuple[Event, ...]:
    """Return the events of a sentence that was spoken."""
    return (
        on.TalkPressed(10.0),
        on.RecordingStarted(turn),
        on.TalkReleased(12.0),
        on.Transcribed(turn, text, language),
    )


STORIES: dict[str, tuple[Turn, list[tuple[Event, Phase, list[str]]]]] = {
    "a spoken command is carried out and its reply is spoken": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.RecordingStarted(1), LISTENING, []),
            (on.LevelMeasured(1, 0.4), LISTENING, []),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(1, "mute", "en"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE), SPEAKING, ["Remember", "Say"]),
            (on.Spoken(1), IDLE, []),
        ],
    ),
    "what is partly heard is shown and never acted on": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.PartlyHeard(1, "", "shut down"), LISTENING, []),
            (on.PartlyHeard(1, "shut down", "the"), LISTENING, []),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.PartlyHeard(1, "shut down the", "window"), TRANSCRIBING, []),
            (on.Transcribed(1, "mute", "en"), THINKING, ["Interpret", "Deadline"]),
        ],
    ),
    "a typed question is answered by a node, sentence by sentence": (
        Turn(),
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerStarted(1, M1), THINKING, []),
            (on.AnswerText(1, "Because. Of"), THINKING, ["Say"]),
            (on.AnswerText(1, " that."), THINKING, []),
            (on.AnswerEnded(1, elapsed_ms=12.0), SPEAKING, ["Remember", "Say"]),
            (on.Spoken(1), IDLE, []),
        ],
    ),
    "where nothing is to be spoken the turn ends with the answer": (
        QUIET,
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerStarted(1, M1), THINKING, []),
            (on.AnswerText(1, "Because. Of that."), THINKING, []),
            (on.AnswerEnded(1), IDLE, ["Remember"]),
        ],
    ),
    "silence runs nothing and says so": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.NothingHeard(1), IDLE, []),
        ],
    ),
    "blank text is silence": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(1, "  ", "en"), IDLE, []),
        ],
    ),
    "a slip of the key records nothing": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(1.1), IDLE, ["DiscardRecording"]),
            (on.RecordingStarted(1), IDLE, []),
        ],
    ),
    "an auto-repeated press changes nothing, a release without a press neither": (
        Turn(),
        [
            (on.TalkReleased(0.5), IDLE, []),
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkPressed(1.5), LISTENING, []),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.TalkReleased(2.1), TRANSCRIBING, []),
        ],
    ),
    "a key without release talks by toggling": (
        Turn(),
        [
            (on.TalkToggled(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkToggled(3.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
        ],
    ),
    "talk without a held key ends by itself once nobody speaks": (
        Turn(),
        [
            (on.TalkToggled(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.RecordingStarted(1), LISTENING, []),
            (on.TalkEnded(1), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.TalkEnded(1), TRANSCRIBING, []),
            (on.TalkToggled(9.0), LISTENING, ["Hush", "Record", "Deadline"]),
        ],
    ),
    "a key that never comes up is let go after the longest recording, and the words are kept": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.DeadlinePassed(1, 1, 0), TRANSCRIBING, ["Transcribe", "Deadline"]),
        ],
    ),
    "a microphone that fails ends the turn and is told": (
        QUIET,
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Failed(1, message("No microphone.")), IDLE, []),
        ],
    ),
    "a speech model that hangs is given up": (
        QUIET,
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.DeadlinePassed(1, 2, 0), IDLE, []),
        ],
    ),
    "cancelling while listening forgets the recording": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Cancelled(), IDLE, ["DiscardRecording"]),
            (on.Transcribed(1, "too late", "en"), IDLE, ["Remember"]),
        ],
    ),
    "cancelling while thinking stops the work, and what still comes is dropped": (
        Turn(),
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.Cancelled(), IDLE, ["Hush", "StopWork", "Remember"]),
            (on.AnswerStarted(1, M1), IDLE, []),
            (on.AnswerText(1, "Because"), IDLE, []),
            (on.AnswerEnded(1), IDLE, []),
            (on.Cancelled(), IDLE, []),
        ],
    ),
    "talking breaks into an answer: silence at once, the work stopped, the late rest dropped": (
        Turn(),
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerText(1, "Because. Of"), THINKING, ["Say"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "StopWork", "Remember", "Record", "Deadline"]),
            (on.AnswerText(1, " that. And"), LISTENING, []),
            (on.Spoken(1), LISTENING, []),
        ],
    ),
    "talking while the reply is spoken hushes it": (
        Turn(),
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE), SPEAKING, ["Remember", "Say"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Spoken(1), LISTENING, []),
        ],
    ),
    "talking while the former sentence is transcribed loses neither": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.TalkPressed(2.5), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Transcribed(1, "the former sentence", "en"), LISTENING, ["Remember"]),
            (on.TalkReleased(4.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(2, "mute", "en"), THINKING, ["Interpret", "Deadline"]),
        ],
    ),
    "what destroys asks first, and runs once it is confirmed": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.Spoken(1), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "declined, nothing runs": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.Declined(1, 2), IDLE, ["Remember"]),
            (on.Chosen(1, 2, 0), IDLE, []),
        ],
    ),
    "a question that nobody answers is closed to words, then expires": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, ["Deadline"]),
            (on.Typed("yes"), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 3, 0), CONFIRMING, []),
            (on.DeadlinePassed(1, 4, 0), IDLE, ["Remember"]),
            (on.Chosen(1, 2, 0), IDLE, []),
        ],
    ),
    "a click answers as long as the question is shown": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "the time to answer is counted from the end of the question's reading": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.Spoken(1), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, []),
            (on.DeadlinePassed(1, 3, 0), CONFIRMING, ["Deadline"]),
            (on.Spoken(1), CONFIRMING, []),
            (on.Typed("yes"), CONFIRMING, ["Say", "Deadline"]),
        ],
    ),
    "a question whose reading is stopped, or fails, waits from then on": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.SpeechStopped(), CONFIRMING, ["Hush", "Deadline"]),
            (on.Declined(1, 2), IDLE, ["Remember"]),
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(2, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.Failed(2, BROKE), CONFIRMING, ["Deadline"]),
        ],
    ),
    "a click while the question is read hushes it": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Hush", "Run", "Deadline"]),
        ],
    ),
    "a word that comes too late leaves the question to a click": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, ["Deadline"]),
            (on.TalkPressed(30.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(31.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(1, "oui", "fr"), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "no comes never too late": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, ["Deadline"]),
            (on.Typed("non"), IDLE, ["Remember"]),
        ],
    ),
    "by the wake word no yes confirms what destroys, and a click does": (
        QUIET,
        [
            (on.Typed("shut down", WAKE), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.Typed("yes"), CONFIRMING, ["Deadline"]),
            (on.Typed("oui", WAKE), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "by the wake word the harmless runs": (
        QUIET,
        [
            (on.Typed("mute", WAKE), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "a yes by the wake word does not confirm what was asked with a hand on the key": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.Typed("yes", WAKE), CONFIRMING, ["Deadline"]),
            (on.Typed("yes"), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "by the wake word a choice among several that destroys still wants a click": (
        QUIET,
        [
            (on.Typed("lock the scream", WAKE), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Typed("two", WAKE), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 1), CONFIRMING, ["Deadline"]),
            (on.Typed("yes", WAKE), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 4, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "what a model proposes waits for a click, however harmless": (
        QUIET,
        [
            (on.Typed("mute", PROPOSAL), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), CONFIRMING, ["Deadline"]),
            (on.Typed("yes"), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "what a model proposes answers no question and breaks into nothing": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Typed("mute", PROPOSAL), THINKING, []),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.Typed("yes", PROPOSAL), CONFIRMING, []),
        ],
    ),
    "what a model proposes and is no command goes to no other model": (
        QUIET,
        [
            (on.Typed("dance", PROPOSAL), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), IDLE, ["Remember"]),
        ],
    ),
    "a click on undo takes the last action back, and hushes its reply": (
        Turn(),
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.UndoWanted(), THINKING, []),
            (on.ActionDone(1, "audio.mute", {}, DONE, undoable=True), SPEAKING, ["Remember", "Say"]),
            (on.UndoWanted(), THINKING, ["Hush", "Run", "Deadline"]),
            (on.ActionDone(2, "assistant.undo", {}, DONE), SPEAKING, ["Say"]),
        ],
    ),
    "a click on undo that comes when something else was asked for takes nothing back, and says so": (
        QUIET,
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE, undoable=True), IDLE, ["Remember"]),
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.UndoWanted(1), THINKING, ["Notify"]),
            (on.Interpreted(2, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(2, "audio.mute", {}, DONE, undoable=True), IDLE, ["Remember"]),
            (on.UndoWanted(1), IDLE, ["Notify"]),
            (on.UndoWanted(2), THINKING, ["Run", "Deadline"]),
            (on.UndoWanted(2), THINKING, []),
            (on.ActionDone(3, "assistant.undo", {}, DONE), IDLE, []),
            (on.UndoWanted(2), IDLE, []),
        ],
    ),
    "a click on undo still counts after a call that was none": (
        QUIET,
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE, undoable=True), IDLE, ["Remember"]),
            (on.WakeWordHeard(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.UndoWanted(1), LISTENING, ["Notify"]),
            (on.TalkEnded(2), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(2, "on the radio", "en"), IDLE, []),
            (on.UndoWanted(1), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "an option that does not exist chooses nothing": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 5), CONFIRMING, []),
            (on.Chosen(1, 2, -1), CONFIRMING, []),
        ],
    ),
    "the question survives while its answer is spoken, and yes runs it": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(6.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(1, "yes", "en"), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "no is no": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(6.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Transcribed(1, "non", "fr"), IDLE, ["Remember"]),
        ],
    ),
    "an answer that was not heard leaves the question open": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(6.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.NothingHeard(1), CONFIRMING, ["Deadline"]),
        ],
    ),
    "an answer that says something else drops the question and is a request of its own": (
        Turn(),
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Say", "Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(6.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (
                on.Transcribed(1, "what time is it", "en"),
                THINKING,
                ["Hush", "StopWork", "Remember", "Interpret", "Deadline"],
            ),
            (on.Chosen(1, 2, 0), THINKING, []),
        ],
    ),
    "did you mean: a choice runs, and what destroys still asks about itself": (
        QUIET,
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Typed("the second one"), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), CONFIRMING, []),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, []),
            (on.Chosen(1, 3, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "did you mean: none of these asks a node, by a click": (
        replace(QUIET, has_nodes=True),
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 2), THINKING, ["Ask", "Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, []),
            (on.AnswerStarted(1, M1), THINKING, []),
            (on.AnswerText(1, "How?"), THINKING, []),
            (on.AnswerEnded(1), IDLE, ["Remember"]),
        ],
    ),
    "did you mean: so does a no, or its number": (
        replace(QUIET, has_nodes=True),
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Typed("neither"), THINKING, ["Ask", "Deadline"]),
            (on.Typed("lock the scream"), THINKING, ["Hush", "StopWork", "Remember", "Interpret", "Deadline"]),
            (on.Interpreted(2, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Typed("three"), THINKING, ["Ask", "Deadline"]),
        ],
    ),
    "did you mean: a single proposal is still chosen by a yes": (
        replace(QUIET, has_nodes=True),
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, replace(UNSURE, choices=UNSURE.choices[:1])), CONFIRMING, ["Deadline"]),
            (on.Typed("yes"), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "did you mean: cancel, and a no that comes too late, ask nobody": (
        replace(QUIET, has_nodes=True),
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Typed("cancel"), IDLE, ["Remember"]),
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(2, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Declined(2, 2), IDLE, ["Remember"]),
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(3, UNSURE), CONFIRMING, ["Deadline"]),
            (on.DeadlinePassed(3, 2, 0), CONFIRMING, ["Deadline"]),
            (on.Typed("no"), IDLE, ["Remember"]),
        ],
    ),
    "did you mean: without a node no is no": (
        QUIET,
        [
            (on.Typed("lock the scream"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, UNSURE), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 2), CONFIRMING, []),
            (on.Typed("no"), IDLE, ["Remember"]),
        ],
    ),
    "a single proposal that destroys is asked about as well": (
        QUIET,
        [
            (on.Typed("shut down?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, replace(UNSURE, choices=UNSURE.choices[1:])), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 2, 0), CONFIRMING, ["Deadline"]),
            (on.Chosen(1, 3, 0), THINKING, ["Run", "Deadline"]),
        ],
    ),
    "a dead node is passed over, and one that breaks off half-way leaves a seam": (
        QUIET,
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.NodePassedOver(1, "M0", BROKE), THINKING, []),
            (on.AnswerStarted(1, M1), THINKING, []),
            (on.AnswerText(1, "Beca"), THINKING, []),
            (on.NodePassedOver(1, "M1", BROKE), THINKING, []),
            (on.AnswerStarted(1, M2), THINKING, []),
            (on.AnswerText(1, "Because."), THINKING, []),
            (on.AnswerEnded(1), IDLE, ["Remember"]),
        ],
    ),
    "progress renews the patience, and without any the turn is given up": (
        QUIET,
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerText(1, "Be"), THINKING, []),
            (on.DeadlinePassed(1, 1, 0), THINKING, ["Deadline"]),
            (on.DeadlinePassed(1, 1, 2), IDLE, ["StopWork", "Remember"]),
        ],
    ),
    "a deadline of a phase that is over means nothing": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.DeadlinePassed(1, 1, 0), TRANSCRIBING, []),
        ],
    ),
    "the command line without anybody at it is refused what would ask": (
        Turn(),
        [
            (on.Typed("shut down", LINE), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), IDLE, ["ReportOutcome", "Remember"]),
        ],
    ),
    "at a terminal the question goes to the caller": (
        Turn(),
        [
            (on.Typed("shut down", TERMINAL), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["ReportQuestion", "Deadline"]),
            (on.Declined(1, 2), IDLE, ["ReportOutcome", "Remember"]),
        ],
    ),
    "a caller sees the answer stream and is never spoken to": (
        Turn(),
        [
            (on.Typed("why?", LINE), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerText(1, "Because. Of"), THINKING, ["ReportText"]),
            (on.AnswerEnded(1), IDLE, ["ReportOutcome", "Remember"]),
        ],
    ),
    "a caller whose request is broken into is told": (
        Turn(),
        [
            (on.Typed("why?", LINE), THINKING, ["Interpret", "Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "StopWork", "ReportOutcome", "Remember", "Record", "Deadline"]),
        ],
    ),
    "the command line does not break into a sentence that is being spoken": (
        Turn(),
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Typed("why?", LINE), LISTENING, ["ReportOutcome"]),
        ],
    ),
    "a dry run decides and does nothing": (
        Turn(),
        [
            (on.Typed("mute", replace(LINE, dry_run=True)), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), IDLE, ["ReportOutcome"]),
        ],
    ),
    "a dry run breaks into nothing": (
        QUIET,
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Typed("mute", replace(LINE, dry_run=True)), THINKING, ["ReportOutcome"]),
        ],
    ),
    "a click on cancel is faster than a spoken yes": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(6.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.Declined(1, 2), IDLE, ["DiscardRecording", "Remember"]),
            (on.Transcribed(1, "yes", "en"), IDLE, ["Remember"]),
        ],
    ),
    "a click on the verb while the answer is being spoken runs it once": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.Chosen(1, 2, 0), THINKING, ["DiscardRecording", "Run", "Deadline"]),
            (on.TalkReleased(6.0), THINKING, []),
            (on.Chosen(1, 2, 0), THINKING, []),
        ],
    ),
    "a slip of the key leaves the question open, with all its time": (
        QUIET,
        [
            (on.Typed("shut down"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["Deadline"]),
            (on.TalkPressed(5.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(5.1), CONFIRMING, ["DiscardRecording", "Deadline"]),
            (on.DeadlinePassed(1, 2, 0), CONFIRMING, []),
            (on.TalkPressed(9.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.DeadlinePassed(1, 3, 0), LISTENING, []),
        ],
    ),
    "a request at the window pushes a terminal's question aside, and the terminal is told": (
        QUIET,
        [
            (on.Typed("shut down", TERMINAL), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, SHUTDOWN), CONFIRMING, ["ReportQuestion", "Deadline"]),
            (
                on.Typed("what time is it"),
                THINKING,
                ["Hush", "StopWork", "ReportOutcome", "Remember", "Interpret", "Deadline"],
            ),
        ],
    ),
    "a transcript that comes after it was given up is kept": (
        QUIET,
        [
            (on.TalkPressed(1.0), LISTENING, ["Hush", "Record", "Deadline"]),
            (on.TalkReleased(2.0), TRANSCRIBING, ["Transcribe", "Deadline"]),
            (on.DeadlinePassed(1, 2, 0), IDLE, []),
            (on.Transcribed(1, "so slow a model", "en"), IDLE, ["Remember"]),
        ],
    ),
    "cancelling another turn changes nothing": (
        QUIET,
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Cancelled(7), THINKING, []),
            (on.Cancelled(1), IDLE, ["Hush", "StopWork", "Remember"]),
        ],
    ),
    "stop talking is answered by silence": (
        Turn(),
        [
            (on.Typed("stop talking"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, own(MUTE, "assistant.stop_talking")), IDLE, ["Hush", "Remember"]),
        ],
    ),
    "muting the voice hushes what is being said": (
        Turn(),
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE), SPEAKING, ["Remember", "Say"]),
            (on.VoiceMuted(muted=True), IDLE, ["Hush"]),
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(2, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(2, "audio.mute", {}, DONE), IDLE, ["Remember"]),
        ],
    ),
    "speech stopped half-way leaves the answer to be read": (
        Turn(),
        [
            (on.Typed("why?"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, CHAT), THINKING, ["Ask"]),
            (on.AnswerText(1, "One. Two"), THINKING, ["Say"]),
            (on.SpeechStopped(), THINKING, ["Hush"]),
            (on.AnswerText(1, " three. Four"), THINKING, []),
            (on.AnswerEnded(1), IDLE, ["Remember"]),
        ],
    ),
    "a voice that fails leaves the reply to be read": (
        Turn(),
        [
            (on.Typed("mute"), THINKING, ["Interpret", "Deadline"]),
            (on.Interpreted(1, MUTE), THINKING, ["Run", "Deadline"]),
            (on.ActionDone(1, "audio.mute", {}, DONE), SPEAKING, ["Remember", "Say"]),
            (on.Failed(1, BROKE), IDLE, []),
        ],
    ),
    "an empty line asks nothing": (Turn(), [(on.Typed("   "), IDLE, [])]),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_story(story: tuple[Turn, list[tuple[Event, Phase, list[str]]]]) -> None:
    turn, lines = story
    for event, phase, expected in lines:
        turn, effects = step(turn, event)
        assert (turn.phase, kinds(list(effects))) == (phase, expected), event


def test_cancel_undoes_only_when_nothing_was_going_on() -> None:
    cancel = own(MUTE, "assistant.cancel")
    _, idle = play(QUIET, on.Typed("cancel"), on.Interpreted(1, cancel))
    assert do.Run(1, "assistant.undo", {}, "en") in idle

    asked = (on.Typed("why?"), on.Interpreted(1, CHAT))
    turn, busy = play(QUIET, *asked, *talk(2, "cancel"), on.Interpreted(2, cancel))
    assert not any(isinstance(effect, do.Run) for effect in busy)
    assert do.StopWork(1) in busy
    assert said(turn) == "Cancelled."


def test_the_answer_of_two_nodes_shows_its_seam_and_names_both() -> None:
    turn, effects = play(
        QUIET,
        on.Typed("why?"),
        on.Interpreted(1, CHAT),
        on.AnswerStarted(1, M1),
        on.AnswerText(1, "Beca"),
        on.NodePassedOver(1, "M1", BROKE),
        on.AnswerStarted(1, M2),
        on.AnswerText(1, "Because."),
        on.AnswerEnded(1, first_token_ms=5.0, elapsed_ms=9.0),
    )
    assert turn.answer == "Beca\n\n---\n\nBecause."
    outcome = turn.last
    assert outcome
    assert (outcome.attribution, outcome.passed_over) == ((M1, M2), (("M1", BROKE),))
    assert (outcome.first_token_ms, outcome.elapsed_ms, outcome.ok) == (5.0, 9.0, True)
    assert do.Remember(outcome) in effects


def test_below_the_seam_is_seen_whether_the_next_node_goes_on_or_begins_afresh() -> None:
    turn, _ = play(
        QUIET,
        on.Typed("why?"),
        on.Interpreted(1, CHAT),
        on.AnswerStarted(1, M1),
        on.AnswerText(1, "Because of "),
        on.NodePassedOver(1, "M1", BROKE),
        on.AnswerStarted(1, M2, continues=True),
        on.AnswerText(1, "that."),
    )
    assert turn.answer == "Because of \n\n---\n\n… that."


def test_a_later_request_carries_what_came_before() -> None:
    first = (on.Typed("why?"), on.Interpreted(1, CHAT), on.AnswerStarted(1, M1), on.AnswerText(1, "So."))
    turn, _ = play(QUIET, *first, on.AnswerEnded(1), on.Typed("and then?"))
    _, [ask] = play(turn, on.Interpreted(2, CHAT))
    assert ask == do.Ask(2, "and then?", "en", (Exchange("why?", "So.", (M1,), 1),), conversation=1)

    turn, _ = play(turn, on.Interpreted(2, own(MUTE, "conversation.new")))
    assert turn.conversation.exchanges == ()


def test_a_command_is_no_part_of_the_conversation_with_the_nodes() -> None:
    turn, _ = play(QUIET, on.Typed("mute"), on.Interpreted(1, MUTE), on.ActionDone(1, "audio.mute", {}, DONE))
    assert turn.conversation.exchanges == ()


def test_a_compound_request_runs_in_order_and_says_everything() -> None:
    both = replace(MUTE, then=(Candidate(command="screen.screenshot"),))
    turn, effects = play(QUIET, on.Typed("mute and take a screenshot"), on.Interpreted(1, both))
    assert do.Run(1, "audio.mute", {}, "en") in effects
    turn, effects = play(turn, on.ActionDone(1, "audio.mute", {}, verbatim("Muted.")))
    assert do.Run(1, "screen.screenshot", {}, "en") in effects
    turn, _ = play(turn, on.ActionDone(1, "screen.screenshot", {}, verbatim("Taken.")))
    assert (said(turn), turn.phase) == ("Muted. Taken.", IDLE)


def test_a_compound_request_with_something_destructive_asks_once_and_names_it_all() -> None:
    both = replace(MUTE, then=(Candidate(command="power.shutdown"),))
    turn, effects = play(QUIET, on.Typed("mute and shut down"), on.Interpreted(1, both))
    assert kinds(effects) == ["Interpret", "Deadline", "Deadline"]
    assert turn.question
    assert render(turn.question.asked, "en") == "Shut the computer down? With it: Mute the sound."
    assert turn.question.consequence
    assert render(turn.question.options[0].label, "en") == "Shut the computer down"
    turn, effects = play(turn, on.Chosen(1, 2, 0), on.ActionDone(1, "audio.mute", {}, DONE))
    assert [effect.command for effect in effects if isinstance(effect, do.Run)] == ["audio.mute", "power.shutdown"]


COMPOUNDS: dict[str, tuple[list[str], list[str], str]] = {
    "own command first": (["conversation.new", "audio.mute"], ["audio.mute"], "A new conversation. Done."),
    "own command last": (["audio.mute", "conversation.new"], ["audio.mute"], "Done. A new conversation."),
    "silence first": (["assistant.stop_talking", "screen.lock"], ["screen.lock"], "Done."),
    "cancel last undoes nothing": (["time.now", "assistant.cancel"], ["time.now"], "Done. Cancelled."),
    "cancel first undoes nothing": (["assistant.cancel", "time.now"], ["time.now"], "Cancelled. Done."),
}


@pytest.mark.parametrize("compound", COMPOUNDS.values(), ids=COMPOUNDS.keys())
def test_commands_of_the_turn_itself_are_parts_of_a_request_like_any_other(
    compound: tuple[list[str], list[str], str],
) -> None:
    commands, carried_out, told = compound
    match = replace(own(MUTE, commands[0]), then=tuple(Candidate(command=command) for command in commands[1:]))
    turn, effects = play(QUIET, on.Typed("x"), on.Interpreted(1, match))
    ran: list[str] = []
    while run := next((effect for effect in effects if isinstance(effect, do.Run)), None):
        ran.append(run.command)
        turn, effects = play(turn, on.ActionDone(1, run.command, {}, DONE))
    assert (ran, turn.phase, said(turn)) == (carried_out, IDLE, told)


def test_a_request_after_an_answer_speaks_as_it_was_made() -> None:
    """A spoken request that drops a typed question is answered aloud, and the other way round."""
    by_voice = Turn(speaking=Speaking.VOICE)
    asked = (on.Typed("shut down"), on.Interpreted(1, SHUTDOWN))
    turn, _ = play(by_voice, *asked, *talk(1, "what time is it"))
    assert turn.asking.origin is Origin.VOICE
    turn, _ = play(by_voice, *asked, on.Typed("what time is it"))
    assert turn.asking.origin is Origin.WINDOW


def test_the_rest_of_a_compound_request_does_not_run_after_a_failure() -> None:
    both = replace(MUTE, then=(Candidate(command="screen.screenshot"),))
    turn, effects = play(QUIET, on.Typed("x"), on.Interpreted(1, both), on.Failed(1, message("No sound card.")))
    told = "No sound card. Not done: Take a screenshot."
    assert (kinds(effects)[-1], turn.phase, said(turn)) == ("Remember", IDLE, told)


def test_the_question_names_what_would_happen_and_what_it_costs() -> None:
    kill = Match(
        text="kill python", command="process.kill", slots={"process": "python"}, confidence=1.0, reason=Reason.EXACT
    )
    turn, _ = play(QUIET, on.Typed("kill python"), on.Interpreted(1, kill))
    assert turn.question
    assert render(turn.question.asked, "en") == "Kill the process python?"
    assert turn.question.consequence
    assert turn.question.options[0].destructive


def test_what_was_spoken_of_an_answer_is_not_spoken_again() -> None:
    _, effects = play(
        Turn(),
        on.Typed("why?"),
        on.Interpreted(1, CHAT),
        on.AnswerText(1, "One. Two."),
        on.AnswerText(1, " Three"),
        on.AnswerEnded(1),
    )
    spoken = [render(effect.said, "en").strip() for effect in effects if isinstance(effect, do.Say)]
    assert spoken == ["One.", "Two.", "Three"]
    assert [effect.last for effect in effects if isinstance(effect, do.Say)] == [False, False, True]


def test_the_reply_is_spoken_in_the_language_of_the_request() -> None:
    _, effects = play(
        Turn(home_language="en"),
        *talk(1, "coupe le son", "fr"),
        on.Interpreted(1, replace(MUTE, language="fr")),
        on.ActionDone(1, "audio.mute", {}, DONE),
    )
    assert effects[-1] == do.Say(1, DONE, "fr", last=True)


def test_spoken_replies_to_spoken_requests_only() -> None:
    by_voice = Turn(speaking=Speaking.VOICE)
    done = (on.Interpreted(1, MUTE), on.ActionDone(1, "audio.mute", {}, DONE))
    assert play(by_voice, *talk(1, "mute"), *done)[0].phase is SPEAKING
    assert play(by_voice, on.Typed("mute"), *done)[0].phase is IDLE


def test_repeat_says_the_last_answer_again() -> None:
    repeat = own(MUTE, "assistant.repeat")
    turn, _ = play(QUIET, on.Typed("repeat"), on.Interpreted(1, repeat))
    assert said(turn) == "There is nothing to repeat yet."
    turn, _ = play(QUIET, on.Typed("x"), on.Interpreted(1, CHAT), on.AnswerText(1, "42"), on.AnswerEnded(1))
    turn, _ = play(turn, on.Typed("repeat"), on.Interpreted(2, repeat))
    assert said(turn) == "42"


@pytest.mark.parametrize(
    ("match", "asking", "decision", "ok"),
    [
        (MUTE, Asking(), Decision.RUN, True),
        (SHUTDOWN, Asking(), Decision.ASK, True),
        (SHUTDOWN, LINE, Decision.ASK, True),
        (UNSURE, Asking(), Decision.PROPOSE, True),
        (UNSURE, LINE, Decision.ROUTE, True),
        (CHAT, Asking(), Decision.ROUTE, True),
        (replace(SHUTDOWN, command=None, reason=Reason.REFUSED), Asking(), Decision.ROUTE, True),
        (own(MUTE, "nobody.knows"), Asking(), Decision.ASK, True),
    ],
)
def test_a_dry_run_tells_the_decision(match: Match, asking: Asking, decision: Decision, ok: bool) -> None:
    asking = replace(asking, dry_run=True, ticket="t1")
    turn, effects = play(QUIET, on.Typed("x", asking), on.Interpreted(1, match))
    [outcome] = [effect.outcome for effect in effects if isinstance(effect, do.ReportOutcome)]
    assert (outcome.decision, outcome.ok, turn.phase, turn.last) == (decision, ok, IDLE, None)
    assert not {"Run", "Ask", "Remember"} & set(kinds(effects))


@pytest.mark.parametrize(
    ("match", "told"),
    [
        (
            replace(MUTE, then=(Candidate(command="screen.lock"),)),
            "I would do this: Mute the sound, Lock the screen.",
        ),
        (
            SHUTDOWN,
            "I would ask first: Shut the computer down? Every program is closed; work that was not saved may be",
        ),
        (UNSURE, "I would ask what is meant. Did you mean: 1, Lock the screen, 2, Shut the computer down?"),
        (CHAT, "I would hand this to a node: it is no command."),
    ],
)
def test_a_dry_run_says_exactly_what_would_be_done(match: Match, told: str) -> None:
    turn, effects = play(QUIET, on.Typed("x", Asking(dry_run=True, ticket="t1")), on.Interpreted(1, match))
    assert said(turn).startswith(told)
    assert kinds(effects)[-1] == "ReportOutcome"


def test_deadlines_are_as_long_as_the_settings_say() -> None:
    turn, effects = play(replace(QUIET, confirm_s=30.0, longest_s=20.0), on.TalkPressed(1.0))
    assert effects[-1] == do.Deadline(1, 1, 20.0)
    turn, effects = play(turn, on.TalkReleased(2.0))
    assert effects[-1] == do.Deadline(1, 2, TRANSCRIBING_S)
    turn, effects = play(turn, on.Transcribed(1, "shut down", "en"))
    assert effects[-1] == do.Deadline(1, 3, THINKING_S)
    turn, effects = play(turn, on.Interpreted(1, SHUTDOWN))
    assert effects[-1] == do.Deadline(1, 4, 30.0)


def test_what_is_to_be_known_of_the_microphone_is_shown_until_it_is_over() -> None:
    listening, (_, record, _) = step(Turn(), on.TalkPressed(1.0))
    assert record == do.Record(1)
    mute, _ = step(listening, on.MicrophoneNoted(1, message("Is it muted?")))
    assert mute.note == message("Is it muted?")
    assert step(mute, on.MicrophoneNoted(1, None))[0].note is None
    assert step(step(mute, on.TalkReleased(3.0))[0], on.TalkPressed(4.0))[0].note is None


def test_nobody_holds_a_key_that_was_toggled() -> None:
    _, (_, record, _) = step(Turn(), on.TalkToggled(1.0))
    assert record == do.Record(1, hands_free=True)


def test_a_node_that_is_asked_instead_gets_the_request_in_its_own_words() -> None:
    turn, effects = play(
        replace(QUIET, has_nodes=True), on.Typed("lock the scream"), on.Interpreted(1, UNSURE), on.Chosen(1, 2, 2)
    )
    [ask] = [effect for effect in effects if isinstance(effect, do.Ask)]
    assert (ask.text, turn.decision, turn.command, turn.question) == ("lock the scream", Decision.ROUTE, None, None)


def test_a_terminal_is_not_offered_a_node() -> None:
    turn, _ = play(replace(QUIET, has_nodes=True), on.Typed("lock the scream", TERMINAL), on.Interpreted(1, UNSURE))
    assert turn.question is not None
    assert len(turn.question.options) == 2
