"""Every setting with its default and its unit: their one home.

Secrets are never in the file: `key` says where a secret is ("env:NAME" or "keyring").
"""

from typing import Literal

import msgspec

InterfaceLanguage = Literal["en", "fr", "pt"]
SpokenLanguage = Literal["en", "fr"]
Role = Literal["classify", "code", "review", "analyse", "search", "synthesise", "validate", "respond"]
Kind = Literal["code", "analyse", "trading", "systeme", "web", "simple"]
Tool = Literal["search", "market", "etoile"]

UUIDS = ("GPU-", "AMD-", "MIG-")
"""What the UUID of a card begins with; an AMD card without a serial number has its place in this machine."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys are refused."""


class Node(Section, frozen=True):
    """[[nodes]]: a server that runs language models."""

    name: str
    url: str
    """Base address, without /v1 or /api: "http://10.5.0.2:1234"."""
    dialect: Literal["openai", "ollama", "lmstudio", "gemini", "anthropic"] = "openai"
    model: str | None = None
    """The model to ask; None asks the first one that the server has loaded."""
    key: str | None = None
    """"env:NAME" or "keyring"; never the secret itself."""
    roles: tuple[Role, ...] = ()
    """What it is for; empty means everything.  It takes other work only when no node is free that is for it."""
    models: dict[Role, str] = {}
    """Other models by role, on this node."""
    never: tuple[str, ...] = ()
    """Models that must not be used."""
    tools: tuple[Tool, ...] = ()
    """Where its models get live data from: "search" for the web, "market" for prices.  What needs such data goes to a
    node that has it; where none has, the answer says so.  "etoile" lets its models call tools of Etoile's: they may
    read the state of GPUs and nodes and the help, and propose commands, which you carry out by hand or not."""
    weight: float = 0.0
    """How much it is preferred: a point is worth a second of waiting.  Without it the order in the file decides between
    nodes that are equally well off; with 20 one waits for its model to be loaded rather than ask another."""
    max_in_flight: int = 2
    """How many requests it is given at once; one while its GPUs are hot."""
    gpus: str | tuple[str, ...] | None = None
    """"local", UUIDs of this machine's cards, or the address of an exporter (of several, a list)."""
    local: bool = True
    """False for a cloud provider: it is asked only about the kinds in `cloud` of [routing], or by its name."""


def uuids(node: Node) -> tuple[str, ...]:
    """Return the UUIDs of this machine's cards that `gpus` of `node` names."""
    named = node.gpus if isinstance(node.gpus, tuple) else ()
    return tuple(one for one in named if one.startswith(UUIDS))


class Gpu(Section, frozen=True):
    """[gpu]: how the GPUs are read."""

    period_s: float = 1.0
    processes_every: int = 3
    """Processes are read at every n-th sample."""
    far_period_s: float = 5.0
    """How often exporters of other machines are asked; some start a program each time."""


class Thermal(Section, frozen=True):
    """[thermal]: when a GPU is hot."""

    warning_c: int = 75
    critical_c: int = 85
    hysteresis_c: int = 5
    """A state is left this far below its threshold."""
    hold_s: float = 10.0
    """A threshold must be exceeded this long before a warning; falling back takes as long."""
    limits: Literal["fixed", "card"] = "fixed"
    """"card" takes the card's own limits; `warning_c` and `critical_c` then count for cards that tell none."""


class AlertsOfGpu(Section, frozen=True):
    """[[alerts.gpus]]: what is different for some GPUs.  They are named by any of the first three."""

    uuid: str | None = None
    name: str | None = None
    """Model, or a part of it: "3080"."""
    index: int | None = None
    warning_c: int | None = None
    critical_c: int | None = None
    memory_percent: int | None = None
    silent: bool = False
    """No alert at all."""


class Alerts(Section, frozen=True):
    """[alerts]: what notifications are shown for, and when."""

    cooldown_s: float = 300.0
    """What was told, ended and is so again is not told anew before this."""
    again_s: float = 300.0
    """What stays critical is told again after this, then ever more seldom; 0 for never."""
    spoken: bool = True
    """Whether what stays critical is spoken when it is told again."""
    quiet: str = ""
    """Hours in which warnings wait and nothing is spoken: "22:00-07:30"."""
    memory_percent: int = 90
    """A GPU whose memory is filled beyond this is told of; 100 for never."""
    gpus: tuple[AlertsOfGpu, ...] = ()


class Speech(Section, frozen=True):
    """[speech]: microphone, speech model, voice."""

    model: str = "base"
    """A model's name, or a folder in CTranslate2 form."""
    language: Literal[SpokenLanguage, "auto"] = "auto"
    """What is heard and spoken, whatever the windows are written in; between the two with "auto"."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    preload: bool = False
    """The speech model is loaded at the start, rather than when somebody first speaks."""
    unload_after_s: float = 600.0
    """The speech model gives its memory back after this long without use; 0 for never."""
    offline: bool = False
    """Nothing is downloaded, and no server is asked for speech models."""
    microphone: str | None = None
    """Name of the input device; None is the system's default."""
    context_s: float = 10.0
    """The speech model is shown at least this much, sound and silence; 30 is what it was trained with, and the slowest.
    `etoile models check` tells which is safe."""
    keep_open_s: float = 20.0
    """The microphone stays open for this long after it was used, so that the next words are caught at once; 0 closes it
    at once.  Nothing of what it hears meanwhile is kept."""
    preroll_s: float = 0.0
    """What was said up to this long before the key went down belongs to the recording.  Above 0 the microphone is open
    all the time, as the desktop then shows; it is heard by nobody, and forgotten at once."""
    talk_key: str = "F9"
    """Held while speaking."""
    hands_free_key: str | None = None
    """Pressed to begin; the recording ends by itself, or at a second press."""
    wake_word: str = ""
    """A word that calls Etoile without a key, such as "jarvis"; empty for none.  The microphone is then open all the
    time, as window and tray show; what does not begin with the word is forgotten at once."""
    wake_threshold: float = 0.7
    """How sure the speech model must be of what begins with the wake word, 0 to 1: higher for fewer false starts, lower
    where calls are not heard."""
    hotwords: tuple[str, ...] = ()
    """Names that the speech model is to expect, such as those of your projects; "nodes" stands for the nodes and their
    models.  Few: each makes it a little likelier that other words are taken for it."""
    correct_with: str = ""
    """A small model that corrects what was heard and is no command, before it goes to the nodes: "NODE/MODEL", such as
    "ollama/qwen3:1.7b"; empty for none.  It is given 8 s, and what was heard stays beside it."""
    silence_s: float = 2.0
    """A recording without a held key ends after this long without a voice; 0 for only by hand."""
    longest_s: float = 60.0
    """A recording ends by itself after this."""
    recordings_days: float = 30.0
    """Recordings that have no text yet are kept for so long; those that have one are deleted at once."""
    recordings_most: int = 100
    """The oldest of more than these are deleted."""
    speak: Literal["always", "voice", "never"] = "always"
    """Whether answers are spoken: always, to spoken requests only, never."""
    rate_wpm: int = 180
    voices: dict[SpokenLanguage, str] = {}
    """The voice for each language: its name or a part of it ("Thomas"), as “etoile voices” lists them; for another
    engine what its command takes for `{voice}`."""
    engine: str = "system"
    """What makes speech of text: "system" for the system's own voices, "piper", or any other name with its command."""
    engine_command: tuple[str, ...] = ()
    """How another engine is started: it reads a sentence from stdin and writes WAV, or raw 16-bit samples, to stdout.
    `{voice}`, `{language}` and `{rate_wpm}` are filled in; no shell is between."""
    engine_rate_hz: int = 22_050
    """The sample rate of an engine that writes raw samples."""
    earcons: bool = True
    """Whether short sounds tell when Etoile listens, has heard, is done, or failed."""


class Routing(Section, frozen=True):
    """[routing]: which node is asked, and how long it is waited for."""

    matrix: dict[Kind, tuple[Role | tuple[Role, ...], ...]] = {}
    """What each kind of task takes, step by step, where it is not the usual: code = ["code", "review"].  Roles in
    brackets of their own work side by side: trading = [["analyse", "search"], "validate"]."""
    classify_s: float = 1.0
    """Where it is unclear which kind of task a request is, an idle node with the role "classify" gets so long to say; 0
    asks none."""
    cloud: tuple[Kind, ...] = ()
    """Kinds of tasks that may leave for a cloud provider; none, unless they are named here."""
    cloud_history: bool = False
    """Whether models of cloud providers may read the history, where they may call tools."""

    connect_s: float = 2.0
    first_token_s: float = 60.0
    """A node that has not begun to answer after this is passed over."""
    between_tokens_s: float = 20.0
    answer_bytes: int = 2_000_000
    """An answer longer than this is cut off as broken."""
    heartbeat_s: float = 10.0
    open_s: float = 30.0
    """A node that failed is left alone this long."""
    discover: bool = True
    """Look for Ollama and LM Studio on this machine."""
    system: str = ""
    """Instructions put before every conversation."""
    queue_most: int = 100
    """So many requests wait at most where every node is busy; further ones are refused."""
    conversation_rests_s: float = 3600.0
    """A conversation to which nothing was added for so long is over, and the next request begins a new one.  A younger
    one goes on after a restart."""


class Commands(Section, frozen=True):
    """[commands]: what Etoile does by itself."""

    enabled: bool = True
    confirm_s: float = 10.0
    """A word answers a question for this long after it was asked, or read aloud."""
    shown_s: float = 60.0
    """For this long after that a click still does; then the question expires, and nothing is done."""
    speed_test_url: str = ""
    """A large file that the network's speed is measured against; nothing is fetched from anywhere else."""


class Window(Section, frozen=True):
    """[window]: the interface."""

    language: Literal[InterfaceLanguage, "auto"] = "auto"
    """What windows, notifications and the command line are written in; the desktop's with "auto"."""
    theme: Literal["auto", "dark", "light"] = "auto"
    tray_ink: Literal["auto", "dark", "light"] = "auto"
    """What the icon in the tray is drawn in: light on a dark panel, dark on a light one.  Panels do not say which they
    are; "auto" takes them to be as the desktop is."""
    tray_temperature: bool = False
    """Whether the icon in the tray shows the temperature of the hottest GPU while nothing else goes on."""


class Store(Section, frozen=True):
    """[store]: what is kept."""

    history: bool = True
    """Whether requests, conversations and answers are kept."""
    history_days: float = 0.0
    """Requests and answers are erased after this; 0 keeps them."""
    history_mb: float = 500.0
    """The oldest requests are erased where the history is larger than this; 0 is without a bound."""
    private: bool = False
    """Whether nothing at all is written: no history, no measurement; recordings lie in memory where the system has room
    for files there, and are gone with Etoile."""
    answers_days: float = 7.0
    """An answer that depends on neither time nor state is given again for so long; 0 for never."""
    answers_most: int = 500
    """The oldest of more answers than these are deleted."""
    samples_every_s: float = 1.0
    """How often what the GPUs measure is kept; more seldom spares the disk, and charts of an hour are coarser."""


class Config(Section, frozen=True):
    """The whole file."""

    version: int = 1
    """Of the file's form; a file without it is of the first."""
    nodes: tuple[Node, ...] = ()
    gpu: Gpu = Gpu()
    thermal: Thermal = Thermal()
    alerts: Alerts = Alerts()
    speech: Speech = Speech()
    routing: Routing = Routing()
    commands: Commands = Commands()
    window: Window = Window()
    store: Store = Store()
