"""A display of its own (Xvfb) with a mouse and a keyboard that are real to the programs on it: input comes by XTEST.

There is no window manager, so its duties are done here: a window is put somewhere, raised, and given the keyboard.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from ctypes import c_char_p, c_int, c_ubyte, c_uint, c_ulong, c_void_p

X11, XTEST = "libX11.so.6", "libXtst.so.6"
KEYS = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L", "\n": "Return", " ": "space", "/": "slash",
        ".": "period", "-": "minus", "_": "underscore"}  # fmt: skip
SHIFTED = set('ABCDEFGHIJKLMNOPQRSTUVWXYZ_"{}:<>?|~!@#$%^&*()+')
REVERT_TO_PARENT = 2


def missing() -> str:
    """What this machine lacks for such a display, in a sentence; empty: nothing."""
    if sys.platform != "linux":
        return "needs X11"
    if shutil.which("Xvfb") is None:
        return "needs Xvfb (Debian: apt-get install xvfb)"
    try:
        ctypes.CDLL(XTEST)
    except OSError:
        return "needs the XTEST library (Debian: apt-get install libxtst6)"
    return ""


class Display:
    """A screen and the hands before it. Positions are pixels of the screen."""

    def __init__(self, width: int = 2400, height: int = 1000) -> None:
        read, write = os.pipe()
        words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"
        self._x, self._test = ctypes.CDLL(X11), ctypes.CDLL(XTEST)
        for function, takes, gives in (
            (self._x.XOpenDisplay, [c_char_p], c_void_p),
            (self._x.XCloseDisplay, [c_void_p], c_int),
            (self._x.XSync, [c_void_p, c_int], c_int),
            (self._x.XStringToKeysym, [c_char_p], c_ulong),
            (self._x.XKeysymToKeycode, [c_void_p, c_ulong], c_ubyte),
            (self._x.XSetInputFocus, [c_void_p, c_ulong, c_int, c_ulong], c_int),
            (self._x.XRaiseWindow, [c_void_p, c_ulong], c_int),
            (self._x.XMoveResizeWindow, [c_void_p, c_ulong, c_int, c_int, c_uint, c_uint], c_int),
            (self._x.XInternAtom, [c_void_p, c_char_p, c_int], c_ulong),
            (self._x.XGetSelectionOwner, [c_void_p, c_ulong], c_ulong),
            (self._test.XTestFakeMotionEvent, [c_void_p, c_int, c_int, c_int, c_ulong], c_int),
            (self._test.XTestFakeButtonEvent, [c_void_p, c_uint, c_int, c_ulong], c_int),
            (self._test.XTestFakeKeyEvent, [c_void_p, c_uint, c_int, c_ulong], c_int),
        ):
            function.argtypes, function.restype = takes, gives
        # a window that is gone by the time it is asked for is no reason to end the tests
        self._calm = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)(lambda *_: 0)
        self._x.XSetErrorHandler(self._calm)
        self._display = self._x.XOpenDisplay(self.name.encode())
        assert self._display, f"no display {self.name}"

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
        self._server.terminate()
        self._server.wait()

    def _sync(self) -> None:
        self._x.XSync(self._display, 0)

    # the window manager

    def front(self, window: int) -> None:
        """Raise a window and give it the keyboard."""
        self._x.XRaiseWindow(self._display, window)
        self._x.XSetInputFocus(self._display, window, REVERT_TO_PARENT, 0)
        self._sync()

    def put(self, window: int, left: int, top: int, width: int, height: int) -> None:
        """Move a window there and make it as large."""
        self._x.XMoveResizeWindow(self._display, window, left, top, width, height)
        self._sync()

    def owner(self, selection: str = "CLIPBOARD") -> int:
        """The window that owns a selection; 0: nobody does."""
        atom = self._x.XInternAtom(self._display, selection.encode(), 0)
        return int(self._x.XGetSelectionOwner(self._display, atom))

    # the hands

    def move(self, x: float, y: float) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, round(x), round(y), 0)
        self._sync()

    def button(self, down: bool, number: int = 1) -> None:
        self._test.XTestFakeButtonEvent(self._display, number, int(down), 0)
        self._sync()

    def click(self, x: float, y: float, number: int = 1) -> None:
        self.move(x, y)
        self.button(True, number)
        self.button(False, number)

    def glide(self, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        """Move from here to there by way of points between."""
        for step in range(1, steps + 1):
            share = step / steps
            self.move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)

    def hold(self, key: str, down: bool) -> None:
        symbol = self._x.XStringToKeysym(KEYS.get(key, key).encode())
        code = self._x.XKeysymToKeycode(self._display, symbol)
        assert code, f"no key {key!r} on this keyboard"
        self._test.XTestFakeKeyEvent(self._display, code, int(down), 0)
        self._sync()

    def press(self, keys: str) -> None:
        """Press a key, with others held: `ctrl+shift+z`."""
        each = keys.split("+")
        for key in each:
            self.hold(key, True)
        for key in reversed(each):
            self.hold(key, False)

    def type(self, text: str) -> None:
        for char in text:
            self.press(f"shift+{char}" if char in SHIFTED else char)
