"""Skills: a user's named sequences of commands and requests, with parameters.

A skill keeps what its user said, not what was understood: its steps are understood anew each time it is run, before
the first of them is, so that a question can name the most dangerous one.  What is unclear in it stops the whole.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, product

from etoile.domain.commands import NODE_REQUEST
from etoile.domain.effects import Decision
from etoile.domain.events import Asking, Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.tokens import texts_of
from etoile.domain.policy import decide, parts_of
from etoile.domain.skill import Skill, Step
from etoile.errors import ConfigError
from etoile.text import Message, message

MOST_PARTS = 50
"""Steps that a skill comes to, those of the skills that it runs included."""
MOST_CALLS = 200
"""Ways in which one skill is called, its parameters filled."""
LONGEST_CALL = 300
"""Characters of a request that calls a skill, its parameter included."""

_NEVER = frozenset({"skills.create", "assistant.cancel"})
"""Commands that begin a dialogue, or end what goes on: no steps."""
NO_SKILLS_NAME = frozenset({"assistant.cancel", "assistant.undo", "assistant.stop_talking", "dictation.stop"})
"""Commands that a skill of the same name does not replace: there is always a word to stop with."""
_MOST_BEFORE = 8
"""Words before a name: "run my skill"."""
_PLACE = re.compile(r"\{(\w+)\}")
_BEFORE_A_NAME = re.compile(
    r"^(?:(?:the |le |la |les |mon |ma |my )?"
    r"(?:skill|routine|macro|competence|run|start|launch|do|execute|lance|demarre|fais|joue)\b ?)+"
    r"(?:the |my |le |la |mon |ma |l )?"
)

Understand = Callable[[str, str | None], Match]
"""Returns what a text means; of no language in particular with None."""


@dataclass(frozen=True)
class Book:
    """Every skill there is, and what is wrong with the files that hold none."""

    skills: tuple[Skill, ...] = ()
    problems: tuple[ConfigError, ...] = ()

    @cached_property
    def _calls(self) -> dict[str, tuple[Skill, dict[str, str]]]:
        """How each skill is called with its parameters filled, and what they are then."""
        filled = (
            (call, (skill, {**skill.defaults, **arguments}))
            for skill in self.skills
            for call, arguments in islice(_filled(skill), MOST_CALLS)
        )
        return {" ".join(call.split()): called for call, called in filled}

    @cached_property
    def _plain_calls(self) -> dict[str, str]:
        return {_plain(call): call for call in self._calls}

    @property
    def calls(self) -> tuple[str, ...]:
        """What a request may call a skill."""
        return tuple(self._calls)

    def find(self, call: str) -> tuple[Skill, dict[str, str]] | None:
        """Return the skill that is called so, with its parameters; None when there is none."""
        known = call if call in self._calls else self.called(call)
        return None if known is None else self._calls.get(known) or self._with_anything(known)

    def named(self, text: str) -> str | None:
        """Return the call that `text` is, case, accents and signs aside; None when it is none."""
        return self._plain_calls.get(_plain(text)) if len(text) <= LONGEST_CALL else None

    def called(self, text: str) -> str | None:
        """Return the call that `text` is, "run the skill" aside as well, with whatever parameter; None for none."""
        if len(text) > LONGEST_CALL:
            return None
        if call := self.named(text) or self._plain_calls.get(_BEFORE_A_NAME.sub("", _plain(text))):
            return call
        return text if self._with_anything(text) else None

    def _with_anything(self, call: str) -> tuple[Skill, dict[str, str]] | None:
        """Return the skill whose name ends in a parameter that may be anything, which the end of `call` is."""
        for skill in self.skills:
            for name in skill.names:
                head, parameter = _open_end(skill, name)
                said = _behind(call, head) if parameter else None
                if said:
                    return skill, {**skill.defaults, parameter: said}
        return None


def _filled(skill: Skill) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each way to call `skill`: its closed parameters filled, an open one at the end left away."""
    for name in skill.names:
        head, parameter = _open_end(skill, name)
        written = head if parameter else name
        places = list(dict.fromkeys(_PLACE.findall(written)))
        for values in product(*(skill.parameters[place].among for place in places)):
            arguments = dict(zip(places, values, strict=True))
            yield fill(written, arguments).strip(), arguments


def _open_end(skill: Skill, name: str) -> tuple[str, str]:
    """Return what stands before the open parameter that `name` ends in, and that parameter; "" when it has none."""
    found = re.fullmatch(r"(.*?)\{(\w+)\}", name)
    if found and not skill.parameters[found[2]].among:
        return found[1].strip(), found[2]
    return name, ""


def _behind(call: str, head: str) -> str | None:
    """Return the words of `call` behind `head`, as they stand; None when it does not begin so."""
    wanted = _plain(head)
    words = call.strip(" .!?…").split()
    furthest = min(len(words), len(wanted.split()) + _MOST_BEFORE)
    for at in range(1, furthest):
        begun = _plain(" ".join(words[:at]))
        if wanted in (begun, _BEFORE_A_NAME.sub("", begun)):
            return " ".join(words[at:])
    return None


def _plain(text: str) -> str:
    """Return the words of `text` without case, accents and signs."""
    return " ".join(word for word in texts_of(text, "en", {}) if word != ",")


def fill(text: str, arguments: Mapping[str, str]) -> str:
    """Return `text` with its parameters filled."""
    return _PLACE.sub(lambda place: arguments.get(place[1], place[0]), text)


def places_in(text: str) -> tuple[str, ...]:
    """Return the parameters that stand in `text`."""
    return tuple(_PLACE.findall(text))


# What a skill comes to


def with_skills(match: Match, book: Book, understand: Understand) -> Match:
    """Return `match` with the steps of every skill in it; a proposed skill that cannot run is not proposed.

    Raises ConfigError when a skill that is to run cannot: an unclear step, a cycle, too many.
    """
    if match.command is None:
        return replace(match, choices=tuple(_expandable(match.choices, book, understand)))
    first = Candidate(command=match.command, slots=match.slots, confidence=match.confidence)
    first, *others = (expanded(candidate, book, understand) for candidate in (first, *match.then))
    return replace(match, steps=first.steps, then=tuple(others))


def _expandable(choices: tuple[Candidate, ...], book: Book, understand: Understand) -> Iterator[Candidate]:
    for choice in choices:
        try:
            yield expanded(choice, book, understand)
        except ConfigError:
            continue


def expanded(candidate: Candidate, book: Book, understand: Understand, within: tuple[str, ...] = ()) -> Candidate:
    """Return `candidate` with its steps if it is a skill; `within` are the skills that it is a step of.

    Raises ConfigError, which names the file and the step.
    """
    if candidate.command != "skills.run":
        return candidate
    call = str(candidate.slots.get("skill", ""))
    found = book.find(call)
    if found is None:
        raise ConfigError(message("There is no skill “{skill}”.", skill=call), _KNOWN if book.skills else _NONE)
    skill, arguments = found
    if skill.name in within:
        chain = message("{skills}", skills=[message("“{name}”", name=name) for name in (*within, skill.name)])
        raise _wrong(skill, message("it runs itself: {chain}", chain=chain), message("Take one of them out."))
    steps: list[Candidate] = []
    for number, step in enumerate(skill.steps, start=1):
        one = _understood(skill, number, step, arguments, understand)
        steps += parts_of(expanded(one, book, understand, (*within, skill.name)))
        if len(steps) > MOST_PARTS:
            raise _wrong(skill, message("it comes to more than {most} steps", most=MOST_PARTS), _SHORTER)
    return replace(candidate, steps=tuple(steps))


def _understood(
    skill: Skill, number: int, step: Step, arguments: Mapping[str, str], understand: Understand
) -> Candidate:
    """Return the one command that a step is.  Raises ConfigError when it is none, several, or not sure."""
    text = fill(step.text, arguments)
    if step.asks:
        return Candidate(command=NODE_REQUEST, slots={"query": text}, confidence=1.0)
    match = understand(text, skill.language)
    ruling = decide(match, Asking(origin=Origin.SKILL))
    if match.command is None or ruling.decision is Decision.REFUSE:
        reason = _REASONS.get(match.reason, _NO_COMMAND)
        raise _wrong(skill, message("step {number}, “{text}”, {reason}", number=number, text=text, reason=reason), _SAY)
    if match.then:
        several = message("step {number}, “{text}”, is several commands", number=number, text=text)
        raise _wrong(skill, several, message("Write each as a step of its own."))
    if match.command in _NEVER:
        raise _wrong(skill, message("step {number}, “{text}”, cannot be a step", number=number, text=text), _SAY)
    return Candidate(command=match.command, slots=match.slots, confidence=match.confidence)


def _wrong(skill: Skill, what: Message, remedy: Message) -> ConfigError:
    said = message("The skill “{skill}” was not run: {what}.", skill=skill.name, what=what)
    if not skill.path:
        return ConfigError(said, remedy)
    return ConfigError(said, message("{remedy} It is in {path}.", remedy=remedy, path=skill.path))


_NO_COMMAND = message("is no command that I know")
_REASONS: Mapping[Reason, Message] = {
    Reason.AMBIGUOUS: message("may mean several things"),
    Reason.BELOW_THRESHOLD: message("is not clear"),
    Reason.REFUSED: message("says what not to do"),
}
_SAY = message("Say it as you would say it to me; what a node is to answer is written {ask}.", ask='{ ask = "…" }')
_SHORTER = message("Take some out.")
_KNOWN = message("`etoile skills list` shows those there are.")
_NONE = message("Say “create a routine called morning report”, or see `etoile skills`.")
