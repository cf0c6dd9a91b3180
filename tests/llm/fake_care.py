"""What a scripted node does for its models: load, unload, fetch, remove, and be measured.

Each deed takes the handler of the request, the script and the body, and answers; what changes (which models there are,
which are in memory) changes in the script.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.llm.fake_node import Script

Reply = tuple[int, Any] | Iterator[bytes]
"""A status and its content, or the parts of a stream."""


@dataclass(kw_only=True)
class Care:
    """What a node tells of its models beside their names, and how it takes to what is done to them."""

    sizes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    modified: dict[str, str] = field(default_factory=dict)
    details: dict[str, dict[str, str]] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    """Digest of the file that holds a model's weights, by model."""
    shows: dict[str, dict[str, Any]] = field(default_factory=dict)
    folder: str = "/nowhere/models/blobs"
    on_gpu: float = 1.0
    """Which part of a loaded model lies on the GPU."""
    pull: Iterable[dict[str, Any]] = (
        {"status": "pulling manifest"},
        {"status": "pulling aa", "digest": "sha256:aa", "total": 1000},
        {"status": "pulling aa", "digest": "sha256:aa", "total": 1000, "completed": 400},
        {"status": "pulling aa", "digest": "sha256:aa", "total": 1000, "completed": 1000},
        {"status": "pulling bb", "digest": "sha256:bb", "total": 10, "completed": 10},
        {"status": "verifying sha256 digest"},
        {"status": "success"},
    )
    before_step: Callable[[int], object] = lambda index: None
    """Called before step `index` of a pull or a token of a measurement is sent; may block."""
    chat: Callable[["Script", Any], "Reply"] | None = None
    """What LM Studio's own chat answers; None is the usual."""
    stays: tuple[str, ...] = ()
    """Models that do not leave the memory: they answer somebody."""
    refuses: str | None = None
    """What every deed is refused with, as a 500."""
    tokens_per_s: Callable[[int], float] = lambda round_: 50.0
    """What the node says of round `round_` of the measurements, counted from 0."""
    prompt_tokens: int = 500
    prompt_tokens_per_s: float = 1000.0
    rounds: "itertools.count[int]" = field(default_factory=itertools.count)
    jobs: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"job_id": "job_1", "status": "downloading", "total_size_bytes": 1000},
            {"job_id": "job_1", "status": "downloading", "total_size_bytes": 1000, "downloaded_bytes": 400},
            {"job_id": "job_1", "status": "completed", "total_size_bytes": 1000, "downloaded_bytes": 1000},
        ]
    )
    """What LM Studio says of a download, one answer after the other."""


def loaded(script: "Script") -> tuple[str, ...]:
    """Return the models in memory."""
    return script.models[:1] if script.loaded is None else script.loaded


def _canonical(script: "Script", name: str) -> str | None:
    return next((model for model in script.models if model in (name, f"{name}:latest")), None)


def tag(script: "Script", name: str) -> dict[str, Any]:
    """Return a model of /api/tags."""
    care = script.care
    told = {"name": name, "model": name, "size": care.sizes.get(name, 1), "digest": care.digests.get(name, "a8")}
    if name in care.modified:
        told["modified_at"] = care.modified[name]
    return told | ({"details": care.details[name]} if name in care.details else {})


def process(script: "Script", name: str) -> dict[str, Any]:
    """Return a model of /api/ps."""
    size = script.care.sizes.get(name, 1)
    return {"name": name, "model": name, "size": size, "size_vram": round(script.care.on_gpu * size)}


def _show(script: "Script", body: Any) -> Reply:
    name = _canonical(script, body["model"])
    if name is None:
        return 404, {"error": f"model '{body['model']}' not found"}
    digest = script.care.weights.get(name) or hashlib.sha256(name.encode()).hexdigest()
    modelfile = f"# FROM {name}\n\nFROM {script.care.folder}/sha256-{digest}\nTEMPLATE x\n"
    return 200, {"modelfile": modelfile, **script.care.shows.get(name, {})}


def _generate(script: "Script", body: Any) -> Reply:
    name = _canonical(script, body["model"])
    if name is None:
        return 404, {"error": f'model "{body["model"]}" not found, try pulling it first'}
    if body.get("prompt"):
        script.loaded = tuple(dict.fromkeys((*loaded(script), name)))
        return _ollama_answer(script, body)
    if body.get("keep_alive") == 0:
        script.loaded = tuple(model for model in loaded(script) if model != name or model in script.care.stays)
        return 200, {"model": name, "response": "", "done": True, "done_reason": "unload"}
    script.loaded = tuple(dict.fromkeys((*loaded(script), name)))
    return 200, {"model": name, "response": "", "done": True, "done_reason": "load"}


def _ollama_answer(script: "Script", body: Any) -> Iterator[bytes]:
    care, count = script.care, body["options"]["num_predict"]
    rate = care.tokens_per_s(next(care.rounds))
    for index in range(count):
        care.before_step(index)
        yield _line({"model": body["model"], "response": "x ", "done": False})
    yield _line(
        {
            "model": body["model"],
            "response": "",
            "done": True,
            "done_reason": "length",
            "prompt_eval_count": care.prompt_tokens,
            "prompt_eval_duration": round(1e9 * care.prompt_tokens / care.prompt_tokens_per_s),
            "eval_count": count,
            "eval_duration": round(1e9 * count / rate),
        }
    )


def _pull(script: "Script", body: Any) -> Iterator[bytes]:
    for index, step in enumerate(script.care.pull):
        script.care.before_step(index)
        if step.get("status") == "success":
            name = body["model"] if ":" in body["model"] else f"{body['model']}:latest"
            script.models = tuple(dict.fromkeys((*script.models, name)))
        yield _line(step)


def _delete(script: "Script", body: Any) -> Reply:
    name = _canonical(script, body["model"])
    if name is None:
        return 404, {"error": f"model '{body['model']}' not found"}
    script.loaded = tuple(model for model in loaded(script) if model != name)
    script.models = tuple(model for model in script.models if model != name)
    return 200, None


def _studio_load(script: "Script", body: Any) -> Reply:
    if body["model"] not in script.models:
        return 404, {"error": {"type": "model_not_found", "message": "no such model"}}
    script.loaded = (*loaded(script), body["model"])
    return 200, {"type": "llm", "instance_id": body["model"], "load_time_seconds": 1.0, "status": "loaded"}


def _studio_unload(script: "Script", body: Any) -> Reply:
    script.loaded = tuple(model for model in loaded(script) if model != body["instance_id"])
    return 200, {"instance_id": body["instance_id"]}


def _studio_job(script: "Script", body: Any) -> Reply:
    jobs = script.care.jobs
    job = jobs.pop(0) if len(jobs) > 1 else jobs[0]
    if body is not None and job["status"] == "completed":
        job = job | {"status": "already_downloaded"}
    return 200, job


def _studio_chat(script: "Script", body: Any) -> Reply:
    return script.care.chat(script, body) if script.care.chat else _studio_answer(script, body)


def _studio_answer(script: "Script", body: Any) -> Iterator[bytes]:
    care, count = script.care, body["max_output_tokens"]
    rate = care.tokens_per_s(next(care.rounds))
    yield _event("chat.start", model_instance_id=body["model"])
    yield _event("prompt_processing.start")
    yield _event("prompt_processing.progress", progress=1)
    yield _event("prompt_processing.end")
    yield _event("message.start")
    for index in range(count):
        care.before_step(index)
        yield _event("message.delta", content="x ")
    stats = {
        "input_tokens": care.prompt_tokens,
        "total_output_tokens": count,
        "tokens_per_second": rate,
        "time_to_first_token_seconds": 0.5,
    }
    yield _event("chat.end", result={"output": [], "stats": stats})


def _router_load(script: "Script", body: Any) -> Reply:
    script.loaded = tuple(dict.fromkeys((*loaded(script), body["model"])))
    return 200, {"success": True}


def _router_unload(script: "Script", body: Any) -> Reply:
    script.loaded = tuple(model for model in loaded(script) if model != body["model"])
    return 200, {"success": True}


def router_models(script: "Script") -> dict[str, Any]:
    """Return /models of llama-server; only a router tells the state of each."""
    states = {name: "loaded" if name in loaded(script) else "unloaded" for name in script.models}
    return {
        "data": [
            {"id": name} | ({"status": {"value": state}} if script.router else {}) for name, state in states.items()
        ]
    }


def timed(script: "Script", count: int) -> dict[str, Any]:
    """Return the timings that llama.cpp adds to its last record."""
    rate = script.care.tokens_per_s(next(script.care.rounds))
    return {
        "prompt_n": script.care.prompt_tokens,
        "prompt_ms": 1000 * script.care.prompt_tokens / script.care.prompt_tokens_per_s,
        "predicted_n": count,
        "predicted_ms": 1000 * count / rate,
    }


DEEDS: dict[tuple[str, str, str], Callable[["Script", Any], Reply]] = {
    ("ollama", "POST", "/api/show"): _show,
    ("ollama", "POST", "/api/generate"): _generate,
    ("ollama", "POST", "/api/pull"): _pull,
    ("ollama", "DELETE", "/api/delete"): _delete,
    ("lmstudio", "POST", "/api/v1/models/load"): _studio_load,
    ("lmstudio", "POST", "/api/v1/models/unload"): _studio_unload,
    ("lmstudio", "POST", "/api/v1/models/download"): _studio_job,
    ("lmstudio", "GET", "/api/v1/models/download/status/job_1"): _studio_job,
    ("lmstudio", "POST", "/api/v1/chat"): _studio_chat,
    ("openai", "POST", "/models/load"): _router_load,
    ("openai", "POST", "/models/unload"): _router_unload,
}


def at_speed(tokens_per_s: float) -> Callable[[int], object]:
    """Return what lets tokens come at that speed: for the program, not for tests."""
    return lambda index: time.sleep(1 / tokens_per_s)


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()
