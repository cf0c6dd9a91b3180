"""Values that are of the right type and still make no sense: each is refused, with its key and what it may be."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from etoile.config.routing_checks import check_routing
from etoile.config.sections import UUIDS, AlertsOfGpu, Config, Speech
from etoile.errors import ConfigError
from etoile.text import message

SHORTEST_WAKE_WORD = 5
"""Letters: a shorter word is heard in every conversation."""


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


def check_values(config: Config, name: str) -> None:
    """Raise ConfigError for values that are of the right type and still make no sense."""
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
        if node.key is not None and not _KEY.fullmatch(node.key):
            raise ConfigError(
                message("{path}: nodes[{index}].key must not hold the secret itself.", path=name, index=index),
                message('Write key = "env:NAME" or key = "keyring".'),
            )
    check_routing(config, name)
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
    _check_wake_word(config.speech.wake_word, name)
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


def _check_wake_word(word: str, name: str) -> None:
    """Raise ConfigError for a wake word that would be heard in every conversation."""
    if word and (len(word) < SHORTEST_WAKE_WORD or not all(letter.isalpha() or letter in " '-" for letter in word)):
        raise ConfigError(
            message('{path}: speech.wake_word is "{word}".', path=name, word=word),
            message(
                'It must be a word of at least {count} letters, such as "jarvis"; "" for none.',
                count=SHORTEST_WAKE_WORD,
            ),
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


_KEY = re.compile(r"keyring|env:[A-Za-z_][A-Za-z0-9_]*")
"""Where a key is; nothing that could be one."""
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def _own(own: AlertsOfGpu) -> tuple[tuple[str, int | None, int], ...]:
    """Return the numbers of a GPU's own settings with their highest values."""
    return (
        ("warning_c", own.warning_c, 150),
        ("critical_c", own.critical_c, 150),
        ("memory_percent", own.memory_percent, 100),
    )


def range_of(key: str) -> tuple[float, float] | None:
    """Return the lowest and the highest value of the setting `key` ("speech.rate_wpm"); None where there is no such."""
    return next(((lowest, highest) for name, _, lowest, highest in _ranges(Config()) if name == key), None)


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
    yield "speech.wake_threshold", speech.wake_threshold, 0, 1
    yield "speech.recordings_days", speech.recordings_days, 0, 3650
    yield "speech.recordings_most", speech.recordings_most, 1, 10_000
    yield "speech.rate_wpm", speech.rate_wpm, 50, 600
    yield "speech.engine_rate_hz", speech.engine_rate_hz, 8_000, 96_000
    yield "routing.connect_s", routing.connect_s, 0.1, 60
    yield "routing.first_token_s", routing.first_token_s, 0.1, 3600
    yield "routing.between_tokens_s", routing.between_tokens_s, 0.1, 3600
    yield "routing.answer_bytes", routing.answer_bytes, 1000, 100_000_000
    yield "routing.classify_s", routing.classify_s, 0, 60
    yield "routing.heartbeat_s", routing.heartbeat_s, 0.1, 3600
    yield "routing.open_s", routing.open_s, 0, 3600
    yield "routing.queue_most", routing.queue_most, 0, 10_000
    yield "routing.conversation_rests_s", routing.conversation_rests_s, 60, 31_536_000
    yield "commands.confirm_s", config.commands.confirm_s, 5, 3600
    yield "commands.shown_s", config.commands.shown_s, 0, 3600
    yield "store.samples_every_s", config.store.samples_every_s, 0.1, 3600
    yield "store.history_days", config.store.history_days, 0, 36_500
    yield "store.history_mb", config.store.history_mb, 0, 1_000_000
    yield "store.answers_days", config.store.answers_days, 0, 3650
    yield "store.answers_most", config.store.answers_most, 1, 100_000
    for index, node in enumerate(config.nodes):
        yield f"nodes[{index}].max_in_flight", node.max_in_flight, 1, 1000
        yield f"nodes[{index}].weight", node.weight, -300, 300
