"""How long there may be silence about alerts, as the lines of a menu."""

import math
from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from etoile.domain.alerting.scope import EVERYTHING, SNOOZES_S, Scope
from etoile.domain.events import AlertsSnoozed, Event
from etoile.gui.design import Look
from etoile.text import Message, message


def offer_silence(
    menu: QMenu,
    look: Look,
    publish: Callable[[Event], None],
    now_s: Callable[[], float],
    scope: Scope,
    *,
    snoozed: bool,
    wrong: bool,
) -> None:
    """Add to `menu` for how long there may be silence about `scope`, and its end.

    `snoozed` and `wrong` tell whether there is silence now, and whether something is wrong that it could last for.
    """

    def offer(said: Message, wanted: Callable[[], AlertsSnoozed], *, enabled: bool = True) -> None:
        action = menu.addAction(look.words(said))
        action.setEnabled(enabled)
        action.triggered.connect(lambda _=False: publish(wanted()))

    for length_s in SNOOZES_S:
        offer(
            message("For {length:duration}", length=length_s),
            lambda length_s=length_s: AlertsSnoozed(now_s() + length_s, scope),  # type: ignore[misc]
        )
    over = message("Until it is over") if scope == EVERYTHING else message("Until it cools")
    offer(over, lambda: AlertsSnoozed(math.inf, scope, until_over=True), enabled=wrong)
    offer(message("Until Etoile starts again"), lambda: AlertsSnoozed(math.inf, scope))
    offer(message("Alert again"), lambda: AlertsSnoozed(0.0, scope), enabled=snoozed)
