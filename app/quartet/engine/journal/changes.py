"""SQLite's log of changes beside a journal, which a killed program leaves: whether all of it can be read.

SQLite reads such a log up to the first page that is damaged and says nothing of what stands after it; people should
hear of that. The layout is stated at https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_HEAD = struct.Struct(">7I4x")
_FRAME = struct.Struct(">6I")
_BIG_ENDIAN = 0x377F0683
_MASK = 0xFFFFFFFF


def unread(journal: Path) -> int:
    """How many transactions of the log stand behind a damaged place, so that nobody can read them."""
    try:
        with journal.with_name(journal.name + "-wal").open("rb") as file:
            return _unread(file)
    except (OSError, struct.error):
        return 0  # no log, or none that was begun


def _unread(file: BinaryIO) -> int:
    start = file.read(32)
    magic, _, page, _, *salts, first = _HEAD.unpack(start)
    order = ">" if magic == _BIG_ENDIAN else "<"
    words = struct.Struct(f"{order}{page // 4}I")
    sums = _sum(struct.unpack(f"{order}6I", start[:24]), (0, 0))
    valid = sums[0] == first
    count = 0
    while len(head := file.read(24)) == 24 and len(data := file.read(page)) == page:
        _, size, *rest = _FRAME.unpack(head)
        if rest[:2] != salts:
            break  # left over from before the log was begun anew
        if valid:
            sums = _sum((*struct.unpack(f"{order}2I", head[:8]), *words.unpack(data)), sums)
            valid = list(sums) == rest[2:]
        if not valid and size:
            count += 1
    return count


def _sum(words: tuple[int, ...], sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two
