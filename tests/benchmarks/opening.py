"""Opens a microphone plainly, time after time, and prints how many ms each first block took: `python -m ... TIMES`."""

import sys
import threading
import time

from etoile.speech.capture import BLOCK_SAMPLES, SAMPLE_RATE_HZ

PAUSE_S = 0.1


def first_block_ms() -> float:
    """Open the default microphone as the documentation shows, and close it again."""
    import sounddevice

    came = threading.Event()
    started_s = time.monotonic()
    with sounddevice.RawInputStream(
        samplerate=SAMPLE_RATE_HZ,
        channels=1,
        dtype="int16",
        blocksize=BLOCK_SAMPLES,
        latency="low",
        callback=lambda *_: came.set(),
    ):
        came.wait()
        return (time.monotonic() - started_s) * 1000


if __name__ == "__main__":
    first_block_ms()
    for _ in range(int(sys.argv[1])):
        print(first_block_ms(), flush=True)
        time.sleep(PAUSE_S)
