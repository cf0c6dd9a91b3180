"""The configuration: TOML into frozen structs, validated once, complete or refused.

Every setting, its default and its unit has its one home here.  `load` names the file, the key and the nearest known
key when something is wrong.  Secrets are never in the file: `key` says where a secret is ("env:NAME" or "keyring").
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from platformdirs import PlatformDirs

from etoile.errors import ConfigError
from etoile.text import message

Language = Literal["en", "fr"]
Role = Literal["classify", "code", "review", "analyse", "search", "synthesise", "validate", "respond"]

FOLDERS = PlatformDirs("etoile", appauthor=False)
"""The platform's folders for settings, data, state and runtime files."""


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
    """What it is for; empty means everything."""
    models: dict[str, str] = {}
    """Other models by role, on this node."""
    never: tuple[str, ...] = ()
    """Models that must not be used."""
    max_in_flight: int = 2
    gpus: str | tuple[str, ...] | None = None
    """"local", UUIDs of this machine's cards, or the address of an exporter (of several, a list)."""
    local: bool = True
    """False for a cloud provider."""


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
    language: Literal["fr", "en", "auto"] = "auto"
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
    voices: dict[Literal["fr", "en"], str] = {}
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
    """[routing]: how long nodes are waited for."""

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

    language: Literal["fr", "en", "auto"] = "auto"
    theme: Literal["auto", "dark", "light"] = "auto"


class Store(Section, frozen=True):
    """[store]: what is kept."""

    history: bool = True
    samples_every_s: float = 1.0
    """How often what the GPUs measure is kept; more seldom spares the disk, and charts of an hour are coarser."""


class Config(Section, frozen=True):
    """The whole file."""

    nodes: tuple[Node, ...] = ()
    gpu: Gpu = Gpu()
    thermal: Thermal = Thermal()
    alerts: Alerts = Alerts()
    speech: Speech = Speech()
    routing: Routing = Routing()
    commands: Commands = Commands()
    window: Window = Window()
    store: Store = Store()


def config_path() -> Path:
    """Return where the settings file is: `ETOILE_CONFIG`, else the platform's config folder."""
    named = os.environ.get("ETOILE_CONFIG")
    return Path(named) if named else Path(FOLDERS.user_config_dir) / "config.toml"


def load(path: Path, *, must_exist: bool) -> Config:
    """Return the configuration in `path`; the defaults when there is no file and there need not be one.

    Raises ConfigError, which names the file, the key and the nearest known key.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if must_exist:
            raise ConfigError(
                message("There is no settings file {path}.", path=str(path)),
                message("Name another one with --config, or leave the option out to use the defaults."),
            ) from None
        return Config()
    except OSError as error:
        raise ConfigError(
            message("The settings file {path} cannot be read: {error}.", path=str(path), error=error.strerror or error)
        ) from error
    return parse(content, str(path))


def parse(content: bytes, name: str) -> Config:
    """Return the configuration in `content`; `name` is what errors call it.  Raises ConfigError."""
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(message("{path} is not valid TOML: {error}.", path=name, error=str(error))) from error
    _refuse_unknown_keys(table, Config, name, "")
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(message("{path}: {error}.", path=name, error=str(error))) from error
    _check_values(config, name)
    return config


def _refuse_unknown_keys(table: dict[str, Any], section: type[Section], name: str, where: str) -> None:
    """Raise ConfigError for the first key of `table` that `section` does not know."""
    known = {field.name: field.type for field in msgspec.structs.fields(section)}
    for key, value in table.items():
        full = f"{where}{key}"
        if key not in known:
            raise ConfigError(message("{path}: unknown key {key}.", path=name, key=full), _nearest(key, known, where))
        if inner := _section_within(known[key]):
            parts = value if isinstance(value, list) else [value]
            for part in parts:
                if isinstance(part, dict):
                    _refuse_unknown_keys(part, inner, name, f"{full}.")


def _nearest(key: str, known: dict[str, Any], where: str) -> Any:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return message("Did you mean {key}?", key=f"{where}{close[0]}")
    return message("Known keys here: {keys}.", keys=sorted(known))


def _section_within(annotation: Any) -> type[Section] | None:
    """Return the section that `annotation` is, or is a tuple of."""
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None


def _is_address(url: str) -> bool:
    """Whether `url` names a server: scheme, host, and a port that exists."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _no_gpus(gpus: str | tuple[str, ...] | None) -> str | None:
    """Return what in `gpus` of a node names no GPU; None when everything does."""
    if gpus is None or gpus == "local":
        return None
    named = (gpus,) if isinstance(gpus, str) else gpus
    return next((one for one in named if not one.startswith(UUIDS) and not _is_address(one)), None)


def _check_values(config: Config, name: str) -> None:
    """Raise ConfigError for values that are of the right type and still make no sense."""
    names = [node.name for node in config.nodes]
    for index, node in enumerate(config.nodes):
        if not _is_address(node.url):
            raise ConfigError(
                message('{path}: nodes[{index}].url is "{url}".', path=name, index=index, url=node.url),
                message("It must be like http://127.0.0.1:11434: http:// or https://, a host, and a port up to 65535."),
            )
        if (wrong := _no_gpus(node.gpus)) is not None:
            raise ConfigError(
                message('{path}: nodes[{index}].gpus is "{value}".', path=name, index=index, value=wrong),
                message(
                    'Write the address of an exporter ("http://10.5.0.2:9400/metrics"), "local", or a list of UUIDs '
                    'of this machine\'s cards; "etoile gpu --json" tells them.'
                ),
            )
        if names.count(node.name) > 1:
            raise ConfigError(message('{path}: two nodes are called "{name}".', path=name, name=node.name))
        if node.key is not None and node.key != "keyring" and not node.key.startswith("env:"):
            raise ConfigError(
                message("{path}: nodes[{index}].key must not hold the secret itself.", path=name, index=index),
                message('Write key = "env:NAME" or key = "keyring".'),
            )
    if config.thermal.warning_c >= config.thermal.critical_c:
        raise ConfigError(
            message(
                "{path}: thermal.warning_c ({warning}) must be below thermal.critical_c ({critical}).",
                path=name,
                warning=config.thermal.warning_c,
                critical=config.thermal.critical_c,
            )
        )
    _check_alerts(config, name)
    _check_engine(config.speech, name)
    if (url := config.commands.speed_test_url) and not _is_address(url):
        raise ConfigError(
            message('{path}: commands.speed_test_url is "{url}".', path=name, url=url),
            message("It must be an address of the web: http:// or https://, a host, and a file."),
        )
    for key, value, lowest, highest in _ranges(config):
        if not lowest <= value <= highest:  # written so that NaN is refused too
            raise ConfigError(
                message(
                    "{path}: {key} is {value}; it must be between {lowest} and {highest}.",
                    path=name,
                    key=key,
                    value=str(value),
                    lowest=str(lowest),
                    highest=str(highest),
                )
            )


def _check_engine(speech: Speech, name: str) -> None:
    """Raise ConfigError for a speech engine of which nobody knows how it is started."""
    if speech.engine not in ("system", "piper") and not speech.engine_command:
        raise ConfigError(
            message(
                '{path}: speech.engine is "{engine}", and speech.engine_command is missing.',
                path=name,
                engine=speech.engine,
            ),
            message(
                'Write how it is started as a list: engine_command = ["{engine}", "--stdout"].', engine=speech.engine
            ),
        )


def _check_alerts(config: Config, name: str) -> None:
    """Raise ConfigError for hours that are none, and for settings of no GPU or with limits in the wrong order."""
    alerts, thermal = config.alerts, config.thermal
    if alerts.quiet and not _HOURS.fullmatch(alerts.quiet):
        raise ConfigError(
            message('{path}: alerts.quiet is "{value}".', path=name, value=alerts.quiet),
            message('Write the hours like this: quiet = "22:00-07:30".'),
        )
    for index, own in enumerate(alerts.gpus):
        if own.uuid is None and own.name is None and own.index is None:
            raise ConfigError(
                message("{path}: alerts.gpus[{index}] names no GPU.", path=name, index=index),
                message("Say which one by uuid, name or index; “etoile gpu --json” shows them."),
            )
        if (own.warning_c or thermal.warning_c) >= (own.critical_c or thermal.critical_c):
            raise ConfigError(
                message("{path}: alerts.gpus[{index}]: warning_c must be below critical_c.", path=name, index=index),
                message("What is not set here counts as it stands under [thermal]."),
            )


_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def _own(own: AlertsOfGpu) -> tuple[tuple[str, int | None, int], ...]:
    """Return the numbers of a GPU's own settings with their highest values."""
    return (
        ("warning_c", own.warning_c, 150),
        ("critical_c", own.critical_c, 150),
        ("memory_percent", own.memory_percent, 100),
    )


def _ranges(config: Config) -> Iterator[tuple[str, float, float, float]]:
    """Yield every number with the lowest and the highest value that makes sense."""
    thermal, speech, routing = config.thermal, config.speech, config.routing
    yield "gpu.period_s", config.gpu.period_s, 0.1, 3600
    yield "gpu.processes_every", config.gpu.processes_every, 1, 3600
    yield "gpu.far_period_s", config.gpu.far_period_s, 1, 3600
    yield "thermal.warning_c", thermal.warning_c, 1, 150
    yield "thermal.critical_c", thermal.critical_c, 1, 150
    yield "thermal.hysteresis_c", thermal.hysteresis_c, 0, 50
    yield "thermal.hold_s", thermal.hold_s, 0, 3600
    yield "alerts.cooldown_s", config.alerts.cooldown_s, 0, 86_400
    yield "alerts.again_s", config.alerts.again_s, 0, 86_400
    yield "alerts.memory_percent", config.alerts.memory_percent, 1, 100
    for index, own in enumerate(config.alerts.gpus):
        where = f"alerts.gpus[{index}]"
        yield from ((f"{where}.{key}", value, 1, highest) for key, value, highest in _own(own) if value is not None)
    yield "speech.context_s", speech.context_s, 2, 30
    yield "speech.longest_s", speech.longest_s, 1, 3600
    yield "speech.unload_after_s", speech.unload_after_s, 0, 86_400
    yield "speech.keep_open_s", speech.keep_open_s, 0, 3600
    yield "speech.preroll_s", speech.preroll_s, 0, 2
    yield "speech.silence_s", speech.silence_s, 0, 60
    yield "speech.recordings_days", speech.recordings_days, 0, 3650
    yield "speech.recordings_most", speech.recordings_most, 1, 10_000
    yield "speech.rate_wpm", speech.rate_wpm, 50, 600
    yield "speech.engine_rate_hz", speech.engine_rate_hz, 8_000, 96_000
    yield "routing.connect_s", routing.connect_s, 0.1, 60
    yield "routing.first_token_s", routing.first_token_s, 0.1, 3600
    yield "routing.between_tokens_s", routing.between_tokens_s, 0.1, 3600
    yield "routing.answer_bytes", routing.answer_bytes, 1000, 100_000_000
    yield "routing.heartbeat_s", routing.heartbeat_s, 0.1, 3600
    yield "routing.open_s", routing.open_s, 0, 3600
    yield "commands.confirm_s", config.commands.confirm_s, 5, 3600
    yield "commands.shown_s", config.commands.shown_s, 0, 3600
    yield "store.samples_every_s", config.store.samples_every_s, 0.1, 3600
    for index, node in enumerate(config.nodes):
        yield f"nodes[{index}].max_in_flight", node.max_in_flight, 1, 1000
