"""The settings file, replaced in one go."""

import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path` (of what it points to, where it is a link)."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        fresh = Path(file.name)
        file.write(content)
    try:
        fresh.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o600)
        fresh.replace(path)
    except OSError:
        fresh.unlink()
        raise
