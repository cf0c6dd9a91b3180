"""The kinds of tasks, and what is said of a request's kind."""

from enum import StrEnum
from typing import NamedTuple


class TaskKind(StrEnum):
    """What a request asks for: decides which node and model answer it."""

    CODE = "code"
    ANALYSE = "analyse"
    """Compare, evaluate, summarise, reason, decide."""
    TRADING = "trading"
    SYSTEME = "systeme"
    """This computer and its servers."""
    WEB = "web"
    """What must be looked up: news, weather, opening hours."""
    SIMPLE = "simple"
    """Everything short else: greetings, small facts, translations."""


class Classification(NamedTuple):
    """A kind, how sure that is (0 to 1), and what decided."""

    kind: TaskKind
    confidence: float
    """How often such an answer is right, as measured on prompts that the model had not seen."""
    by: str
    """"rules" or "model"; "node" where a second opinion was asked."""
    second_opinion: bool = False
    """Whether a node should be asked as well: the confidence is too low to act upon."""
