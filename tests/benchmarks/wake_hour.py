"""An hour of a room, made anew each time: silence, fans, music, people who talk, and some who call "Jarvis".

Speech is espeak-ng's, in variants that no weights of the tests were trained with; noise, hum and tones are arithmetic.
What it proves is the pipeline: no person has spoken here.
"""

import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from etoile.speech.spans import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

TALK = {
    "en": """
    Travis is late again. The service is down. I think it is going to rain tomorrow. Where did you put the keys?
    Please pass me the salt. They talked about Jarvis yesterday. He is called Jarvis, like the butler. Thank you
    very much. The harvest was good this year. Are we done with the garden? Our office is closed on Friday.
    Jervis Bay is in Australia. The carving knives are in the jar. Nervous people drink tea. The artist sold his
    Java house. Charles visits in March. Marvin wrote the program. She reads the news at night. The train leaves
    at half past nine. Garbage is collected today.
    """,
    "fr": """
    J'arrive tout de suite. Le service est fermé le lundi. Je crois qu'il va pleuvoir demain. Où as-tu mis les
    clés ? Passe-moi le sel. On a parlé de Jarvis hier soir. Il s'appelle Jarvis, comme le majordome. Merci
    beaucoup. J'avais dit non. Gervais travaille au jardin. Le parvis de la gare est vide. Travis arrive en
    retard. Avis à tous. Jadis il y avait une forge. J'habite près de la rivière. Charles visite la Sardaigne.
    Les nerfs à vif, il servit le thé. Le film commence bientôt. Elle lit le journal le soir. Le train part à
    neuf heures et demie. J'ai vu l'artiste.
    """,
    "de": "Der Service ist gut. Ich warte auf den Bus. Jawohl, das ist wahr. Heute regnet es den ganzen Tag.",
    "es": "El servicio es bueno. Espero el autobús. Javier es mi vecino. Hoy llueve todo el día.",
    "it": "Il servizio è buono. Aspetto l'autobus. Giardini e servizi. Oggi piove tutto il giorno.",
}
REQUESTS = {
    "en": ["", "", "what time is it?", "turn up the volume.", "open Firefox.", "mute the sound.", "next track."],
    "fr": ["", "", "quelle heure est-il ?", "monte le son.", "ouvre Firefox.", "coupe le son.", "morceau suivant."],
}
VARIANTS = ("", "+Andy", "+david", "+gustave", "+linda", "+Mario", "+Mike", "+m7", "+f4")
"""The plain voice, and variants that no weights of the tests were trained with."""
CALLS = 120


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the hour."""

    name: str
    samples: Samples
    calls_s: tuple[float, ...] = ()
    """When each call begins."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and how espeak-ng is to say it."""

    text: str
    voice: str
    speed_wpm: int
    pitch: int


def hour(seed: int = 2026) -> Iterator[Scene]:
    """Yield the scenes of an hour."""
    random = np.random.default_rng(seed)
    yield Scene("silence", noise(600, random) * 10 ** (-70 / 20))
    yield Scene("fans", fan(600, random) * 10 ** (-38 / 20))
    yield Scene("music", music(600, random) * 0.1)
    yield talk("talk", 900, random, calls=0)
    yield talk("talk with calls", 900, random, calls=CALLS)


def talk(name: str, seconds: int, random: np.random.Generator, *, calls: int) -> Scene:
    """Return people talking over a fan, now nearer and now farther from the microphone, some of them calling."""
    samples = fan(seconds, random) * 10 ** (-48 / 20)
    at, called = 1.0, []
    sentences = list(_sentences(random, seconds))
    turns = _shuffled([*sentences, *_calls(random, calls)], random)
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(spoken, turns))
    for said, clip in zip(turns, clips, strict=True):
        start, end = round(at * SAMPLE_RATE_HZ), round(at * SAMPLE_RATE_HZ) + len(clip)
        if end > len(samples):
            break
        if said.text.startswith("Jarvis"):
            called.append(at)
        samples[start:end] += clip * 10 ** (random.uniform(-26, -6) / 20)
        at += len(clip) / SAMPLE_RATE_HZ + float(random.choice([0.15, 0.4, 0.9, 2.0]) if not calls else 2.5)
    return Scene(name, np.clip(samples, -1, 1).astype(np.float32), tuple(called))


def _sentences(random: np.random.Generator, seconds: int) -> Iterator[Said]:
    lines = [(voice, text.strip()) for voice, texts in TALK.items() for text in _split(texts)]
    for _ in range(seconds // 3):
        voice, text = lines[int(random.integers(len(lines)))]
        yield _said(text, voice, random)


def _calls(random: np.random.Generator, count: int) -> Iterator[Said]:
    for _ in range(count):
        language = str(random.choice(list(REQUESTS)))
        request = str(random.choice(REQUESTS[language]))
        yield _said(f"Jarvis, {request}" if request else "Jarvis!", language, random)


def _said(text: str, voice: str, random: np.random.Generator) -> Said:
    variant = str(random.choice(VARIANTS))
    return Said(text, voice + variant, int(random.integers(140, 190)), int(random.integers(35, 65)))


def _shuffled(turns: Sequence[Said], random: np.random.Generator) -> list[Said]:
    return [turns[index] for index in random.permutation(len(turns))]


def _split(texts: str) -> list[str]:
    ended = texts.replace("?", "?|").replace(".", ".|")
    return [" ".join(one.split()) for one in ended.split("|") if one.strip()]


def spoken(said: Said) -> Samples:
    """Return what espeak-ng says, with its loudest sample at 1."""
    from faster_whisper import decode_audio

    command = ["espeak-ng", "-v", said.voice, "-s", str(said.speed_wpm), "-p", str(said.pitch), "--stdout", said.text]
    wav = subprocess.run(command, check=True, capture_output=True, timeout=20).stdout
    clip = np.asarray(decode_audio(BytesIO(wav), sampling_rate=SAMPLE_RATE_HZ), np.float32)
    return clip / max(float(np.abs(clip).max()), 1e-6)


def noise(seconds: int, random: np.random.Generator) -> Samples:
    """Return white noise of unit power."""
    return random.standard_normal(seconds * SAMPLE_RATE_HZ).astype(np.float32)


def fan(seconds: int, random: np.random.Generator) -> Samples:
    """Return the noise of fans, of unit power: pink, with the hum of their blades, a little louder and softer."""
    count = seconds * SAMPLE_RATE_HZ
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    made = np.fft.irfft(spectrum, count)
    time_s = np.arange(count) / SAMPLE_RATE_HZ
    made = made / made.std() + 0.7 * np.sin(2 * np.pi * 118 * time_s) + 0.3 * np.sin(2 * np.pi * 236 * time_s)
    made *= 1 + 0.15 * np.sin(2 * np.pi * 0.05 * time_s)
    return (made / made.std()).astype(np.float32)


def music(seconds: int, random: np.random.Generator) -> Samples:
    """Return chords with a beat, of unit power: tones that begin and fade as struck strings do."""
    made = np.zeros(seconds * SAMPLE_RATE_HZ, np.float32)
    length = round(0.5 * SAMPLE_RATE_HZ)
    time_s = np.arange(2 * length) / SAMPLE_RATE_HZ
    for start in range(0, len(made) - 2 * length, length):
        for step in random.choice([0, 3, 4, 7, 10, 12, 16], 3, replace=False):
            pitch_hz = 196 * 2 ** (float(step) / 12)
            tone = sum(np.sin(2 * np.pi * part * pitch_hz * time_s) / part for part in (1, 2, 3, 4))
            made[start : start + 2 * length] += (tone * np.exp(-3 * time_s)).astype(np.float32)
    return made / float(made.std())
