"""What Etoile is: its version, its parts, its licence, and how it is updated.  Nothing is asked of the network."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.settings.frame import Plain, RowFrame
from etoile.gui.settings.group import Titled
from etoile.installed.versions import About
from etoile.text import message, verbatim


def about_groups(look: Look, about: About, parent: QWidget | None = None) -> tuple[Titled, ...]:
    """Return the groups of the page: Etoile itself, its licence, its parts."""
    itself = Titled(look, message("Etoile"), parent)
    copy = Button(look, message("Copy"))
    told = "\n".join([f"Etoile {about.version}", *(f"{name} {version}" for name, version in about.parts.items())])
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(told))
    itself.add(
        RowFrame(look, message("Version"), verbatim(about.version), copy),
        RowFrame(look, message("Updating"), about.update),
        RowFrame(look, message("Network"), message("No account, no telemetry, no search for updates.")),
    )
    copy.setAccessibleName(look.words(message("Copy the versions")))
    parts = Titled(look, message("Parts"), parent)
    parts.add(Plain(look, verbatim("\n".join(f"{name}  {version}" for name, version in about.parts.items()))))
    terms = Titled(look, message("Licence"), parent)
    terms.add(Plain(look, verbatim(about.licence.strip())))
    return itself, parts, terms
