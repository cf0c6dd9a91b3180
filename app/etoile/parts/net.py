"""The router with all that it takes: imported once there is a node, or something is asked of one."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etoile.config import Config
from etoile.domain.nodes import NodeStatus
from etoile.domain.tasks.classifier import classify
from etoile.fitting import Fitting
from etoile.llm.guide import Guide
from etoile.llm.keys import secret
from etoile.llm.knocking import USUAL_PLACES, Place
from etoile.llm.router import Router
from etoile.llm.toolbox import Toolbox
from etoile.parts.live import Live
from etoile.parts.rooms import Publish
from etoile.store.answers import Answers
from etoile.store.conversations import Conversations
from etoile.store.fits import FitRatios
from etoile.store.paces import Paces
from etoile.task_kinds import shipped_model

if TYPE_CHECKING:
    from etoile.llm.described import Described

log = logging.getLogger(__name__)

Names = Callable[[], Mapping[str, Sequence[str]]]
"""Returns what slots of commands may be filled with here."""


def open_router(
    config: Config,
    publish: Publish,
    history: Conversations | None,
    live: Live,
    names: Names | None = None,
    answers: Answers | None = None,
    *,
    watch: bool = False,
    places: Sequence[Place] = USUAL_PLACES,
    told_missing: bool = False,
) -> Router:
    """Return the way to the nodes; servers that the user confirmed are known from `history`.

    Without `names` models can call no tools.
    """
    guide = Guide(live, live)
    return Router(
        config.nodes,
        config.routing,
        publish,
        guide=guide,
        secret=secret,
        confirmed=history.confirmed_servers if history else frozenset,
        keep_confirmed=history.confirm_server if history else _forget,
        enrich=live.known_of,
        classify=lambda text: classify(text, shipped_model()),
        answers=answers,
        paces=Paces(history.database) if history else None,
        tools=Toolbox(live, guide, names) if names else None,
        watch=watch,
        places=places,
        told_missing=told_missing,
    )


def _forget(url: str) -> None:
    """Without a history a confirmation lasts as long as the app."""
    log.info("%s is used until Etoile ends: no history is kept", url)


@contextmanager
def learning_fits(router: Router, config: Config, history: Conversations) -> Iterator[Router]:
    """Open `router`; what the models of its nodes take is learned meanwhile."""

    def described(node: NodeStatus, model: str) -> "Described | None":
        from etoile.caring import Care
        from etoile.llm.described import describe

        care = Care(config, router.statuses)
        return describe((care.settings(node),), model, care.connect_s, secret)

    with router, Fitting(FitRatios(history.database), router.statuses, described):
        yield router
