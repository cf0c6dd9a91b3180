"""The event loop of thread `net`, made so that leaving it never waits for a name server or a keyring."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class LeavableExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own, and is left without waiting.

    The loop looks host names up in its executor and joins it when it closes; the standard one joins its threads when
    the interpreter ends as well.  A name server that does not answer would hold the app for half a minute.
    """

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `call` and return the future of its result."""
        future: Future[Any] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future receives it
                future.set_exception(error)

        threading.Thread(target=run, name="net lookup", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nothing."""


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that can be left at any time."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(LeavableExecutor())
    return loop
