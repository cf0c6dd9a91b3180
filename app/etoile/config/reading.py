"""The settings file, read: complete or refused, with the file, the key and the nearest known key."""

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from platformdirs import PlatformDirs

from etoile.config.checks import check_values
from etoile.config.migrating import refuse_newer
from etoile.config.mistyped import refusal
from etoile.config.sections import Config, Section
from etoile.errors import ConfigError
from etoile.text import message

FOLDERS = PlatformDirs("etoile", appauthor=False)
"""The platform's folders for settings, data, state and runtime files."""


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
    refuse_newer(table, name)
    _refuse_unknown_keys(table, Config, name, "")
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise refusal(error, name) from error
    check_values(config, name)
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
    import difflib  # only for what is mistyped

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
