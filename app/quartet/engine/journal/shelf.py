"""The shelf: the folder in which the journals of real runs stand, how a run is found in it, and when one is thrown out.

A file is called after the time its run began, the graph and the run (`20261122T184512345Z-newsroom-3f9c2a1b7d04.run`),
so that a listing of the folder is in order and says what is what. Beside a file may stand one of the same name with
`.keep` at its end: the run is pinned and stays whatever its age.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from quartet.engine.journal.summary import PINNED, SIDES, Summaries, Summary, size_of

SUFFIX = ".run"
FOLDER = "QUARTET_RUNS"
DAYS = "QUARTET_RUNS_DAYS"
MEGABYTES = "QUARTET_RUNS_MB"
KEEP_DAYS = 30.0
KEEP_MEGABYTES = 1_000.0
_DAY = 86_400.0
_MB = 1_000_000


class NoSuchRun(LookupError):  # noqa: N818  # what a person is told
    """No run, or more than one, is meant by what was given; the text says which there are."""


class Policy(NamedTuple):
    """How much old runs may take up; None: without limit."""

    days: float | None = KEEP_DAYS
    megabytes: float | None = KEEP_MEGABYTES

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Policy:
        """What the environment states; 0 is “without limit”.

        Raises:
            ValueError: what it states is no number; names the variable.
        """
        return cls(_stated(environment, DAYS, KEEP_DAYS), _stated(environment, MEGABYTES, KEEP_MEGABYTES))


class Removed(NamedTuple):
    """A run that was thrown out, and why: `age` or `size`."""

    run: Summary
    why: str


class Pruned(NamedTuple):
    """What came of a pruning: what was removed, and what would have been, were it not needed, with the reason."""

    removed: tuple[Removed, ...]
    spared: tuple[tuple[Summary, str], ...]


def _stated(environment: Mapping[str, str], name: str, default: float) -> float | None:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"The environment variable {name} is “{text}”; state a number from 0, 0 for no limit.")
    return number or None


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where journals stand unless a path is stated: `QUARTET_RUNS`, else `quartet/runs` in the user's state folder."""
    stated = environment.get(FOLDER)
    if stated:
        return Path(stated)
    import platformdirs

    return platformdirs.user_state_path("quartet", appauthor=False) / "runs"


class Shelf:
    """The journals in one folder. Nothing is made before the first run is put there."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else default_folder()
        self._summaries = Summaries(self.folder)

    # ------------------------------------------------------------------ one run

    def place(self, run_id: str, name: str, now: float | None = None) -> Path:
        """The path for the journal of a run of a graph called `name` that begins `now` (seconds since 1970).

        Raises:
            OSError: the folder cannot be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        began = datetime.fromtimestamp(time.time() if now is None else now, UTC)
        moment = f"{began:%Y%m%dT%H%M%S}{began.microsecond // 1000:03}Z"
        return self.folder / f"{moment}-{_slug(name)}-{run_id}{SUFFIX}"

    def find(self, text: str) -> Path:
        """The journal that is meant: by `last`, a path, an id or the unique beginning of one, or a graph's name (the
        latest run of it).

        Raises:
            NoSuchRun: none is meant, or more than one.
        """
        path = Path(text)
        if path.suffix == SUFFIX or os.sep in text or path.is_file():
            if path.is_file():
                return path
            beside = self.folder / text
            if os.sep not in text and beside.is_file():
                return beside
            raise NoSuchRun(f"There is no journal {text}. `quartet runs` lists the runs that are kept.")
        there = self.paths()
        if text == "last":
            if there:
                return there[0]
            raise NoSuchRun(f"No run is kept in {self.folder} yet. `quartet run FILE` makes one.")
        wanted = text.lower()
        ids = {id_of(path).lower(): path for path in there}
        if wanted in ids:
            return ids[wanted]
        found = [path for id, path in ids.items() if wanted and id.startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(id_of(path) for path in found[:5]) + (" …" if len(found) > 5 else "")
            raise NoSuchRun(f"“{text}” is the beginning of {len(found)} runs: {some}. Type more of it.")
        named = [path for path in there if slug_of(path) == _slug(text)]
        if named:
            return named[0]
        raise NoSuchRun(f"No run is called “{text}”. `quartet runs` lists the runs that are kept.")

    def pin(self, path: Path) -> None:
        """Keep this run whatever its age.

        Raises:
            OSError: it cannot be marked.
        """
        path.with_name(path.name + PINNED).touch()

    def unpin(self, path: Path) -> None:
        """Let this run go when its time has come.

        Raises:
            OSError: the mark cannot be taken away.
        """
        path.with_name(path.name + PINNED).unlink(missing_ok=True)

    # ------------------------------------------------------------------ all of them

    def paths(self) -> list[Path]:
        """The journals in the folder, the latest first."""
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.name.endswith(SUFFIX) and entry.is_file()]
        except OSError:
            return []
        return [self.folder / name for name in sorted(names, reverse=True)]

    def runs(self, *, besides: Collection[Path] = ()) -> list[Summary]:
        """What is on the shelf, the latest first; also files that cannot be read, with what is wrong with them.

        `besides`: journals that are not looked at, for their runs are followed by whoever asks.
        """
        return self._summaries.of([path for path in self.paths() if path not in besides])

    def latest(self, name: str) -> Path | None:
        """The journal of the latest run of a graph called `name`, without opening any; None: there is none."""
        slug = _slug(name)
        return next((path for path in self.paths() if slug_of(path) == slug), None)

    # ------------------------------------------------------------------ throwing out

    def prune(
        self, policy: Policy, *, now: float | None = None, look_only: bool = False, besides: Path | None = None
    ) -> Pruned:
        """Throw out what is too old, then the oldest until the rest is small enough; never what is still needed.

        Needed are runs that are going on, that can be resumed, that a kept run was forked from, that are pinned, and
        files that cannot be read; and `besides`, whatever it is. `look_only`: only say what would be done.
        """
        now = time.time() if now is None else now
        paths = self.paths()
        sizes = {path: size_of(path) for path in paths}
        too_old = [path for path in paths if policy.days is not None and now - began_at(path) > policy.days * _DAY]
        limit = float("inf") if policy.megabytes is None else policy.megabytes * _MB
        if not too_old and sum(sizes.values()) <= limit:
            return Pruned((), ())  # the usual case; no file needs to be opened
        pruning = _Pruning(self, {run.path: run for run in self.runs()}, sizes, besides, look_only=look_only)
        # from the latest to the oldest: a fork goes before what it came from, which then is needed no more
        for path in too_old:
            pruning.let_go(path, "age")
        freed = True
        while freed and pruning.left > limit:
            # once more if a fork went, for what it came from may go now
            freed = False
            for path in reversed(paths):
                if pruning.left > limit:
                    freed |= pruning.let_go(path, "size")
        return Pruned(tuple(pruning.removed), tuple(pruning.spared.values()))

    def remove(self, path: Path) -> None:
        """Throw one run out, with what belongs to its file.

        Raises:
            OSError: it cannot be removed.
        """
        path.unlink()
        for side in SIDES[1:]:
            with contextlib.suppress(OSError):
                path.with_name(path.name + side).unlink(missing_ok=True)


class _Pruning:
    """One pruning: what is still there, and what is needed of it."""

    def __init__(
        self,
        shelf: Shelf,
        runs: dict[Path, Summary],
        sizes: dict[Path, int],
        besides: Path | None,
        *,
        look_only: bool,
    ) -> None:
        self._shelf, self._runs, self._sizes, self._besides = shelf, runs, sizes, besides
        self._look_only = look_only
        self._needed = _needed(runs.values())
        self.left = sum(sizes.values())
        self.removed: list[Removed] = []
        self.spared: dict[Path, tuple[Summary, str]] = {}

    def let_go(self, path: Path, why: str) -> bool:
        """Remove a run unless it is needed. True: it is gone, and another one may be needed no more."""
        run = self._runs.get(path)
        if run is None or path == self._besides:
            return False
        if path in self._needed:
            self.spared[path] = (run, self._needed[path])
            return False
        try:
            if not self._look_only:
                self._shelf.remove(path)
        except OSError as problem:
            self.spared[path] = (run, f"it cannot be removed: {problem.strerror or problem}")
            return False
        self.removed.append(Removed(run, why))
        self.spared.pop(path, None)
        del self._runs[path]
        self.left -= self._sizes[path]
        if run.parent is None:
            return False
        self._needed = _needed(self._runs.values())
        return True


def _needed(runs: Iterable[Summary]) -> dict[Path, str]:
    """What must stay, and why."""
    runs = list(runs)
    children: dict[str, str] = {}
    for run in runs:
        if run.parent is not None:
            children.setdefault(run.parent, run.id)
    found: dict[Path, str] = {}
    for run in runs:
        if run.state == "unreadable":
            found[run.path] = "it cannot be read"
        elif run.carried:
            found[run.path] = "it is going on"
        elif run.pinned:
            found[run.path] = "it is pinned"
        elif run.resumable:
            found[run.path] = "it can be resumed"
        elif run.id in children:
            found[run.path] = f"run {children[run.id]} was forked from it"
    return found


_NAME = re.compile(r"(?P<began>\d{8}T\d{9})Z-(?P<slug>.*)-(?P<id>[^-]+)\.run")


def id_of(path: Path) -> str:
    """The id of the run whose journal is called so; the name itself where it is none of ours."""
    match = _NAME.fullmatch(path.name)
    return match["id"] if match else path.stem


def slug_of(path: Path) -> str:
    """The name of the graph as the file's name has it."""
    match = _NAME.fullmatch(path.name)
    return match["slug"] if match else path.stem


def began_at(path: Path) -> float:
    """When the run began, in seconds since 1970; of a file with another name, when it was last changed."""
    match = _NAME.fullmatch(path.name)
    if match:
        with contextlib.suppress(ValueError):
            return datetime.strptime(match["began"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC).timestamp()
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _slug(name: str) -> str:
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name.lower()))
    return "-".join(words)[:40].strip("-") or "run"
