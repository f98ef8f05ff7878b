"""What every test relies on: no display, no network, no traces in the user's folders, and no unexpected log."""

import gc
import logging
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = os.environ.get("QUARTET_TEST_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ.pop("OPENAI_API_KEY", None)

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import quartet.editor.overrides  # noqa: F401  # as the program does, before any class of the editor is made
from enduring import Trials

settings.register_profile(
    "quartet", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("endure", settings.get_profile("quartet"), derandomize=False, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quartet"))

if settings().derandomize:
    # Hypothesis also tries the constants of whatever modules are loaded by then. Which those are depends on the test
    # files that this worker happened to run before, so the same test would try other examples from run to run.
    assert callable(providers._get_local_constants), "Hypothesis calls it otherwise now"
    providers._get_local_constants = providers.Constants


TOLD: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("long trials (make endure)")
    group.addoption("--seconds", type=float, default=60.0, help="how long each long trial goes on")
    group.addoption("--seed", type=int, default=None, help="the first seed to try (default: a random one)")


@pytest.fixture
def trials(request: pytest.FixtureRequest) -> Iterator[Trials]:
    """Seeds for a test that is marked `endure`; what came of them is told at the end."""
    seed = request.config.getoption("--seed")
    found = Trials(random.randrange(10**6, 10**9) if seed is None else seed, request.config.getoption("--seconds"))
    yield found
    request.config.stash.setdefault(TOLD, []).append(f"{request.node.name}: {found.told()}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(line)


_of_windows = False


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before tests without a window their worker's thread deletes what tests of windows left in circles: a thread of
    theirs that searched memory would do it, and must not delete what is Qt's (`quartet.editor.manners`)."""
    global _of_windows
    before, _of_windows = _of_windows, "editor" in item.path.parts
    if before and not _of_windows:
        gc.collect()


class Patient(QtBot):
    """Waits so long that only what never comes is given up: how fast the machine is, is no question of a test."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = 60_000) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = 60_000, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)


def pytest_sessionfinish() -> None:
    """What a test copied must not be on the clipboard when Python goes: Qt would ask an object that is gone."""
    if "PySide6.QtGui" in sys.modules:
        from PySide6.QtGui import QGuiApplication

        if QGuiApplication.instance() is not None:
            QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """pytest-qt's, but the last window that a test closes does not end the loop that the next test runs."""
    qapp.setQuitOnLastWindowClosed(False)
    return qapp


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, but patient."""
    return Patient(request)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test: settings, recovery copies and trust never reach the person's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name[4:].lower()))
    return home


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning or an error in the log fails the test, unless it says `caplog.clear()` after looking at it."""
    yield
    loud = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not loud, "unexpected log: " + "; ".join(f"{r.name}: {r.getMessage()}" for r in loud)
