"""Speaking and being understood: microphone, talk key, voice, the speech model and its place."""

import ctypes
import sys
from collections.abc import Iterator

from etoile.config import Config, spoken_language
from etoile.doctor.finding import GPU_S, Check, Finding, Patient
from etoile.errors import ModelUnavailable, NvmlUnavailable
from etoile.speech import models
from etoile.speech.keys import names_of
from etoile.text import message, verbatim

MICROPHONE_S = 7.0
"""A Bluetooth headset may take five to deliver its first sound."""


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the checks of ears and voice; what the settings do not name is no fault where it is not there."""
    speech, asked = patient.config.speech, patient.mentioned
    yield Check(
        name="microphone",
        look=lambda: _microphone(speech.microphone),
        wanted=speech.microphone is not None,
        limit_s=MICROPHONE_S,
    )
    yield Check(name="wake_word", look=lambda: _wake_word(patient), wanted=bool(speech.wake_word))
    yield Check(name="talk_key", look=lambda: _talk_key(patient), wanted="speech.talk_key" in asked)
    yield Check(name="speech_model", look=lambda: _speech_model(speech.model), wanted="speech.model" in asked)
    yield Check(name="placement", look=lambda: _placement(patient), wanted=speech.device == "cuda", limit_s=GPU_S)
    spoken = "speech.speak" in asked and speech.speak != "never"
    yield Check(name="voice", look=lambda: _voice(patient.config), wanted=spoken, limit_s=10.0)


def _microphone(device: str | None) -> Finding:
    """Tell what it hears: it is listened to for half a second, and nothing is kept."""
    from etoile.speech.trial import try_microphone

    tried = try_microphone(device)
    return Finding(ok=tried.ok, detail=tried.said, remedy=tried.remedy)


def _wake_word(patient: Patient) -> Finding:
    """Tell whether a word is listened for, and by whom."""
    word = patient.config.speech.wake_word
    if patient.app is not None and (heard := patient.app.get("listening_for")):
        return Finding(ok=True, detail=message("The running app listens for “{word}”.", word=heard))
    if not word:
        return Finding(
            ok=None,
            detail=message("No wake word is listened for."),
            remedy=message("That is so unless the settings name one: wake_word = “jarvis” under [speech]."),
        )
    if patient.app is None:
        return Finding(ok=True, detail=message("The app will listen for “{word}”.", word=word))
    return Finding(
        ok=False,
        detail=message("The running app does not listen for “{word}”.", word=word),
        remedy=message("Its microphone may be missing, or it was switched off: “etoile talk --wake” tries again."),
    )


def _talk_key(patient: Patient) -> Finding:
    """Tell in which way the keys are watched here, or why they cannot be."""
    from etoile.speech.trial import try_keys, watched

    speech = patient.config.speech
    key, names = speech.talk_key, names_of(speech.talk_key, speech.hands_free_key)
    if patient.app is not None:
        # One program at a time can have the key: asking for it here would find it taken.
        if "talk_key" in patient.missing_in_app:
            wrong = False if "speech.talk_key" in patient.mentioned else None
            return Finding(
                ok=wrong, detail=message("The running app cannot watch {key}.", key=key), remedy=_TALK_KEY_REMEDY
            )
        return Finding(ok=True, detail=message("The running app has {keys}", keys=watched(names)))
    tried = try_keys(names)
    return Finding(ok=tried.ok, detail=tried.said, remedy=tried.remedy)


_TALK_KEY_REMEDY = message("Its window says why; “etoile talk --toggle” works without a key.")


def _speech_model(model: str) -> Finding:
    """Tell whether the model is here and whole; one that is damaged is wrong, whoever asked for it."""
    try:
        folder = models.folder(model)
    except ModelUnavailable as error:
        if models.is_there(model):
            return Finding(ok=False, detail=error.said, remedy=error.remedy)
        raise
    size = models.size_bytes(folder)
    return Finding(
        ok=True, detail=message("{model} in {folder}, {size:bytes}.", model=model, folder=str(folder), size=size)
    )


def _placement(patient: Patient) -> Finding:
    from etoile.speech.placed import placed_once

    if patient.app is not None and (told := patient.app.get("speech")):
        return Finding(ok=True, detail=verbatim(told))
    try:
        readings = patient.gpus()
    except NvmlUnavailable:
        readings = ()
    config = patient.config
    placement = placed_once(config.speech, readings, config.thermal, config.alerts.gpus).place(None, None)
    insists = config.speech.device == "cuda"
    if placement.uuid and not _has_cublas():
        return Finding(
            ok=False if insists else None,
            detail=message("Speech fits on {card}, but runs on the CPU: cuBLAS is not here.", card=placement.card),
            remedy=_CUBLAS_REMEDY,
        )
    if insists and placement.uuid is None:
        remedy = message("The settings ask for a GPU: device = “cuda” under [speech].")
        return Finding(ok=False, detail=placement.said, remedy=remedy)
    return Finding(ok=True, detail=placement.said)


_CUBLAS_REMEDY = message(
    "Install cuBLAS of CUDA 12 for the whole computer; or leave it so: device = “cpu” under [speech]."
)


def _has_cublas() -> bool:
    """Whether the library is there without which CTranslate2 does nothing on a GPU."""
    try:
        ctypes.CDLL("cublas64_12.dll" if sys.platform == "win32" else "libcublas.so.12")
    except OSError:
        return False
    return True


def _voice(config: Config) -> Finding:
    """Have a word synthesised: an engine that is another program tells only then what it lacks."""
    from etoile.speech.engines import choose, engine_of

    speech, language = config.speech, spoken_language(config)
    named = dict[str, str](speech.voices.items()).get(language)
    engine = engine_of(speech)
    try:
        engine.start()
        engine.synthesise("Étoile", language, named, speech.rate_wpm)
        voice = choose(engine.voices(), language, named)
    finally:
        engine.kill()
    if voice is None:
        return Finding(ok=True, detail=message("Speech can be synthesised."))
    return Finding(ok=True, detail=message("Speech can be synthesised, with the voice {name}.", name=voice.name))
