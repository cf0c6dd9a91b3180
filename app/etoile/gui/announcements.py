"""What a screen reader is told by itself: answers, questions and critical heat; never tokens or samples."""

from typing import NamedTuple

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from etoile.domain.gpus import Thermal
from etoile.domain.state import State
from etoile.gui.words import gpu_line
from etoile.text import Message


class Announcement(NamedTuple):
    """What is said, and whether it may interrupt."""

    said: Message
    assertive: bool = False


def announcements(before: State, after: State) -> list[Announcement]:
    """Return what is worth telling about the change from `before` to `after`.  Pure."""
    told = []
    question = after.turn.question
    if question and question is not before.turn.question:
        told.append(Announcement(question.asked, assertive=True))
    offer = after.learning.visible
    if offer and offer is not before.learning.visible:
        told.append(Announcement(offer.said))
    last = after.turn.last
    if last and last is not before.turn.last and last.answer:
        told.append(Announcement(last.answer))
    elif after.turn.said and after.turn.said is not before.turn.said:
        told.append(Announcement(after.turn.said))
    for gpu in after.watched:
        now = after.thermal(gpu.uuid)
        if now is Thermal.CRITICAL and before.thermal(gpu.uuid) is not Thermal.CRITICAL:
            told.append(Announcement(gpu_line(gpu, now), assertive=True))
    return told


def announce(widget: QWidget, words: str, *, assertive: bool) -> None:
    """Have the screen reader, if there is one, say `words`."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if assertive else politeness.Polite)
    QAccessible.updateAccessibility(event)
