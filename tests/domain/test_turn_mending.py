"""A word that was misheard is put right by saying it: the request is asked again, under all that holds anyway."""

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.learning.misheard import mended
from etoile.domain.match import Match, Reason
from etoile.domain.skill import Draft, Step
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import render, verbatim

IDLE, THINKING, CONFIRMING = Phase.IDLE, Phase.THINKING, Phase.CONFIRMING
QUIET = State(turn=Turn(speaking=Speaking.NEVER))
DONE = verbatim("Done.")
LINE = Asking(origin=Origin.LINE, ticket="t", can_confirm=False)
NOTHING = Match(text="x", reason=Reason.NONE)
OPEN = Match(text="x", language="fr", command="app.open", slots={"app": "firefox"}, confidence=1.0)
KILL = Match(text="x", language="en", command="process.kill", slots={"process": "python"}, confidence=1.0)
MUTE = Match(text="x", language="en", command="audio.mute", confidence=1.0)


def play(state: State, *events: Event) -> tuple[State, list[Effect]]:
    """Return the state after `events`, and all that they asked for."""
    asked: list[Effect] = []
    for event in events:
        state, effects = advance(state, event)
        asked += effects
    return state, asked


def looked_at(effects: list[Effect]) -> do.Interpret:
    """Return what is to be understood last."""
    return [effect for effect in effects if isinstance(effect, do.Interpret)][-1]


def ran(effects: list[Effect]) -> list[str]:
    return [effect.command for effect in effects if isinstance(effect, do.Run)]


def said(turn: int, text: str, language: str, *others: str) -> tuple[Event, ...]:
    """Return the events of a sentence that was spoken."""
    heard = on.Transcribed(turn, text, language, others, len(others))
    return on.TalkPressed(10.0), on.RecordingStarted(turn), on.TalkReleased(12.0), heard


def answered(turn: int) -> tuple[Event, ...]:
    """Return the events of a request that a node answered."""
    return on.Interpreted(turn, NOTHING), on.AnswerText(turn, "A fox?"), on.AnswerEnded(turn)


@pytest.mark.parametrize(
    ("sentence", "meant", "language", "again"),
    [
        ("ouvre fairfox", "Firefox.", "fr", "ouvre Firefox"),
        ("lance la muzik", "la musique", "fr", "lance la musique"),
        ("explique-moi cube hernetes, stp", "Kubernetes", "fr", "explique-moi Kubernetes, stp"),
        ("parle-moi d'Éthernaite", "Ethernet", "fr", "parle-moi d'Ethernet"),
        ("ouvre visuelle stud io", "Visual Studio", "fr", "ouvre Visual Studio"),
        ("lock the scream", "the screen", "en", "lock the screen"),
        ("ouvre fairfox", "ouvre firefox", "fr", None),
        ("restart engine x please", "restart nginx please", "en", None),
        ("ouvre fairfox", "Thunderbird", "fr", None),
        ("ouvre fairfox", "quelle heure est-il à Tokyo", "fr", None),
        ("balance la sauce", "lance la musique", "fr", None),
        ("mude", "mute", "en", None),
        ("shut down", "lock the screen", "en", None),
        ("mets le volume à quarante", "trente", "fr", None),
        ("n'ouvre jamais ça", "jamaïque", "fr", None),
        ("abre o fairfox", "firefox", "pt", None),
        ("", "firefox", "en", None),
        ("ouvre fairfox", "?!", "fr", None),
        ("ouvre " * 50 + "fairfox", "firefox", "fr", None),
    ],
)
def test_a_word_takes_the_place_of_what_sounds_like_it(
    sentence: str, meant: str, language: str, again: str | None
) -> None:
    assert mended(sentence, meant, language) == again


FORMER: dict[str, tuple[Event, ...]] = {
    "a node answered it": (*said(1, "ouvre fairfox", "fr"), *answered(1)),
    "a node is still answering": (*said(1, "ouvre fairfox", "fr"), on.Interpreted(1, NOTHING)),
    "it is still being understood": said(1, "ouvre fairfox", "fr"),
    "it was cancelled": (*said(1, "ouvre fairfox", "fr"), on.Cancelled()),
    "it failed": (*said(1, "ouvre fairfox", "fr"), on.Failed(1, DONE)),
    "it was typed": (on.Typed("ouvre fairfox"), on.Interpreted(1, OPEN), on.Failed(1, DONE)),
}


@pytest.mark.parametrize("former", FORMER.values(), ids=FORMER)
def test_the_request_is_asked_again_with_the_word_that_was_meant(former: tuple[Event, ...]) -> None:
    state, _ = play(QUIET, *former)
    number = state.turn.number + 1
    state, asked = play(state, *said(number, "Non, je voulais dire Firefox.", "fr"))
    again = looked_at(asked)
    assert (again.turn, again.text, again.language) == (number, "ouvre Firefox", "fr")
    assert (state.turn.request, state.turn.heard) == ("ouvre Firefox", "Non, je voulais dire Firefox.")
    assert state.turn.asking.origin is Origin.VOICE
    state, asked = play(state, on.Interpreted(number, OPEN))
    assert ran(asked) == ["app.open"]
    _, asked = play(state, on.ActionDone(number, "app.open", {}, DONE))
    [kept] = [effect.outcome for effect in asked if isinstance(effect, do.Remember)]
    assert kept.text == "Non, je voulais dire Firefox.", "which tells what was misheard, to be learned"


def test_what_goes_to_a_node_is_the_whole_request() -> None:
    state, _ = play(QUIET, *said(1, "c'est quoi cube hernetes", "fr"), *answered(1))
    _, asked = play(state, on.Typed("non, je voulais dire Kubernetes"), on.Interpreted(2, NOTHING))
    [ask] = [effect for effect in asked if isinstance(effect, do.Ask)]
    assert ask.text == "c'est quoi Kubernetes"


def test_a_word_alone_tells_little_of_its_language() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), *answered(1))
    state, asked = play(state, *said(2, "no, I meant Firefox", "en"))
    assert (looked_at(asked).language, state.turn.language) == ("fr", "fr")
    _, asked = play(state, on.Typed("non, je voulais dire Firefox"))
    assert looked_at(asked).language is None, "what is typed is of any language, as ever"


def test_what_else_may_have_been_said_stands_in_the_same_place() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), *answered(1))
    others = ("non, je voulais dire Fairfax", "ouvre la fenêtre")
    _, asked = play(state, *said(2, "non, je voulais dire Firefox", "fr", *others))
    assert looked_at(asked).alternatives == ("ouvre Fairfax", "ouvre la fenêtre")
    assert looked_at(asked).rivals == 2


def test_it_can_be_mended_twice() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), *answered(1))
    state, _ = play(state, *said(2, "non, je voulais dire Firefocs", "fr"), *answered(2))
    state, asked = play(state, *said(3, "non, je voulais dire Firefox", "fr"))
    assert looked_at(asked).text == "ouvre Firefox"


def test_what_destroys_still_asks_and_by_the_wake_word_still_wants_a_hand() -> None:
    state, _ = play(QUIET, *said(1, "kill the process piton", "en"), *answered(1))
    spoken, asked = play(state, *said(2, "no, I meant python", "en"), on.Interpreted(2, KILL))
    assert (spoken.turn.phase, ran(asked)) == (CONFIRMING, [])
    called = (on.WakeWordHeard(9.0), on.TalkEnded(2), on.Transcribed(2, "Jarvis, no, I meant python", "en"))
    by_anybody, asked = play(state, *called, on.Interpreted(2, KILL))
    assert looked_at(asked).text == "kill the process python"
    assert by_anybody.turn.question
    assert by_anybody.turn.question.by_hand
    nobody, asked = play(state, on.Typed("no, I meant python", LINE), on.Interpreted(2, KILL))
    assert (nobody.turn.phase, nobody.turn.failed, ran(asked)) == (IDLE, True, [])


def test_a_question_about_the_wrong_thing_is_dropped_and_asked_about_the_right_one() -> None:
    piton = Match(text="x", language="en", command="process.kill", slots={"process": "piton"}, confidence=1.0)
    state, _ = play(QUIET, *said(1, "kill the process piton", "en"), on.Interpreted(1, piton))
    old = state.turn.question
    assert old
    state, asked = play(state, *said(1, "no, I meant python", "en"))
    assert looked_at(asked).text == "kill the process python"
    state, asked = play(state, on.Chosen(1, old.number, 0), on.Interpreted(2, KILL))
    assert (state.turn.phase, ran(asked)) == (CONFIRMING, [])
    assert state.turn.question
    assert render(state.turn.question.asked, "en") == "Kill the process python?"


def test_what_was_done_by_mistake_is_named_and_undo_takes_it_back() -> None:
    wrong = Match(text="x", language="fr", command="app.open", slots={"app": "foxit"}, confidence=1.0)
    undo = Match(text="annule", language="fr", command="assistant.undo", confidence=1.0, reason=Reason.EXACT)
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), on.Interpreted(1, wrong))
    state, _ = play(state, on.ActionDone(1, "app.open", {"app": "foxit"}, DONE, undoable=True))
    state, asked = play(state, *said(2, "non, je voulais dire Firefox", "fr"))
    assert ran(asked) == [], "nothing is taken back that nobody wants taken back"
    [note] = state.turn.notes
    assert render(note, "en") == "Done before that: Open foxit. “Undo” takes back the latest first."
    state, _ = play(state, *answered(2))
    _, asked = play(
        state, *said(3, "annule", "fr"), on.Interpreted(3, undo), on.ActionDone(3, "assistant.undo", {}, DONE)
    )
    assert do.MarkUndone(1) in asked


def test_what_was_taken_back_already_is_not_named() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), on.Interpreted(1, OPEN))
    state, _ = play(state, on.ActionDone(1, "app.open", {}, DONE, undoable=True))
    state, _ = play(state, on.UndoWanted(1), on.ActionDone(2, "assistant.undo", {}, DONE))
    state, asked = play(state, *said(3, "non, je voulais dire Firefox", "fr"))
    assert looked_at(asked).text == "ouvre Firefox", "an undo by a click is no request that anybody means"
    assert state.turn.notes == ()


def test_a_caller_is_shown_the_mended_request() -> None:
    state, _ = play(QUIET, on.Typed("lock the scream", LINE), *answered(1))
    _, asked = play(state, on.Typed("no, I meant the screen", LINE))
    [shown] = [effect.doing for effect in asked if isinstance(effect, do.ReportStep)]
    assert render(shown, "en") == "Asked again: lock the screen"


def test_a_late_transcript_is_nothing_that_a_correction_means() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), *answered(1))
    state, _ = play(state, on.Transcribed(-1, "ferme fire fogs", "fr"))
    _, asked = play(state, *said(2, "non, je voulais dire Firefox", "fr"))
    assert looked_at(asked).text == "ouvre Firefox"


def test_what_is_dictated_is_typed_as_it_was_said() -> None:
    state, _ = play(QUIET, *said(1, "ouvre fairfox", "fr"), *answered(1))
    start = Match(text="x", command="dictation.start", confidence=1.0)
    state, _ = play(state, on.Typed("dictée"), on.Interpreted(2, start), on.ActionDone(2, "dictation.start", {}, DONE))
    _, asked = play(state, *said(3, "non, je voulais dire Firefox", "fr"))
    assert looked_at(asked).text == "non, je voulais dire Firefox"
    _, asked = play(state, *said(3, "non, je voulais dire Firefox", "fr"), on.Interpreted(3, NOTHING))
    typed = [effect.slots for effect in asked if isinstance(effect, do.Run)]
    assert typed == [{"text": "non, je voulais dire Firefox"}]


@pytest.mark.parametrize("words", ["no, I meant the screen", "no, I meant lock the screen"])
def test_a_step_of_a_skill_that_is_told_again_takes_the_place_of_the_wrong_one(words: str) -> None:
    telling = State(turn=Turn(speaking=Speaking.NEVER, draft=Draft("evening")))
    lock = Match(text="x", language="en", command="screen.lock", confidence=1.0)
    state, _ = play(telling, on.Typed("mute"), on.Interpreted(1, MUTE))
    state, _ = play(state, on.Typed("lock the scream"), on.Interpreted(2, NOTHING))
    state, _ = play(state, on.Typed(words), on.Interpreted(3, lock))
    assert state.turn.draft == Draft("evening", (Step("mute", False), Step("lock the screen", False)))
