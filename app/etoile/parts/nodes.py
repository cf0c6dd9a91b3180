"""The way to the nodes is opened once there is one, or something is asked; until then there is only a knock."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from etoile.llm.knocking import USUAL_PLACES, Knock, Place
from etoile.parts.later import Later
from etoile.parts.live import Live
from etoile.parts.rooms import Publish
from etoile.store.answers import Answers
from etoile.store.conversations import Conversations

if TYPE_CHECKING:
    from etoile.llm.router import Router
    from etoile.parts.net import Names


def open_nodes(
    stack: ExitStack,
    publish: Publish,
    history: Conversations | None,
    live: Live,
    names: "Names",
    answers: Answers | None,
    *,
    watch: bool,
    places: Sequence[Place] = USUAL_PLACES,
) -> "Later[Router]":
    """Return what hands requests to nodes.

    With `watch` nodes of the settings are opened now, and servers of this machine once one listens at `places`.
    """

    def open_room() -> "AbstractContextManager[Router]":
        from etoile.parts.net import learning_fits, open_router

        knock.end()  # the router looks around by itself
        router = open_router(
            live.config,
            publish,
            history,
            live,
            names,
            answers,
            watch=watch,
            places=places,
            told_missing=knock.told_missing,
        )
        return learning_fits(router, live.config, history) if watch and history else router

    def found() -> None:
        nodes.soon(lambda room: None)

    nodes = stack.enter_context(Later("router", open_room))
    knock = Knock(lambda: live.config.routing, publish, found, places)
    if watch and live.config.nodes:
        nodes.now()
    elif watch:
        stack.enter_context(knock)
    return nodes
