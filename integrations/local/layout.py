"""Where the local services keep what they need, all derived from the data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


class LocalError(Exception):
    """The local services cannot run; one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths under one data folder. The socket folder lies elsewhere: socket paths are short."""

    data_dir: Path

    @property
    def postgres(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def run(self) -> Path:
        return self.data_dir / "run"

    @property
    def log(self) -> Path:
        return self.data_dir / "logs" / "services.log"

    @property
    def ready(self) -> Path:
        """Holds the supervisor's pid once the services answer."""
        return self.run / "ready"

    @property
    def failed(self) -> Path:
        """Holds one sentence when the services could not start."""
        return self.run / "failed"

    @property
    def socket_dir(self) -> Path:
        name = hashlib.sha256(str(self.data_dir.resolve()).encode()).hexdigest()[:12]
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"hala-{name}"

    @property
    def valkey_socket(self) -> Path:
        return self.socket_dir / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://hala@/postgres?host={self.socket_dir}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    def create(self) -> None:
        """Make the folders; others may pass through the data folder but not list it."""
        for folder, mode in ((self.data_dir, 0o711), (self.run, 0o700), (self.log.parent, 0o700)):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(mode)
