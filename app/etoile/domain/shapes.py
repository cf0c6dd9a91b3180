"""The JSON shapes of the command line and of the local socket: one plain dict a line, stable keys, None for unknown."""

from typing import Any

from etoile.config import Thermal as ThermalLimits
from etoile.domain.commander.telling import row
from etoile.domain.commander.units import TaskUnit, UnitStatus
from etoile.domain.effects import Outcome, Question
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.match import Candidate, Match
from etoile.domain.nodes import NodeLoad, NodeStatus
from etoile.domain.routing.standing import Standing
from etoile.text import Message, render

Line = dict[str, Any]


def gpu_line(
    reading: GpuReading,
    thermal: Thermal,
    limits: ThermalLimits,
    forecast: Forecast | None = None,
    *,
    now_s: float | None = None,
) -> Line:
    """Return the line of one GPU for `etoile gpu --json`; `now_s` is now, of the monotonic clock."""
    since_s = reading.stale_since_s
    return {
        "uuid": reading.uuid,
        "index": reading.index,
        "cuda_index": reading.cuda_index,
        "cuda_fastest_index": reading.cuda_fastest_index,
        "cuda_fastest_estimated": reading.cuda_fastest_estimated,
        "pci": reading.pci,
        "mig": list(reading.mig),
        "kind": reading.kind,
        "name": reading.name,
        "host": reading.host,
        "far": reading.far,
        "temperature_c": reading.temperature_c,
        "memory_temperature_c": reading.memory_temperature_c,
        "thermal_margin_c": reading.thermal_margin_c,
        "shutdown_c": reading.shutdown_c,
        "slowdown_c": reading.slowdown_c,
        "max_operating_c": reading.max_operating_c,
        "target_c": reading.target_c,
        "thermal": thermal,
        "warning_c": limits.warning_c,
        "critical_c": limits.critical_c,
        "forecast": {"limit_c": forecast.limit_c, "in_s": round(forecast.in_s)} if forecast else None,
        "utilization_percent": reading.utilization_percent,
        "memory_used_bytes": reading.memory_used_bytes,
        "memory_total_bytes": reading.memory_total_bytes,
        "memory_free_bytes": reading.memory_free_bytes,
        "power_w": reading.power_w,
        "power_limit_w": reading.power_limit_w,
        "fan_percent": reading.fan_percent,
        "clock_graphics_mhz": reading.clock_graphics_mhz,
        "clock_memory_mhz": reading.clock_memory_mhz,
        "throttle": list(reading.throttle),
        "state": reading.state,
        "stale_s": round(now_s - since_s, 1) if since_s is not None and now_s is not None else None,
        "unsupported": list(reading.unsupported),
        "unknown": list(reading.unknown),
        "simulated": reading.simulated,
        "processes": [
            {"pid": process.pid, "name": process.name, "memory_used_bytes": process.memory_used_bytes}
            for process in reading.processes
        ],
    }


def node_line(status: NodeStatus, language: str) -> Line:
    """Return the line of one node for `etoile nodes --json`."""
    return {
        "name": status.name,
        "dialect": status.dialect,
        "url": status.url,
        "state": status.state,
        "model": status.model,
        "models": list(status.models),
        "loaded": list(status.loaded),
        "latency_ms": _rounded(status.latency_ms),
        "first_token_ms": _rounded(status.first_token_ms),
        "tokens_per_s": _rounded(status.tokens_per_s),
        "in_flight": status.in_flight,
        "thermal": status.thermal,
        "load": _load(status.load),
        "reason": _words(status.reason, language),
        "retry_at_s": _rounded(status.retry_at_s),
    }


def _load(load: NodeLoad | None) -> Line | None:
    if load is None:
        return None
    return {"running": load.running, "waiting": load.waiting, "kv_cache_percent": load.kv_cache_percent}


def match_line(match: Match, ms: float) -> Line:
    """Return the line of one request for `etoile match --json`; `ms` is how long the matching took."""
    return {
        "text": match.text,
        "command": match.command,
        "slots": dict(match.slots),
        "confidence": round(match.confidence, 3),
        "runner_up": _candidate(match.runner_up) if match.runner_up else None,
        "choices": [_candidate(choice) for choice in match.choices],
        "then": [_candidate(candidate) for candidate in match.then],
        "reason": match.reason,
        "language": match.language,
        "ms": round(ms, 3),
    }


def outcome_line(outcome: Outcome) -> Line:
    """Return the line of one request for `etoile ask --json`, in the language of the request."""
    language = outcome.language
    return {
        "text": outcome.text,
        "decision": outcome.decision,
        "ok": outcome.ok,
        "command": outcome.command,
        "slots": dict(outcome.slots),
        "kind": outcome.kind,
        "answer": _words(outcome.answer, language),
        "remedy": _words(outcome.remedy, language),
        "units": [unit_line(unit, language) for unit in outcome.units or _only_unit(outcome)],
        "attribution": [{"node": part.node, "model": part.model} for part in outcome.attribution],
        "passed_over": [{"node": node, "reason": render(reason, language)} for node, reason in outcome.passed_over],
        "score": _share(outcome.score),
        "notes": [render(note, language) for note in outcome.notes],
        "first_token_ms": _rounded(outcome.first_token_ms),
        "elapsed_ms": _rounded(outcome.elapsed_ms),
        "undoable": outcome.undoable,
        "reused_s": round(outcome.reused_s) if outcome.reused_s is not None else None,
        "plan": [standing_line(standing, language) for standing in outcome.standings],
    }


def standing_line(standing: Standing, language: str) -> Line:
    """Return how a node stands for a request."""
    return {
        "node": standing.node,
        "model": standing.model,
        "takes": standing.takes,
        "score": round(standing.score, 1) + 0.0,
        "full": standing.full,
        "reasons": [render(reason, language) for reason in standing.reasons],
        "notes": [render(note, language) for note in standing.notes],
        "remedy": _words(standing.remedy, language),
    }


def unit_line(unit: TaskUnit, language: str) -> Line:
    """Return what is told of one unit of a request."""
    return {
        "id": unit.id,
        "kind": unit.kind,
        "target": unit.target,
        "model": unit.model,
        "role": unit.role,
        "status": unit.status,
        "score": _share(unit.score),
        "ms": _rounded(unit.ms),
        "note": _words(unit.note, language),
        "said": render(row(unit), language),
    }


def _only_unit(outcome: Outcome) -> tuple[TaskUnit, ...]:
    """Return the one unit of what a node answered in one go."""
    if not outcome.attribution:
        return ()
    by = outcome.attribution[-1]
    status = UnitStatus.DONE if outcome.ok else UnitStatus.FAILED
    return (TaskUnit(id="answer", target=by.node, model=by.model, status=status, ms=outcome.elapsed_ms),)


def question_line(question: Question, language: str) -> Line:
    """Return what the command line asks its user before anything runs."""
    return {
        "turn": question.turn,
        "asked": render(question.asked, language),
        "consequence": _words(question.consequence, language),
        "options": [render(option.label, language) for option in question.options],
        "by_hand": question.by_hand,
    }


def _candidate(candidate: Candidate) -> Line:
    return {
        "command": candidate.command,
        "slots": dict(candidate.slots),
        "confidence": round(candidate.confidence, 3),
    }


def _words(said: Message | None, language: str) -> str | None:
    return render(said, language) if said is not None else None


def _share(score: float | None) -> float | None:
    return round(score, 2) if score is not None else None


def _rounded(milliseconds: float | None) -> float | None:
    return round(milliseconds, 1) if milliseconds is not None else None
