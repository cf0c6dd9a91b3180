"""The keys of the nodes: where they are kept, and that they are seen by nobody."""

import ipaddress
import logging
import os
from urllib.parse import urlsplit, urlunsplit

from etoile.config import Node, uuids
from etoile.errors import NodeUnauthorised
from etoile.text import Message, message

log = logging.getLogger(__name__)

SERVICE = "etoile"
"""The keyring's name for us; the user name is the node's name."""


def secret(node: Node) -> str | None:
    """Return the key of `node`; None when it has none.

    May block on the keyring (a locked one asks its user).  Raises NodeUnauthorised when there should be one.
    """
    if node.key is None:
        return None
    found = _from_keyring(node.name) if node.key == "keyring" else _from_environment(node.key.removeprefix("env:"))
    key = found.strip()
    if not key.isascii() or not key.isprintable():
        raise NodeUnauthorised(message("its key holds characters that no key has"))
    return key


def keep(node_name: str, key: str) -> None:
    """Put the `key` of the node `node_name` into the keyring.  May block on it.  Raises NodeUnauthorised."""
    import keyring
    import keyring.errors

    try:
        keyring.set_password(SERVICE, node_name, key)
    except keyring.errors.KeyringError as error:
        log.debug("no keyring: %s", type(error).__name__)
        raise NodeUnauthorised(
            message("this computer's keyring cannot be written"),
            message('Unlock the keyring, or set an environment variable and write key = "env:NAME".'),
        ) from error


def forget(node_name: str) -> None:
    """Take the key of the node `node_name` out of the keyring; without one, or without a keyring, nothing happens."""
    import keyring
    import keyring.errors

    try:
        if keyring.get_password(SERVICE, node_name) is not None:
            keyring.delete_password(SERVICE, node_name)
    except keyring.errors.KeyringError as error:
        log.debug("no keyring: %s", type(error).__name__)


def masked_url(url: str) -> str:
    """Return `url` without the user name and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def plain_http_warning(node: Node) -> Message | None:
    """Return what is to be said of a key that travels unencrypted; None when it does not."""
    parts = urlsplit(node.url)
    if node.key is None or parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return None
    return message("its key travels unencrypted: the address begins with http://")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, by its name or address alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_here(node: Node) -> bool:
    """Whether `node` runs on this machine: its address says so, or the settings do by the GPUs that it uses."""
    return node.gpus == "local" or bool(uuids(node)) or is_loopback(urlsplit(node.url).hostname or "")


def _from_environment(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value.strip():
        raise NodeUnauthorised(
            message("its key is not in the environment"),
            message("Set the environment variable {variable} before Etoile starts.", variable=variable),
        )
    return value


def _from_keyring(node_name: str) -> str:
    import keyring
    import keyring.errors

    remedy = message("Store it with: keyring set {service} {node}", service=SERVICE, node=node_name)
    try:
        found = keyring.get_password(SERVICE, node_name)
    except keyring.errors.KeyringError as error:
        log.debug("no keyring: %s", type(error).__name__)
        raise NodeUnauthorised(
            message("this computer's keyring cannot be read"),
            message('Use key = "env:NAME" in the settings file, or unlock the keyring.'),
        ) from error
    if not found:
        raise NodeUnauthorised(message("its key is not in the keyring"), remedy)
    return found
