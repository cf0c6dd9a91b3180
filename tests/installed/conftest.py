"""A command line for the stories of this folder."""

from tests.cli.test_cli import etoile

__all__ = ["etoile"]
