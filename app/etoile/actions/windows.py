"""The window in front, the virtual desktops, and the keys that its program understands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from etoile.actions.action import Action, ActionTable, Context, Done
from etoile.actions.spoken import folded
from etoile.actions.windowing import Area, State, Window, WindowSystem
from etoile.domain.commands import WINDOW_SLOT
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

_TERMINALS = frozenset(
    folded(name)
    for name in (
        *("xterm", "uxterm", "rxvt", "urxvt", "x-terminal-emulator", "gnome-terminal", "gnome-terminal-server"),
        *("org.gnome.Console", "kgx", "ptyxis", "konsole", "yakuake", "xfce4-terminal", "mate-terminal", "tilix"),
        *("terminator", "alacritty", "kitty", "wezterm", "foot", "st", "st-256color", "ghostty", "lxterminal"),
        *("WindowsTerminal.exe", "cmd.exe", "powershell.exe", "pwsh.exe", "conhost.exe", "Terminal", "iTerm2"),
    )
)


def is_terminal(window: Window) -> bool:
    """Return whether `window` is one of a terminal, where keys such as Ctrl+C mean something else."""
    return any(folded(name) in _TERMINALS for name in window.names)


def in_front(desktop: WindowSystem) -> Window:
    """Return the window in front.  Raises ActionFailed when there is none."""
    shown = [window for window in desktop.windows() if desktop.in_view(window)]
    if not shown:
        raise ActionFailed(message("No window is open."))
    return shown[-1]


def name_in_front(windowing: Callable[[], WindowSystem]) -> str | None:
    """Return what the window in front is called, so that a question can name it; None when nobody can tell."""
    try:
        with windowing() as desktop:
            return name_of(in_front(desktop))
    except ActionFailed:
        return None


def _as_asked(desktop: WindowSystem, slots: Slots) -> Window:
    """Return the window in front, if it still is the one that the user was asked about.  Raises ActionFailed."""
    window = in_front(desktop)
    if slots.get(WINDOW_SLOT, name_of(window)) != name_of(window):
        raise ActionFailed(
            message("Another window is in front now ({window}): nothing was done.", window=name_of(window)),
            message("Say it again if you mean this one."),
        )
    return window


# The window in front


def _close(slots: Slots, context: Context) -> Done:
    with context.windowing() as desktop:
        window = _as_asked(desktop, slots)
        desktop.close(window)
    return Done(message("I asked {window} to close.", window=name_of(window)))


def _put(state: State, said: Message, undone: Message) -> Action:
    """Return the action that puts the window in front into `state`."""

    def put(slots: Slots, context: Context) -> Done:
        with context.windowing() as desktop:
            window = in_front(desktop)
            before = desktop.is_in(window, state)
            desktop.put(window, state, on=True)

        def put_back(later: Context) -> Message:
            with later.windowing() as again:
                again.put(window, state, on=False)
            return undone

        return Done(said, None if before else put_back)

    return put


def _fullscreen(slots: Slots, context: Context) -> Done:
    """Show the window in front in full screen, or no longer so."""
    with context.windowing() as desktop:
        window = in_front(desktop)
        before = desktop.is_in(window, State.FULLSCREEN)
        desktop.put(window, State.FULLSCREEN, on=not before)

    def put_back(later: Context) -> Message:
        with later.windowing() as again:
            again.put(window, State.FULLSCREEN, on=before)
        return _fullscreen_said(before)

    return Done(_fullscreen_said(not before), put_back)


def _fullscreen_said(on: bool) -> Message:
    return message("The window fills the screen.") if on else message("The window no longer fills the screen.")


def _minimize_all(slots: Slots, context: Context) -> Done:
    with context.windowing() as desktop:
        desktop.show_desktop(shown=True)

    def put_back(later: Context) -> Message:
        with later.windowing() as again:
            again.show_desktop(shown=False)
        return message("The windows are back.")

    return Done(message("Every window is put away."), put_back)


def _next(slots: Slots, context: Context) -> Done:
    """Bring the window to the front that has been behind the longest: said again and again, each has its turn."""
    with context.windowing() as desktop:
        shown = [window for window in desktop.windows() if desktop.in_view(window)]
        if len(shown) < 2:
            raise ActionFailed(message("There is no other window."))
        behind, front = shown[0], shown[-1]
        desktop.activate(behind)

    def put_back(later: Context) -> Message:
        with later.windowing() as again:
            again.activate(front)
        return message("{window} is in front.", window=name_of(front))

    return Done(message("{window} is in front.", window=name_of(behind)), put_back)


def _snap(half: Callable[[Area], Area], said: Message) -> Action:
    def snap(slots: Slots, context: Context) -> Done:
        with context.windowing() as desktop:
            window = in_front(desktop)
            before = desktop.area(window)
            desktop.place(window, half(desktop.work_area(window)))

        def put_back(later: Context) -> Message:
            with later.windowing() as again:
                again.place(window, before)
            return message("The window is where it was.")

        return Done(said, put_back)

    return snap


def _next_desktop(slots: Slots, context: Context) -> Done:
    with context.windowing() as desktop:
        before, count = desktop.desktop()
        if count < 2:
            raise ActionFailed(message("There is only one desktop."))
        after = (before + 1) % count
        desktop.go_to_desktop(after)

    def put_back(later: Context) -> Message:
        with later.windowing() as again:
            again.go_to_desktop(before)
        return _desktop_said(before)

    return Done(_desktop_said(after), put_back)


def _desktop_said(number: int) -> Message:
    return message("This is desktop {number}.", number=number + 1)


def name_of(window: Window) -> str:
    """Return what a window is called."""
    return window.title or (window.names[-1] if window.names else "?")


# Keys


@dataclass(frozen=True, slots=True)
class Keys:
    """What is pressed for a command; None in a terminal, where the key would do harm."""

    usual: str
    said: Message
    in_terminal: str | None = None
    back: str | None = None
    """Takes it back in the same window."""


_KEYS: Mapping[str, Keys] = {
    "tab.new": Keys("ctrl+t", message("A new tab is open."), "ctrl+shift+t"),
    "tab.close": Keys("ctrl+w", message("The tab is closed."), "ctrl+shift+w"),
    "scroll.up": Keys("Page_Up", message("I scrolled up."), "shift+Page_Up"),
    "scroll.down": Keys("Page_Down", message("I scrolled down."), "shift+Page_Down"),
    "browser.back": Keys("alt+Left", message("I went back one page."), back="alt+Right"),
    "clipboard.paste": Keys("ctrl+v", message("It is pasted."), "ctrl+shift+v"),
    "edit.undo": Keys("ctrl+z", message("I asked the window in front to undo.")),
    "edit.save": Keys("ctrl+s", message("I asked the window in front to save.")),
    "edit.select_all": Keys("ctrl+a", message("Everything is selected.")),
}


def press(keys: Keys) -> Action:
    """Return the action that presses `keys` in the window in front."""

    def act(slots: Slots, context: Context) -> Done:
        with context.windowing() as desktop:
            window = _as_asked(desktop, slots)
            pressed = keys.in_terminal if is_terminal(window) else keys.usual
            if pressed is None:
                raise ActionFailed(
                    message("The window in front is a terminal, where this key means something else: nothing was done.")
                )
            desktop.activate(window)
            desktop.press(pressed)

        def take_back(later: Context) -> Message:
            with later.windowing() as again:
                again.activate(window)
                again.press(keys.back or pressed)
            return message("{window} is as it was.", window=name_of(window))

        return Done(keys.said, take_back if keys.back else None)

    return act


ACTIONS: ActionTable = {
    "window.close": _close,
    "window.minimize": _put(State.MINIMIZED, message("The window is minimised."), message("The window is back.")),
    "window.minimize_all": _minimize_all,
    "window.maximize": _put(
        State.MAXIMIZED, message("The window is maximised."), message("The window is no longer maximised.")
    ),
    "window.fullscreen": _fullscreen,
    "window.next": _next,
    "window.snap.left": _snap(Area.left_half, message("The window is on the left.")),
    "window.snap.right": _snap(Area.right_half, message("The window is on the right.")),
    "desktop.next": _next_desktop,
    **{command: press(keys) for command, keys in _KEYS.items()},
}
