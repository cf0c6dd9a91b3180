"""The parameter of a skill that is told by voice: "create a skill called weather with a city".

One parameter, that may be anything and ends the name: "weather London".  Its user says what it is when none is named,
and then says just that in the steps where it belongs: "what is the weather in Paris".  More than one, or one that is
among a few, belongs into the skill's file.
"""

import re

from etoile.domain.skill import Draft, Parameter, Skill, Step

LONGEST_DEFAULT = 60
"""Characters."""
_WITH_ONE = re.compile(
    r"(?P<name>.+?),? (?:with|avec) (?:an?|the|une?|le|la|l['’]) ?(?P<parameter>[^\W\d_]{2,20})", re.IGNORECASE
)


def parameter_in(name: str) -> tuple[str, str]:
    """Return the name of a skill, and what it is to be told each time; "" where nothing is said of that."""
    found = _WITH_ONE.fullmatch(name.strip())
    return (found["name"], found["parameter"].lower()) if found else (name, "")


def default_in(text: str) -> str:
    """Return what `text` gives as the value where none is named; "" when it can be none."""
    said = " ".join(text.strip(' .!?…«»“”"').split())
    fits = len(said) <= LONGEST_DEFAULT and said.isprintable() and not set(said) & set("{}")
    return said if fits and any(letter.isalnum() for letter in said) else ""


def with_step(draft: Draft, text: str, *, asks: bool) -> Draft:
    """Return `draft` with a further step, its parameter standing where the value was said."""
    if draft.default:
        place = f"{{{draft.parameter}}}"
        text = re.sub(rf"(?<!\w){re.escape(draft.default)}(?!\w)", lambda _: place, text, flags=re.IGNORECASE)
    return Draft(draft.name, (*draft.steps, Step(text, asks)), draft.parameter, draft.default)


def skill_of(draft: Draft) -> Skill:
    """Return the skill that was told; a parameter that no step needs is none."""
    place = f"{{{draft.parameter}}}"
    if not any(place in step.text for step in draft.steps):
        return Skill(name=draft.name, steps=draft.steps)
    parameters = {draft.parameter: Parameter(draft.default)}
    return Skill(name=f"{draft.name} {place}", parameters=parameters, steps=draft.steps)
