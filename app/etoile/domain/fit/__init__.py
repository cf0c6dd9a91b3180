"""Will it fit: how much memory a model needs, whether a card has it, and what would fit instead."""

from etoile.domain.fit.advice import Advice, advise
from etoile.domain.fit.architecture import Metadata, model_of
from etoile.domain.fit.calibration import Calibration, Observed, observed_in, ratio_of
from etoile.domain.fit.model import Model, Tensor
from etoile.domain.fit.need import ERROR_PERCENT, Need, Setup, need
from etoile.domain.fit.quantisation import KV_TYPES
from etoile.domain.fit.verdict import Card, Fit, Share, Verdict, judge, judge_together

__all__ = [
    "ERROR_PERCENT",
    "KV_TYPES",
    "Advice",
    "Calibration",
    "Card",
    "Fit",
    "Metadata",
    "Model",
    "Need",
    "Observed",
    "Setup",
    "Share",
    "Tensor",
    "Verdict",
    "advise",
    "judge",
    "judge_together",
    "model_of",
    "need",
    "observed_in",
    "ratio_of",
]
