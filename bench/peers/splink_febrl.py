"""Splink 5 on DuckDB over two CSV files of names, birth date and state; unsupervised, two settings.

    python splink_febrl.py A.csv B.csv OUT_FOLDER [THREADS]

Writes OUT/splink_SETTING_{p50,one_to_one}.csv in the pairs layout (weight_bits = Splink's match weight).
Settings: `names` compares given and family name apart, as Splink's own FEBRL example does; `pair` compares
them together (its forename-surname comparison, which knows swapped names).
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, D103, PLR2004, S608

import csv
import json
import logging
import sys
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)

SAME_YEAR = "substr(l.birth_date, 1, 4) = substr(r.birth_date, 1, 4)"
RULES = [
    block_on("given_name", "family_name"),
    "l.given_name = r.family_name and l.family_name = r.given_name",
    block_on("birth_date"),
    f"l.family_name = r.family_name and {SAME_YEAR}",
    f"l.given_name = r.given_name and {SAME_YEAR}",
]


def comparisons(setting):
    born = cl.DateOfBirthComparison("birth_date", input_is_string=True, datetime_format="%Y-%m-%d", invalid_dates_as_null=True)
    if setting == "pair":
        names = [cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="full_name")]
    else:
        names = [cl.NameComparison(name).configure(term_frequency_adjustments=True) for name in ("given_name", "family_name")]
    return [*names, born, cl.ExactMatch("state")]


def predict(connection, setting):
    api = DuckDBAPI(connection=connection)
    tables = [api.register(connection.table(f"raw_{side}"), dataset_display_name=f"side_{side}") for side in "ab"]
    linker = Linker(
        tables,
        SettingsCreator(
            unique_id_column_name="rec_id",
            link_type="link_only",
            blocking_rules_to_generate_predictions=RULES,
            comparisons=comparisons(setting),
        ),
    )
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("given_name", "family_name", "birth_date")], recall=0.4)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for column in ("birth_date", "family_name"):
        training.estimate_parameters_using_expectation_maximisation(block_on(column), estimate_without_term_frequencies=True)
    table = linker.inference.predict(threshold_match_probability=0.001).physical_name
    rows = connection.sql(
        f"SELECT rec_id_l, rec_id_r, max(match_weight), max(match_probability) FROM {table} GROUP BY ALL"
    ).fetchall()
    return [(x, y, w, p) if x.endswith("org") else (y, x, w, p) for x, y, w, p in rows]


def mutual(rows):
    """Pairs in which each is the other's best partner."""
    best = {}
    for x, y, weight, _ in rows:
        best[x] = max(best.get(x, (weight, y)), (weight, y))
        best[y] = max(best.get(y, (weight, x)), (weight, x))
    return [row for row in rows if best[row[0]][1] == row[1] and best[row[1]][1] == row[0]]


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id_a", "id_b", "weight_bits", "probability", "decision"])
        writer.writerows([*row, "link" if row[3] >= 0.5 else "possible"] for row in rows)


def load(first, second, threads):
    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}")
    for side, path in (("raw_a", first), ("raw_b", second)):
        connection.execute(
            f"""CREATE TABLE {side} AS SELECT id AS rec_id, * EXCLUDE (id), given_name || ' ' || family_name AS full_name
            FROM read_csv('{path}', header=true, delim=',', quote='"', all_varchar=true, nullstr='')"""
        )
    return connection


def main():
    first, second, folder = sys.argv[1:4]
    threads = sys.argv[4] if len(sys.argv) > 4 else 1
    counts = {}
    for setting in ("names", "pair"):
        rows = predict(load(first, second, threads), setting)
        write(Path(folder) / f"splink_{setting}_p50.csv", rows)
        write(Path(folder) / f"splink_{setting}_one_to_one.csv", mutual(rows))
        counts[setting] = len(rows)
    print(json.dumps({"pairs": counts}))


main()
