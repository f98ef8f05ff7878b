"""Make the environment that `make run` and `make test` use: .venv with pinned packages, and Qt's system libraries.

Needs nothing but the standard library. A second call finds its stamp and ends at once.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "quartet-env.stamp"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"

# What Qt loads: library → Debian package. Without the first group no Qt program starts, not even off screen.
OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
}
WINDOWS = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}


def fingerprint() -> str:
    """What the environment depends on; when it changes, packages are installed again."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in (ROOT / "pyproject.toml", CONSTRAINTS, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def missing(libraries: dict[str, str]) -> list[str]:
    """The Debian packages of the libraries that cannot be loaded."""
    packages = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            if package not in packages:
                packages.append(package)
    return packages


def debian_names(packages: list[str]) -> list[str]:
    """Debian 13 and Ubuntu 24.04 renamed a package in the 64-bit time transition."""
    names = []
    for package in packages:
        if package == "libglib2.0-0":
            known = subprocess.run(["apt-cache", "show", "libglib2.0-0t64"], capture_output=True, check=False)
            package = "libglib2.0-0t64" if known.returncode == 0 and known.stdout.strip() else package
        names.append(package)
    return names


def install_system(packages: list[str], why: str) -> bool:
    """Install Debian packages: as root without a terminal at once, with one after asking, else print the line."""
    if not packages:
        return True
    if not shutil.which("apt-get"):
        print(f"{why} Please install what your system calls: {' '.join(packages)}", file=sys.stderr)
        return False
    root = os.geteuid() == 0
    asked = sys.stdin is not None and sys.stdin.isatty()
    sudo = [] if root else ["sudo"] if asked else ["sudo", "-n"]
    packages = debian_names(packages)
    line = " ".join([*([] if root else ["sudo"]), "apt-get", "install", "-y", "--no-install-recommends", *packages])
    if asked:
        print(f"{why}\n\n    {line}\n")
        if input("Run this now? [Y/n] ").strip().lower() not in ("", "y", "yes"):
            return False
    elif not root and not succeeds([*sudo, "true"]):
        print(f"{why} Please run:\n\n    {line}\n", file=sys.stderr)
        return False
    else:
        print(f"{why} Installing: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if succeeds(install, environment):
        return True
    succeeds([*sudo, "apt-get", "update", "-qq"], environment)
    if succeeds(install, environment):
        return True
    print(f"That did not work. Please run:\n\n    {line}\n", file=sys.stderr)
    return False


def succeeds(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Whether the command can be started and ends well; what it prints is not shown."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def make_venv() -> bool:
    """A fresh .venv with pip; Debian's Python needs a package for that."""
    if PYTHON.exists() and succeeds([str(PYTHON), "-m", "pip", "--version"]):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"Making .venv with Python {platform.python_version()}", flush=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    if first.returncode == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if "ensurepip" in first.stdout + first.stderr or "No module named venv" in first.stderr:
        if not install_system([f"python{version}-venv"], "This Python cannot make virtual environments yet."):
            return False
        return subprocess.run(command, check=False).returncode == 0
    print(first.stdout + first.stderr, file=sys.stderr)
    return False


def install_packages() -> bool:
    """Quartet itself (editable), what it needs and what its tests need, at the pinned versions."""
    environment = {**os.environ, "PIP_CONSTRAINT": str(CONSTRAINTS), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
    print("Installing packages (the first time this takes a minute or two)", flush=True)
    for what in (["pip"], ["--editable", ".", "--group", "dev"]):
        done = subprocess.run([*pip, *what], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            print("pip could not install the packages; the lines above say why.", file=sys.stderr)
            return False
    return True


def main() -> int:
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and (VENV / "bin" / "quartet").exists():
        return 0
    if not make_venv() or not install_packages():
        return 1
    if sys.platform.startswith("linux"):
        needed = missing(OFFSCREEN)
        if not install_system(needed + missing(WINDOWS), "Qt needs system libraries that are not here."):
            if needed:
                return 1
            print("Windows cannot be shown until then; the command line and the tests work.", file=sys.stderr)
            return 0  # no stamp: the next call looks again
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
