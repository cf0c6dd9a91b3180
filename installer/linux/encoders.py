"""Leaves out the encoders of films: FFmpeg names their libraries, and Etoile only ever decodes sound.

In their place comes a library that has the same name and the functions that others ask it for, so that everything is
loaded as before; they answer 0, which FFmpeg takes for an encoder without any format (it asks x265 as it lists them).
Decoders stay: FFmpeg may open one to look at a file.
"""

import re
import shutil
import subprocess
from pathlib import Path

ENCODERS = ("libx265-*.so*", "libSvtAv1Enc-*.so*")


def leave_out(folder: Path) -> int:
    """Replace the encoders' libraries in `folder`, and return how many bytes that gave; none without a C compiler."""
    if not (shutil.which("cc") and shutil.which("nm")):
        return 0
    libraries = [path for path in folder.glob("*.so*") if not path.is_symlink()]
    encoders = [path for pattern in ENCODERS for path in folder.glob(pattern) if not path.is_symlink()]
    asked = {name for path in libraries if path not in encoders for name in _symbols(path, "--undefined-only")}
    return sum(_hollow_out(path, asked) for path in encoders)


def _hollow_out(library: Path, asked: set[str]) -> int:
    """Replace `library` by one of which every function that is `asked` for returns 0."""
    offered = _symbols(library, "--defined-only")
    wanted = sorted(asked & set(offered))
    if any(offered[name] not in "TW" for name in wanted):  # data, which only the true one has
        return 0
    source = library.with_name(f"{library.name}.c")
    new = library.with_name(f"{library.name}.new")
    bodies = "".join(f"long {name}(void) {{ return 0; }}\n" for name in wanted)
    source.write_text(bodies, "utf-8")
    command = ["cc", "-shared", "-fPIC", "-O1", "-nostdlib", f"-Wl,-soname,{library.name}", "-o", str(new), str(source)]
    subprocess.run(command, check=True)
    source.unlink()
    saved = library.stat().st_size - new.stat().st_size
    shutil.copymode(library, new)
    new.replace(library)
    return saved


def _symbols(library: Path, which: str) -> dict[str, str]:
    """Return the names that `library` offers or asks for, each with nm's letter for its kind."""
    shown = subprocess.run(["nm", "--dynamic", which, str(library)], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"([A-Za-z]) ([A-Za-z_]\w*)(?:@\S+)?$", shown, re.MULTILINE)
    return {name: kind for kind, name in found}
