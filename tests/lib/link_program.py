"""A program that links two files in small batches, so that a test can kill it in the middle: ENGINE A B OUT WORK BATCH."""

import sys
from pathlib import Path

from tallystick.adapters.outputs import written
from tallystick.linkage import LinkPlan
from tallystick.node.linking import Linking
from tallystick.wiring import EngineChoice, linking_engine, opened_side


def main(engine: str, a: str, b: str, out: str, work: str, batch: str) -> None:
    with (
        linking_engine(EngineChoice(name=engine, work=Path(work))) as make,
        opened_side(a, "") as one,
        opened_side(b, "") as other,
    ):
        linking = Linking(one.chunks(), other.chunks(), plan=LinkPlan(batch=int(batch)), engine=make)
        with written(Path(out)) as write:
            for rows in linking.rows():
                write(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
