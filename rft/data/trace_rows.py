"""Training rows of a trace: each step with the steps before it as its history."""

from __future__ import annotations

from collections.abc import Iterator

from agentkit.recorded.pictures import image_size
from agentkit.recorded.traces import Trace
from rft.data.row_ids import RowId
from rft.data.rows import NavigationRow, Past


def rows_of(trace: Trace, history_images: int = 0) -> Iterator[NavigationRow]:
    """One training row for each step, its history the steps before it; row ids are `<trace id>/<step from 0>`.

    With `history_images` the last so many past steps of a row keep their screenshots, for prompt protocols that show
    them. A screenshot without a `size` is opened once to learn it: DataError when that fails.
    """
    past: list[Past] = []
    for index, step in enumerate(trace.steps):
        size = step.size or ((1, 1) if step.image is None else image_size(step.image))
        shown = len(past) - history_images
        history = tuple(p if i >= shown else Past(p.action, p.thought, p.conclusion) for i, p in enumerate(past))
        yield NavigationRow(
            number=trace.number,
            image=step.image,
            size=size,
            goal=trace.goal,
            history=history,
            action=step.action,
            thought=step.thought,
            conclusion=step.conclusion,
            id=str(RowId(trace.id, index)),
            app=trace.app,
            task=trace.task,
            source=trace.source,
            boxes=() if step.box is None else (step.box,),
        )
        past.append(Past(step.action, step.thought, step.conclusion, step.image))
