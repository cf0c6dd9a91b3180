"""Opening, closing and switching to applications."""

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.installed import App, find, installed
from etoile.actions.spoken import folded, nearest
from etoile.actions.windowing import Window
from etoile.actions.windows import name_of
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message


def _open(slots: Slots, context: Context) -> Done:
    app = _known(text_of(slots, "app"), installed(context.system))
    context.programs.start(*app.argv, folder=app.folder)
    return Done(message("{app} is opening.", app=app.names[0]))


def _close(slots: Slots, context: Context) -> Done:
    app = _called(text_of(slots, "app"), context)
    with context.windowing() as desktop:
        found = [window for window in desktop.windows() if belongs(window, app)]
        if not found:
            raise _not_open(app)
        for window in found:
            desktop.close(window)
    return Done(message("I asked {app} to close.", app=app.names[0]))


def _switch(slots: Slots, context: Context) -> Done:
    app = _called(text_of(slots, "app"), context)
    with context.windowing() as desktop:
        shown = desktop.windows()
        found = [window for window in shown if belongs(window, app)]
        if not found:
            raise _not_open(app)
        wanted, front = found[-1], shown[-1]
        desktop.activate(wanted)

    def put_back(later: Context) -> Message:
        with later.windowing() as again:
            again.activate(front)
        return message("{window} is in front.", window=name_of(front))

    return Done(message("{app} is in front.", app=app.names[0]), put_back if front != wanted else None)


def _known(spoken: str, apps: tuple[App, ...]) -> App:
    app = find(apps, spoken)
    if app is None:
        raise _unknown(spoken, apps)
    return app


def _called(spoken: str, context: Context) -> App:
    """Return the application `spoken`; one that is not installed may still have a window."""
    return find(installed(context.system), spoken) or App(id=spoken, names=(spoken,), window_names=(spoken,))


def _unknown(spoken: str, apps: tuple[App, ...]) -> ActionFailed:
    close = nearest(spoken, (name for app in apps for name in app.names))
    remedy = message("Close to it: {apps}.", apps=close) if close else message("Is it installed?")
    return ActionFailed(message("I know no application called {app}.", app=spoken), remedy)


def _not_open(app: App) -> ActionFailed:
    return ActionFailed(message("{app} has no open window.", app=app.names[0]))


def belongs(window: Window, app: App) -> bool:
    """Return whether `window` is one of `app`: by the names that its program goes by, never by its title."""
    own = {folded(name) for name in (*app.window_names, *app.names)}
    return any(folded(name) in own for name in window.names)


ACTIONS: ActionTable = {"app.open": _open, "app.close": _close, "app.switch": _switch}
