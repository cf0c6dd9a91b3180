"""A small model that corrects what a speech model wrote, in seconds or not at all."""

import asyncio
import logging

from etoile.errors import NodeError
from etoile.llm.completion import completed
from etoile.llm.records import ChatMessage, Dialect

log = logging.getLogger(__name__)

WITHIN_S = 8.0
"""The turn waits no longer."""
_TOKENS_PER_LETTER = 0.5
_TOKENS_AT_LEAST = 32
_LANGUAGE = {"fr": "French", "en": "English"}
_ORDER = (
    "You correct the transcript of a spoken {language} request to a computer assistant. Fix only words that were "
    "misheard, spelling and punctuation. Keep the language and the meaning. Never answer it, never add anything. "
    "If nothing is wrong, repeat it unchanged. Reply with the corrected transcript alone."
)


async def corrected(dialect: Dialect, model: str, text: str, language: str, within_s: float = WITHIN_S) -> str:
    """Return `text` as `model` corrects it; empty where it could not in time."""
    order = _ORDER.format(language=_LANGUAGE.get(language, language))
    most = _TOKENS_AT_LEAST + round(_TOKENS_PER_LETTER * len(text))
    messages: tuple[ChatMessage, ...] = ({"role": "system", "content": order}, {"role": "user", "content": text})
    try:
        async with asyncio.timeout(within_s):
            answer = await completed(dialect.chat(model, messages, max_tokens=most, think=False))
    except (NodeError, TimeoutError) as error:
        log.info("what was heard is not corrected: %s", error)
        return ""
    return answer.text.strip().strip('"“”«»').strip()
