"""The settings that a command line names."""

import argparse
from pathlib import Path

import msgspec

from etoile.config import Config, config_path, load
from etoile.config.migrating import migrate


def settings(arguments: argparse.Namespace) -> tuple[Config, Path]:
    """Return the configuration and its path: --config, else the usual one.  Raises ConfigError.

    A file of an older Etoile is brought to today's form, and kept beside it as it was.
    """
    path = Path(arguments.config) if arguments.config else config_path()
    migrate(path)
    config = load(path, must_exist=arguments.config is not None)
    if arguments.language:
        config = msgspec.structs.replace(
            config, window=msgspec.structs.replace(config.window, language=arguments.language)
        )
    return config, path
