"""Sites and searches in the browser."""

import re
from urllib.parse import urlencode

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.opening import open_address
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import message

SEARCH_URL = "https://duckduckgo.com/?"
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def host_of(spoken: str) -> str:
    """Return the host that `spoken` names, in the form of DNS; "café.fr" becomes "xn--caf-dma.fr".

    Raises ActionFailed for what is no host name with a dot: an address with a user, a port, a path or a scheme is
    refused, because nobody says one by voice and much harm hides in them.
    """
    refused = ActionFailed(
        message("{site} is not a site's name.", site=spoken), message("Say it like “youtube dot com”.")
    )
    try:
        host = spoken.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        raise refused from None
    labels = host.split(".")
    top_is_a_name = labels[-1].isalpha() or labels[-1].startswith("xn--")
    if len(labels) < 2 or len(host) > 253 or not top_is_a_name or not all(map(_LABEL.fullmatch, labels)):
        raise refused
    return host


def _open_site(slots: Slots, context: Context) -> Done:
    host = host_of(text_of(slots, "site"))
    open_address(context, f"https://{host}/")
    return Done(message("{site} is opening.", site=host))


def _search(slots: Slots, context: Context) -> Done:
    query = text_of(slots, "query")
    open_address(context, SEARCH_URL + urlencode({"q": query}))
    return Done(message("I am searching the web for “{query}”.", query=query))


ACTIONS: ActionTable = {"browser.open_site": _open_site, "browser.search": _search}
