"""A skill that its user tells step by step: nothing is carried out meanwhile, and nothing is kept before "that is all".

Each request becomes a step: a command as it was said, anything else a request to a node.
"""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import NODE_REQUEST
from etoile.domain.descriptions import describe
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.policy import choices_of, commands_of
from etoile.domain.replies import DECLINE, is_afresh, is_over, reply_to
from etoile.domain.skill import MOST_STEPS, Draft
from etoile.domain.skill_telling import default_in, parameter_in, skill_of, with_step
from etoile.domain.turn.lifetime import THINKING_S, broken_off, deadline, enter, finish, interpret
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import Message, message, plural

DRAFT_S = 300.0
"""A draft to which nothing was added for this long is given up: its user has forgotten it."""
FILE = "file"
"""The slot of `skills.create` that holds the file to be kept; without it a draft begins."""

TELLERS = frozenset({Origin.VOICE, Origin.WINDOW})
"""Who can tell a skill: whoever else makes a request meanwhile does not mean the draft."""


def begin_draft(turn: Turn, command: Candidate) -> Step:
    """Ask whether there may be a skill of that name."""
    if turn.asking.origin not in TELLERS:
        return finish(turn, ok=False, said=_NOT_HERE, remedy=_NOT_HERE_REMEDY)
    name, parameter = parameter_in(str(command.slots["skill"]))
    slots = {"skill": name, "parameter": parameter} if parameter else {"skill": name}
    return turn, (do.Run(turn.number, command.command, slots, turn.language), deadline(turn, THINKING_S))


def kept(turn: Turn, event: on.ActionDone) -> Step:
    """Begin the draft, or end it: its skill is kept.  What was asked for behind the draft is told as not done."""
    if FILE in event.slots:
        return finish(replace(turn, draft=None), ok=True, said=event.said)
    draft = Draft(str(event.slots["skill"]), parameter=str(event.slots.get("parameter", "")))
    said = broken_off(replace(turn, said=None), _which(draft) if draft.parameter else event.said)
    return _wait(replace(turn, waiting=(), draft=draft), said)


def _which(draft: Draft) -> Message:
    return message("Which {parameter} shall it be when you name none?", parameter=draft.parameter)


def heard(turn: Turn, text: str, language: str | None, before: tuple[Effect, ...] = ()) -> Step:
    """Find out what `text` means, unless it says that the draft is whole, or that an old answer is not good enough."""
    last = turn.last
    if last and last.reused_s is not None and is_afresh(text):
        turn = replace(turn, asking=replace(turn.asking, fresh=True))
        return interpret(turn, last.text, last.language, before)
    draft = _draft_of(turn)
    wants_default = draft is not None and draft.parameter and not draft.default
    if draft is None or not (wants_default or is_over(text)):
        return interpret(turn, text, language, before)
    turn = replace(enter(turn, Phase.THINKING), request=text, language=language or turn.language, offers_undo=True)
    if wants_default:
        turn, told = _with_default(turn, draft, text)
        return turn, (*before, *told)
    if not draft.steps:
        turn, told = _wait(turn, message("“{skill}” has no step yet. What shall it do first?", skill=draft.name))
        return turn, (*before, *told)
    from etoile.domain.skill_files import written  # with all that reads such a file, which few requests need

    file = written(skill_of(draft))
    keep = do.Run(turn.number, "skills.create", {"skill": draft.name, FILE: file}, turn.language)
    return turn, (*before, keep, deadline(turn, THINKING_S))


def _with_default(turn: Turn, draft: Draft, text: str) -> Step:
    """Take `text` for the value that the parameter has where none is named."""
    if reply_to(text, turn.language, 1) is DECLINE:
        return _dropped(turn, draft)
    draft = replace(draft, default=default_in(text))
    if not draft.default:
        return _wait(turn, _which(draft))
    said = message(
        "What shall “{skill}” do first? Say “{default}” where the {parameter} belongs.",
        skill=draft.name,
        default=draft.default,
        parameter=draft.parameter,
    )
    return _wait(replace(turn, draft=draft), said)


def _dropped(turn: Turn, draft: Draft) -> Step:
    said = message("The skill “{skill}” is not kept.", skill=draft.name)
    return finish(replace(turn, draft=None), ok=True, said=said)


def is_telling(turn: Turn) -> bool:
    """Whether the request is a step of the draft."""
    return _draft_of(turn) is not None


def added(turn: Turn, match: Match) -> Step:
    """Take the request for the next step of the draft."""
    draft = turn.draft or Draft("")
    match match.command:
        case "assistant.cancel":
            return _dropped(turn, draft)
        case "assistant.undo":
            draft = replace(draft, steps=draft.steps[:-1])
            said = plural(
                "The last step is gone; {count} is left. Then?",
                "The last step is gone; {count} are left. Then?",
                len(draft.steps),
            )
        case "skills.create" | "assistant.stop_talking" | "assistant.sleep":
            said = message("“{skill}” is not finished: say “that is all”, or “cancel”.", skill=draft.name)
        case _:
            draft, said = _with_step(draft, turn.request, match)
    return _wait(replace(turn, draft=draft), said)


def forgotten(turn: Turn, event: on.DeadlinePassed) -> Step:
    """Give the draft up."""
    if turn.draft is None or event.stage != turn.stage:
        return turn, ()
    said = message("The skill “{skill}” is given up: nothing was added for a while.", skill=turn.draft.name)
    return replace(turn, draft=None, said=said), ()


def _with_step(draft: Draft, text: str, match: Match) -> tuple[Draft, Message]:
    """Return the draft with `text` as its next step, or as it was, and what is said to that."""
    if len(draft.steps) == MOST_STEPS:
        return draft, message("A skill has at most {most} steps. Say “that is all” to keep it.", most=MOST_STEPS)
    if match.then:
        return draft, message("One step at a time, please: what shall it do next?")
    if choices_of(match) or match.reason is Reason.REFUSED:
        return draft, message("I am not sure what “{text}” means. Say it otherwise.", text=text)
    commands = commands_of(match)
    [what] = commands or (Candidate(command=NODE_REQUEST, slots={"query": text}),)
    draft = with_step(draft, text, asks=not commands)
    return draft, message(
        "{number}: {what}. Then? “That is all” keeps it.", number=len(draft.steps), what=describe(what)
    )


def _draft_of(turn: Turn) -> Draft | None:
    return turn.draft if turn.asking.origin in TELLERS else None


def _wait(turn: Turn, said: Message) -> Step:
    """Tell how the draft stands, and wait for the next step."""
    turn, told = finish(replace(turn, decision=Decision.ASK), ok=True, said=said)
    return turn, (*told, deadline(turn, DRAFT_S))


_NOT_HERE = message("A skill is told step by step, in the window or by voice.")
_NOT_HERE_REMEDY = message("Or write it as a file: `etoile skills` says where and how.")
