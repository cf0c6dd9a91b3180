"""States of Etoile to be shown: for the tests, and for the pictures that people look at."""

import math
from dataclasses import replace
from datetime import datetime

from etoile.config import Thermal as ThermalLimits
from etoile.domain import events as on
from etoile.domain.commander.units import SETTLED, TaskUnit, UnitStatus
from etoile.domain.effects import Decision, Option, Question
from etoile.domain.events import Asking, Origin
from etoile.domain.gpus import GpuProcess, GpuReading, GpuState
from etoile.domain.learning.offers import Alias, AliasOffer, Days, TimeHabit
from etoile.domain.match import Candidate
from etoile.domain.nodes import Attribution, LoadedModel, NodeLoad, NodeState, NodeStatus
from etoile.domain.past import Past, PastExchange, PastRecording
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Turn
from etoile.text import Message, message

GIB = 1024**3
NOW_S = 1000.0
LIMITS = ThermalLimits(hold_s=0.0)

ANSWER = """vLLM keeps its **KV cache** in blocks, so a request takes only what it needs.

## How to see it
1. Ask the server for its metrics.
2. Look for `vllm:gpu_cache_usage_perc`.

```bash
curl -s http://10.5.0.2:8000/metrics | grep cache_usage
```

At 90 % and more, requests wait: lower `--max-num-seqs`, or [read on](https://docs.vllm.ai/).
"""


def gpu(index: int = 0, **values: object) -> GpuReading:
    """Return a healthy GPU, with `values` in place of its own."""
    reading = GpuReading(
        uuid=f"GPU-{index}",
        index=index,
        name="NVIDIA GeForce RTX 4090",
        host="athena",
        temperature_c=62,
        utilization_percent=99,
        memory_used_bytes=round(19.8 * GIB),
        memory_total_bytes=24 * GIB,
        power_w=312.0,
        power_limit_w=450.0,
        fan_percent=46,
        processes=(GpuProcess(pid=4711, name="vllm"),),
        at_s=NOW_S,
    )
    return replace(reading, **values)


def node(name: str = "M1", **values: object) -> NodeStatus:
    """Return a node that is well, with `values` in place of its own."""
    status = NodeStatus(
        name=name,
        dialect="lmstudio",
        url="http://10.5.0.2:1234",
        state=NodeState.UP,
        model="qwen/qwen3-30b-a3b-2507",
        latency_ms=12.0,
    )
    return replace(status, **values)


NODES = (
    node(),
    node(
        "M2",
        state=NodeState.DOWN,
        reason=message("no answer within {seconds:g} s", seconds=2.0),
    ),
    node("M3", model="llama3.3:70b", state=NodeState.BUSY),
)
SIX = tuple(
    gpu(
        index,
        name=f"NVIDIA {name}",
        temperature_c=temperature_c,
        utilization_percent=load,
        memory_used_bytes=round(used_gib * GIB),
        memory_total_bytes=total_gib * GIB,
        simulated=True,
    )
    for index, (name, temperature_c, load, used_gib, total_gib) in enumerate(
        (
            ("GeForce GTX 1660 SUPER", 53, 36, 2.0, 6),
            ("GeForce GTX 1660 SUPER", 49, 9, 0.3, 6),
            ("GeForce RTX 3080", 79, 100, 8.3, 10),
            ("GeForce GTX 1660 SUPER", 38, 0, 0.0, 6),
            ("RTX 6000 Ada Generation", 91, 99, 46.9, 48),
            ("H200", 61, 45, 127.4, 141),
        )
    )
)
CALM = State(gpus=(gpu(), gpu(1, temperature_c=58, utilization_percent=7)), nodes=NODES, limits=LIMITS)


def minute(state: State, now_s: float = NOW_S) -> list[State]:
    """Return the last minute that leads to `state`, a state a second: a load that sets in, temperatures that rise."""
    return [_second(state, second, now_s) for second in range(-60, 1)]


def _second(state: State, second: int, now_s: float) -> State:
    readings = tuple(_earlier(reading, second, now_s) for reading in state.gpus)
    return advance(state, on.GpusRead(readings, now_s + second))[0]


def _earlier(reading: GpuReading, second: int, now_s: float) -> GpuReading:
    at_s = now_s + second
    if reading.state is not GpuState.OK and second > -20:
        return replace(reading, at_s=at_s if reading.state is not GpuState.STALE else now_s - 20)
    hot = reading.temperature_c or 70
    rise = 0.22 * second if hot > 70 else 2.5 * math.sin(second / 6)
    load = reading.utilization_percent or 0
    busy = load - abs(second) % 3 if second > -48 else 3
    gap = -33 < second < -25 and reading.index == 1
    return replace(
        reading,
        state=GpuState.OK,
        at_s=at_s,
        temperature_c=None if gap else round(hot + rise * (1 if second else 0)),
        utilization_percent=None if gap else max(0, busy if second else load),
    )


def turn(**values: object) -> Turn:
    """Return a turn that goes on."""
    return replace(Turn(number=3, asking=Asking(origin=Origin.WINDOW)), **values)


ASKED = turn(phase=Phase.THINKING, request="How does vLLM keep its cache?", decision=Decision.ROUTE)
STREAMING = replace(
    ASKED,
    attribution=(Attribution(node="M1", model="qwen/qwen3-30b-a3b-2507"),),
    passed_over=(("M2", message("no answer within {seconds:g} s", seconds=2.0)),),
    answer=ANSWER[:150],
)
ANSWERED = replace(STREAMING, phase=Phase.IDLE, answer=ANSWER, elapsed_ms=1420.0, first_token_ms=310.0)
_WRITE = TaskUnit(id="write", kind="code", role="code", shown=True, target="M1", status=UnitStatus.DONE, ms=2140.0)
_REVIEW = TaskUnit(id="review", kind="code", role="review", reviews="write", target="M2", status=UnitStatus.RUNNING)
REVIEWING = replace(STREAMING, answer=ANSWER, passed_over=(), units=(_WRITE, _REVIEW))
REVIEWED = replace(
    REVIEWING,
    phase=Phase.IDLE,
    elapsed_ms=3900.0,
    units=(replace(_WRITE, score=0.85), replace(_REVIEW, status=UnitStatus.DONE, ms=1760.0)),
    notes=(message("{node} reviewed it: {score:.2f} of 1.", node="M2", score=0.85),),
)
EVERY_STATUS = replace(
    ASKED,
    units=tuple(
        TaskUnit(id=str(status), role=role, target="M1" if status in SETTLED else None, status=status)
        for status, role in zip(UnitStatus, ("respond", "code", "analyse", "search", "review", "validate"), strict=True)
    ),
)
FAILED = turn(
    request="Summarise the log of last night",
    failed=True,
    passed_over=(
        ("M1", message("its queue is full")),
        ("M2", message("no answer within {seconds:g} s", seconds=2.0)),
    ),
    said=message("No node could answer: {names}.", names=["M1", "M2"]),
    remedy=message("Start one of them, or name another one in the settings; “etoile nodes” tells how each is."),
)


def question(*labels: Message, destructive: bool = False, consequence: Message | None = None) -> Question:
    """Return a question with an option for each of `labels`."""
    options = tuple(Option(label, "system.shutdown", {}, destructive) for label in labels)
    asked = message("Did you mean:") if len(labels) > 1 else message("{what}?", what=labels[0])
    return Question(3, 2, asked, consequence, options, proposes=len(labels) > 1)


CONFIRM = question(
    message("Shut the computer down"),
    destructive=True,
    consequence=message("Every program is closed; work that was not saved may be lost."),
)
DID_YOU_MEAN = question(message("Open {app}", app="Firefox"), message("Open {app}", app="Firewall"))
CONFIRMING = turn(phase=Phase.CONFIRMING, request="shut it down", question=CONFIRM, decision=Decision.ASK)
PROPOSING = turn(phase=Phase.CONFIRMING, request="open fire", question=DID_YOU_MEAN, decision=Decision.PROPOSE)
OPENING = turn(phase=Phase.LISTENING, asking=Asking(origin=Origin.VOICE))
LISTENING = replace(OPENING, hearing=True, level=0.6)
MUTE = replace(LISTENING, level=0.0, note=message("Only silence: is the microphone muted?"))
HEARING = replace(LISTENING, stable="Mets le volume", tentative="à quarante")
HEARING_LONG = replace(
    LISTENING,
    stable="Compare la mémoire libre de chaque carte, puis dis-moi laquelle",
    tentative="peut prendre le modèle",
)

_ASKED_S = datetime(2026, 11, 21, 13, 50).astimezone().timestamp()
PAST = Past(
    exchanges=tuple(
        PastExchange(
            id=90 - place,
            at_s=_ASKED_S - place * 5400,
            request=request,
            answer=answer,
            ok=ok,
            attribution=(Attribution(node=node_name, model="qwen/qwen3-30b-a3b-2507"),) if node_name else (),
            elapsed_ms=1420.0 if node_name else None,
            undone=undone,
        )
        for place, (request, answer, ok, node_name, undone) in enumerate(
            (
                ("How does vLLM keep its cache?", ANSWER, True, "M1", False),
                ("mets le volume à quarante", "Le volume est à 40 %.", True, "", True),
                ("Summarise the log of last night", "No node could take the request.", False, "", False),
                ("quelle est la température du GPU 1 ?", "GPU 1 : 58 °C, charge 7 %.", True, "", False),
            )
        )
    ),
    recordings=(PastRecording(path="/recordings/1.wav", at_s=_ASKED_S - 600, audio_s=7.4),),
    more=True,
)
WORKING = node(
    "athena",
    dialect="ollama",
    model="qwen3:30b-a3b",
    models=("qwen3:30b-a3b", "llama3.3:70b", "gemma3:27b"),
    loaded=("qwen3:30b-a3b",),
    in_memory=(LoadedModel(name="qwen3:30b-a3b", size_bytes=round(18.6 * GIB), gpu_bytes=round(18.6 * GIB)),),
    latency_ms=4.0,
    first_token_ms=310.0,
    tokens_per_s=84.0,
    in_flight=1,
    max_in_flight=2,
    load=NodeLoad(running=1, waiting=2, kv_cache_percent=38),
    temperature_c=71,
)
RESTING = node("zephyr", state=NodeState.OPEN, reason=message("its answer is empty"), retry_at_s=_ASKED_S + 1200)

ALIAS_OFFER = AliasOffer(alias=Alias(said="lance la zik", language="fr", command="media.play"), evidence=(1, 2, 3))
HABIT = TimeHabit(
    what=Candidate(command="app.open", slots={"app": "Thunderbird"}),
    request="ouvre thunderbird",
    days=Days.WEEKDAYS,
    minute=540,
    seen=21,
    of=24,
)

MISSING = {
    part: on.PartMissing(part, *words)
    for part, *words in (
        (
            "gpu",
            message("There is no NVIDIA driver on this computer."),
            message("With an NVIDIA card, install its driver; without one, GPUs of other machines are still shown."),
        ),
        (
            "microphone",
            message("There is no microphone."),
            message("Plug one in, or choose one in the sound settings."),
        ),
        (
            "speech_model",
            message('The speech model "{name}" is not on this computer.', name="base"),
            message("Download it with: etoile models download {name}", name="base"),
            "base",
        ),
        (
            "nodes",
            message("No node is configured, and none was found on this machine."),
            message("Start Ollama or LM Studio here, or add a node to the settings file."),
        ),
    )
}
