"""Skills in the conversation: told step by step, run step by step, and stopped by the first failure."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import NODE_REQUEST
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.skill import Draft, Skill, Step
from etoile.domain.skill_files import read
from etoile.domain.skill_telling import default_in, parameter_in, skill_of
from etoile.domain.skills import Book
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.text import message, render, verbatim

QUIET = Turn(speaking=Speaking.NEVER)
LINE = Asking(origin=Origin.LINE, ticket="t1")

TIME, MUTE, SHUTDOWN = (Candidate(command=name) for name in ("time.now", "audio.mute", "power.shutdown"))
ASK = Candidate(command=NODE_REQUEST, slots={"query": "Why?"})


def skill(*steps: Candidate, then: tuple[Candidate, ...] = ()) -> Match:
    """Return the match of a request that runs a skill."""
    return Match(text="run it", command="skills.run", slots={"skill": "night"}, confidence=1.0, steps=steps, then=then)


def command(name: str, **slots: str) -> Match:
    """Return the match of a request that is a command."""
    return Match(text="x", language="en", command=name, slots=slots, confidence=1.0, reason=Reason.EXACT)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    """Return the turn after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def begun(effects: list[Effect]) -> list[str]:
    """Return what was carried out or asked."""
    return [one.command if isinstance(one, do.Run) else one.text for one in effects if isinstance(one, do.Run | do.Ask)]


def said(turn: Turn) -> str:
    """Return what the window tells of the turn."""
    return render(turn.said, "en") if turn.said else ""


def done(turn: int, what: str, reply: str, **slots: str) -> on.ActionDone:
    """Return that a command was carried out."""
    return on.ActionDone(turn, what, slots, verbatim(reply))


# Running


def test_steps_run_in_order_each_shown_as_it_begins() -> None:
    turn, effects = play(QUIET, on.Typed("run it", LINE), on.Interpreted(1, skill(TIME, MUTE)))
    assert (begun(effects), turn.doing and render(turn.doing, "en")) == (["time.now"], "1 of 2: Tell the time")
    turn, effects = play(turn, done(1, "time.now", "Noon."))
    assert (begun(effects), turn.doing and render(turn.doing, "en")) == (["audio.mute"], "2 of 2: Mute the sound")
    assert [type(effect).__name__ for effect in effects] == ["ReportStep", "Run", "Deadline"]
    turn, effects = play(turn, done(1, "audio.mute", "Muted."))
    assert (said(turn), turn.phase, begun(effects)) == ("Noon. Muted.", Phase.IDLE, [])
    assert turn.last
    assert (turn.last.command, turn.last.slots, turn.last.ok) == ("skills.run", {"skill": "night"}, True)


def test_what_was_asked_for_behind_a_draft_is_told_as_not_done() -> None:
    both = replace(command("skills.create", skill="night"), then=(MUTE,))
    turn, effects = play(QUIET, on.Typed("create night and mute"), on.Interpreted(1, both))
    turn, effects = play(turn, done(1, "skills.create", "What first?", skill="night"))
    assert (said(turn), turn.waiting, begun(effects)) == ("What first? Not done: Mute the sound.", (), [])
    assert turn.draft


def test_each_reply_is_spoken_as_it_comes_and_once() -> None:
    turn, _ = play(Turn(), on.Typed("run it"), on.Interpreted(1, skill(TIME, MUTE)))
    _, effects = play(turn, done(1, "time.now", "Noon."), done(1, "audio.mute", "Muted."))
    spoken = [(render(one.said, "en"), one.last) for one in effects if isinstance(one, do.Say)]
    assert spoken == [("Noon.", False), ("Muted.", True)]


def test_a_step_for_a_node_is_asked_and_the_next_goes_on_behind_its_answer() -> None:
    node = Attribution(node="M1", model="qwen3")
    turn, effects = play(Turn(), on.Typed("run it"), on.Interpreted(1, skill(TIME, ASK, MUTE)))
    turn, effects = play(turn, done(1, "time.now", "Noon."))
    assert begun(effects) == ["Why?"]
    turn, effects = play(turn, on.AnswerStarted(1, node), on.AnswerText(1, "Because. So"), on.AnswerEnded(1))
    assert begun(effects) == ["audio.mute"]
    assert [render(one.said, "en").strip() for one in effects if isinstance(one, do.Say)] == ["Because.", "So"]
    turn, effects = play(turn, done(1, "audio.mute", "Muted."))
    assert [render(one.said, "en") for one in effects if isinstance(one, do.Say)] == ["Muted."]
    assert (turn.answer, said(turn)) == ("Because. So", "Noon. Muted.")
    assert turn.last
    assert turn.last.answer
    assert render(turn.last.answer, "en") == "Noon. Muted. Because. So"
    assert turn.conversation.exchanges == ()


def test_a_skill_that_ends_with_an_answer_keeps_what_it_had_said() -> None:
    turn, effects = play(Turn(), on.Typed("run it"), on.Interpreted(1, skill(TIME, ASK)))
    turn, effects = play(turn, done(1, "time.now", "Noon."), on.AnswerText(1, "Because"), on.AnswerEnded(1))
    assert (said(turn), turn.phase) == ("Noon.", Phase.SPEAKING)
    assert [render(one.said, "en") for one in effects if isinstance(one, do.Say)] == ["Noon.", "Because"]


@pytest.mark.parametrize("end", [on.Failed(1, message("No sound card.")), on.Cancelled()])
def test_the_first_failure_ends_it_and_tells_what_was_done_and_what_was_not(end: Event) -> None:
    turn, _ = play(QUIET, on.Typed("run it"), on.Interpreted(1, skill(TIME, MUTE, SHUTDOWN)))
    turn, _ = play(turn, on.Chosen(1, 2, 0), done(1, "time.now", "Noon."))
    turn, effects = play(turn, end)
    why = "No sound card." if isinstance(end, on.Failed) else "Stopped by you."
    assert said(turn) == f"Noon. {why} Not done: Shut the computer down."
    assert (turn.phase, turn.failed, begun(effects)) == (Phase.IDLE, True, [])
    kept = [one.outcome.answer for one in effects if isinstance(one, do.Remember)]
    assert [render(answer, "en").endswith("Not done: Shut the computer down.") for answer in kept if answer] == [True]


def test_no_node_for_a_step_is_a_failure_like_any_other() -> None:
    turn, _ = play(QUIET, on.Typed("run it"), on.Interpreted(1, skill(ASK, MUTE)))
    turn, effects = play(turn, on.Failed(1, message("No node could take it.")))
    assert said(turn) == "No node could take it. Not done: Mute the sound."
    assert begun(effects) == []


def test_the_whole_asks_once_and_names_its_most_dangerous_step() -> None:
    paste = Candidate(command="clipboard.paste", slots={"window": "notes"})
    turn, effects = play(QUIET, on.Typed("run it"), on.Interpreted(1, skill(TIME, paste, SHUTDOWN)))
    assert (begun(effects), turn.decision) == ([], Decision.ASK)
    assert turn.question
    assert turn.question.consequence
    assert render(turn.question.asked, "en") == (
        "Run the skill “night”? Shut the computer down? With it: Tell the time, Paste into “notes”."
    )
    assert "work that was not saved" in render(turn.question.consequence, "en")
    turn, effects = play(turn, on.Chosen(1, 2, 0))
    for name in ("time.now", "clipboard.paste"):
        turn, more = play(turn, done(1, name, "Done."))
        effects += more
    assert begun(effects) == ["time.now", "clipboard.paste", "power.shutdown"]


def test_by_the_wake_word_a_dangerous_skill_wants_a_click() -> None:
    turn, _ = play(QUIET, on.Typed("run it", Asking(origin=Origin.WAKE)), on.Interpreted(1, skill(SHUTDOWN)))
    turn, effects = play(turn, on.Typed("yes", Asking(origin=Origin.WAKE)))
    assert (begun(effects), turn.phase) == ([], Phase.CONFIRMING)


def test_a_skill_and_a_command_in_one_request_run_one_after_the_other() -> None:
    turn, effects = play(QUIET, on.Typed("x"), on.Interpreted(1, skill(TIME, then=(MUTE,))))
    turn, more = play(turn, done(1, "time.now", "Noon."), done(1, "audio.mute", "Muted."))
    assert begun(effects + more) == ["time.now", "audio.mute"]


def test_a_proposed_skill_that_is_chosen_asks_about_its_steps() -> None:
    choices = (
        Candidate(command="skills.run", slots={"skill": "night"}, confidence=0.7, steps=(TIME, SHUTDOWN)),
        replace(MUTE, confidence=0.6),
    )
    turn, effects = play(
        QUIET, on.Typed("x"), on.Interpreted(1, Match(text="x", choices=choices, reason=Reason.AMBIGUOUS))
    )
    turn, effects = play(turn, on.Typed("the first one"))
    assert (begun(effects), turn.phase) == ([], Phase.CONFIRMING)
    turn, effects = play(turn, on.Typed("yes"))
    assert begun(effects) == ["time.now"]


# Telling one

BEGUN = (on.Typed("create a skill called night"), on.Interpreted(1, command("skills.create", skill="night")))
READY = (*BEGUN, done(1, "skills.create", "What first?", skill="night"))


def test_a_skill_is_told_step_by_step_and_kept() -> None:
    turn, effects = play(QUIET, *BEGUN)
    assert effects[-2] == do.Run(1, "skills.create", {"skill": "night"}, "en")
    assert turn.draft is None
    turn, _ = play(turn, done(1, "skills.create", "What first?", skill="night"))
    assert (said(turn), turn.phase) == ("What first?", Phase.IDLE)
    turn, effects = play(turn, on.Typed("mute"), on.Interpreted(2, command("audio.mute")))
    assert (said(turn), begun(effects)) == ("1: Mute the sound. Then? “That is all” keeps it.", [])
    turn, effects = play(turn, on.Typed("why is the sky blue?"), on.Interpreted(3, Match(text="x")))
    assert begun(effects) == []
    assert said(turn) == "2: Ask a node: “why is the sky blue?”. Then? “That is all” keeps it."
    turn, effects = play(turn, on.Typed("That's all, thank you."))
    [keep] = [one for one in effects if isinstance(one, do.Run)]
    assert (keep.command, keep.slots["skill"]) == ("skills.create", "night")
    assert read(str(keep.slots["file"]), "").steps == (Step("mute"), Step("why is the sky blue?", asks=True))
    assert turn.draft
    turn, _ = play(turn, on.ActionDone(4, "skills.create", keep.slots, verbatim("It is kept."), undoable=True))
    assert (turn.draft, said(turn), turn.undoable) == (None, "It is kept.", True)


def test_a_skill_is_told_with_what_it_is_told_each_time() -> None:
    wanted = command("skills.create", skill="weather with a city")
    turn, effects = play(QUIET, on.Typed("create a skill called weather with a city"), on.Interpreted(1, wanted))
    slots = {"skill": "weather", "parameter": "city"}
    assert effects[-2] == do.Run(1, "skills.create", slots, "en")
    turn, _ = play(turn, on.ActionDone(1, "skills.create", slots, verbatim("What first?")))
    assert said(turn) == "Which city shall it be when you name none?"
    turn, _ = play(turn, on.Typed("{}"))
    assert said(turn) == "Which city shall it be when you name none?"
    turn, effects = play(turn, on.Typed("Paris."))
    assert said(turn) == "What shall “weather” do first? Say “Paris” where the city belongs."
    turn, _ = play(turn, on.Typed("what is the weather in paris?"), on.Interpreted(4, Match(text="x")))
    turn, _ = play(turn, on.Typed("mute"), on.Interpreted(5, command("audio.mute")))
    turn, effects = play(turn, on.Typed("that's all"))
    [keep] = [one for one in effects if isinstance(one, do.Run)]
    skill = read(str(keep.slots["file"]), "")
    assert (skill.name, skill.defaults) == ("weather {city}", {"city": "Paris"})
    assert skill.steps == (Step("what is the weather in {city}?", asks=True), Step("mute"))
    book = Book((skill,))
    assert [(book.find(call) or (0, 0))[1] for call in ("weather", "weather New York")] == [
        {"city": "Paris"},
        {"city": "New York"},
    ]


def test_before_a_value_is_told_cancel_drops_the_skill_and_nothing_is_carried_out() -> None:
    slots = {"skill": "météo", "parameter": "ville"}
    wanted = command("skills.create", skill="météo avec une ville")
    turn, _ = play(QUIET, on.Typed("x"), on.Interpreted(1, wanted))
    turn, _ = play(turn, on.ActionDone(1, "skills.create", slots, verbatim("Quoi ?")))
    turn, effects = play(turn, on.Typed("annule"))
    assert (turn.draft, said(turn), begun(effects)) == (None, "The skill “météo” is not kept.", [])


def test_what_no_step_needs_is_not_told_each_time() -> None:
    draft = Draft("tea with", (Step("mute"),), "friend", "Tim")
    assert skill_of(draft) == Skill(name="tea with", steps=(Step("mute"),))


def test_by_voice_as_well() -> None:
    turn, _ = play(Turn(), *READY)
    turn, _ = play(turn, on.TalkPressed(1.0), on.TalkReleased(2.0), on.Transcribed(2, "coupe le son", "fr"))
    turn, _ = play(turn, on.Interpreted(2, command("audio.mute")))
    turn, effects = play(turn, on.TalkPressed(3.0), on.TalkReleased(4.0), on.Transcribed(3, "C'est tout.", "fr"))
    assert begun(effects) == ["skills.create"]


UNFIT: dict[str, tuple[Match, str]] = {
    "unclear": (
        Match(text="x", choices=(replace(MUTE, confidence=0.7),), reason=Reason.BELOW_THRESHOLD),
        "I am not sure what “x” means. Say it otherwise.",
    ),
    "negated": (Match(text="x", reason=Reason.REFUSED), "I am not sure what “x” means. Say it otherwise."),
    "several": (replace(command("audio.mute"), then=(TIME,)), "One step at a time, please: what shall it do next?"),
    "stop": (command("assistant.sleep"), "“night” is not finished: say “that is all”, or “cancel”."),
    "another": (command("skills.create", skill="b"), "“night” is not finished: say “that is all”, or “cancel”."),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_a_step_is_said_and_the_draft_stays(unfit: tuple[Match, str]) -> None:
    match, told = unfit
    turn, effects = play(QUIET, *READY, on.Typed("x"), on.Interpreted(2, match))
    assert (said(turn), turn.draft and turn.draft.steps, begun(effects)[1:]) == (told, (), [])


def test_undo_takes_the_last_step_away_and_cancel_all_of_them() -> None:
    turn, _ = play(QUIET, *READY, on.Typed("mute"), on.Interpreted(2, command("audio.mute")))
    turn, effects = play(turn, on.Typed("undo"), on.Interpreted(3, command("assistant.undo")))
    assert (turn.draft and turn.draft.steps, begun(effects)) == ((), [])
    turn, effects = play(turn, on.Typed("cancel"), on.Interpreted(4, command("assistant.cancel")))
    assert (turn.draft, said(turn), begun(effects)) == (None, "The skill “night” is not kept.", [])


def test_nothing_to_keep_is_said() -> None:
    turn, effects = play(QUIET, *READY, on.Typed("done"))
    assert said(turn) == "“night” has no step yet. What shall it do first?"
    assert begun(effects) == ["skills.create"]


def test_a_draft_that_cannot_be_kept_stays() -> None:
    turn, _ = play(QUIET, *READY, on.Typed("mute"), on.Interpreted(2, command("audio.mute")), on.Typed("done"))
    turn, _ = play(turn, on.Failed(3, message("The disk is full.")))
    assert turn.draft
    assert turn.draft.steps == (Step("mute"),)


def test_a_forgotten_draft_is_given_up_and_commands_run_again() -> None:
    turn, effects = play(QUIET, *READY)
    deadline = effects[-1]
    assert isinstance(deadline, do.Deadline)
    turn, _ = play(turn, on.DeadlinePassed(1, deadline.stage, deadline.progress))
    assert (turn.draft, said(turn)) == (None, "The skill “night” is given up: nothing was added for a while.")
    turn, effects = play(turn, on.Typed("mute"), on.Interpreted(2, command("audio.mute")))
    assert begun(effects) == ["audio.mute"]


def test_the_command_line_is_not_taken_for_a_step_and_cannot_begin_one() -> None:
    turn, effects = play(QUIET, *READY, on.Typed("mute", LINE), on.Interpreted(2, command("audio.mute")))
    assert begun(effects)[1:] == ["audio.mute"]
    turn, effects = play(QUIET, on.Typed("x", LINE), on.Interpreted(1, command("skills.create", skill="night")))
    assert (begun(effects), turn.failed) == ([], True)


# What the turn keeps for undo


def test_what_ran_is_offered_to_be_taken_back() -> None:
    turn, _ = play(QUIET, on.Typed("mute"), on.Interpreted(1, command("audio.mute")))
    turn, effects = play(turn, on.ActionDone(1, "audio.mute", {}, verbatim("Muted."), undoable=True))
    assert turn.undoable
    assert [one.outcome.undoable for one in effects if isinstance(one, do.Remember)] == [True]
    turn, _ = play(turn, on.UndoWanted(), on.ActionDone(2, "assistant.undo", {}, verbatim("Undone.")))
    assert not turn.undoable


def test_cancel_while_the_reply_is_spoken_undoes_what_was_done() -> None:
    turn, _ = play(Turn(), on.Typed("mute"), on.Interpreted(1, command("audio.mute")))
    turn, _ = play(turn, on.ActionDone(1, "audio.mute", {}, verbatim("Muted."), undoable=True))
    assert turn.phase is Phase.SPEAKING
    _, effects = play(turn, on.Typed("cancel"), on.Interpreted(2, command("assistant.cancel")))
    assert begun(effects) == ["assistant.undo"]


def test_cancel_while_an_answer_is_spoken_undoes_nothing() -> None:
    turn, _ = play(Turn(), on.Typed("why?"), on.Interpreted(1, Match(text="x")), on.AnswerText(1, "So"))
    turn, _ = play(turn, on.AnswerEnded(1))
    assert turn.phase is Phase.SPEAKING
    turn, effects = play(turn, on.Typed("cancel"), on.Interpreted(2, command("assistant.cancel")))
    assert (begun(effects), said(turn)) == ([], "Cancelled.")


@pytest.mark.parametrize(
    ("said", "name", "parameter"),
    [
        ("weather with a city", "weather", "city"),
        ("bilan météo avec une ville", "bilan météo", "ville"),
        ("message avec l'expéditeur", "message", "expéditeur"),
        ("work with music", "work with music", ""),
        ("with a city", "with a city", ""),
        ("weather with a big city", "weather with a big city", ""),
    ],
)
def test_what_a_skill_is_told_each_time_is_named_behind_it(said: str, name: str, parameter: str) -> None:
    assert parameter_in(said) == (name, parameter)


@pytest.mark.parametrize(("text", "value"), [(" « New  York ». ", "New York"), ("?!", ""), ("{x}", ""), ("x" * 61, "")])
def test_a_value_is_what_can_be_said_again(text: str, value: str) -> None:
    assert default_in(text) == value
