"""The set under resources/screenshots: every state, dark and light, in every language, at 100 and 250 %.

python3 installer/dev.py screenshots [FOLDER]

At 100 % on a screen of 1920 x 1080, at 250 % on one of 1366 x 768, which is the hardest.  Qt learns its scale and its
screens when it starts: each set is drawn by a process of its own.  Several states stand side by side on a picture.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

Draw = Callable[[], QImage]

FOLDER: Final = Path(__file__).parents[2] / "resources" / "screenshots"
SIDE_BY_SIDE: Final = 4
FREQUENT: Final = 128
COARSE: Final = np.uint32(0xFFF0F0F0)
"""What is left of a colour where it is compared with others."""


@dataclass(frozen=True)
class Set:
    """Pictures that one process draws."""

    name: str
    scale: float
    screen: tuple[int, int]
    """Pixels of the device."""
    languages: tuple[str, ...]


SETS: Final = (
    Set("100", 1.0, (1920, 1080), ("en", "fr", "pt")),
    Set("250", 2.5, (1366, 768), ("en", "fr")),
)


def draw_all(folder: Path) -> int:
    """Draw every set into `folder`, one after the other; return how many failed."""
    folder.mkdir(parents=True, exist_ok=True)
    return sum(_in_a_process_of_its_own(one, folder) != 0 for one in SETS)


def _in_a_process_of_its_own(one: Set, folder: Path) -> int:
    width, height = one.screen
    screen = {"name": one.name, "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    with tempfile.TemporaryDirectory() as scratch:
        screens = Path(scratch) / "screens.json"
        screens.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
        platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "QT_SCALE_FACTOR": str(one.scale)}
        command = [sys.executable, "-m", "tests.gui.screenshots", str(folder), one.name]
        return subprocess.run(command, env=os.environ | platform, check=False).returncode


def draw(one: Set, folder: Path) -> None:
    """Draw the pictures of `one`, telling each."""
    from PySide6.QtWidgets import QApplication

    from tests.gui.pictures import GROUNDS, sheet, tray_sheet

    _app = QApplication(sys.argv[:1])
    _save(tray_sheet(), folder / f"tray-{one.name}.png")
    for language in one.languages:
        for theme, ground in GROUNDS.items():
            for kind, drawn in _kinds(language, theme).items():
                for part, images in enumerate(_rows(list(drawn.values())), start=1):
                    path = folder / f"{kind}-{part}-{theme}-{language}-{one.name}.png"
                    _save(sheet(images, ground), path)
                    print(path.name, flush=True)


def _save(image: QImage, path: Path) -> None:
    """Keep `image` in 256 colours, which is a third of the bytes and not to be told apart.

    They are the most frequent ones, and then those that differ from all: a rare red is not lost among the many greys
    of the edges of letters.
    """
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(image.constBits(), dtype=np.uint32), return_counts=True)
    colours = colours[np.argsort(-counts)]
    _, first = np.unique(colours & COARSE, return_index=True)
    rare = np.sort(first[first >= FREQUENT])
    frequent = [int(colour) for colour in (*colours[:FREQUENT], *colours[rare])][:256]
    flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    image.convertToFormat(QImage.Format.Format_Indexed8, frequent, flat).save(str(path), quality=0)


def _rows(draws: list[Draw]) -> Iterator[list[QImage]]:
    for first in range(0, len(draws), SIDE_BY_SIDE):
        yield [draw() for draw in draws[first : first + SIDE_BY_SIDE]]


def _kinds(language: str, theme: str) -> Mapping[str, Mapping[str, Draw]]:
    """Return what is drawn, by kind and by state."""
    from PySide6.QtGui import QGuiApplication

    from etoile.domain.history import Span
    from etoile.gui.first_run.window import STEPS
    from tests.gui import pictures
    from tests.gui.settings import pictures as settings

    height = min(560, QGuiApplication.primaryScreen().availableSize().height())
    states = pictures.scenes()
    return {
        "window": {name: partial(pictures.picture, name, states[name], language, theme) for name in states},
        "pill": {"all": partial(pictures.pill_sheet, language, theme)},
        "charts": {span.name: partial(pictures.chart, span, language, theme) for span in Span},
        "settings": {key: partial(settings.picture, key, language, theme, height) for key in settings.KEYS},
        "help": {typed: partial(pictures.help_picture, typed, language, theme) for typed in ("", "gpu", "qwxyz")},
        "widths": {
            str(width): partial(pictures.picture, "gpu_six", states["gpu_six"], language, theme, (width, height))
            for width in (380, 720)
        },
        "menu": {"all": partial(pictures.tray_menu, language, theme)},
        "first": {name: partial(_first_step, place, language, theme) for place, (_, name) in enumerate(STEPS)},
    }


def _first_step(place: int, language: str, theme: str) -> QImage:
    """Return a page of the first steps, with a server that was found."""
    from tests.gui import pictures, states
    from tests.gui.conftest import Visitor
    from tests.gui.first_steps import World, opened

    with tempfile.TemporaryDirectory() as folder:
        steps = opened(Path(folder), Visitor(), World(), language, theme).window
        steps.present()
        for _ in range(place):
            steps.face.skip.click()
        steps.show_state(states.CALM)
        return pictures.taken(steps)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [folder, name]:
            draw(next(one for one in SETS if one.name == name), Path(folder))
        case arguments:
            sys.exit(1 if draw_all(Path(*arguments) if arguments else FOLDER) else 0)
