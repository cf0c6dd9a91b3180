"""What Ollama and LM Studio tell of a model, over a real socket."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest

from etoile.config import Node
from etoile.domain.fit import Setup, need
from etoile.domain.fit.need import MIB
from etoile.errors import NodeBroken, NodeError, NodeUnreachable, UnreadableModel
from etoile.llm.described import Described, Running, describe
from tests.llm.gguf_files import LLAMA_3_8B, infos_of, q4_k_m

TYPES = {0: "F32", 12: "Q4_K", 14: "Q6_K"}
TENSORS = [
    {"name": name, "type": TYPES[kind], "shape": list(shape)} for name, shape, kind in infos_of(LLAMA_3_8B, q4_k_m(32))
]
PER_LAYER = "llama.attention.head_count_kv"


class Answers:
    """A server that gives what it holds for each path, and notes what it was asked."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.by_path: dict[str, Any] = {
            "/api/tags": {"models": [{"name": "llama3:latest", "size": 4_920_000_000}]},
            "/api/show": lambda body: {"model_info": dict(LLAMA_3_8B.metadata), "tensors": TENSORS, "license": "x"},
            "/api/ps": {"models": []},
        }
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(answers.by_path.get(self.path))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answers.bodies.append(body)
                self._answer(answers.by_path[self.path](body))

            def _answer(self, content: Any) -> None:
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(404 if content is None else 200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def describe(self, name: str, dialect: Literal["ollama", "lmstudio", "openai"] = "ollama") -> Described | None:
        """Return what Etoile makes of what this server tells of `name`."""
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return describe([Node(name="N", url=url, dialect=dialect)], name, 2.0, lambda node: None)


@pytest.fixture
def node() -> Iterator[Answers]:
    answers = Answers()
    thread = threading.Thread(target=answers.server.serve_forever, args=(0.02,))
    thread.start()
    yield answers
    answers.server.shutdown()
    answers.server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["llama3", "llama3:latest", "Llama3"])
def test_ollama_tells_the_header_of_the_file(node: Answers, name: str) -> None:
    found = node.describe(name)
    assert found
    assert (found.node, found.running, found.model.name) == ("N", None, "llama3:latest")
    assert need(found.model, Setup(context=8192)).weights / MIB == pytest.approx(4403.49, abs=0.01)
    assert node.bodies == [{"model": "llama3:latest"}]


def test_a_model_that_is_not_there(node: Answers) -> None:
    assert node.describe("qwen3") is None
    assert node.describe("llama3", "openai") is None


def test_lists_that_were_left_out_are_asked_for(node: Answers) -> None:
    """Ollama gives lists of more than five as empty ones, the vocabulary too, which is not worth the question."""

    def show(body: Any) -> Any:
        heads = [8] * 32 if body.get("verbose") else []
        return {
            "model_info": {**LLAMA_3_8B.metadata, PER_LAYER: heads, "tokenizer.ggml.tokens": []},
            "tensors": TENSORS,
        }

    node.by_path["/api/show"] = show
    found = node.describe("llama3")
    assert found
    assert {block.key_width for block in found.model.blocks} == {1024}
    assert [body.get("verbose") for body in node.bodies] == [None, True]


def test_a_model_in_memory_tells_for_which_context(node: Answers) -> None:
    loaded = {"name": "llama3:latest", "size": 6_200_000_000, "size_vram": 6_200_000_000, "context_length": 8192}
    node.by_path["/api/ps"] = {"models": [loaded]}
    found = node.describe("llama3")
    assert found
    assert found.running == Running(context=8192, size_bytes=6_200_000_000, gpu_bytes=6_200_000_000)


def test_what_sees_is_the_rest_of_the_size(node: Answers) -> None:
    weights = 4_920_736_256  # the tensors, with the embeddings
    node.by_path["/api/tags"] = {"models": [{"name": "llama3:latest", "size": 6_000_000_000}]}
    node.by_path["/api/show"] = lambda body: {
        "model_info": dict(LLAMA_3_8B.metadata),
        "tensors": TENSORS,
        "projector_info": {"general.architecture": "clip"},
    }
    found = node.describe("llama3")
    assert found
    assert found.model.projector_bytes == pytest.approx(6_000_000_000 - weights, abs=10_000_000)


def test_lm_studio_tells_the_size_and_the_table_the_shape(node: Answers) -> None:
    node.by_path["/api/v1/models"] = {
        "models": [
            {"key": "qwen/qwen3-8b", "size_bytes": 8_700_000_000, "quantization": {"name": "Q8_0"}},
            {"key": "somebody/new", "size_bytes": 1},
        ]
    }
    found = node.describe("qwen/qwen3-8b", "lmstudio")
    assert found
    assert (found.model.quantisation, len(found.model.blocks)) == ("Q8_0", 36)
    assert found.model.weight_bytes == pytest.approx(8_700_000_000, rel=1e-6)
    with pytest.raises(UnreadableModel, match="not its shape"):
        node.describe("somebody/new", "lmstudio")


@pytest.mark.parametrize(
    ("shown", "error"),
    [
        (b"nonsense", NodeBroken),
        ({"model_info": 7}, NodeBroken),
        ({}, UnreadableModel),
        ({"model_info": {"general.architecture": "llama", "llama.block_count": {}}}, UnreadableModel),
        ({"model_info": {"general.architecture": "llama", "llama.block_count": 1e300}}, UnreadableModel),
    ],
)
def test_nonsense_is_told(node: Answers, shown: Any, error: type[Exception]) -> None:
    node.by_path["/api/show"] = lambda body: shown
    with pytest.raises(error):
        node.describe("llama3")


def test_a_node_that_is_down_is_told_unless_another_has_the_model(node: Answers) -> None:
    url = f"http://127.0.0.1:{node.server.server_address[1]}"
    down = Node(name="D", url="http://127.0.0.1:9", dialect="ollama")
    up = Node(name="U", url=url, dialect="ollama")
    found = describe([down, up], "llama3", 2.0, lambda node: None)
    assert found
    assert found.node == "U"
    with pytest.raises(NodeUnreachable):
        describe([down], "llama3", 2.0, lambda node: None)
    with pytest.raises(NodeError):
        describe([down, up], "absent", 2.0, lambda node: None)
