"""What is said of a fit: one line for programs, and words for people.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from etoile.domain.fit.advice import Advice
from etoile.domain.fit.calibration import Calibration
from etoile.domain.fit.model import Model
from etoile.domain.fit.need import ERROR_PERCENT, Need, Setup, need
from etoile.domain.fit.verdict import Card, Fit, Share, Verdict
from etoile.text import Message, message, render

Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a model fits one card, or those of a host together."""

    model: Model
    setup: Setup
    host: str
    card: Card | None = None
    """The only card, or the one that decides; None where there is none, or its free memory is not known."""
    fit: Fit | None = None
    """None where there is no card to judge by."""
    unknown: str | None = None
    """UUID of a card whose free memory is not known."""
    advice: Advice = field(default_factory=Advice)
    calibration: Calibration | None = None
    simulated: bool = False

    @property
    def verdict(self) -> Verdict | None:
        """How it fits; nothing is known of a card that does not tell, and nothing fits where there is none."""
        if self.fit is not None:
            return self.fit.verdict
        return None if self.unknown else Verdict.NO

    @property
    def need_bytes(self) -> int:
        """What the card that decides needs to have free."""
        if self.fit is not None:
            return self.fit.fullest.need_bytes
        estimated = need(self.model, self.setup)
        ratio = self.calibration.ratio if self.calibration else 1.0
        return round(ratio * estimated.engine) + estimated.overhead


def fit_line(report: Report, language: str) -> Line:
    """Return the line of `etoile fit --json`; of a split, it is about the fullest card, and `split` tells of all."""
    model, setup, fit, card = report.model, report.setup, report.fit, report.card
    shares = fit.shares if fit else ()
    calibration, advice = report.calibration, report.advice
    suggestion = suggested(report)
    return {
        "model": model.name,
        "architecture": model.architecture,
        "quantisation": model.quantisation,
        "context": setup.context,
        "parallel": setup.parallel,
        "kv": setup.key_type,
        "flash_attention": setup.flash_attention,
        "need_bytes": report.need_bytes,
        "total_need_bytes": fit.need_bytes if fit else report.need_bytes,
        "error_percent": ERROR_PERCENT,
        "gpu": card.uuid if card else report.unknown,
        "index": card.index if card else None,
        "name": card.name if card else None,
        "host": report.host,
        "free_bytes": card.free_bytes if card else None,
        "verdict": report.verdict,
        "layers": model.layers,
        "layers_on_gpu": fit.layers_on_gpu if fit else None if report.unknown else 0,
        "suggestion": " ".join(render(sentence, language) for sentence in suggestion) or None,
        "advice": {
            "quantisation": advice.quantisation,
            "quantisation_bytes": advice.quantisation_bytes,
            "context": advice.context,
            "kv": advice.cache_type,
        },
        "parts": _parts(fit.fullest.need if fit else need(model, setup)),
        "split": [_share(share) for share in shares] if len(shares) > 1 else None,
        "calibration": {"ratio": round(calibration.ratio, 4), "source": calibration.source, "at_s": calibration.at_s}
        if calibration
        else None,
        "simulated": report.simulated,
    }


def _parts(needed: Need) -> Line:
    return {
        "weights_bytes": needed.weights,
        "cache_bytes": needed.cache,
        "state_bytes": needed.state,
        "compute_bytes": needed.compute,
        "overhead_bytes": needed.overhead,
    }


def _share(share: Share) -> Line:
    return {
        "gpu": share.card.uuid,
        "index": share.card.index,
        "name": share.card.name,
        "layers": share.layers,
        "need_bytes": share.need_bytes,
        "free_bytes": share.card.free_bytes,
        "parts": _parts(share.need),
    }


def needs(report: Report) -> list[Message]:
    """Return what the model needs on one card, and for what."""
    needed = need(report.model, report.setup)
    said = [
        message(
            "{model} needs {size:bytes} ± {percent} % on one card, for a context of {context}.",
            model=_named(report.model),
            size=report.need_bytes if report.fit is None or len(report.fit.shares) == 1 else needed.total,
            percent=ERROR_PERCENT,
            context=report.setup.context,
        ),
        message(
            "Weights {weights:bytes}, cache {cache:bytes}, compute {compute:bytes}, CUDA itself {overhead:bytes}.",
            weights=needed.weights,
            cache=needed.cache + needed.state,
            compute=needed.compute,
            overhead=needed.overhead,
        ),
    ]
    if report.calibration:
        said.append(
            message(
                "The engine was seen to take {percent:.0f} % of the estimate ({source}): that is counted in.",
                percent=100 * report.calibration.ratio,
                source=report.calibration.source,
            )
        )
    return said


def _named(model: Model) -> str:
    return f"{model.name} ({model.quantisation})" if model.quantisation else model.name


def judged(report: Report) -> Message:
    """Return how it fits, as a clause."""
    fit = report.fit
    if fit is None:
        return message("how much is free is not known") if report.unknown else message("there is no GPU")
    spare = fit.fullest.spare_bytes
    match fit.verdict:
        case Verdict.FITS:
            return message("fits, with {spare:bytes} to spare", spare=spare)
        case Verdict.TIGHT:
            return message("tight: {spare:bytes} to spare", spare=spare)
        case Verdict.SPILLS:
            return message(
                "spills: {count} of {layers} layers fit, the others run on the processor",
                count=fit.layers_on_gpu,
                layers=fit.layers,
            )
        case Verdict.NO:
            return message("does not fit")


def suggested(report: Report) -> Sequence[Message]:
    """Return what would fit instead; empty where it fits, or where nothing can be told."""
    if report.fit is None or report.verdict is Verdict.FITS:
        return ()
    advice = report.advice
    sentences = []
    if advice.quantisation:
        sentences.append(
            message(
                "{quantisation} would fit: {size:bytes} of weights.",
                quantisation=advice.quantisation,
                size=advice.quantisation_bytes,
            )
        )
    if advice.cache_type:
        sentences.append(message("It would fit with its cache in {kind}.", kind=advice.cache_type))
    if advice.context:
        sentences.append(message("It would fit with a context of {context}.", context=advice.context))
    return sentences or (message("No usual quantisation of it fits."),)
