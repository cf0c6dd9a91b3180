"""Skills: what their files may hold, what they are called by, and what they come to."""

import pytest

from etoile.domain.commands import NODE_REQUEST
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.skill import MOST_STEPS, Parameter, Skill, Step
from etoile.domain.skill_files import LONGEST_BYTES, book_of, read, written
from etoile.domain.skills import MOST_PARTS, Book, fill, with_skills
from etoile.errors import ConfigError
from etoile.text import verbatim

REPORT = """
name = "rapport du matin"
also = ["morning report"]
language = "fr"
steps = ["coupe le son", { ask = "Résume {sujet}." }]
[parameters]
sujet = "les nouvelles"
"""
PROJECT = """
name = "ouvre le projet {projet}"
steps = ["ouvre le dossier {projet}"]
[parameters]
projet = ["étoile", "athena 2"]
"""
SUMMARY = """
name = "résumé sur {sujet}"
steps = [{ ask = "Résume {sujet}" }]
[parameters]
sujet = "la journée"
"""

KNOWN = {
    "coupe le son": Match(text="", command="audio.mute", confidence=1.0),
    "éteins l'ordinateur": Match(text="", command="power.shutdown", confidence=1.0),
    "ouvre le dossier étoile": Match(text="", command="file.open_folder", slots={"folder": "étoile"}, confidence=1.0),
    "ne coupe pas le son": Match(text="", reason=Reason.REFUSED),
    "coupe le machin": Match(
        text="", choices=(Candidate(command="audio.mute", confidence=0.7),), reason=Reason.BELOW_THRESHOLD
    ),
    "coupe le son et éteins": Match(
        text="", command="audio.mute", confidence=1.0, then=(Candidate(command="power.shutdown"),)
    ),
    "crée une routine x": Match(text="", command="skills.create", slots={"skill": "x"}, confidence=1.0),
}


def understand(text: str, language: str | None) -> Match:
    """Stand in for the matcher: it knows a few sentences, and "lance X" for skills."""
    if text.startswith("lance "):
        slots = {"skill": text.removeprefix("lance ")}
        return Match(text=text, command="skills.run", slots=slots, confidence=1.0)
    return KNOWN.get(text, Match(text=text))


def book(*texts: str) -> Book:
    """Return the skills in `texts`, which must all be right."""
    found = book_of((f"{number}.toml", text) for number, text in enumerate(texts))
    assert not found.problems, str(found.problems[0])
    return found


def simple(name: str, *steps: str) -> str:
    """Return the file of a skill."""
    return written(Skill(name=name, steps=tuple(map(Step, steps))))


def run(call: str, *texts: str) -> Match:
    """Return what calling a skill comes to."""
    return with_skills(understand(f"lance {call}", None), book(*texts), understand)


# Files


def test_a_file_and_back() -> None:
    skill = read(REPORT, "")
    assert skill == Skill(
        name="rapport du matin",
        also=("morning report",),
        language="fr",
        parameters={"sujet": Parameter("les nouvelles")},
        steps=(Step("coupe le son"), Step("Résume {sujet}.", asks=True)),
    )
    assert read(written(skill), "") == skill
    assert read(written(read(PROJECT, "")), "") == read(PROJECT, "")


def test_what_is_said_is_kept_as_it_stands() -> None:
    steps = (Step('note "l\'été" \\ et 5 €'), Step("שלום 🙂 \\n", asks=True))
    assert read(written(Skill(name="un “nom” à moi", steps=steps)), "").steps == steps


WRONG: dict[str, tuple[str, int, str]] = {
    "no TOML": ('name = "x"\nsteps = [', 2, "this is no TOML"),
    "nested without end": ("a = " + "[" * 60_000, 1, "this is no TOML"),
    "an unknown key": ('name = "x"\nstep = ["mute"]', 2, "there is no key “step”"),
    "no name": ('steps = ["mute"]', 1, "it has no name"),
    "a name of signs": ('\nname = "!!!"\nsteps = ["mute"]', 2, "cannot be said as a name"),
    "a name without end": (f'name = "{"a" * 61}"\nsteps = ["mute"]', 1, "cannot be said as a name"),
    "control characters": ('name = "a\\u0007b"\nsteps = ["mute"]', 1, "cannot be said as a name"),
    "no steps": ('name = "x"', 1, "it has 0 steps"),
    "too many steps": (f'name = "x"\nsteps = {["mute"] * (MOST_STEPS + 1)}', 2, "it has 21 steps"),
    "steps in a text": ('name = "x"\nsteps = "mute"', 2, "“steps” is no list"),
    "a step of two things": ('name = "x"\nsteps = [{ ask = "a", do = "b" }]', 2, "neither a command nor a request"),
    "a step that is a number": ('name = "x"\n\nsteps = [5]', 3, "neither a command nor a request"),
    "a step without end": (f'name = "x"\nsteps = ["{"a" * 501}"]', 2, "too long"),
    "a step of several lines": ('name = "x"\nsteps = ["mute\\nlock"]', 2, "cannot be said"),
    "another language": ('name = "x"\nsteps = ["mute"]\nlanguage = "de"', 3, "I do not speak “de”"),
    "an unknown parameter": ('name = "x"\nsteps = [\n"mute",\n"open {what}"]', 4, "there is no parameter “what”"),
    "a parameter of numbers": ('name = "x"\nsteps = ["a"]\n[parameters]\nwhat = 5', 4, "neither a text nor texts"),
    "no parameters at all": ('name = "x"\nsteps = ["a"]\nparameters = 5', 3, "is no table"),
    "anything in the middle": (
        'name = "open {what} now"\nsteps = ["a"]\n[parameters]\nwhat = "x"', 1, "does not end the name"
    ),
    "too long": ("#" * (LONGEST_BYTES + 1), 1, "the file is too long"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line_and_its_remedy(wrong: tuple[str, int, str]) -> None:
    text, line, says = wrong
    with pytest.raises(ConfigError) as told:
        read(text, "mine.toml")
    assert str(told.value).startswith(f"mine.toml, line {line}: ")
    assert says in str(told.value)
    assert told.value.remedy


def test_a_broken_file_costs_its_own_skill_only() -> None:
    unreadable = ConfigError(verbatim("it cannot be read"))
    found = book_of([("a.toml", REPORT), ("b.toml", "nonsense"), ("c.toml", unreadable), ("d.toml", PROJECT)])
    assert [skill.path for skill in found.skills] == ["a.toml", "d.toml"]
    assert [str(problem)[:14] for problem in found.problems] == ["b.toml, line 1", "it cannot be r"]


def test_two_of_a_name_are_one_too_many() -> None:
    found = book_of([("a.toml", REPORT), ("b.toml", simple("Morning Report", "coupe le son"))])
    assert [skill.path for skill in found.skills] == ["a.toml"]
    assert "is the name of a.toml already" in str(found.problems[0])


# Calls

CALLS: list[tuple[str, str | None, dict[str, str]]] = [
    ("rapport du matin", "rapport du matin", {"sujet": "les nouvelles"}),
    ("Rapport du matin !", "rapport du matin", {"sujet": "les nouvelles"}),
    ("morning report", "morning report", {"sujet": "les nouvelles"}),
    ("run the skill morning report", "morning report", {"sujet": "les nouvelles"}),
    ("routine rapport du matin", "rapport du matin", {"sujet": "les nouvelles"}),
    ("ouvre le projet étoile", "ouvre le projet étoile", {"projet": "étoile"}),
    ("OUVRE LE PROJET ETOILE", "ouvre le projet étoile", {"projet": "étoile"}),
    ("ouvre le projet athena deux", None, {}),
    ("ouvre le projet secret", None, {}),
    ("résumé sur", "résumé sur", {"sujet": "la journée"}),
    ("résumé sur le climat", "résumé sur le climat", {"sujet": "le climat"}),
    ("lance le résumé sur Paul et Marie", "lance le résumé sur Paul et Marie", {"sujet": "Paul et Marie"}),
    ("ne lance pas le rapport du matin", None, {}),
    ("le rapport", None, {}),
    ("rapport du matin et du soir", None, {}),
    ("", None, {}),
    ("🙂", None, {}),
    ("x" * 10_000, None, {}),
    ("x " * 10_000, None, {}),
    ("résumé sur " + "le climat " * 1000, None, {}),
]


@pytest.mark.parametrize(("text", "call", "arguments"), CALLS)
def test_what_a_skill_is_called_by(text: str, call: str | None, arguments: dict[str, str]) -> None:
    skills = book(REPORT, PROJECT, SUMMARY)
    assert skills.called(text) == call
    found = skills.find(text)
    assert (found[1] if found else {}) == arguments


def test_the_names_that_requests_may_hold() -> None:
    calls = book(REPORT, PROJECT, SUMMARY).calls
    assert calls == (
        *("rapport du matin", "morning report", "ouvre le projet étoile", "ouvre le projet athena 2", "résumé sur"),
    )


# Steps


def test_a_skill_comes_to_its_steps() -> None:
    match = run("rapport du matin", REPORT)
    assert (match.command, match.slots) == ("skills.run", {"skill": "rapport du matin"})
    assert [(step.command, dict(step.slots)) for step in match.steps] == [
        ("audio.mute", {}),
        (NODE_REQUEST, {"query": "Résume les nouvelles."}),
    ]


def test_parameters_are_filled_in() -> None:
    assert [dict(step.slots) for step in run("ouvre le projet étoile", PROJECT).steps] == [{"folder": "étoile"}]
    assert [dict(step.slots) for step in run("résumé sur le climat", SUMMARY).steps] == [{"query": "Résume le climat"}]


def test_a_skill_runs_another() -> None:
    match = run("soir", simple("soir", "lance nuit", "coupe le son"), simple("nuit", "éteins l'ordinateur"))
    assert [step.command for step in match.steps] == ["power.shutdown", "audio.mute"]


UNFIT: dict[str, tuple[list[str], str]] = {
    "unknown": ([simple("a", "danse")], "step 1, “danse”, is no command that I know"),
    "unclear": ([simple("a", "coupe le son", "coupe le machin")], "step 2, “coupe le machin”, is not clear"),
    "negated": ([simple("a", "ne coupe pas le son")], "says what not to do"),
    "several": ([simple("a", "coupe le son et éteins")], "is several commands"),
    "a dialogue": ([simple("a", "crée une routine x")], "cannot be a step"),
    "itself": ([simple("a", "lance a")], "it runs itself: “a”, “a”"),
    "in a circle": ([simple("a", "lance b"), simple("b", "lance c"), simple("c", "lance a")], "“a”, “b”, “c”, “a”"),
    "not there": ([simple("a", "lance b")], "There is no skill “b”"),
    "too much": (
        [simple("a", *["lance b"] * 20), simple("b", *["coupe le son"] * 20)],
        f"it comes to more than {MOST_PARTS} steps",
    ),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_what_cannot_run_says_why_and_runs_nothing(unfit: tuple[list[str], str]) -> None:
    texts, says = unfit
    with pytest.raises(ConfigError) as told:
        run("a", *texts)
    assert says in str(told.value)
    assert told.value.remedy


def test_a_proposed_skill_that_cannot_run_is_not_proposed() -> None:
    choices = tuple(Candidate(command="skills.run", slots={"skill": name}, confidence=0.7) for name in ("a", "b"))
    match = Match(text="", choices=choices, reason=Reason.AMBIGUOUS)
    found = with_skills(match, book(simple("a", "danse"), simple("b", "coupe le son")), understand)
    assert [(choice.slots["skill"], len(choice.steps)) for choice in found.choices] == [("b", 1)]


def test_a_parameter_becomes_no_second_command() -> None:
    with pytest.raises(ConfigError, match="is several commands"):
        run("va son et éteins", 'name = "va {quoi}"\nsteps = ["coupe le {quoi}"]\n[parameters]\nquoi = "son"')


def test_only_known_places_are_filled() -> None:
    assert fill("{a} {b} {{a}}", {"a": "{b}"}) == "{b} {b} {{b}}"
