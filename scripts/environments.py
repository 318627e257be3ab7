"""Makes the two environments from their hash-locked requirements.

Two, because Rasa 3.6 pins Python below 3.11 and releases that the application cannot use. Each
carries a stamp with the hash of its lock file, so that a second setup has nothing to do.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from scripts.pythons import find_rasa_python
from scripts.steps import (
    CHECKOUT,
    SetupError,
    fingerprint,
    need_space,
    read_stamp,
    run,
    say,
    timed,
    write_stamp,
)

APP = CHECKOUT / ".venv"
RASA = CHECKOUT / ".venv-rasa"
REQUIREMENTS = CHECKOUT / "requirements"
APP_MEGABYTES = 1500
RASA_MEGABYTES = 3500

PIP = ["-m", "pip", "install", "--no-input", "--no-compile", "--require-hashes"]
# A shell line instead of `#!python`: the kernel cuts such lines at 127 characters.
LAUNCHER = """#!/bin/sh
exec "{python}" -c 'import sys; from {module} import {function}; sys.exit({function}())' "$@"
"""


def make_app(lock: str) -> None:
    """The application's environment from `app` or `dev`, which holds all of `app`."""
    locks = ["app", "dev"] if lock == "dev" else ["app"]
    wanted = {name: fingerprint(REQUIREMENTS / f"{name}.txt") for name in locks}
    if not _made(APP, wanted):
        need_space(CHECKOUT, APP_MEGABYTES)
        timed(f"application environment ({lock})", lambda: _install_app(lock))
        write_stamp(APP, **wanted)
    link_project(APP)


def make_rasa() -> None:
    """Rasa's environment; raises `SetupError` when there is no Python 3.10."""
    lock = REQUIREMENTS / "rasa.txt"
    wanted = {"rasa": fingerprint(lock)}
    if _made(RASA, wanted):
        return
    python = find_rasa_python()
    need_space(CHECKOUT, RASA_MEGABYTES)
    timed(f"Rasa environment on {python}", lambda: _install_rasa(python, lock))
    write_stamp(RASA, **wanted)


def link_project(environment: Path) -> None:
    """Make the checkout importable and write `hala`, as an editable install would, without needing
    a build backend (and so the network) for it."""
    site = next((environment / "lib").glob("python*/site-packages"))
    _write(site / "hala.pth", f"{CHECKOUT}\n")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, target in project["scripts"].items():
        module, function = target.split(":")
        script = environment / "bin" / name
        python = environment / "bin" / "python"
        _write(script, LAUNCHER.format(python=python, module=module, function=function))
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _made(environment: Path, wanted: dict[str, str]) -> bool:
    runs = (environment / "bin" / "python").exists()  # False when its Python was uninstalled
    return runs and wanted.items() <= read_stamp(environment).items()


def _install_app(lock: str) -> None:
    create("app", Path(sys.executable), APP)
    _install(APP, REQUIREMENTS / f"{lock}.txt")
    _compile(APP)


def _install_rasa(python: Path, lock: Path) -> None:
    create("rasa", python, RASA)
    _install(RASA, lock, "--no-deps")
    # 140 MB of C headers, needed only to build TensorFlow extensions.
    for headers in RASA.glob("lib/python*/site-packages/tensorflow/include"):
        shutil.rmtree(headers, ignore_errors=True)
    _compile(RASA)


def create(name: str, python: Path, folder: Path) -> None:
    """An empty environment, unless one that runs stands there already."""
    if (folder / "bin" / "python").exists() and (folder / "bin" / "pip").exists():
        return
    try:
        run(f"{name}-venv", [str(python), "-m", "venv", "--clear", str(folder)])
    except SetupError as error:
        if "ensurepip" in str(error) or not (folder / "bin" / "pip").exists():
            raise SetupError(
                "setup.no_venv",
                f"{python} cannot make environments; on Debian install python3-venv ({error})",
            ) from None
        raise


def _install(environment: Path, lock: Path, *options: str) -> None:
    python = str(environment / "bin" / "python")
    requirements = len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    command = [python, *PIP, *options, "-r", str(lock)]
    run(lock.stem, command, _counter(lock.stem, requirements))


def _counter(name: str, total: int, every: int = 30) -> Callable[[str], None]:
    """Tells now and then how many packages were fetched, so that a slow line is not silence."""
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if line.startswith("Collecting "):
            seen += 1
            if seen % every == 0:
                say(f"{name}: {seen} of {total} packages")
        elif line.startswith("Installing collected"):
            say(f"{name}: unpacking {total} packages")

    return count


def _compile(environment: Path) -> None:
    """Bytecode once, on all cores: without it the first import of Rasa alone takes 16 s."""
    python = str(environment / "bin" / "python")
    # A few packages ship templates that are no Python; compileall reports them with status 1.
    code = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)"
    name = f"{environment.name.strip('.')}-bytecode"
    run(name, [python, "-c", code, str(environment / "lib")])


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
