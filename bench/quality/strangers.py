"""False hits on persons who are not in a register of a million.

Bar: below one stranger in 1,000 has any link at the default.
"""

from bench.lib import places, product, registers
from bench.lib.options import Options
from bench.lib.quality import read_hits
from bench.lib.report import Figure, Result
from bench.quality import queries

SIZE = 1_000_000
COUNT = 50_000
BAR = 0.001


def run(options: Options) -> Result:
    """Ask a generated register for persons of the other register who are not in it, and for strangers of another making."""
    size = options.size or SIZE
    made = registers.make(size)
    asked, ids = registers.keep_strangers(made, COUNT)
    out = places.scratch("out", "strangers.csv")
    product.find(made.first, asked, out)
    answers = read_hits(out)
    linked = sum(answers.linked(identity) for identity in ids) / len(ids)
    possible = sum(bool(answers.hits.get(identity)) for identity in ids) / len(ids)
    keys = places.scratch("out", "strangers_keys.csv")
    product.link(asked, made.first, keys, "--keys-only")
    with keys.open(encoding="utf-8") as lines:
        by_keys = len({line.split(",", 1)[0] for line in lines} - {"id_a"}) / len(ids)
    kin = {pair[1] for pair, (kind, _) in made.marks().items() if kind != "same"}
    alone = [identity for identity in ids if identity not in kin]
    figures = [
        Figure(name="strangers with a link", ours=linked, bar=BAR, more_is_better=False),
        Figure(name="strangers with a link by keys only", ours=by_keys, bar=BAR, more_is_better=False),
        Figure(
            name="strangers without kin or namesake there, with a link",
            ours=sum(answers.linked(identity) for identity in alone) / max(1, len(alone)),
            bar=BAR,
            more_is_better=False,
        ),
        Figure(name="strangers with a link or possible link", ours=possible, more_is_better=False),
    ]
    return Result(
        name="strangers",
        figures=[*figures, *_of_another_making(made)],
        notes=[f"register of {size:,}, {len(ids):,} strangers, {len(ids) - len(alone):,} with kin or a namesake there"],
    )


def _of_another_making(made: registers.Registers) -> list[Figure]:
    try:
        others = queries.strangers()
    except places.SkippedError:
        return []
    asked = queries.write(places.scratch("data", "strangers_us.jsonl"), others)
    out = places.scratch("out", "strangers_us.csv")
    product.find(made.first, asked, out)
    answers = read_hits(out)
    share = sum(answers.linked(query["id"]) for query in others) / len(others)
    return [Figure(name="strangers of another making with a link", ours=share, bar=BAR, more_is_better=False)]
