"""A short command from nothing: `find` for one person in a small register, interpreter start included.

Bar: below 0.7 s and 200 MB.
"""

from statistics import median

from bench.lib import places, product
from bench.lib.options import Options
from bench.lib.report import Figure, Result

RUNS = 9
PEOPLE = (
    {"id": "1", "names": ["Mounir El Touzani"], "birth_dates": ["1974-09-03"], "nationalities": ["ma"]},
    {"id": "2", "names": ["منير التوزاني"], "birth_dates": ["1974"]},
    {"id": "3", "names": ["Мунир Эль Тузани"]},
)


def run(options: Options) -> Result:
    """Ask a register of three, several times; the median counts, the first run (cold file cache) is told apart."""
    register = product.write_records(places.scratch("data", "three.jsonl"), PEOPLE)
    asked = product.write_records(
        places.scratch("data", "one.jsonl"), [{"id": "q", "names": ["Munir al Tuzani"], "birth_dates": ["1974"]}]
    )
    out = places.scratch("out", "cold_start.csv")
    runs = [product.find(register, asked, out, cores=options.cores) for _ in range(RUNS)]
    figures = [
        Figure(name="seconds", ours=median(r.wall_s for r in runs), bar=0.7, more_is_better=False, checked=False),
        Figure(name="seconds, first run", ours=runs[0].wall_s, more_is_better=False, checked=False),
        Figure(name="peak MB", ours=max(r.peak_mb for r in runs), bar=200, more_is_better=False, checked=False),
    ]
    return Result(name="cold-start", figures=figures)
