"""The kind of a request, beside the same kind of model in scikit-learn, fitted to the same prompts."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.model import Model
from etoile.resources import resource
from etoile.task_kinds import shipped_model
from tests.task_kinds.corpus import DEVELOPMENT, read, training_prompts

PEER = "scikit-learn"
DEVELOPMENT_PROMPTS = list(read(DEVELOPMENT))


@pytest.fixture(scope="module")
def peer() -> Pipeline:
    """Characters 2 to 5 and logistic regression, as most would write it."""
    prompts = training_prompts()
    fitted = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)), LogisticRegression(C=10, max_iter=500)
    )
    return fitted.fit([prompt.text for prompt in prompts], [prompt.kind for prompt in prompts])


def _time(benchmark: Any, kind_of: Callable[[str], object]) -> None:
    texts = cycle(prompt.text for prompt in DEVELOPMENT_PROMPTS)
    benchmark.pedantic(lambda: kind_of(next(texts)), rounds=len(DEVELOPMENT_PROMPTS))


def _accuracy(benchmark: Any, kind_of: Callable[[str], object]) -> None:
    right = benchmark.pedantic(
        lambda: sum(kind_of(prompt.text) == prompt.kind for prompt in DEVELOPMENT_PROMPTS), rounds=1
    )
    benchmark.extra_info |= {"value": 100 * right / len(DEVELOPMENT_PROMPTS), "unit": "%"}


@pytest.mark.benchmark(group="tasks: kind of a prompt")
def test_a_kind(benchmark: Any) -> None:
    _time(benchmark, lambda text: classify(text, shipped_model()))


@pytest.mark.benchmark(group="tasks: kind of a prompt")
def test_a_kind_by_the_peer(benchmark: Any, peer: Pipeline) -> None:
    benchmark.extra_info["peer"] = PEER
    _time(benchmark, lambda text: peer.predict_proba([text]))


@pytest.mark.benchmark(group="tasks: right on the development split")
def test_accuracy(benchmark: Any) -> None:
    _accuracy(benchmark, lambda text: classify(text, shipped_model()).kind)


@pytest.mark.benchmark(group="tasks: right on the development split")
def test_accuracy_of_the_peer(benchmark: Any, peer: Pipeline) -> None:
    benchmark.extra_info["peer"] = PEER
    _accuracy(benchmark, lambda text: peer.predict([text])[0])


@pytest.mark.benchmark(group="tasks: reading the model")
def test_reading(benchmark: Any) -> None:
    benchmark(lambda: Model.parse(resource("task_kinds.model").read_bytes()))
