"""Fit the model of task kinds to the prompts, say how well it does, and write it to resources/.

Use: `python3 installer/dev.py train -m tests.task_kinds.train [--check] [--quick]`.  With --check nothing is written:
the exit code says whether the shipped model is the one that the prompts make.  --quick does not cross-validate.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from etoile.domain.tasks.features import excerpt, features, words
from etoile.domain.tasks.kinds import TaskKind
from etoile.domain.tasks.model import Model
from tests.task_kinds.corpus import DEVELOPMENT, HERE, Prompt, digest, lexicon, read, training_prompts
from tests.task_kinds.score import Judged, judge, report

MODEL = HERE.parents[1] / "resources" / "task_kinds.model"

KINDS = tuple(TaskKind)
FOLDS = 5
INVERSE_REGULARISATION = 3.0
GROUP_WEIGHT = 8.0
"""How strongly the groups of words.txt count beside single features."""
WORD_WEIGHT = 2.0
"""How strongly whole words count beside pieces of words."""
SEEN_BY = 2
"""Prompts that a feature must occur in."""
SECOND_OPINIONS = 0.25
"""The share of the development prompts that is sent on; at most a third may be."""


class Fit:
    """A regression over the features of prompts and the groups of words.txt, and the model that it comes down to."""

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        """Fit to `prompts`."""
        seen = [seen_features(prompt.text) for prompt in prompts]
        counts = Counter(feature for found in seen for feature in found)
        self._groups = lexicon()
        common = sorted(feature for feature, count in counts.items() if count >= SEEN_BY)
        self._columns = {feature: at for at, feature in enumerate(common)}
        names = sorted(set().union(*self._groups.values()))
        self._group_columns = {name: len(self._columns) + at for at, name in enumerate(names)}
        rarity = [np.log((1 + len(seen)) / (1 + counts[feature])) + 1 for feature in self._columns]
        self._worth = np.array(rarity) * [WORD_WEIGHT if is_words(feature) else 1.0 for feature in self._columns]
        regression = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000, random_state=0)
        regression.fit(self._matrix(seen), [KINDS.index(prompt.kind) for prompt in prompts])
        self._weights = regression.coef_ - regression.coef_.mean(axis=0)
        self._bias = regression.intercept_ - regression.intercept_.mean()

    def _matrix(self, seen: Sequence[set[str]]) -> csr_matrix:
        rows, columns, values = [], [], []
        for row, found in enumerate(seen):
            size = np.sqrt(max(1, len(found)))
            for feature in sorted(found):
                if (column := self._columns.get(feature)) is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(self._worth[column] / size)
                for group in sorted(self._groups.get(feature, ())):
                    rows.append(row)
                    columns.append(self._group_columns[group])
                    values.append(GROUP_WEIGHT / size)
        return csr_matrix((values, (rows, columns)), shape=(len(seen), len(self._columns) + len(self._group_columns)))

    def model(self) -> Model:
        """Return the model to ship, not yet calibrated: what a group says is said by each of its words."""
        vocabulary = sorted({*self._columns, *self._groups})
        weights = np.array([self._weight(feature) for feature in vocabulary])
        step = np.quantile(np.abs(weights).max(axis=1), 0.9995) / 127
        small = np.clip(np.rint(weights / step), -127, 127).astype(np.int8)
        telling = small.any(axis=1)
        small = small[telling]
        kept = [feature for feature, keep in zip(vocabulary, telling, strict=True) if keep]
        return Model(
            vocabulary={feature: at for at, feature in enumerate(kept)},
            weights={kind: array("b", small[:, at].tobytes()) for at, kind in enumerate(KINDS)},
            bias={kind: round(float(self._bias[at]), 4) for at, kind in enumerate(KINDS)},
            scale=float(step),
            threshold=0.0,
            corpus=digest(),
        )

    def _weight(self, feature: str) -> NDArray[np.float64]:
        weight = np.zeros(len(KINDS))
        if (column := self._columns.get(feature)) is not None:
            weight += self._weights[:, column] * self._worth[column]
        for group in sorted(self._groups.get(feature, ())):
            weight += self._weights[:, self._group_columns[group]] * GROUP_WEIGHT
        return weight


def seen_features(text: str) -> set[str]:
    """Return the features of a whole prompt."""
    return features(words(excerpt(text)))


def is_words(feature: str) -> bool:
    """Return whether a feature is a whole word, or several."""
    return feature.startswith(" ") and feature.endswith(" ")


def cross_validated(prompts: Sequence[Prompt], temperature: float, threshold: float) -> list[Judged]:
    """Return every prompt as judged by a model that was fitted without it."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    strata = [f"{prompt.kind} {prompt.language}" for prompt in prompts]
    judged = []
    for learnt, kept in folds.split(prompts, strata):
        model = calibrated(Fit([prompts[at] for at in learnt]).model(), temperature, threshold)
        judged += judge([prompts[at] for at in kept], model)
    return judged


def best_temperature(model: Model, prompts: Sequence[Prompt]) -> float:
    """Return the temperature at which the model's probabilities explain `prompts` best."""
    candidates = [round(0.5 + 0.02 * step, 2) for step in range(100)]

    def surprise(temperature: float) -> float:
        cool = calibrated(model, temperature)
        return -sum(np.log(cool.probabilities(seen_features(text))[kind]) for text, kind, _ in prompts)

    return min(candidates, key=surprise)


def calibrated(model: Model, temperature: float, threshold: float = 0.0) -> Model:
    """Return `model` with its scores divided by `temperature`."""
    bias = {kind: round(bias / temperature, 4) for kind, bias in model.bias.items()}
    return replace(model, bias=bias, scale=model.scale / temperature, threshold=threshold)


def threshold_for(model: Model, prompts: Sequence[Prompt]) -> float:
    """Return the confidence below which the share SECOND_OPINIONS of `prompts` lies."""
    confidences = sorted(one.said.confidence for one in judge(prompts, model))
    return round(confidences[int(SECOND_OPINIONS * len(confidences))], 3)


def main(arguments: list[str]) -> int:
    """Fit, report, write."""
    prompts, development = training_prompts(), list(read(DEVELOPMENT))
    model = Fit(prompts).model()
    temperature = best_temperature(model, development)
    threshold = threshold_for(calibrated(model, temperature), development)
    model = calibrated(model, temperature, threshold)
    data = model.to_bytes()
    print(f"{len(prompts)} prompts, {len(model.vocabulary)} features, {len(data):,} bytes")
    print(f"temperature {temperature:.2f}, second opinion below {threshold:.3f}")
    print("\nDevelopment split, never fitted to:", *report(judge(development, model)), sep="\n")
    if "--check" in arguments:
        return 0 if MODEL.read_bytes() == data else 1
    if "--quick" not in arguments:
        print("\nCross-validated:", *report(cross_validated(prompts, temperature, threshold)), sep="\n")
    MODEL.write_bytes(data)
    print(f"\nWritten to {MODEL.relative_to(Path.cwd())}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
