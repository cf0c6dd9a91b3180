"""What is asked and answered is kept as it comes, before anybody sees it: see `etoile.store.drafts`."""

from etoile.domain import events as on
from etoile.parts.rooms import Publish
from etoile.store.conversations import Conversations


def keeping(publish: Publish, history: Conversations | None) -> Publish:
    """Return what publishes an event, and has `history` keep what a node says in it first."""
    if history is None:
        return publish
    drafts = history.drafts

    def keep_and_publish(event: on.Event) -> None:
        match event:
            case on.AnswerStarted(turn=turn, attribution=attribution):
                drafts.sign(turn, attribution)
            case on.AnswerText(turn, text):
                drafts.add(turn, text)
        publish(event)

    return keep_and_publish
