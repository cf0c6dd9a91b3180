"""Takes the picture of the README: Etoile on the virtual desktop, with six simulated GPUs and an answer.

.venv/bin/python -m tests.desktop.picture
"""

import tempfile
from pathlib import Path

from tests.desktop.app import ROOT, START_S, node, running
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

PICTURE = ROOT / "resources" / "screenshots" / "window.png"
ANSWER = (
    "**Yes.** `qwen3-30b` at Q4 needs about 17.7 GiB with 8k of context:\n\n- the RTX 3080 has 10 GiB: it would spill\n"
    "- two cards by layers: it fits, slower\n\nTry `-ngl 99 --tensor-split 10,12`."
)
SETTINGS = """\
[speech]
speak = "never"
model = "{model}"
[routing]
discover = false
[[nodes]]
name = "M1"
url = "{url}"
model = "qwen3-30b"
[thermal]
hold_s = 1.0
"""


def main() -> None:
    """Start a desktop, a node and Etoile; ask; wait until a card is hot; take the picture."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        node("--answer", ANSWER, "--model", "qwen3-30b", "--token-ms", "20") as (url, _),
        Desktop("520x880") as desktop,
        running(
            desktop,
            Path(folder),
            SETTINGS.format(url=url, model=ROOT / "tests" / "speech_model" / "model"),
            "--simulate",
            "heatwave@2",
        ) as app,
    ):
        app.type_request("Does qwen3-30b fit on this box?")
        app.wait_for_answer()
        wait_until(lambda: any(line["thermal"] == "warning" for line in app.etoile("gpu")), 4 * START_S, what="heat")
        wait_until(desktop.notifications, START_S, what="the notification")
        desktop.screenshot(PICTURE)


if __name__ == "__main__":
    main()
