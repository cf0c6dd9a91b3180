"""What the scripted node tells of its models, dialect by dialect."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.llm.fake_care import loaded, process, router_models, tag

if TYPE_CHECKING:
    from tests.llm.fake_node import Script

LISTS: dict[tuple[str, str], Callable[["Script"], Any]] = {
    ("openai", "/v1/models"): lambda script: {
        "object": "list",
        "data": [{"id": name, "object": "model", "owned_by": "fake"} for name in script.models],
    },
    ("openai", "/models"): router_models,
    ("lmstudio", "/v1/models"): lambda script: {
        "object": "list",
        "data": [{"id": name, "object": "model"} for name in script.models],
    },
    ("lmstudio", "/api/v1/models"): lambda script: {
        "models": [
            {
                "type": "embedding" if "embed" in name else "llm",
                "key": name,
                "size_bytes": script.care.sizes.get(name, 1),
                "loaded_instances": [{"id": name, "config": {"context_length": 4096, "parallel": 4}}]
                if name in loaded(script)
                else [],
                "max_context_length": 131072,
            }
            | script.care.shows.get(name, {})
            for name in script.models
        ]
    },
    ("old lmstudio", "/api/v0/models"): lambda script: {
        "data": [
            {"id": name, "type": "llm", "state": "loaded" if name in loaded(script) else "not-loaded"}
            | {"max_context_length": 8192}
            for name in script.models
        ]
    },
    ("gemini", "/v1beta/models"): lambda script: {
        "models": [
            {
                "name": f"models/{name}",
                "inputTokenLimit": 1048576,
                "supportedGenerationMethods": ["embedContent" if "embed" in name else "generateContent"],
            }
            for name in script.models
        ]
    },
    ("anthropic", "/v1/models"): lambda script: {
        "data": [{"type": "model", "id": name, "display_name": name} for name in script.models]
    },
    ("ollama", "/api/tags"): lambda script: {"models": [tag(script, name) for name in script.models]},
    ("ollama", "/api/ps"): lambda script: {"models": [process(script, name) for name in loaded(script)]},
    ("ollama", "/api/version"): lambda script: {"version": "0.13.0"},
}
