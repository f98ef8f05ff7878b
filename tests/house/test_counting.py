"""What the tests of growth rely on: work is counted alike every time, and a square is told from a line."""

from counting import growth, lines_of


def test_work_is_counted_alike_every_time() -> None:
    def work() -> None:
        sum(number for number in range(100))

    assert lines_of(work) == lines_of(work) > 100


def test_a_square_is_told_from_a_line() -> None:
    assert 7 < growth(lambda size: lambda: {n + 1 for n in range(size)}, 100, 800) < 9
    assert 50 < growth(lambda size: lambda: [(n, m) for n in range(size) for m in range(size)], 10, 80) < 66
