import contextlib
import itertools
import random

import pytest

from etoile.domain.matching.graph import Graph
from etoile.domain.matching.templates import LONGEST, MOST_FORMS, Form, forms_of, parsed


def forms(template: str) -> set[str]:
    return {" ".join(form) for form in forms_of(template, words)}


def words(text: str) -> Form:
    return tuple(text.split())


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("mute", {"mute"}),
        ("mute [the sound]", {"mute", "mute the sound"}),
        ("(turn|switch) it off", {"turn it off", "switch it off"}),
        ("set (the|my) volume [to] {level}", {
            "set the volume to {level}", "set my volume to {level}", "set the volume {level}", "set my volume {level}",
        }),
        ("<raise> [the [loud] sound]", {"<raise>", "<raise> the sound", "<raise> the loud sound"}),
        ("a | b c", {"a", "b c"}),
        ("(a|) b", {"a b", "b"}),
        ("[a]", {"a"}),
        ("", set()),
    ],
)  # fmt: skip
def test_a_template_is_written_out(template: str, expected: set[str]) -> None:
    assert forms(template) == expected


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("mute [the sound", '"]" is missing'),
        ("(a|b", '")" is missing'),
        ("mute the sound]", '"]" closes nothing'),
        ("a ) b", '")" closes nothing'),
        ("(a]", '")" is missing'),
        ("volume {level", "begins neither"),
        ("<", "begins neither"),
        ("a } b", "closes nothing"),
        ("x" * (LONGEST + 1), "longer than"),
        ("[a]" * 20, "more than"),
        ("(a|b)" * 60, "more than"),
    ],
)
def test_a_wrong_template_says_what_is_wrong(template: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("[", r"\[").replace(")", r"\)").replace("]", r"\]")):
        forms_of(template, words)


def test_anything_is_a_template_or_is_refused() -> None:
    chance = random.Random(3)
    for _ in range(500):
        template = "".join(chance.choices("ab []()|{}<>level", k=chance.randrange(1, LONGEST)))
        with contextlib.suppress(ValueError):
            assert len(forms_of(template, words)) <= MOST_FORMS


@pytest.mark.parametrize("template", ["[a] (b|c [d|e]) f", "~ a <b> {c}", "a | b [c]", "(a|) b"])
def test_examples_say_every_part_in_few_forms(template: str) -> None:
    choice = parsed(template, words)
    examples = set(filter(None, choice.examples()))
    assert examples <= set(forms_of(template, words))
    assert {part for form in examples for part in form} == set(choice.parts())


def test_an_automaton_takes_the_forms_of_its_templates_and_no_others() -> None:
    said = {"mute": ["[a] (b|c [d|e]) f", "~ a b <c>"], "lock": ["c [d] [e]", "(a|the) b [the]", "~ a b <c>"]}
    bits = {"mute": 1, "lock": 2}
    templates = {command: [parsed(template, words) for template in texts] for command, texts in said.items()}
    graph = Graph(templates, bits, lambda command: frozenset({"the"}))
    bare = {
        command: {bared(form) for text in texts for form in forms_of(text, words)} for command, texts in said.items()
    }
    parts = sorted({part for forms in bare.values() for form in forms for part in form})
    for length in range(1, 5):
        for form in itertools.product(parts, repeat=length):
            assert taken(graph, form) == sum(bits[command] for command in said if form in bare[command]), form


def test_an_automaton_tells_which_commands_may_still_be_meant() -> None:
    said = {"mute": [parsed("a b", words)], "lock": [parsed("a c", words)]}
    graph = Graph(said, {"mute": 1, "lock": 2}, lambda command: frozenset())
    assert graph.root.child("a").commands == 3
    assert graph.root.child("a").child("c").commands == 2


def bared(form: Form) -> Form:
    return tuple(part for part in form if part != "the")


def taken(graph: Graph, form: Form) -> int:
    """Return the commands that `form` is said for."""
    state = graph.root
    for part in form:
        if part not in state.labels:
            return 0
        state = state.child(part)
    return state.ends
