"""The help pages as the window shows them: by topic, by what is typed, and by what is wrong."""

from collections.abc import Mapping

from etoile.llm.pages import Section, about, note, sections, see_also, topics
from etoile.text import Message

FIRST = "start"


class HelpPages:
    """The pages in one language.  Nothing blocks for longer than reading some small files."""

    def __init__(self, language: str) -> None:
        self._language = language

    def titles(self) -> Mapping[str, str]:
        """Return the title of each page by its topic, the introduction first."""
        titles = topics(self._language)
        return {FIRST: titles[FIRST], **titles}

    def note(self) -> Message | None:
        """Return what to tell beforehand where the pages are in another language than everything else."""
        return note(self._language)

    def page(self, topic: str) -> tuple[Section, ...]:
        """Return the sections of the page about `topic`; none where there is no such page."""
        return tuple(section for section in sections(self._language) if section.topic == topic)

    def see_also(self, topic: str) -> Mapping[str, str]:
        """Return the titles of the pages to go on with, by topic."""
        return see_also(topic, self._language)

    def find(self, words: str) -> tuple[Section, ...]:
        """Return the sections that hold what is typed, the best first."""
        from etoile.llm.guide import search  # the guide, which only answers once somebody asks

        return search(words, self._language)

    def about(self, name: str) -> Section | None:
        """Return the section that helps with a part, a check or the state of a node."""
        return about(name, self._language)
