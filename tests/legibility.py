"""What is wrong with the words of a drawing: those that leave it, stand in one another, or stand over a mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from shp_analysis.charts import drawing
from shp_analysis.page.style import use_house_style

TOUCH = 0.75
"""Pixels that the boxes of two texts may share: a box is a little larger than its letters."""
GAP = 3
"""Pixels that have to lie between two texts in one line: closer ones read as one."""


@contextmanager
def keep_drawings() -> Iterator[list[Canvas]]:
    """Keep every canvas that charts draw inside a `with` block, as it was when it was saved."""
    kept: list[Canvas] = []
    save = drawing.save_svg

    def keep(canvas: Canvas) -> str:
        kept.append(canvas)
        return save(canvas)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "save_svg", keep)
        yield kept


def list_faults(canvas: Canvas) -> list[str]:
    """List the faults of a drawing's words in words; empty where all can be read."""
    with use_house_style():
        canvas.draw_without_rendering()
        boxes = [(_words(text), text.get_window_extent()) for text in find_texts(canvas)]
        written = [(_words(text), text.get_window_extent()) for axes in canvas.axes for text in axes.texts]
        marks = [mark for axes in canvas.axes if not axes.images for mark in _find_marks(axes)]
    faults = [f"'{words}' leaves the drawing" for words, box in boxes if not _is_within(box, canvas)]
    faults += [
        f"'{one}' and '{other}' stand in each other, or too close"
        for (one, first), (other, second) in combinations(boxes, 2)
        if _overlap(first, second)
    ]
    return faults + [f"'{words}' stands over a mark" for words, box in written if _covers(box, marks)]


def find_texts(canvas: Canvas) -> list[Text]:
    """List the texts that a reader sees."""
    with use_house_style():
        canvas.draw_without_rendering()
    found = [text for axes in canvas.axes for text in (*axes.texts, *_find_around(axes))]
    found += [text for legend in canvas.legends for text in legend.get_texts()]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _find_around(axes: Axes) -> list[Text]:
    titles = [axes.title, axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label]  # type: ignore[attr-defined]
    ticks = [tick for axis in (axes.xaxis, axes.yaxis) for tick in axis._update_ticks()]  # type: ignore[attr-defined]
    return [*titles, *(label for tick in ticks for label in (tick.label1, tick.label2))]


def _find_marks(axes: Axes) -> list[np.ndarray]:
    lines = [line for line in axes.lines if line.get_marker() not in {"None", None, "", " "}]
    found = [line.get_transform().transform(line.get_xydata()) for line in lines]
    found += [
        each.get_offset_transform().transform(each.get_offsets())
        for each in axes.collections
        if isinstance(each, PathCollection)
    ]
    return [place for places in found for place in np.asarray(places)]


def _words(text: Text) -> str:
    return " ".join(text.get_text().split())


def _is_within(box: Bbox, canvas: Canvas) -> bool:
    edge = canvas.bbox
    return bool(
        box.x0 >= -TOUCH and box.y0 >= -TOUCH and box.x1 <= edge.width + TOUCH and box.y1 <= edge.height + TOUCH
    )


def _overlap(first: Bbox, second: Bbox) -> bool:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return bool(width > -GAP and height > TOUCH)


def _covers(box: Bbox, marks: Sequence[np.ndarray]) -> bool:
    return any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for x, y in marks)
