"""The guide answers about Etoile and this machine, in the language asked, and admits what it does not know."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from etoile.domain.events import PartMissing
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.llm.guide import Guide, language_of
from etoile.llm.pages import page, sections, topics
from etoile.text import message

GPU = GpuReading(
    uuid="GPU-1",
    index=0,
    name="RTX 4090",
    host="here",
    temperature_c=61,
    utilization_percent=35,
    memory_used_bytes=8 * 2**30,
    memory_total_bytes=24 * 2**30,
)
LOST = GpuReading(uuid="GPU-2", index=1, name="RTX 3060", host="here", state=GpuState.LOST, simulated=True)
NODES = (
    NodeStatus(name="M1", dialect="openai", url="http://m1", state=NodeState.UP, model="tiny"),
    NodeStatus(
        name="M2", dialect="ollama", url="http://m2", state=NodeState.DOWN, reason=message("connection refused")
    ),
)


class Live:
    """The state of a machine."""

    def __init__(
        self,
        gpus: Sequence[GpuReading] = (),
        nodes: Sequence[NodeStatus] = (),
        missing: Sequence[PartMissing] = (),
    ) -> None:
        self._gpus, self._nodes, self._missing = gpus, nodes, missing

    def gpus(self) -> Sequence[GpuReading]:
        return self._gpus

    def nodes(self) -> Sequence[NodeStatus]:
        return self._nodes

    def missing(self) -> Sequence[PartMissing]:
        return self._missing


def answer(question: str, language: str = "en", live: Live | None = None) -> str:
    return "".join(Guide(live or Live()).answer(question, language))


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How hot is my GPU?", "GPUs and alerts"),
        ("what is the temperature of my graphics card", "GPUs and alerts"),
        ("how much VRAM is free", "GPUs and alerts"),
        ("when do I get an alert", "Alerts"),
        ("How do I add a node?", "Add a node"),
        ("set up ollama on another machine", "Add a node"),
        ("which models are available", "Nodes"),
        ("where are my API keys stored", "Keys of nodes"),
        ("why is the microphone not working", "The microphone does not work"),
        ("how do I download a speech model", "The speech model"),
        ("how do I stop the voice", "Spoken answers"),
        ("where is the config file", "The settings file"),
        ("is my data sent to the cloud?", "Privacy"),
        ("my answers are slow", "Answers are slow"),
        ("no tray icon", "The tray icon is not there"),
        ("what commands are there", "Commands"),
        ("who are you?", "What Etoile is"),
        ("hello", "What Etoile is"),
        ("Quelle est la température de mon GPU ?", "Les GPU et les alertes"),
        ("mon gpu chauffe trop", "Les GPU et les alertes"),
        ("Comment ajouter un nœud ?", "Ajouter un nœud"),
        ("comment ajouter un noeud", "Ajouter un nœud"),
        ("pourquoi le micro ne marche pas", "Le micro ne marche pas"),
        ("où est le fichier de configuration", "Le fichier de configuration"),
        ("est-ce que mes données quittent la machine ?", "La vie privée"),
        ("les réponses sont lentes", "Les réponses sont lentes"),
        ("qui es-tu ?", "Ce qu’est Etoile"),
        ("bonjour", "Ce qu’est Etoile"),
    ],
)
def test_the_page_that_answers(question: str, title: str) -> None:
    assert f"**{title}**" in answer(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "write me a poem about the sea",
        "how do I cook pasta",
        "what's the weather in Paris",
        "translate hello to Spanish",
        "quelle est la capitale de la France ?",
        "écris-moi un poème sur la mer",
        "raconte une blague",
        '" OR rowid MATCH "sonnet" NEAR (',
    ],
)
def test_a_question_about_something_else_is_not_answered(question: str) -> None:
    said = answer(question)
    assert "I have no page about that" in said or "Je n’ai pas de page à ce sujet" in said


def test_it_says_that_it_is_the_guide() -> None:
    for question in ("How hot is my GPU?", "What is the capital of France?"):
        assert answer(question).startswith("I am Etoile's built-in guide; no language model answered.")


def test_an_unknown_question_tells_how_to_get_a_model() -> None:
    said = answer("What is the capital of France?")
    assert "Start Ollama or LM Studio" in said
    assert "Nodes" in said


def test_the_state_of_the_gpus_is_told() -> None:
    said = answer("How hot is my GPU?", live=Live(gpus=(GPU, LOST)))
    assert "GPU 0 (RTX 4090): 61 °C, load 35 %, memory 8.0\u00a0GiB of 24.0\u00a0GiB\n" in said
    assert "GPU 1 (RTX 3060): lost, simulated\n" in said
    assert "No GPU is reported now." in answer("How hot is my GPU?")


def test_the_state_of_the_nodes_is_told() -> None:
    said = answer("which nodes are there", live=Live(nodes=NODES))
    assert "M1: ready, tiny\n" in said
    assert "M2: not reachable, connection refused\n" in said
    assert "There is no node now." in answer("which nodes are there")


def test_what_is_missing_is_told_with_its_remedy() -> None:
    missing = PartMissing("microphone", message("There is no microphone."), message("Plug one in."))
    said = answer("the microphone does not work", live=Live(missing=(missing,)))
    assert "There is no microphone. Plug one in.\n" in said


@pytest.mark.parametrize(
    ("text", "otherwise", "language"),
    [
        ("how hot is it", "fr", "en"),
        ("quelle est la charge", "en", "fr"),
        ("quais são os nós", "en", "pt"),
        ("quels sont les nœuds", "en", "fr"),
        ("what do I do with a node", "fr", "en"),
        ("os nós", "pt", "pt"),
        ("GPU", "fr", "fr"),
        ("GPU", "en", "en"),
    ],
)
def test_the_language_asked(text: str, otherwise: str, language: str) -> None:
    assert language_of(text, otherwise) == language


def test_who_asks_in_portuguese_is_answered_in_it_with_the_english_page() -> None:
    told = answer("qual é a temperatura da GPU?", "fr", Live(gpus=(GPU,)))
    assert told.startswith("Sou o guia")
    assert "carga 35\u00a0%, memória 8,0\u00a0GiB" in told
    assert "A ajuda está escrita apenas em inglês e francês." in told
    assert f"**{_title('gpus', 'en')}**" in told


def _title(topic: str, language: str) -> str:
    return next(part.title for part in sections(language) if part.topic == topic)


def test_both_languages_have_the_same_pages_and_live_state() -> None:
    english, french = sections("en"), sections("fr")
    assert [(part.topic, part.live) for part in english] == [(part.topic, part.live) for part in french]
    assert topics("en").keys() == topics("fr").keys()
    for part in (*english, *french):
        assert part.words, part.title
        assert part.text, part.title
        assert part.live in (None, "gpus", "nodes", "missing"), part.title
        assert "<!--" not in part.text, part.title


def test_a_page_is_shown_whole() -> None:
    shown = page("voice", "en")
    assert shown is not None
    assert shown.startswith("# Voice and the talk key\n\nHold **F9**")
    assert "## The speech model\n\n" in shown
    assert page("nothing", "en") is None


def test_the_settings_in_the_help_are_real() -> None:
    """Every TOML example of the pages, and every example file, is a valid settings file."""
    import re

    from etoile.config import parse
    from etoile.resources import resource

    examples = [path.read_bytes() for path in resource("examples").glob("*.toml")]
    for language in ("en", "fr"):
        for part in sections(language):
            examples += [found.encode() for found in re.findall(r"```toml\n(.*?)```", part.text, re.DOTALL)]
    assert len(examples) >= 6
    for example in examples:
        parse(example, "example")


@dataclass(frozen=True)
class Former:
    """A request of the past."""

    request: str
    answer: str | None
    nodes: tuple[str, ...] = ("M1",)
    at_s: float = 1_795_000_000.0


@dataclass
class Past:
    """What the user asked and noted before, newest and oldest first."""

    answers: tuple[Former, ...] = ()
    noted: tuple[str, ...] = ()

    def answered(self, count: int) -> tuple[Former, ...]:
        return self.answers[:count]

    def notes(self) -> tuple[str, ...]:
        return self.noted


class TestStandingIn:
    def told(self, question: str, past: Past | None = None, language: str = "en") -> str:
        return "".join(Guide(Live(), past).stand_in(question, language, ["M1", "M2"]))

    def test_it_says_who_it_is_why_and_where_from(self) -> None:
        past = Past((Former("How long do eggs boil?", "Three minutes."),), ("2026-11-20 10:00 buy eggs for boiling",))
        told = self.told("how long must eggs boil", past)
        assert told.startswith(
            "I am Etoile's built-in guide, no language model: none of your nodes could answer (M1, M2)"
        )
        assert "From the history: on 2026-11-" in told
        assert "you asked “How long do eggs boil?”, and M1 answered:\n\n> Three minutes.\n" in told
        assert "From your notes:\n\n- 2026-11-20 10:00 buy eggs for boiling\n" in told

    def test_it_speaks_the_language_of_the_question(self) -> None:
        past = Past((Former("Combien de temps cuisent les œufs ?", "Trois minutes."),))
        assert "Trois minutes." in self.told("combien de temps faut-il cuire des oeufs", past)

    def test_help_is_told_too(self) -> None:
        assert "From the help:" in self.told("which microphone is used, and how do I change it")

    @pytest.mark.parametrize(
        "question",
        ["why is the sky blue", "what is it", "hello", "", "eggs"],
    )
    def test_where_nothing_is_known_it_says_nothing(self, question: str) -> None:
        assert self.told(question, Past((Former("How do I bake bread?", "Slowly."),), ("call Bob",))) == ""

    def test_the_nearest_and_newest_of_the_past_is_told(self) -> None:
        past = Past(
            (
                Former("How do eggs grow?", "Unsure."),
                Former("How long do eggs boil?", "Four minutes."),
                Former("How long do eggs boil?", "Three minutes."),
            )
        )
        assert "Four minutes." in self.told("how long do eggs boil", past)

    def test_its_own_words_and_failures_are_no_answers(self) -> None:
        past = Past((Former("How long do eggs boil?", "No page.", ("guide",)), Former("How long do eggs boil?", None)))
        assert self.told("how long do eggs boil", past) == ""

    def test_a_long_answer_is_quoted_from_its_beginning(self) -> None:
        told = self.told("how long do eggs boil", Past((Former("How long do eggs boil?", "word " * 5_000),)))
        assert len(told) < 2_500
        assert "…" in told
