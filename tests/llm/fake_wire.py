"""What the scripted node sends and expects, dialect by dialect, as the formats' documentation has it."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.llm.fake_care import timed

if TYPE_CHECKING:
    from email.message import Message

    from tests.llm.fake_node import Script

Records = tuple[list[bytes], bytes]
"""What is sent with each token, and at the end."""

_KEY_HEADERS = {"gemini": "x-goog-api-key", "anthropic": "x-api-key"}
_CHATS = {"ollama": "/api/chat", "anthropic": "/v1/messages"}
INPUT_TOKENS = 8


def key_of(dialect: str, headers: "Message[str, str]") -> str | None:
    """Return the key that a request carries."""
    sent = headers.get(_KEY_HEADERS.get(dialect, "authorization"))
    return None if sent is None else sent.removeprefix("Bearer ")


def is_chat(dialect: str, path: str) -> bool:
    """Whether `path` is where that server is talked to."""
    if dialect == "gemini":
        return path.startswith("/v1beta/models/") and path.endswith(":streamGenerateContent?alt=sse")
    return path == _CHATS.get(dialect, "/v1/chat/completions")


def refused_field(script: "Script", body: Any) -> str | None:
    """Return the words with which a field of `body` is refused; None where none is."""
    return next((words for name, words in script.refuses.items() if _holds(body, name)), None)


def _holds(part: Any, name: str) -> bool:
    if isinstance(part, dict):
        return name in part or any(_holds(inner, name) for inner in part.values())
    return isinstance(part, list) and any(_holds(inner, name) for inner in part)


def records(script: "Script", model: str, words: list[str]) -> Records:
    """Return the answer `words` as the script's dialect sends it, thought first and calls last."""
    return _RECORDS.get(script.dialect, _openai)(script, model, words)


def error_record(script: "Script") -> bytes:
    """Return an error within a stream."""
    if script.dialect == "anthropic":
        error = script.complaint if isinstance(script.complaint, dict) else {"message": script.complaint}
        return b"event: error\n" + _event({"type": "error", "error": {"type": "api_error"} | error})
    error = {"error": script.complaint}
    return _line(error) if script.dialect == "ollama" else _event(error)


def _event(record: Any) -> bytes:
    return b"data: " + json.dumps(record, ensure_ascii=False).encode() + b"\n\n"


def _line(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _first(tokens: list[bytes], before: bytes) -> None:
    """Send `before` with the first token."""
    if tokens:
        tokens[0] = before + tokens[0]


def _openai(script: "Script", model: str, words: list[str]) -> Records:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _event({"model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    tokens = [chunk({"content": word}) for word in words]
    if script.thought:
        _first(tokens, chunk({"reasoning_content": script.thought}))
    _first(tokens, chunk({"role": "assistant", "content": None}))
    called = b""
    for index, (name, arguments) in enumerate(script.calls):
        function = {"name": name, "arguments": ""}
        called += chunk({"tool_calls": [{"index": index, "id": f"call_{index}", "function": function}]})
        for letter in arguments:
            called += chunk({"tool_calls": [{"index": index, "function": {"arguments": letter}}]})
    finish = script.finish or ("tool_calls" if script.calls else "stop")
    timings = {"timings": timed(script, len(words))} if script.timings else {}
    usage = {"completion_tokens": len(words), "prompt_tokens": INPUT_TOKENS}
    told = _event({"model": model, "choices": [], "usage": usage} | timings)
    return tokens, called + chunk({}, finish) + told + b"data: [DONE]\n\n"


def _ollama(script: "Script", model: str, words: list[str]) -> Records:
    def line(said: dict[str, Any], **fields: Any) -> bytes:
        return _line({"model": model, "message": {"role": "assistant", **said}, "done": False, **fields})

    tokens = [line({"content": word}) for word in words]
    if script.thought:
        _first(tokens, line({"content": "", "thinking": script.thought}))
    functions = [{"function": {"name": name, "arguments": json.loads(given)}} for name, given in script.calls]
    called = line({"content": "", "tool_calls": functions}) if functions else b""
    counts = {"eval_count": len(words), "prompt_eval_count": INPUT_TOKENS}
    return tokens, called + line({"content": ""}, done=True, done_reason=script.finish or "stop", **counts)


def _gemini(script: "Script", model: str, words: list[str]) -> Records:
    def chunk(*parts: dict[str, Any], finish: str | None = None) -> bytes:
        candidate: dict[str, Any] = {"index": 0}
        if parts:
            candidate["content"] = {"role": "model", "parts": list(parts)}
        if finish:
            candidate["finishReason"] = finish
        used = {"promptTokenCount": INPUT_TOKENS, "candidatesTokenCount": len(words), "totalTokenCount": 14}
        return _event({"candidates": [candidate], "usageMetadata": used, "modelVersion": "fake"})

    tokens = [chunk({"text": word}) for word in words]
    if script.thought:
        _first(tokens, chunk({"text": script.thought, "thought": True}))
    called = [
        {"functionCall": {"name": name, "args": json.loads(given)}, "thoughtSignature": f"signed {name}"}
        for name, given in script.calls
    ]
    return tokens, chunk(*called, finish=script.finish or "STOP")


def _anthropic(script: "Script", model: str, words: list[str]) -> Records:
    def event(kind: str, **fields: Any) -> bytes:
        return f"event: {kind}\n".encode() + _event({"type": kind, **fields})

    def delta(index: int, **fields: Any) -> bytes:
        return event("content_block_delta", index=index, delta=fields)

    tokens = [delta(1, type="text_delta", text=word) for word in words]
    _first(tokens, event("content_block_start", index=1, content_block={"type": "text", "text": ""}))
    if script.thought:
        signed = delta(0, type="signature_delta", signature="s")
        _first(tokens, delta(0, type="thinking_delta", thinking=script.thought) + signed)
    used = {"input_tokens": INPUT_TOKENS, "output_tokens": 1}
    _first(tokens, event("message_start", message={"id": "m", "model": model, "usage": used}) + event("ping"))
    called = event("content_block_stop", index=1)
    for index, (name, arguments) in enumerate(script.calls, 2):
        block = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
        called += event("content_block_start", index=index, content_block=block)
        for letter in arguments:
            called += delta(index, type="input_json_delta", partial_json=letter)
        called += event("content_block_stop", index=index)
    reason = script.finish or ("tool_use" if script.calls else "end_turn")
    counts = {"output_tokens": len(words)}
    return tokens, called + event("message_delta", delta={"stop_reason": reason}, usage=counts) + event("message_stop")


_RECORDS: Mapping[str, Callable[["Script", str, list[str]], Records]] = {
    "ollama": _ollama,
    "gemini": _gemini,
    "anthropic": _anthropic,
}
