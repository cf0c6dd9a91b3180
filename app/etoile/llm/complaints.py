"""What the refusal of a server means for whoever asked: from status, headers and its own words to Etoile's errors."""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from etoile.errors import (
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeRejected,
    NodeUnauthorised,
    NodeUnsuited,
)
from etoile.text import Message, message

LONGEST_RETRY_S = 86_400.0
"""Whoever asks to be left alone for longer is asked once a day."""

_COMPLAINT_SHOWN = 200


class _Details(msgspec.Struct):
    details: list[dict[str, Any]]


class _GoogleError(msgspec.Struct):
    error: _Details


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """Return the wait that `retry-after` asks for, in seconds or as a date; None for no or a senseless one.

    RFC 9110, section 10.2.3.  A date is compared with the server's own, where it tells it; `now_s` is our clock.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and asked.isascii():
        return min(float(asked), LONGEST_RETRY_S)
    until_s = _http_date_s(asked)
    if until_s is None:
        return None
    now_s = _http_date_s(headers.get("date", "")) or now_s
    return min(max(0.0, until_s - now_s), LONGEST_RETRY_S)


def _http_date_s(written: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written).timestamp()
    except (ValueError, OverflowError):
        return None


def refusal(status: int | None, complaint: object, retry_after_s: float | None = None) -> NodeError:
    """Return what a status and the server's own words mean for the caller; `status` None is an error within a stream.

    `retry_after_s` is the wait that the server asked for beside its words.  The table is that of the formats'
    documentation; llama.cpp answers 500 to JSON that it cannot read, which is our fault, and 503 while it loads;
    Gemini answers 400 to a key that it does not know, LM Studio to a model that crashed.
    """
    words = _words(complaint)
    said = _quoted(status, words)
    wait_s = retry_after_s if retry_after_s is not None else _retry_delay_s(complaint)
    match status:
        case 401 | 403:
            return _unauthorised()
        case 429:
            return NodeBusy(message("its rate limit is reached"), retry_after_s=wait_s)
        case 404 | 413:
            return NodeUnsuited(said)
        case int() if 300 <= status < 400:
            return NodeBroken(message("it sends requests elsewhere ({status})", status=status))
    return (
        _about_request(status, words.lower(), said)
        or _about_state(status, words.lower(), said, wait_s)
        or (NodeBroken(said) if status is None or status >= 500 else NodeRejected(said))
    )


def status_within(error: object) -> int | None:
    """Return the status that an error within a stream names as its code."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None


def withheld(reason: str) -> NodeUnsuited:
    """Return that a provider does not give an answer to this, whatever it has said of it before."""
    return NodeUnsuited(message('its provider withholds the answer ("{reason}")', reason=reason))


def _about_request(status: int | None, words: str, said: Message) -> NodeError | None:
    """Return what is wrong with the request, for this node or for any; None where nothing of it is."""
    if "json.exception.parse_error" in words:
        return NodeRejected(said)
    if status == 402 or "credit balance" in words:
        return NodeUnauthorised(
            message("the account of its key is empty"), message("Fill it up with the provider, or use another node.")
        )
    if "api key" in words and _names(words, "not valid", "invalid", "expired"):
        return _unauthorised()
    if "prompt is too long" in words or (
        _names(words, "context", "token count") and _names(words, "exceed", "length", "too long", "overflow")
    ):
        return NodeUnsuited(message("the conversation is longer than its context"))
    if "model" in words and _names(words, "not found", "not_found", "does not exist"):
        return NodeUnsuited(said)
    if "does not support" in words or ("tool" in words and "requires" in words):
        return NodeUnsuited(said)
    if _names(words, "system role not supported", "roles must alternate"):
        return NodeUnsuited(said)  # of the model's template
    return None


def _about_state(status: int | None, words: str, said: Message, wait_s: float | None) -> NodeError | None:
    """Return in what state the server is that it cannot take the request; None where that is not it."""
    if _names(words, "loading model", "model is loading"):
        return NodeLoading(message("it is loading its model"), retry_after_s=wait_s)
    if status == 529 or _names(words, "pending requests", "overloaded", "server busy"):
        return NodeBusy(message("its queue is full"), retry_after_s=wait_s)
    if "failed to load" in words:
        return NodeUnsuited(said)
    if _names(words, "has crashed", "model unloaded"):
        return NodeBroken(said)
    return None


def _unauthorised() -> NodeUnauthorised:
    return NodeUnauthorised(
        message("it does not accept the key"), message("Set `key` of this node in the settings file.")
    )


def _names(words: str, *signs: str) -> bool:
    return any(sign in words for sign in signs)


def _retry_delay_s(complaint: object) -> float | None:
    """Return the wait that Gemini asks for within its words: {"error": {"details": [{"retryDelay": "17s"}]}}."""
    with contextlib.suppress(msgspec.ValidationError, ValueError):
        for detail in msgspec.convert(_unwrapped(complaint), _GoogleError).error.details:
            if isinstance(delay := detail.get("retryDelay"), str):
                return min(max(0.0, float(delay.removesuffix("s"))), LONGEST_RETRY_S)
    return None


def _unwrapped(complaint: object) -> object:
    """Return an error that came as the only element of a list, as Gemini sends it in place of a stream."""
    return complaint[0] if isinstance(complaint, list) and len(complaint) == 1 else complaint


def _quoted(status: int | None, words: str) -> Message:
    if not words:
        return message("it answered {status}", status=status)
    if status is None:
        return message('it broke off with "{words}"', words=words)
    return message('it answered {status}: "{words}"', status=status, words=words)


def _words(complaint: object) -> str:
    """Return the text of an error, whichever of the usual shapes it has; one line, bounded, printable."""
    complaint = _unwrapped(complaint)
    for key in ("error", "message", "detail"):
        if isinstance(complaint, dict) and complaint.get(key):
            return _words(complaint[key])
    text = complaint if isinstance(complaint, str) else json.dumps(complaint) if complaint else ""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * _COMPLAINT_SHOWN])
    return " ".join(printable.split())[:_COMPLAINT_SHOWN]
