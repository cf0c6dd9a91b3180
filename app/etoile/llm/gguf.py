"""Headers of GGUF files: what the model is, and how large each of its tensors is; the tensors themselves stay unread.

The format: ggml/docs/gguf.md, versions 2 and 3, little-endian.  Read here rather than by the package `gguf`, which
takes 11 s where this takes 0.04 s (400,000 tokens and merges), maps every tensor, and trusts what the file says of
itself.  A file may come from anywhere, so every count and length is checked against what the file can hold before
anything is made of it: reading takes no more memory than the file is long, and ends with UnreadableModel or the header.
"""

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from etoile.domain.fit import Metadata, Tensor
from etoile.domain.fit.architecture import LARGEST, Value
from etoile.domain.fit.quantisation import TENSOR_TYPES
from etoile.errors import UnreadableModel
from etoile.text import message

LONGEST_HEADER_BYTES = 64 * 1024**2
"""The largest seen have 16 MB: a quarter of a million tokens and half a million merges."""
MOST_TENSORS = 16_384
MOST_KEYS = 4096
MOST_PARTS = 1000
LONGEST_NAME_BYTES = 64 * 1024
LONGEST_KEPT_ITEMS = 1024
"""Longer arrays are vocabularies."""
MOST_KEPT_ITEMS = 65_536
"""Of all arrays together."""
MOST_DIMENSIONS = 4

_READ_BYTES = 1024**2
_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_BOOL, _STRING, _ARRAY = 7, 8, 9
_SCALARS = {
    number: struct.Struct("<" + code)
    for number, code in {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 10: "Q", 11: "q", 12: "d"}.items()
} | {_BOOL: struct.Struct("<B")}
_PART = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf$")


@dataclass(frozen=True, slots=True)
class GgufFile:
    """What the header of a model tells, over all its parts."""

    metadata: Metadata
    tensors: tuple[Tensor, ...]
    size_bytes: int
    """Of all files together."""
    whole: bool
    """False where a file ends before its tensors do: a download that is going on, or broke off."""


def read_gguf(path: Path) -> GgufFile:
    """Return the header of the model at `path`; of one in several files, any of them will do.

    Raises UnreadableModel.  Blocks for as long as the disk takes for some megabytes.
    """
    parts = _parts(path)
    headers = [_read_file(part, named=len(parts) > 1) for part in parts]
    return GgufFile(
        headers[0].metadata,
        tuple(tensor for header in headers for tensor in header.tensors),
        sum(header.size_bytes for header in headers),
        all(header.whole for header in headers),
    )


def _parts(path: Path) -> list[Path]:
    """Return every file of the model, the first one first."""
    found = _PART.match(path.name)
    if found is None:
        return [path]
    number, count = int(found["number"]), int(found["count"])
    if not 1 <= number <= count <= MOST_PARTS:
        raise UnreadableModel(message("its name is that of part {number} of {count}", number=number, count=count))
    return [path.with_name(f"{found['stem']}-{part:05}-of-{count:05}.gguf") for part in range(1, count + 1)]


def _read_file(path: Path, *, named: bool) -> GgufFile:
    try:
        with path.open("rb") as file:
            return _Reader(file).header()
    except FileNotFoundError as error:
        if not named:
            raise UnreadableModel(message("there is no such file"), message("Check the path.")) from error
        raise UnreadableModel(
            message("there is no file {path}", path=str(path)),
            message("A model in several files needs all of them, side by side."),
        ) from error
    except OSError as error:
        raise UnreadableModel(
            message("{path} cannot be read ({error})", path=str(path), error=error.strerror or str(error))
        ) from error
    except UnreadableModel as error:
        said = message("{path}: {problem}", path=path.name, problem=error.said) if named else error.said
        raise UnreadableModel(said, error.remedy or message("Download the file again.")) from error


class _Reader:
    """Reads one file from its beginning, as far as its header goes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        file.seek(0)
        self._held = bytearray()
        self._at = 0
        self._room = MOST_KEPT_ITEMS

    def header(self) -> GgufFile:
        """Return what the header tells.  Raises UnreadableModel."""
        self._check_magic()
        tensor_count, key_count = self._count(MOST_TENSORS, 24), self._count(MOST_KEYS, 13)
        metadata: dict[str, Value] = {}
        for _ in range(key_count):
            key = self._name()
            value = self._value(self._number(_U32))
            if value is not None:
                metadata[key] = value
        tensors = tuple(self._tensors(tensor_count))
        whole = self._at + sum(tensor.size_bytes for tensor in tensors) <= self._size
        return GgufFile(metadata, tensors, self._size, whole)

    def _check_magic(self) -> None:
        if self._size < 4 or self._bytes(4) != _MAGIC:
            raise UnreadableModel(
                message("this is no GGUF file"), message("Etoile reads models of llama.cpp and Ollama, in GGUF.")
            )
        version = self._number(_U32)
        if version & 0xFFFF == 0:
            raise UnreadableModel(message("this GGUF file is big-endian, for other processors"))
        if version not in _VERSIONS:
            raise UnreadableModel(message("GGUF version {version} is not known", version=version))

    def _tensors(self, count: int) -> Iterator[Tensor]:
        found = [self._tensor() for _ in range(count)]
        for number, (name, shape, kind, offset) in enumerate(found):
            if kind in TENSOR_TYPES:
                size = TENSOR_TYPES[kind].bytes_of(math.prod(shape))
            else:
                # A type of a newer llama.cpp: as long as the way to the next tensor.
                following = found[number + 1][3] if number + 1 < len(found) else self._size
                size = max(0, following - offset)
            if size > LARGEST:
                raise UnreadableModel(message("the size of its tensor {tensor} makes no sense", tensor=name[:100]))
            yield Tensor(name=name, shape=shape, size_bytes=size)

    def _tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self._name()
        dimensions = self._number(_U32)
        if dimensions > MOST_DIMENSIONS:
            raise UnreadableModel(message("a tensor has {count} dimensions", count=dimensions))
        shape = tuple(self._number(_U64) for _ in range(dimensions))
        return name, shape, self._number(_U32), self._number(_U64)

    def _value(self, kind: int) -> Value | None:
        """Return the value of type `kind`; None for a vocabulary, or a text too long to matter."""
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            return self._array()
        number = self._scalar(kind)
        return bool(number) if kind == _BOOL else number

    def _array(self) -> tuple[str | bool | int | float, ...] | None:
        kind = self._number(_U32)
        if kind == _ARRAY:
            raise UnreadableModel(message("a list within a list is no part of GGUF"))
        if kind == _STRING:
            self._skip_texts(self._count(self._size, 8))
            return None
        struct_ = _struct(kind)
        count = self._count(self._size, struct_.size)
        if count > min(LONGEST_KEPT_ITEMS, self._room):
            self._skip(count * struct_.size)
            return None
        self._room -= count
        values = struct.unpack(f"<{count}{struct_.format[1:]}", self._bytes(count * struct_.size))
        return tuple(map(bool, values)) if kind == _BOOL else values

    def _skip_texts(self, count: int) -> None:
        """Pass over the texts of a vocabulary: the one place that takes time, hence without calls in the loop."""
        unpack, at, held = _U64.unpack_from, self._at, self._held
        for _ in range(count):
            try:
                at += 8 + unpack(held, at)[0]
            except (struct.error, OverflowError):
                self._hold(at + 8)
                at += 8 + unpack(held, at)[0]
        self._hold(at)
        self._at = at

    def _text(self) -> str | None:
        length = self._number(_U64)
        if length > LONGEST_NAME_BYTES:
            self._skip(length)
            return None
        return self._bytes(length).decode(errors="replace")

    def _name(self) -> str:
        length = self._number(_U64)
        if length > LONGEST_NAME_BYTES:
            raise UnreadableModel(message("a name is {size:bytes} long", size=length))
        return self._bytes(length).decode(errors="replace")

    def _count(self, most: int, item_bytes: int) -> int:
        """Return a count of items of at least `item_bytes`: no more than `most`, nor than the file has room for."""
        count = self._number(_U64)
        if count > most or count * item_bytes > self._size - self._at:
            raise _truncated()
        return count

    def _scalar(self, kind: int) -> int | float:
        struct_ = _struct(kind)
        number: int | float = struct_.unpack(self._bytes(struct_.size))[0]
        return number

    def _number(self, struct_: struct.Struct) -> int:
        number: int = struct_.unpack(self._bytes(struct_.size))[0]
        return number

    def _bytes(self, count: int) -> bytes:
        self._hold(self._at + count)
        self._at += count
        return bytes(self._held[self._at - count : self._at])

    def _skip(self, count: int) -> None:
        self._hold(self._at + count)
        self._at += count

    def _hold(self, end: int) -> None:
        """See to it that the file's first `end` bytes are held."""
        if end > self._size:
            raise _truncated()
        if end > LONGEST_HEADER_BYTES:
            raise UnreadableModel(message("its header is longer than {size:bytes}", size=LONGEST_HEADER_BYTES))
        while len(self._held) < end:
            packet = self._file.read(max(_READ_BYTES, end - len(self._held)))
            if not packet:
                raise _truncated()
            self._held += packet


def _struct(kind: int) -> struct.Struct:
    if kind not in _SCALARS:
        raise UnreadableModel(message("a value has the unknown type {kind}", kind=kind))
    return _SCALARS[kind]


def _truncated() -> UnreadableModel:
    return UnreadableModel(
        message("the file ends before its header does"), message("Its download may not be finished.")
    )
