"""Which node is asked, with which model, and why."""

import random
from dataclasses import replace

import pytest

from etoile.config import Routing
from etoile.domain.gpus import Thermal
from etoile.domain.nodes import LoadedModel, NodeLoad, NodeState, NodeStatus
from etoile.domain.plan import Rules, Standing, Wanted, order, plan
from etoile.text import message, render

GB = 10**9
WEB = Rules().whole("web")
TRADING = Rules().whole("trading")
CODE = Wanted(kind="code", role="code")
CLOUD_FOR_WEB = Rules.of(Routing(cloud=("web",)))


def node(name: str, **values: object) -> NodeStatus:
    """Return an idle node on which its model "large" is in memory."""
    usual: dict[str, object] = {
        "dialect": "ollama",
        "url": "http://node",
        "state": NodeState.UP,
        "model": "large",
        "models": ("large", "coder", "small"),
        "loaded": ("large",),
        "max_in_flight": 2,
    }
    return NodeStatus(name=name, **{**usual, **values})  # type: ignore[arg-type]


BIG, SMALL = node("big"), node("small")
COLD: dict[str, object] = {"loaded": ("other",)}
WARM: dict[str, object] = {"thermal": Thermal.WARNING, "temperature_c": 78}
HOT: dict[str, object] = {"thermal": Thermal.CRITICAL, "temperature_c": 88}
GEMINI = node("gemini", dialect="gemini", loaded=(), local=False, tools=("search",))


def words(standing: Standing) -> str:
    """Return all reasons as they are printed."""
    return "; ".join(render(reason, "en") for reason in standing.reasons)


def notes(standing: Standing) -> str:
    """Return what is told if this node answers."""
    return " ".join(render(note, "en") for note in standing.notes)


STORIES: dict[str, tuple[list[NodeStatus], Wanted, str, str]] = {
    "both are well: the one that the user wrote first gets it": (
        [BIG, SMALL],
        Wanted(),
        "big small",
        "big: +0.0: large is in memory",
    ),
    "the big box is hot: the small one gets it, and says why": (
        [node("big", **WARM), SMALL],
        Wanted(),
        "small big",
        "big: -50.0: its GPUs are hot (78 °C): one request at a time",
    ),
    "the big box is hot and the small one would have to load: a hot one is spared all the same": (
        [node("big", **WARM), node("small", **COLD)],
        Wanted(),
        "small big",
        "small: -20.0: large is not in memory",
    ),
    "the big box is at its limit: it is left alone": (
        [node("big", **HOT), SMALL],
        Wanted(),
        "small -big",
        "big: its GPUs are critically hot (88 °C)",
    ),
    "nothing tells the heat of a node: that is no reason": (
        [node("big", thermal=Thermal.UNKNOWN), SMALL],
        Wanted(),
        "big small",
        "",
    ),
    "the big box works already: the small one is idle": (
        [node("big", in_flight=1), SMALL],
        Wanted(),
        "small big",
        "big: -5.0: it is busy with 1",
    ),
    "the small one would have to load: the big box works, and gets it all the same": (
        [node("big", in_flight=1), node("small", **COLD)],
        Wanted(),
        "big small",
        "small: -20.0: large is not in memory",
    ),
    "the big box is full: loading is faster than waiting": (
        [node("big", in_flight=2), node("small", **COLD)],
        Wanted(),
        "small big",
        "big: -25.0: it is busy with 2, as many as it is given",
    ),
    "the model does not fit the big box: the small one has it in memory": (
        [
            node("big", **COLD, need_bytes={"large": 20 * GB}, memory_total_bytes=12 * GB, memory_free_bytes=10 * GB),
            SMALL,
        ],
        Wanted(),
        "small big",
        "big: -24.0: 40 % of it would not fit into 11.2",
    ),
    "both are cold: the one whose cards have room need not put another model out": (
        [
            node("big", **COLD, need_bytes={"large": 8 * GB}, memory_total_bytes=12 * GB, memory_free_bytes=2 * GB),
            node("small", **COLD, need_bytes={"large": 8 * GB}, memory_total_bytes=12 * GB, memory_free_bytes=12 * GB),
        ],
        Wanted(),
        "small big",
        "big: -10.0: something would have to make room: 1.9",
    ),
    "the model of the big box lies on its CPU: the small one is faster": (
        [node("big", in_memory=(LoadedModel(name="large", size_bytes=20 * GB, gpu_bytes=10 * GB),)), SMALL],
        Wanted(),
        "small big",
        "big: -30.0: 50 % of large lies outside of the GPUs",
    ),
    "others keep the big box busy": (
        [node("big", load=NodeLoad(running=4, waiting=3, kv_cache_percent=95)), SMALL],
        Wanted(),
        "small big",
        "big: -15.0: 3 wait at its server; -10.0: its memory for conversations is 95 % full",
    ),
    "our own request is not counted twice": (
        [node("big", in_flight=1, load=NodeLoad(running=1, waiting=0, kv_cache_percent=3)), node("small", **COLD)],
        Wanted(),
        "big small",
        "big: -5.0: it is busy with 1",
    ),
    "the big box lets wait for long": (
        [node("big", first_token_ms=9000.0), node("small", first_token_ms=300.0)],
        Wanted(),
        "small big",
        "big: -9.0: it began after 9.0 s lately",
    ),
    "the big box is slower to begin with, as large models are: that is no reason": (
        [
            node("big", first_token_ms=1200.0, tokens_per_s=25.0),
            node("small", first_token_ms=200.0, tokens_per_s=140.0),
        ],
        Wanted(),
        "big small",
        "small: +0.0: large is in memory; -0.2: it began after 0.2 s lately; +0.0: 140 tokens a second",
    ),
    "the big box writes more slowly than anybody reads": (
        [node("big", tokens_per_s=4.0), node("small", tokens_per_s=140.0)],
        Wanted(),
        "small big",
        "big: -60.0: 4 tokens a second",
    ),
    "the big box is preferred when it is on, although its model must be loaded": (
        [SMALL, node("big", **COLD, weight=30.0)],
        Wanted(),
        "big small",
        "big: -2.0: 1 before it in the settings; +30.0: its weight in the settings",
    ),
    "the big box is preferred, and off: it comes last": (
        [node("big", state=NodeState.DOWN, weight=30.0, reason=message("connection refused")), SMALL],
        Wanted(),
        "small big",
        "big: +30.0: its weight in the settings; -1000.0: connection refused",
    ),
    "the conversation stays where it is known": (
        [BIG, SMALL],
        Wanted(sticky="small"),
        "small big",
        "small: -2.0: 1 before it in the settings; +15.0: it knows this conversation already",
    ),
    "the conversation leaves a node that is hot": (
        [BIG, node("small", **WARM)],
        Wanted(sticky="small"),
        "big small",
        "",
    ),
    "the conversation leaves a node that is gone": (
        [BIG, node("small", state=NodeState.OPEN)],
        Wanted(sticky="small"),
        "big small",
        "small: +15.0: it knows this conversation already; -1000.0: it failed lately",
    ),
    "the conversation is too long for the small one": (
        [node("small", context_tokens=4096), BIG],
        Wanted(tokens=5000),
        "big -small",
        "small: the conversation has about 5000 tokens, and it takes 4096",
    ),
    "what was measured of one model says nothing of another": (
        [
            node("big", models_by_role={"respond": "coder"}, tokens_per_s=2.0, context_tokens=10, loaded=("coder",)),
            SMALL,
        ],
        Wanted(tokens=500),
        "big small",
        "big: +0.0: coder is in memory",
    ),
    "code goes to the node for code": (
        [node("talker", roles=("respond", "analyse")), node("coder", roles=("code",))],
        CODE,
        "coder talker",
        "talker: -300.0: it is for other work (respond, analyse), not for code",
    ),
    "the node for code is off: rather another one than none": (
        [node("talker", roles=("respond",)), node("coder", roles=("code",), state=NodeState.DOWN)],
        CODE,
        "talker coder",
        "",
    ),
    "the node for code is at its limit: rather another one": (
        [node("talker", roles=("respond",)), node("coder", roles=("code",), **HOT)],
        CODE,
        "talker -coder",
        "",
    ),
    "who wrote it does not judge it, if another one can": (
        [BIG, SMALL],
        Wanted(role="review", avoid=frozenset({"big"})),
        "small big",
        "big: -60.0: what is to be judged is its own work",
    ),
    "who wrote it judges it where it is alone": ([BIG], Wanted(avoid=frozenset({"big"})), "big", ""),
    "who failed is not asked again": (
        [BIG, SMALL],
        Wanted(tried=frozenset({"big"})),
        "small -big",
        "big: it has failed at this",
    ),
    "a node is named: no other one is asked": (
        [BIG, SMALL],
        Wanted(node="small"),
        "small -big",
        "big: small alone was asked for",
    ),
    "what a node says when it is loading is told": (
        [node("big", state=NodeState.LOADING, reason=message("it loads a model")), SMALL],
        Wanted(),
        "small big",
        "big: -45.0: it loads a model",
    ),
    "a server turned us away: the other one first": (
        [node("big", state=NodeState.BUSY, reason=message("too many requests")), SMALL],
        Wanted(),
        "small big",
        "big: -30.0: too many requests",
    ),
    "what answers nonsense is not asked": (
        [node("big", state=NodeState.QUARANTINED), SMALL],
        Wanted(),
        "small -big",
        "big: what it answers makes no sense",
    ),
    "what nobody confirmed is not asked": (
        [node("found", state=NodeState.UNCONFIRMED)],
        Wanted(),
        "-found",
        "found: found on this machine; it is used once you confirm it",
    ),
    "the only model there is forbidden": (
        [node("big", model="nemo", never=("nemo",)), SMALL],
        Wanted(),
        "small -big",
        "big: nemo must never be used there",
    ),
    "nothing leaves the house unasked": (
        [GEMINI, BIG],
        Wanted(kind="analyse", role="analyse"),
        "big -gemini",
        "gemini: it is a cloud provider, and requests of the kind analyse stay here",
    ),
    "what was read in the history stays, even where the node is named": (
        [GEMINI],
        Wanted(node="gemini", private=True),
        "-gemini",
        "gemini: it is a cloud provider, and what was read in the history stays here",
    ),
    "what was read in the history is for nodes of this house": ([BIG], Wanted(private=True), "big", ""),
    "a node is both in the cloud and named: its user has said so": ([GEMINI], Wanted(node="gemini"), "gemini", ""),
    "there is no node": ([], Wanted(), "", ""),
}


@pytest.mark.parametrize(("nodes", "wanted", "expected", "because"), STORIES.values(), ids=STORIES)
def test_story(nodes: list[NodeStatus], wanted: Wanted, expected: str, because: str) -> None:
    standings = plan(wanted, nodes)
    assert " ".join(one.node if one.takes else f"-{one.node}" for one in standings) == expected
    said = {one.node: words(one) for one in standings}
    who, _, reason = because.partition(": ")
    assert reason in said.get(who, "")


LIVE: dict[str, tuple[list[NodeStatus], Wanted, Rules, str, str]] = {
    "a node that searches answers what must be looked up": (
        [BIG, node("finder", tools=("search",), **COLD)],
        WEB,
        Rules(),
        "finder -big",
        "",
    ),
    "what was read in the history may leave, where the user allows it": (
        [GEMINI],
        Wanted(kind="web", private=True),
        Rules.of(Routing(cloud=("web",), cloud_history=True)),
        "gemini",
        "",
    ),
    "a cloud provider that searches may, where the user allows it": (
        [BIG, GEMINI],
        WEB,
        CLOUD_FOR_WEB,
        "gemini -big",
        "",
    ),
    "it may not: the answer says that live data is missing": (
        [BIG, GEMINI],
        WEB,
        Rules(),
        "big -gemini",
        "No node here can look things up on the web now: this answer holds no live data.",
    ),
    "the node that searches is off: the others answer, and say so": (
        [node("finder", tools=("search",), state=NodeState.DOWN), BIG],
        WEB,
        Rules(),
        "big finder",
        "No node here can look things up on the web now: this answer holds no live data.",
    ),
    "the node that searches failed at this: the others answer, and say so": (
        [node("finder", tools=("search",)), BIG],
        replace(WEB, tried=frozenset({"finder"})),
        Rules(),
        "big -finder",
        "No node here can look things up on the web now: this answer holds no live data.",
    ),
    "searching is not knowing prices": (
        [node("finder", tools=("search",))],
        TRADING,
        Rules(),
        "finder",
        "No node here knows market prices now: this answer holds no live data.",
    ),
    "a node that knows prices answers about them": (
        [BIG, node("ticker", tools=("market",))],
        TRADING,
        Rules(),
        "ticker -big",
        "",
    ),
    "what needs no live data says nothing of it": ([BIG], Wanted(), Rules(), "big", ""),
    "the best node is left to cool: that is told": (
        [node("big", **HOT), SMALL],
        Wanted(),
        Rules(),
        "small -big",
        "big was left to cool: its GPUs are critically hot (88 °C).",
    ),
    "a hot node that would not have got it is not talked about": (
        [BIG, node("small", **HOT)],
        Wanted(),
        Rules(),
        "big -small",
        "",
    ),
    "a hot node that its user names answers, and says so": (
        [node("big", **HOT)],
        Wanted(node="big"),
        Rules(),
        "big",
        "big answers because you named it: its GPUs are critically hot (88 °C).",
    ),
}


@pytest.mark.parametrize(("nodes", "wanted", "rules", "expected", "told"), LIVE.values(), ids=LIVE)
def test_what_is_told(nodes: list[NodeStatus], wanted: Wanted, rules: Rules, expected: str, told: str) -> None:
    standings = plan(wanted, nodes, rules)
    assert " ".join(one.node if one.takes else f"-{one.node}" for one in standings) == expected
    assert notes(standings[0]) == told


@pytest.mark.parametrize(
    ("standing", "remedy"),
    [
        (node("big", **HOT), "Wait until it has cooled, or name it: “etoile ask --node big …”."),
        (GEMINI, 'Add "simple" to “cloud” under [routing] in the settings, or name the node.'),
    ],
)
def test_the_only_node_that_may_not_take_it_says_what_would_mend_that(standing: NodeStatus, remedy: str) -> None:
    [only] = plan(Wanted(), [standing])
    assert not only.takes
    assert only.remedy is not None
    assert render(only.remedy, "en") == remedy


@pytest.mark.parametrize(
    ("values", "model", "because"),
    [
        ({"models_by_role": {"code": "coder"}}, "coder", "coder is not in memory"),
        ({"models_by_role": {"respond": "small"}}, "large", "large is in memory"),
        ({"models_by_role": {"code": "absent"}}, "large", "it has no absent, which the settings name for code"),
        ({"models_by_role": {"code": "coder"}, "models": ()}, "coder", "coder is not in memory"),
        ({"models_by_role": {"code": "coder"}, "models": ("coder:latest",)}, "coder", "coder is not in memory"),
        ({"models_by_role": {"code": "coder"}, "never": ("coder",)}, "large", "large is in memory"),
        ({"model": None}, None, ""),
    ],
)
def test_a_node_has_a_model_for_each_kind_of_work(values: dict[str, object], model: str | None, because: str) -> None:
    [only] = plan(CODE, [node("big", **values)])
    assert only.takes
    assert only.model == model
    assert because in words(only)


@pytest.mark.parametrize(
    ("values", "full"),
    [({"in_flight": 1}, False), ({"in_flight": 2}, True), ({"in_flight": 1, **WARM}, True), ({**WARM}, False)],
)
def test_a_hot_node_gets_one_request_at_a_time(values: dict[str, object], full: bool) -> None:
    [only] = plan(Wanted(), [node("big", **values)])
    assert only.full is full


def test_the_score_is_the_sum_of_what_is_told() -> None:
    [_, only] = plan(Wanted(sticky="big"), [BIG, node("small", in_flight=1, weight=4, first_token_ms=500.0, **WARM)])
    told = [float(str(reason.values["points"])) for reason in only.reasons]
    assert len(told) == 6
    assert only.score == pytest.approx(sum(told))


def test_nodes_that_are_equally_well_off_keep_the_order_of_the_settings() -> None:
    nodes = [node(f"M{number}") for number in range(12)]
    assert [one.node for one in plan(Wanted(), nodes)] == [one.name for one in nodes]


def test_every_node_stands_somewhere_and_heat_is_always_heeded() -> None:
    dice = random.Random(1)
    for _ in range(300):
        nodes = [_any_node(f"M{number}", dice) for number in range(dice.randint(1, 5))]
        wanted = dice.choice([Wanted(), WEB, CODE, Wanted(sticky="M1", avoid=frozenset({"M0"}))])
        standings = plan(wanted, nodes)
        assert sorted(one.node for one in standings) == sorted(one.name for one in nodes)
        takes = [one.takes for one in standings]
        assert takes == sorted(takes, reverse=True)
        scores = [one.score for one in standings if one.takes]
        assert scores == sorted(scores, reverse=True)
        critical = {one.name for one in nodes if one.thermal is Thermal.CRITICAL}
        assert not critical & {one.node for one in standings if one.takes}
        assert all(one.reasons for one in standings if not one.takes)


def _any_node(name: str, dice: random.Random) -> NodeStatus:
    return node(
        name,
        state=dice.choice(list(NodeState)),
        thermal=dice.choice(list(Thermal)),
        in_flight=dice.randint(0, 3),
        loaded=dice.choice([(), ("large",), ("small",)]),
        tools=dice.choice([(), ("search",)]),
        local=dice.random() < 0.8,
        load=dice.choice([None, NodeLoad(running=3, waiting=2)]),
    )


def simple(description: str) -> NodeStatus:
    """Return the node that "M1 up 1" describes: name, state, requests in flight."""
    name, state, in_flight = description.split()
    return node(name, state=NodeState(state), in_flight=int(in_flight), roles=("code",), local=False, dialect="openai")


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ("M1 up 0, M2 up 0", "M1 M2"),
        ("M1 up 1, M2 up 0", "M2 M1"),
        ("M1 busy 2, M2 up 1, M3 up 0", "M3 M2 M1"),
        ("M1 loading 0, M2 busy 2", "M2 M1"),
        ("M1 down 0, M2 up 0", "M2 M1"),
        ("M1 open 0, M2 down 0, M3 auth 0", "M1 M2 M3"),
        ("M1 unconfirmed 0, M2 quarantined 0", ""),
        ("", ""),
    ],
)
def test_order_for_whatever_it_is(nodes: str, expected: str) -> None:
    statuses = [simple(part.strip()) for part in nodes.split(",") if part.strip()]
    assert " ".join(status.name for status in order(statuses)) == expected


def test_what_gets_no_work_is_looked_after_all_the_same() -> None:
    hot, forbidden = node("big", **HOT), node("small", never=("large",))
    assert order([hot, forbidden]) == (forbidden, hot)
