"""Where keys come from, and what is said when they do not."""

from typing import Any

import keyring
import keyring.errors
import pytest

from etoile.config import Node
from etoile.errors import NodeUnauthorised
from etoile.llm.keys import forget, is_here, keep, masked_url, plain_http_warning, secret


def node(key: str | None, url: str = "https://node") -> Node:
    return Node(name="M1", url=url, key=key)


class FakeKeyring:
    """Holds one key, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure

    def get_password(self, service: str, username: str) -> str | None:
        if self._failure:
            raise self._failure
        return "from-the-keyring" if (service, username) == ("etoile", "M1") else None


def test_no_key_is_none() -> None:
    assert secret(node(None)) is None


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("M1_KEY", " sk-1\n")
    assert secret(node("env:M1_KEY")) == "sk-1"


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("M1_KEY", raising=False)
    with pytest.raises(NodeUnauthorised) as caught:
        secret(node("env:M1_KEY"))
    assert caught.value.remedy is not None
    assert caught.value.remedy.values == {"variable": "M1_KEY"}


@pytest.mark.parametrize("odd", ["sk-é", "sk-1\nhost: evil"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    monkeypatch.setenv("M1_KEY", odd)
    with pytest.raises(NodeUnauthorised) as caught:
        secret(node("env:M1_KEY"))
    assert odd not in str(caught.value)


def test_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", FakeKeyring().get_password)
    assert secret(node("keyring")) == "from-the-keyring"
    with pytest.raises(NodeUnauthorised, match="not in the keyring"):
        secret(Node(name="M2", url="https://node", key="keyring"))


@pytest.mark.parametrize("failure", [keyring.errors.NoKeyringError(), keyring.errors.KeyringLocked()])
def test_a_keyring_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    monkeypatch.setattr(keyring, "get_password", FakeKeyring(failure).get_password)
    with pytest.raises(NodeUnauthorised, match="cannot be read"):
        secret(node("keyring"))


@pytest.mark.parametrize(
    ("url", "key", "warned"),
    [
        ("http://10.5.0.2:1234", "env:K", True),
        ("http://node", "keyring", True),
        ("http://10.5.0.2:1234", None, False),
        ("https://api.example.com", "env:K", False),
        ("http://127.0.0.1:1234", "env:K", False),
        ("http://localhost", "env:K", False),
        ("http://[::1]:80", "env:K", False),
    ],
)
def test_a_key_over_plain_http_is_warned_of(url: str, key: str | None, warned: bool) -> None:
    assert (plain_http_warning(node(key, url)) is not None) is warned


def test_a_password_in_an_address_is_masked() -> None:
    assert masked_url("http://me:hidden@node:1234/v1") == "http://node:1234/v1"
    assert masked_url("http://node:1234") == "http://node:1234"


@pytest.mark.parametrize(
    ("settings", "here"),
    [
        ({}, False),
        ({"url": "http://127.0.0.1:11434"}, True),
        ({"url": "http://localhost:1234/v1"}, True),
        ({"url": "http://[::1]:1234"}, True),
        ({"gpus": "local"}, True),
        ({"gpus": ("GPU-1",)}, True),
        ({"gpus": "http://10.5.0.2:9400/metrics"}, False),
        ({"gpus": ("http://10.5.0.2:9400/metrics",)}, False),
    ],
)
def test_what_runs_on_this_machine(settings: dict[str, Any], here: bool) -> None:
    assert is_here(Node(**{"name": "M1", "url": "http://10.5.0.2:1234", **settings})) is here


class RealKeyring:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_a_key_is_kept_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = RealKeyring()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(ring, name))
    keep("M1", "sk-1")
    assert secret(node("keyring")) == "sk-1"
    forget("M1")
    forget("M1")
    assert not ring.kept


def test_a_keyring_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: str) -> None:
        raise keyring.errors.KeyringLocked

    monkeypatch.setattr(keyring, "set_password", locked)
    with pytest.raises(NodeUnauthorised, match="cannot be written"):
        keep("M1", "sk-1")
