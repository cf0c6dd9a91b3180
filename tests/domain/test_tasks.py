"""Kinds of tasks by certain signs, and by a model small enough to work out by hand."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.features import HEAD, TAIL, excerpt, features, words
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.domain.tasks.model import Model
from etoile.domain.tasks.proposals import proposals
from etoile.task_kinds import shipped_model


def model(vocabulary: dict[str, TaskKind], *, threshold: float = 0.6) -> Model:
    """A model in which each feature speaks for one kind."""
    return Model(
        vocabulary={feature: at for at, feature in enumerate(vocabulary)},
        weights={kind: array("b", [100 * (said is kind) for said in vocabulary.values()]) for kind in TaskKind},
        bias=dict.fromkeys(TaskKind, 0.0),
        scale=0.2,
        threshold=threshold,
        corpus="none",
    )


TINY = model({" rain ": TaskKind.WEB, " loop ": TaskKind.CODE, "loo": TaskKind.CODE})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Écoute-moi", ["ecoute", "moi"]),
        ("l’été, déjà?", ["l", "ete", ",", "deja", "?"]),
        ("C++ ou C# ?", ["c++", "ou", "c#", "?"]),
        ("a_b", ["a", "b"]),
        ("🔥 שלום", ["🔥", "שלום"]),
        ("", []),
    ],
)
def test_words_are_small_and_without_accents(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_features_are_pieces_beginnings_words_and_phrases() -> None:
    found = features(["refactor", "it"])
    assert {" re", "refa", "ctor ", " refact", " refactor ", " refactor it "} <= found
    assert "it refactor" not in found
    assert all(feature in " refactor it " for feature in found)


def test_of_a_long_text_the_beginning_and_the_end_are_looked_at() -> None:
    text = "start " + "x" * 20_000 + " end"
    assert len(excerpt(text)) == HEAD + TAIL + 1
    assert excerpt(text).startswith("start ")
    assert excerpt(text).endswith(" end")
    assert excerpt("short") == "short"


def test_the_model_adds_up_what_its_features_say() -> None:
    assert classify("rain", TINY).kind is TaskKind.WEB
    assert classify("loop", TINY).kind is TaskKind.CODE
    assert sum(TINY.probabilities(features(["rain", "loop"])).values()) == pytest.approx(1.0)


def test_what_the_model_never_saw_leaves_it_unsure_and_a_node_is_asked() -> None:
    said = classify("zyx wvu", TINY)
    assert said.confidence == pytest.approx(1 / 6)
    assert said.second_opinion
    assert not classify("rain", TINY).second_opinion


def test_a_model_survives_its_file() -> None:
    assert Model.parse(TINY.to_bytes()) == TINY


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\nabc",
        TINY.to_bytes()[:-1],
        TINY.to_bytes() + b"x",
        TINY.to_bytes().replace(b'"format": 1', b'"format": 9'),
        TINY.to_bytes().replace(b"code", b"cook"),
    ],
)
def test_a_broken_model_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no model of task kinds"):
        Model.parse(data)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", TaskKind.SIMPLE),
        (" \n\t", TaskKind.SIMPLE),
        ("Bonjour !", TaskKind.SIMPLE),
        ("muito obrigado", TaskKind.SIMPLE),
        ("```js\nlet a = 1\n``` what is wrong here", TaskKind.CODE),
        ("Traceback (most recent call last):\n  File", TaskKind.CODE),
        ("at com.example.Main.run(Main.java:42)", TaskKind.CODE),
        ("c'est quoi ce NullPointerException", TaskKind.CODE),
        ("select name from users where age > 3", TaskKind.CODE),
        ("def f(x): return x + 1", TaskKind.CODE),
        ("systemctl says the unit is masked", TaskKind.SYSTEME),
        ("je peux vider /var/log/journal ?", TaskKind.SYSTEME),
        ("nvidia-smi ne montre qu'une carte", TaskKind.SYSTEME),
    ],
)
def test_certain_signs_decide_alone(text: str, kind: TaskKind) -> None:
    said = classify(text, TINY)
    assert (said.kind, said.by, said.second_opinion) == (kind, "rules", False)


@pytest.mark.parametrize(
    "text",
    [
        "écris un script qui lit journalctl",
        "write a python function that calls nvidia-smi",
        "haiku about systemctl",
        "bonjour, il va pleuvoir ?",
        "select a gift from the shop",
    ],
)
def test_signs_that_others_contradict_decide_nothing(text: str) -> None:
    assert classify(text, TINY).by == "model"


NEAR = Match(
    text="relance le truc web",
    choices=(
        Candidate(command="service.restart", slots={"service": "nginx"}, confidence=0.7),
        Candidate(command="service.start", slots={"service": "nginx"}, confidence=0.5),
        Candidate(command="service.stop", confidence=0.6),
        Candidate(command="audio.mute", confidence=0.1),
        Candidate(command="of.nobody", confidence=0.8),
    ),
    runner_up=Candidate(command="service.start", slots={"service": "nginx"}, confidence=0.5),
    reason=Reason.BELOW_THRESHOLD,
)
ABOUT_THE_SYSTEM = Classification(TaskKind.SYSTEME, 0.9, "model")


def test_whole_and_likely_commands_are_proposed_the_likeliest_first() -> None:
    assert [one.command for one in proposals(NEAR, ABOUT_THE_SYSTEM)] == ["service.restart", "service.start"]


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if kind is not TaskKind.SYSTEME])
def test_other_kinds_propose_nothing(kind: TaskKind) -> None:
    assert proposals(NEAR, Classification(kind, 0.9, "model")) == ()


@pytest.mark.parametrize(
    "match",
    [
        Match(text="", reason=Reason.NONE),
        Match(text="ne relance pas nginx", choices=NEAR.choices, reason=Reason.REFUSED),
        Match(text="", command="service.restart", choices=NEAR.choices, reason=Reason.EXACT),
    ],
)
def test_what_was_refused_or_is_a_command_proposes_nothing(match: Match) -> None:
    assert proposals(match, ABOUT_THE_SYSTEM) == ()


@pytest.mark.parametrize(
    "text",
    [
        "🔥🔥🔥",
        "\x00\x01\x1b[31m",
        "שלום עולם מה שלומך",
        "هل ستمطر غدا في القاهرة",
        "どうすればいいですか",
        "Ich möchte gern etwas über Schmetterlinge erfahren",
        "\ud800 alone",
        "e\u0301" * 5000,
        "a" * 1_000_000,
        "((((((((((" * 1000,
        "x()" * 5000,
        "select " * 3000,
        "function " + "(" * 5000,
        "</" * 5000,
    ],
)
def test_odd_text_gets_a_kind(text: str) -> None:
    said = classify(text, shipped_model())
    assert said.kind in TaskKind
    assert 0 < said.confidence <= 1


@pytest.mark.parametrize(
    "text", ["שלום עולם מה שלומך", "どうすればいいですか", "жизнь прекрасна и удивительна", "🔥🔥"]
)
def test_languages_that_the_model_does_not_know_are_left_to_a_node(text: str) -> None:
    assert classify(text, shipped_model()).second_opinion


@given(st.text())
def test_any_text_has_a_kind_and_the_same_each_time(text: str) -> None:
    said = classify(text, shipped_model())
    assert said == classify(text, shipped_model())
    assert said.second_opinion == (said.by == "model" and said.confidence < shipped_model().threshold)


@given(st.text(max_size=200))
def test_every_feature_is_a_part_of_the_cleaned_text(text: str) -> None:
    tokens = words(text)
    line = f" {' '.join(tokens)} "
    assert all(feature in line for feature in features(tokens))
