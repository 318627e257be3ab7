"""From a bare checkout to something that runs: environments, catalogues, model.

`python3 -m scripts.bootstrap [--dev]`; standard library only. What is already done is left alone,
so a second run takes a moment. Every failure is one sentence and a non-zero exit.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.steps import SetupError

OLDEST = (3, 11)


def main(arguments: list[str] | None = None) -> int:
    """Run every step; 0 when the service can start, with or without understanding."""
    if sys.version_info[:2] < OLDEST:
        return _fail(
            f"setup.old_python: Hala needs Python {_dotted(OLDEST)} or newer and this is "
            f"{_dotted(sys.version_info[:3])}; name another with `make PYTHON=/path/to/python3`"
        )
    from scripts.steps import SetupError, alone

    options = _options(arguments)
    try:
        with alone():
            _steps("dev" if options.dev else "app")
    except SetupError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("setup.interrupted: run the command again to go on where it stopped")
    except OSError as error:
        return _fail(f"setup.system: {error.strerror or error} ({error.filename or 'no file'})")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bootstrap", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    return parser.parse_args(arguments)


def _steps(lock: str) -> None:
    from scripts import catalogues, environments
    from scripts.steps import SetupError

    environments.make_app(lock)
    catalogues.compile_all()
    try:
        environments.make_rasa()
    except SetupError as error:
        _without_understanding(error)
        return
    _train()


def _without_understanding(error: SetupError) -> None:
    """No Python 3.10 leaves menus and numbers, which is worth running; in CI it is a failure."""
    from scripts.steps import say

    if error.code != "setup.no_python_310" or os.environ.get("CI"):
        raise error
    say(str(error))
    say("going on in menu-only mode: numbers, command words and answers work, free text does not")


def _train() -> None:
    """Train when the data changed; `hala train` knows by the data's fingerprint."""
    from scripts.environments import APP
    from scripts.steps import CHECKOUT, SetupError

    done = subprocess.run([str(APP / "bin" / "hala"), "train"], cwd=CHECKOUT, check=False)
    if done.returncode:
        raise SetupError("setup.train_failed", f"`hala train` ended with {done.returncode}")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
