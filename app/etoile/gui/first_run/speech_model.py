"""The fourth step: the speech model, with its size and its place; nothing comes without a click."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from etoile.config.writing import Change, setting
from etoile.domain.events import DownloadWanted
from etoile.domain.state import State
from etoile.gui.button import Button, Kind
from etoile.gui.design import Tone, Type
from etoile.gui.first_run.aids import SpeechModel
from etoile.gui.first_run.step import Means, Step, with_remedy
from etoile.gui.glyphs import Glyph
from etoile.gui.notices import Download
from etoile.gui.settings.controls import Choice
from etoile.gui.settings.frame import Box, RowFrame
from etoile.text import Message, message, verbatim

CHOICE_WIDTH = 232
_QUALITY = {
    "tiny": message("Quick, and often wrong."),
    "base": message("For commands and short questions; enough on most processors."),
    "small": message("Hears better; takes about three times as long."),
    "medium": message("For long sentences; wants a GPU."),
    "large-v3-turbo": message("Hears best for its pace; wants a GPU."),
    "large-v3": message("Hears best; wants a large GPU."),
}


class SpeechModelStep(Step):
    """A list to choose from, and the button that fetches what was chosen."""

    title = message("Speech model")

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        super().__init__(
            means, message("It turns speech into text on this computer. Without one you can still type."), parent
        )
        self._known: dict[str, SpeechModel] = {}
        self.control = Choice(self._look, {})
        self.control.setFixedWidth(self._look.px(CHOICE_WIDTH))
        self.control.activated.connect(lambda _: self._refresh())
        box = Box(self._look, self)
        self._row = RowFrame(self._look, message("Model"), None, self.control, parent=box)
        box.add(self._row)
        self.column.addWidget(box)
        self._place = self._said(message("Models are kept in {path}", path=means.aids.speech_models_at()), Type.META)
        self._place.setProperty("tone", str(Tone.TEXT2))
        self._fetch = Button(self._look, message("Download"), glyph=Glyph.DOWN, parent=self)
        self._fetch.clicked.connect(self._download)
        self.column.addWidget(self._fetch, 0, Qt.AlignmentFlag.AlignLeft)
        self._status = self._said(None)
        self._wrong = self._said(None, Type.META, Tone.WARNING)
        self._coming = Download(self._look, means.publish, self)
        self._coming.hide()
        self.column.addWidget(self._coming)
        self.column.addStretch()
        self._downloading, self._asked = False, False
        self._offer()

    def enter(self) -> None:
        """Look again at what is on the disk."""
        self._offer()

    def show_state(self, state: State) -> None:
        """Show how far the download is, and once it is over what there is."""
        self._coming.show_download(state.downloading)
        downloading = state.downloading is not None
        if downloading != self._downloading:
            self._downloading = downloading
            self._offer()
        missing = state.missing.get("speech_model")
        failed = self._asked and not downloading and not self._is_here()
        self._wrong.say(with_remedy(missing) if missing and failed else None)

    def chosen(self) -> tuple[Change, ...]:
        """Return the model, where another one is in the settings, and this one is here or on its way."""
        wanted = self.control.value
        if wanted == self._means.file.config.speech.model or not (self._is_here() or self._downloading):
            return ()
        return (setting("speech", "model", wanted),)

    def _offer(self) -> None:
        """Offer every model with its size; one that the settings name otherwise, such as a folder, comes first."""
        current = self._means.file.config.speech.model
        chosen = self.control.value if self._known else current
        self._known = {model.name: model for model in self._means.aids.speech_models()}
        own = {} if current in self._known else {current: verbatim(current)}
        self.control.offer(own | {name: _titled(model) for name, model in self._known.items()})
        self.control.show_value(chosen)
        self._refresh()

    def _refresh(self) -> None:
        name = self.control.value
        self._row.explain(_QUALITY.get(name))
        here = self._is_here()
        model = self._known.get(name)
        self._fetch.setVisible(model is not None and not here and not self._downloading)
        if model:
            self._fetch.show_as(message("Download {size:bytes}", size=model.size_bytes), Glyph.DOWN, Kind.OUTLINE)
        self._status.say(message("“{name}” is on this computer.", name=name) if here else None)

    def _is_here(self) -> bool:
        model = self._known.get(self.control.value)
        return model.here if model else self._means.aids.has_speech_model(self.control.value)

    def _download(self) -> None:
        self._asked = True
        self._means.publish(DownloadWanted(self.control.value))


def _titled(model: SpeechModel) -> Message:
    """Return "base · 141 MiB", and whether it is here already."""
    if model.here:
        return message("{name} · {size:bytes} · here", name=model.name, size=model.size_bytes)
    return message("{name} · {size:bytes}", name=model.name, size=model.size_bytes)
