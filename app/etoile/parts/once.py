"""What the command line needs once, without the app: nodes, GPUs, models, what was measured.

What asks nodes is imported by those functions alone that ask any.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import msgspec

from etoile.config import Config, Node, interface_language
from etoile.domain.events import Event
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.gpu.everything import Everything, read_everything
from etoile.gpu.far import ONCE_S, FarGpus
from etoile.gpu.joined import local_source
from etoile.gpu.monitor import reader_of
from etoile.gpu.place import exporters
from etoile.gpu.processor import ProcessorCard
from etoile.llm.keys import secret
from etoile.parts.live import Live, first_state
from etoile.parts.opening import read_quietly
from etoile.parts.stores import open_database, open_history
from etoile.store.database import Database
from etoile.store.fits import FitRatios
from etoile.store.tables import MIGRATIONS

if TYPE_CHECKING:
    from etoile.caring import Care
    from etoile.llm.described import Described
    from etoile.speech.placed import PlacedWhisper

log = logging.getLogger(__name__)


def check_nodes(config: Config) -> tuple[NodeStatus, ...]:
    """Ask every node how it is, and return what they said.  Blocks for about two seconds at most."""
    from etoile.parts.net import open_router

    with ExitStack() as stack:
        history = open_history(stack, config, interface_language(config), _log_event)
        live = Live(lambda: first_state(config), _log_event, history, None, config)
        return stack.enter_context(open_router(config, _log_event, history, live)).check()


def describe_model(config: Config, name: str) -> "Described | None":
    """Return the model `name` as a node of the settings, or one found here, tells it; None where none has it.

    Blocks for some seconds at most.  Raises NodeError and UnreadableModel.
    """
    from etoile.llm.described import describe

    configured = {node.name: node for node in config.nodes}
    nodes = [
        configured.get(status.name)
        or msgspec.convert({"name": status.name, "url": status.url, "dialect": status.dialect}, Node)
        for status in check_nodes(config)
        if status.state not in (NodeState.DOWN, NodeState.UNCONFIRMED)
    ]
    return describe(nodes, name, config.routing.connect_s, secret)


def speech_model(config: Config, simulate: str | None) -> "PlacedWhisper":
    """Return the speech model of the settings, to be loaded where it belongs now."""
    from etoile.speech.placed import placed_once

    return placed_once(config.speech, read_quietly(local_source(simulate)), config.thermal, config.alerts.gpus)


@contextmanager
def gpu_reader(
    config: Config, simulate: str | None, far_within_s: float = ONCE_S
) -> Iterator[Callable[[], Everything]]:
    """Yield what reads every GPU once, of this machine and of others, without the app.

    Other machines get `far_within_s` to answer each time.
    """
    processor = ProcessorCard()
    with ExitStack() as stack:
        read_local = stack.enter_context(reader_of(local_source(simulate)))
        far: FarGpus | None = None
        if any(exporters(node) for node in config.nodes):
            from etoile.parts.net import open_router

            live = Live(lambda: first_state(config), _log_event, None, None, config)
            router = stack.enter_context(open_router(config, _log_event, None, live))
            far = FarGpus(config.nodes, router.metrics, _log_event)
        yield lambda: read_everything(read_local, far, processor, far_within_s)


@contextmanager
def open_care(config: Config, statuses: Callable[[], Sequence[NodeStatus]]) -> "Iterator[Care]":
    """Open what looks after the models of the nodes that `statuses` tells of; measurements are kept."""
    from etoile.caring import Care

    with ExitStack() as stack:
        yield Care(config, statuses, _open_kept(stack, config))


@contextmanager
def open_fit_ratios(config: Config) -> Iterator[FitRatios | None]:
    """Open what engines were seen to take for their models; None where nothing is kept of that."""
    with ExitStack() as stack:
        database = _open_kept(stack, config)
        yield FitRatios(database) if database else None


def _open_kept(stack: ExitStack, config: Config) -> Database | None:
    """Open what is kept of requests and measurements; None in private mode, and where it cannot be opened."""
    if config.store.private:
        return None
    database = open_database(stack, "etoile.db", MIGRATIONS, lambda event: log.warning("%s", event))
    return None if database.opened.exception() else database


def _log_event(event: Event) -> None:
    log.debug("%s", event)
