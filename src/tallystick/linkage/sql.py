"""The relations of the linking plan as SQL, for engines that work on tables: DuckDB and Spark.

Runs nothing. Both dialects get the same text but for what `_DIFFERENT` lists. Weighing is no relation: it is done by the
native core, batch by batch, between steps 3 and 5.

Tables, by the names they have here
    keys_a, keys_b (key BIGINT, record INT)     step 2; key is the 64 bits of a blocking key, read as a signed number
    candidates (a INT, b INT)                   step 3
    weighed (a INT, b INT, bits FLOAT)          step 4
    same_a, same_b (x INT, y INT)               records x < y of one side that are one person listed twice
    decided (a, b, bits, probability, decision) step 5

Rules: those of `linkage.plan` for step 3, those of `linkage.deciding` for step 5.
"""

from typing import Literal, TypeAlias

from tallystick.linkage.deciding import LEAST_ODDS, MOST_LOG2_ODDS, MOST_RIVALS, Rules

Dialect: TypeAlias = Literal["duckdb", "spark"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "spark")

_DIFFERENT = {
    "duckdb": {"parquet": "read_parquet('{path}')", "quote": "'", "quoted": "''"},
    "spark": {"parquet": "parquet.`{path}`", "quote": "`", "quoted": "``"},
}
"""All that differs between the dialects: how a Parquet file is named as a table."""

_BLOCKS = """\
WITH blocks AS (
    SELECT key, size_a * size_b AS pairs
    FROM (SELECT key, count(*) AS size_a FROM {keys_a} AS keys_a GROUP BY key) AS blocks_a
    JOIN (SELECT key, count(*) AS size_b FROM {keys_b} AS keys_b GROUP BY key) AS blocks_b USING (key)
)
"""

_CANDIDATES = """\
SELECT DISTINCT in_a.record AS a, in_b.record AS b
FROM {keys_a} AS in_a
JOIN blocks ON blocks.key = in_a.key
JOIN {keys_b} AS in_b ON in_b.key = blocks.key
WHERE blocks.pairs <= {most_block_pairs}
ORDER BY a, b
"""

_OVERSIZED = "SELECT count(*) AS oversized FROM blocks WHERE pairs > {most_block_pairs}\n"

_EXPECTED_MATCHES = """\
SELECT sum(1 / (1 + power(CAST(2 AS DOUBLE), -({slope} * (bits + {prior}) + {offset})))) AS matches
FROM weighed
"""

_RANKED = """\
WITH stated AS (
    SELECT a, b, bits,
        power(CAST(2 AS DOUBLE), greatest(-{most}, least({slope} * (bits + {prior}) + {offset}, {most}))) AS odds
    FROM weighed
),
ranked AS (
    SELECT a, b, odds,
        row_number() OVER (PARTITION BY a ORDER BY odds DESC, b) AS rank_of_a,
        row_number() OVER (PARTITION BY b ORDER BY odds DESC, a) AS rank_of_b
    FROM stated
    WHERE odds >= {least_odds}
)"""

_PARTNERS = """
SELECT DISTINCT '{partner}' AS side, first.{partner} AS x, second.{partner} AS y
FROM ranked AS first
JOIN ranked AS second ON first.{owner} = second.{owner} AND first.{partner} < second.{partner}
WHERE first.rank_of_{owner} <= {most_rivals} AND second.rank_of_{owner} <= {most_rivals}
"""

_RIVALS = """
    SELECT first.a, first.b, sum(second.odds) AS odds
    FROM ranked AS first
    JOIN ranked AS second ON first.{owner} = second.{owner} AND first.{partner} <> second.{partner}
    LEFT JOIN same_{partner} AS same
        ON same.x = least(first.{partner}, second.{partner}) AND same.y = greatest(first.{partner}, second.{partner})
    WHERE first.rank_of_{owner} <= {most_rivals} AND second.rank_of_{owner} <= {most_rivals} AND same.x IS NULL
    GROUP BY first.a, first.b
"""

_DECIDED = """\
{ranked},
rivals AS ({rivals_of_a}    UNION ALL{rivals_of_b}),
rivalled AS (SELECT a, b, sum(odds) AS odds FROM rivals GROUP BY a, b),
believed AS (
    SELECT stated.a, stated.b, stated.bits, stated.odds / (1 + stated.odds + coalesce(rivalled.odds, 0)) AS probability
    FROM stated
    LEFT JOIN rivalled ON rivalled.a = stated.a AND rivalled.b = stated.b
)
SELECT a, b, bits, probability,
    CASE WHEN probability >= {link} THEN 'link' WHEN probability >= {possible} THEN 'possible' ELSE 'non-link' END AS decision
FROM believed
ORDER BY a, b
"""


def parquet(dialect: Dialect, path: str) -> str:
    """Return a Parquet file as a table of a FROM clause."""
    own = _DIFFERENT[dialect]
    return own["parquet"].format(path=path.replace(own["quote"], own["quoted"]))


def candidates(most_block_pairs: int, keys_a: str = "keys_a", keys_b: str = "keys_b") -> str:
    """Return step 3: the distinct pairs that share a block that is not too large.

    Columns out: a INT, b INT, in this order.

    Args:
        most_block_pairs: a block of more pairs is left out.
        keys_a: the keys of side a: a table, or what `parquet` returns.
        keys_b: those of side b.
    """
    return (_BLOCKS + _CANDIDATES).format(keys_a=keys_a, keys_b=keys_b, most_block_pairs=most_block_pairs)


def oversized(most_block_pairs: int, keys_a: str = "keys_a", keys_b: str = "keys_b") -> str:
    """Return the count of the blocks that step 3 leaves out.

    Columns out: oversized BIGINT.
    """
    return (_BLOCKS + _OVERSIZED).format(keys_a=keys_a, keys_b=keys_b, most_block_pairs=most_block_pairs)


def expected_matches(prior_bits: float, rules: Rules) -> str:
    """Return one round of the estimation of the prior: how many of the weighed pairs match, if the prior is this.

    Columns out: matches DOUBLE; null where nothing was weighed.
    """
    return _EXPECTED_MATCHES.format(**_calibrated(prior_bits, rules))


def partners(prior_bits: float, rules: Rules) -> str:
    """Return the pairs of records of one side that compete for a record of the other: those to be told apart.

    Columns out: side ('a' or 'b'), x INT, y INT, with x < y.
    """
    both = (
        _PARTNERS.format(owner=owner, partner=partner, most_rivals=MOST_RIVALS) for owner, partner in (("a", "b"), ("b", "a"))
    )
    return _ranked(prior_bits, rules) + "UNION ALL".join(both)


def decided(prior_bits: float, rules: Rules) -> str:
    """Return step 5: probabilities with competition, and decisions.

    Columns out: a INT, b INT, bits FLOAT, probability DOUBLE, decision text, in order of a, b.
    """
    return _DECIDED.format(
        ranked=_ranked(prior_bits, rules),
        rivals_of_a=_RIVALS.format(owner="a", partner="b", most_rivals=MOST_RIVALS),
        rivals_of_b=_RIVALS.format(owner="b", partner="a", most_rivals=MOST_RIVALS),
        link=_number(rules.link),
        possible=_number(rules.possible),
    )


def _ranked(prior_bits: float, rules: Rules) -> str:
    return _RANKED.format(**_calibrated(prior_bits, rules), most=_number(MOST_LOG2_ODDS), least_odds=_number(LEAST_ODDS))


def _calibrated(prior_bits: float, rules: Rules) -> dict[str, str]:
    return {"slope": _number(rules.slope), "offset": _number(rules.offset), "prior": _number(prior_bits)}


def _number(value: float) -> str:
    """Write a number as a double, not as a decimal: the two round differently."""
    return f"CAST({value!r} AS DOUBLE)"
