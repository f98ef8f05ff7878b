"""What lies over the drawing does not hide it: the overview, the zoom buttons, the regions, their tints and names."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from quartet.editor.canvas.regions import LEAST
from quartet.editor.canvas.view import Canvas
from quartet.graph.model import Agent, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Tree
from quartet.patterns.verdict import Verdict


def judge(canvas: Canvas, tree: Tree) -> None:
    canvas.document.verdict = Verdict(tree, "pipeline", "high")
    canvas.document.verdict_changed.emit()


def spread(places: list[tuple[float, float]]) -> Graph:
    graph = Graph(name="Spread")
    for number, place in enumerate(places):
        graph.agents[f"a{number}"] = Agent(id=f"a{number}", kind="template", name=f"A{number}")
        graph.positions[f"a{number}"] = place
    return graph


def under(canvas: Canvas, id: str) -> bool:
    box = canvas.mapFromScene(canvas.canvas_scene.cards[id].mapRectToScene(0, 0, 184, 62)).boundingRect()
    return any(not each.isHidden() and each.geometry().intersects(box) for each in (canvas.minimap, canvas.zoom_bar))


def test_what_is_brought_in_lies_neither_under_the_overview_nor_under_the_zoom_buttons(make_canvas) -> None:
    canvas = make_canvas(spread([(0, 0), (3000, 2000)]))
    canvas.zoom_to(1.0)
    for corner in (canvas.minimap, canvas.zoom_bar):
        for show in (canvas.bring_in, canvas.reveal):
            canvas.scroll_by(canvas.mapFromScene(0, 0) - corner.geometry().center())
            assert not corner.isHidden() and under(canvas, "a0")
            show({"a0"})
            assert not under(canvas, "a0")
            assert canvas.visible_scene_rect().contains(0, 0) and canvas.visible_scene_rect().contains(184, 62)


def test_a_narrow_view_has_no_overview_that_would_hide_it(make_canvas) -> None:
    places = [(0.0, 0.0), (3000.0, 2000.0)]
    for size, shown in (((1200, 800), True), ((380, 800), False), ((1200, 240), False)):
        canvas = make_canvas(spread(places), size)
        canvas.zoom_to(1.0)
        assert canvas.minimap.isHidden() is not shown


def test_regions_that_lie_over_one_another_by_the_dozen_do_not_add_up_to_a_solid_colour(make_canvas) -> None:
    apart = make_canvas(spread([(0, 300.0 * n) for n in range(40)]))
    branches = tuple(Pipeline(stages=(Leaf(f"a{n}"), Leaf(f"a{n + 1}"))) for n in range(0, 40, 2))
    judge(apart, FanOut(branches=branches))
    tint = apart.canvas_scene.regions._fills["pipeline"].color().alphaF()
    assert tint > LEAST

    crossing = make_canvas(spread([(3000.0 * (n % 2), 3000.0 * (n % 2) + 5 * n) for n in range(40)]))
    judge(crossing, FanOut(branches=branches))
    layer = crossing.canvas_scene.regions
    assert layer._fills["pipeline"].color().alphaF() * len(branches) < 4 * tint
    judge(crossing, FanOut(branches=(Leaf("a0"), Leaf("a1"))))
    assert layer._fills["pipeline"].color().alphaF() == tint


def test_the_name_of_a_region_covers_no_card_where_there_is_another_place(make_canvas) -> None:
    canvas = make_canvas(spread([(0, 0), (2000, 900), (40, 1010)]))
    judge(canvas, Pipeline(stages=(Leaf("a0"), Leaf("a1"))))
    canvas.zoom_to(0.5)
    canvas.centerOn(1000, 500)
    canvas.grab()
    names = canvas.canvas_scene.region_names
    ((_, title, chip),) = names._laid
    assert title == "Pipeline"
    scene = canvas.mapToScene(chip.toRect()).boundingRect()
    cards = [canvas.canvas_scene.cards[id].mapRectToScene(0, 0, 184, 62) for id in ("a0", "a1", "a2")]
    assert not any(scene.intersects(card) for card in cards)
    left = canvas.mapToScene(chip.toRect()).boundingRect().center().x() < 1000
    assert not left  # the first place, at the bottom left, is where the third card stands


def test_a_long_remark_goes_on_in_the_next_line_and_stands_until_it_is_read(make_canvas) -> None:
    long = "One leaves here and another leaves there, and a sub-graph has one result. " * 4
    for size in ((1200, 800), (300, 400)):
        canvas = make_canvas(spread([(0, 0)]), size)
        remark, view = canvas.remark, canvas.viewport().rect()
        for at in (view.topLeft(), view.center(), view.bottomRight()):
            remark.tell(long, at)
            assert view.contains(remark.geometry())
            assert remark.height() >= remark.heightForWidth(remark.width()) > 3 * remark.fontMetrics().height()
            assert remark._timer.interval() > 10_000
            remark.tell("Nothing is selected.", at)
            assert view.contains(remark.geometry())
            assert remark.height() < 2 * remark.fontMetrics().height() + 16
            assert remark._timer.interval() < 5_000


def test_the_overview_follows_the_view_wherever_one_looks(make_canvas) -> None:
    canvas = make_canvas(spread([(0, 0), (900, 300), (2400, 1200)]))
    canvas.zoom_to(1.0)
    for _ in range(3):
        canvas.scroll_by(QPoint(60, 35))
        QApplication.processEvents()
        on_screen = canvas.screen().grabWindow(canvas.winId()).toImage().copy(canvas.minimap.geometry())
        inside = on_screen.rect().adjusted(4, 4, -4, -4)  # its rounded corners let the drawing through
        assert on_screen.copy(inside) == canvas.grab(canvas.minimap.geometry()).toImage().copy(inside)
