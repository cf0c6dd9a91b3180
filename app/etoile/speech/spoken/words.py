"""The words that stand for signs, units and abbreviations, in each language: data, and nothing to translate."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """How one language says what is written in signs."""

    language: str
    decimal: str
    """The decimal mark that its voices read."""
    singular_below: float
    """Less than this is one, as 1 is: "1,5 degré"."""
    months: tuple[str, ...]
    date: str
    first: str
    """The first day of a month."""
    clock: str
    """A time of the day, with its minutes."""
    full_hour: str
    dot: str
    """In addresses and names of files."""
    point: str
    """In versions."""
    slash: str
    at: str
    port: str
    version: str
    to: str
    """Between the ends of a range."""
    minus: str
    plus: str
    times: str
    by: str
    """Between width and height."""
    per: str
    out_of: str
    power: str
    code: tuple[str, str]
    """A block of code of one line, and of more."""
    written_in: str
    table: tuple[str, str]
    secret: str
    identifier: str
    units: Mapping[str, tuple[str, str]]
    """Singular and plural, by sign."""
    currencies: Mapping[str, tuple[str, str]]
    scales: Mapping[str, tuple[str, str]]
    """Of money: thousands, millions."""
    large: str
    """Words of `scales`, as a pattern, that may follow a sum."""
    per_units: Mapping[str, str]
    """What stands below a stroke: "/s"."""
    signs: Mapping[str, str]
    """Before a number."""
    fractions: Mapping[str, str]
    abbreviations: Mapping[str, str]
    """By a pattern of what is written."""
    spelled: Mapping[str, str]
    """Names that voices of this language read wrongly, as they should be read."""


_BYTES = {"k": "kilo", "K": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta"}
_BINARY = {"Ki": "kibi", "Mi": "mebi", "Gi": "gibi", "Ti": "tebi"}


def _with_prefixes(signs: Mapping[str, tuple[str, str]], prefixes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return every one of `signs` with every prefix: "GB" of "B" and "G"."""
    return {
        prefix + sign: (before + one, before + many)
        for sign, (one, many) in signs.items()
        for prefix, before in prefixes.items()
    }


_FRENCH_PREFIXES = _BYTES | {"M": "méga", "T": "téra", "P": "péta"} | _BINARY | {"Mi": "mébi", "Ti": "tébi"}
_HERTZ = {"Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"), "MHz": ("megahertz", "megahertz")}

_ENGLISH_UNITS = {
    "B": ("byte", "bytes"),
    **_with_prefixes({"B": ("byte", "bytes")}, _BYTES | _BINARY),
    **_with_prefixes({"bit": ("bit", "bits"), "b": ("bit", "bits")}, {"k": "kilo", "M": "mega", "G": "giga"}),
    **_HERTZ,
    "GHz": ("gigahertz", "gigahertz"),
    "°C": ("degree", "degrees"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "mW": ("milliwatt", "milliwatts"),
    "Wh": ("watt hour", "watt hours"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"),
    "dB": ("decibel", "decibels"),
    "ns": ("nanosecond", "nanoseconds"),
    "µs": ("microsecond", "microseconds"),
    "μs": ("microsecond", "microseconds"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "mm": ("millimetre", "millimetres"),
    "cm": ("centimetre", "centimetres"),
    "m": ("metre", "metres"),
    "km": ("kilometre", "kilometres"),
    "m²": ("square metre", "square metres"),
    "m³": ("cubic metre", "cubic metres"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "kg": ("kilogram", "kilograms"),
    "px": ("pixel", "pixels"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "fps": ("frame per second", "frames per second"),
    "tok": ("token", "tokens"),
    "it": ("iteration", "iterations"),
    "req": ("request", "requests"),
}

_FRENCH_UNITS = {
    **_with_prefixes({"B": ("octet", "octets"), "o": ("octet", "octets")}, _FRENCH_PREFIXES),
    **_with_prefixes({"bit": ("bit", "bits"), "b": ("bit", "bits")}, {"k": "kilo", "M": "méga", "G": "giga"}),
    **_HERTZ,
    "o": ("octet", "octets"),
    "B": ("octet", "octets"),
    "MHz": ("mégahertz", "mégahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "°C": ("degré", "degrés"),
    "°F": ("degré Fahrenheit", "degrés Fahrenheit"),
    "°": ("degré", "degrés"),
    "%": ("pour cent", "pour cent"),
    "‰": ("pour mille", "pour mille"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "mW": ("milliwatt", "milliwatts"),
    "Wh": ("watt-heure", "watts-heures"),
    "kWh": ("kilowatt-heure", "kilowatts-heures"),
    "V": ("volt", "volts"),
    "dB": ("décibel", "décibels"),
    "ns": ("nanoseconde", "nanosecondes"),
    "µs": ("microseconde", "microsecondes"),
    "μs": ("microseconde", "microsecondes"),
    "ms": ("milliseconde", "millisecondes"),
    "s": ("seconde", "secondes"),
    "sec": ("seconde", "secondes"),
    "min": ("minute", "minutes"),
    "h": ("heure", "heures"),
    "mm": ("millimètre", "millimètres"),
    "cm": ("centimètre", "centimètres"),
    "m": ("mètre", "mètres"),
    "km": ("kilomètre", "kilomètres"),
    "m²": ("mètre carré", "mètres carrés"),
    "m³": ("mètre cube", "mètres cubes"),
    "mg": ("milligramme", "milligrammes"),
    "g": ("gramme", "grammes"),
    "kg": ("kilogramme", "kilogrammes"),
    "px": ("pixel", "pixels"),
    "tr/min": ("tour par minute", "tours par minute"),
    "rpm": ("tour par minute", "tours par minute"),
    "fps": ("image par seconde", "images par seconde"),
    "ips": ("image par seconde", "images par seconde"),
    "tok": ("token", "tokens"),
    "it": ("itération", "itérations"),
    "req": ("requête", "requêtes"),
}

SPACED_UNITS = frozenset({"m", "g", "B", "o", "it", "b"})
"""These stand for too much else right behind a number: "5m", "7B"."""

WORDS: Mapping[str, Words] = {
    "en": Words(
        language="en",
        decimal=".",
        singular_below=0,
        months=(
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        date="{month} {day}, {year}",
        first="1",
        clock="{hour}:{minute:02}",
        full_hour="{hour} o'clock",
        dot="dot",
        point="point",
        slash="slash",
        at="at",
        port="port",
        version="version",
        to="to",
        minus="minus",
        plus="plus",
        times="times",
        by="by",
        per="per",
        out_of="out of",
        power="times 10 to the",
        code=("A code block of 1 line", "A code block of {count} lines"),
        written_in=" in {name}",
        table=("A table of 1 row: {columns}.", "A table of {count} rows: {columns}."),
        secret="a secret",
        identifier="an identifier",
        units=_ENGLISH_UNITS,
        currencies={
            "$": ("dollar", "dollars"),
            "USD": ("dollar", "dollars"),
            "€": ("euro", "euros"),
            "EUR": ("euro", "euros"),
            "£": ("pound", "pounds"),
            "GBP": ("pound", "pounds"),
            "¥": ("yen", "yen"),
            "CHF": ("Swiss franc", "Swiss francs"),
        },
        scales={
            "k": ("thousand", "thousand"),
            "M": ("million", "million"),
            "B": ("billion", "billion"),
            "bn": ("billion", "billion"),
        },
        large="thousand|million|billion|trillion",
        per_units={
            "s": "second",
            "sec": "second",
            "min": "minute",
            "h": "hour",
            "day": "day",
            "month": "month",
            "kWh": "kilowatt hour",
        },
        signs={
            "±": "plus or minus",
            "≈": "about",
            "~": "about",
            "≥": "at least",
            ">=": "at least",
            "≤": "at most",
            "<=": "at most",
            "<": "less than",
            ">": "more than",
            "#": "number",
        },
        fractions={
            "1/2": "one half",
            "1/3": "one third",
            "2/3": "two thirds",
            "1/4": "one quarter",
            "3/4": "three quarters",
            "24/7": "24 7",
        },
        abbreviations={
            r"e\.\s?g\.,?": "for example",
            r"i\.\s?e\.,?": "that is",
            r"etc\.(?=\s+[a-z(])": "et cetera",
            r"vs\.?(?=\s)": "versus",
            r"approx\.": "approximately",
            r"w/(?=\s)": "with",
            r"w/o(?=\s)": "without",
            r"[Nn]o\.(?=\s?\d)": "number",
            r"&": "and",
            r"!=|≠": "is not",
            r"==|=(?=\s)": "equals",
        },
        spelled={
            "VRAM": "V RAM",
            "GGUF": "G G U F",
            "NVMe": "N V M E",
            "C#": "C sharp",
            "F#": "F sharp",
            "C++": "C plus plus",
            "OOM": "O O M",
        },
    ),
    "fr": Words(
        language="fr",
        decimal=",",
        singular_below=2,
        months=(
            *("janvier", "février", "mars", "avril", "mai", "juin"),
            *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
        ),
        date="{day} {month} {year}",
        first="1er",
        clock="{hour} {hours} {minute}",
        full_hour="{hour} {hours}",
        dot="point",
        point="point",
        slash="slash",
        at="arobase",
        port="port",
        version="version",
        to="à",
        minus="moins",
        plus="plus",
        times="fois",
        by="par",
        per="par",
        out_of="sur",
        power="fois 10 puissance",
        code=("Un bloc de code d'une ligne", "Un bloc de code de {count} lignes"),
        written_in=" en {name}",
        table=("Un tableau d'une ligne : {columns}.", "Un tableau de {count} lignes : {columns}."),
        secret="un secret",
        identifier="un identifiant",
        units=_FRENCH_UNITS,
        currencies={
            "$": ("dollar", "dollars"),
            "USD": ("dollar", "dollars"),
            "€": ("euro", "euros"),
            "EUR": ("euro", "euros"),
            "£": ("livre", "livres"),
            "GBP": ("livre", "livres"),
            "¥": ("yen", "yens"),
            "CHF": ("franc suisse", "francs suisses"),
        },
        scales={
            "k": ("mille", "mille"),
            "M": ("million d'", "millions d'"),
            "Md": ("milliard d'", "milliards d'"),
        },
        large=r"milliers? d['’e]|millions? d['’e]|milliards? d['’e]",
        per_units={
            "s": "seconde",
            "sec": "seconde",
            "min": "minute",
            "h": "heure",
            "j": "jour",
            "jour": "jour",
            "mois": "mois",
            "kWh": "kilowatt-heure",
        },
        signs={
            "±": "plus ou moins",
            "≈": "environ",
            "~": "environ",
            "≥": "au moins",
            ">=": "au moins",
            "≤": "au plus",
            "<=": "au plus",
            "<": "moins de",
            ">": "plus de",
            "#": "numéro",
        },
        fractions={
            "1/2": "un demi",
            "1/3": "un tiers",
            "2/3": "deux tiers",
            "1/4": "un quart",
            "3/4": "trois quarts",
        },
        abbreviations={
            r"p\.\s?ex\.,?": "par exemple",
            r"par ex\.,?": "par exemple",
            r"e\.\s?g\.,?": "par exemple",
            r"c\.-à-d\.,?": "c'est-à-dire",
            r"i\.\s?e\.,?": "c'est-à-dire",
            r"etc\.(?=\s+[a-zà-ÿ(])": "et cetera",
            r"env\.(?=\s)": "environ",
            r"vs\.?(?=\s)": "contre",
            r"cf\.(?=\s)": "voir",
            r"[Nn][°º]\s?(?=\d)": "numéro ",
            r"M\.(?=\s[A-ZÀ-Þ])": "Monsieur",
            r"Mme(?=\s[A-ZÀ-Þ])": "Madame",
            r"&": "et",
            r"!=|≠": "différent de",
            r"==|=(?=\s)": "égale",
        },
        spelled={
            "GPU": "G P U",
            "GPUs": "G P U",
            "CPU": "C P U",
            "VRAM": "V RAM",
            "GGUF": "G G U F",
            "IA": "I A",
            "AI": "A I",
            "UUID": "U U I D",
            "UUIDs": "U U I D",
            "NVMe": "N V M E",
            "PCIe": "P C I E",
            "JSON": "djésonne",
            "OOM": "O O M",
            "C#": "C dièse",
            "F#": "F dièse",
            "C++": "C plus plus",
        },
    ),
}
