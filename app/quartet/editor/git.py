"""What git knows of a file: the version of it that was committed last. Nothing of the repository is executed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer

LONGEST = 10_000
"""Milliseconds after which git is not waited for any more."""


@cache
def _installed(path: str) -> bool:
    """Whether a program called git is on this path. To look costs a dozen calls, and menus ask after every edit."""
    return shutil.which("git", path=path) is not None


def in_work_tree(path: Path) -> bool:
    """Whether a file lies in a work tree of git, and git is there. Looks at folders only."""
    return _installed(os.environ.get("PATH", "")) and any((folder / ".git").exists() for folder in path.parents)


def committed(parent: QObject, path: Path, then: Callable[[bytes | None, str], None]) -> QProcess:
    """Read a file as it is in the last commit (HEAD); `then` gets its content, or None and why not."""
    process = QProcess(parent)
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("GIT_OPTIONAL_LOCKS", "0")
    environment.insert("LC_ALL", "C")
    process.setProcessEnvironment(environment)
    process.setWorkingDirectory(str(path.parent))
    clock = QTimer(process, singleShot=True, interval=LONGEST)
    clock.timeout.connect(process.kill)

    def ended(*_: object) -> None:
        clock.stop()
        process.deleteLater()
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        if process.error() == QProcess.ProcessError.FailedToStart:
            then(None, "git cannot be started.")
        elif process.exitStatus() != QProcess.ExitStatus.NormalExit:
            then(None, "git did not answer in time.")
        elif process.exitCode() != 0:
            then(None, said.removeprefix("fatal: ") or "git says no more.")
        else:
            then(bytes(process.readAllStandardOutput().data()), "")

    process.finished.connect(ended)
    process.errorOccurred.connect(lambda error: ended() if error == QProcess.ProcessError.FailedToStart else None)
    clock.start()
    # unlike `git show`, this neither filters nor converts: no program that the repository names is started
    process.start("git", ["cat-file", "blob", f"HEAD:./{path.name}"])
    return process
