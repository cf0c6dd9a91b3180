"""The shipped catalogues, and a machine with a few applications, folders, services, nodes and models."""

from pathlib import Path

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher

MACHINE = {
    "app": ("Firefox", "Terminal", "Files", "calculatrice", "Calculator", "Text Editor"),
    "folder": ("home", "downloads", "téléchargements", "documents", "Projects"),
    "service": ("docker", "ssh", "nginx"),
    "process": ("firefox", "python3", "bash"),
    "node": ("M1", "M2"),
    "host": ("M1", "M2"),
    "model": ("qwen3-30b-a3b", "gemma-3-12b", "mistral-small"),
    "language": ("en", "fr"),
}


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalogue]:
    nothing_of_the_user: Path = tmp_path_factory.mktemp("commands")
    return load_catalogues(nothing_of_the_user)


@pytest.fixture(scope="session")
def matcher(catalogues: dict[str, Catalogue]) -> Matcher:
    return Matcher(catalogues, MACHINE)
