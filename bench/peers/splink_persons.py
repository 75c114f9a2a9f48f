"""Splink 5 on DuckDB over two CSV registers of persons; unsupervised, end to end from CSV to pairs files.

    python splink_persons.py A.csv B.csv OUT_FOLDER THREADS

Columns: id, full_name, given_name (first part), family_name (last part), birth_date, birth_place, nationality, gender, number,
phone, email, city, postcode. Writes OUT/splink_{p50,one_to_one}.csv in the pairs layout. Prints the seconds of its steps
(load, train, predict, write).
"""

# A short program of another environment: its libraries and their types are not installed here.
# ruff: noqa: ANN001, ANN201, ANN202, B905, D103, S608

import json
import logging
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)

RULES = [
    block_on("given_name", "family_name"),
    "l.given_name = r.family_name and l.family_name = r.given_name",
    block_on("birth_date", "substr(family_name, 1, 2)"),
    block_on("birth_date", "substr(given_name, 1, 2)"),
    block_on("family_name", "birth_year"),
    block_on("given_name", "birth_year", "birth_place"),
    block_on("number"),
    block_on("phone"),
    block_on("email"),
]
# A birth date alone finds more, but its candidates grow with the square of the size: a million a side need more than 20 GB.
LOOSE_RULE, LOOSE_UP_TO = block_on("birth_date"), 200_000
# Training on pairs that share a birth date meets the same wall; with the nationality beside it, it ends.
TRAINED_ON, TRAINED_ON_LARGE = ("birth_date",), ("birth_date", "nationality")
# The share of true pairs that agree in both names and birth date, as measured with the truth: more than a user would know.
EXACT_SHARE = 0.3
# Comparing years beside whole dates would count one agreement twice; they are levels of one comparison.
BORN = cl.CustomComparison(
    output_column_name="birth_date",
    comparison_levels=[
        cll.NullLevel("birth_date"),
        cll.ExactMatchLevel("birth_date"),
        cll.DamerauLevenshteinLevel("birth_date", 1),
        cll.ExactMatchLevel("birth_year"),
        cll.ElseLevel(),
    ],
)
HOME = cl.CustomComparison(
    output_column_name="home",
    comparison_levels=[
        cll.And(cll.NullLevel("city"), cll.NullLevel("postcode")),
        cll.ExactMatchLevel("postcode"),
        cll.LevenshteinLevel("postcode", 1),
        cll.ExactMatchLevel("city"),
        cll.LevenshteinLevel("city", 2),
        cll.ElseLevel(),
    ],
)


def comparisons():
    return [
        cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="full_name"),
        BORN,
        cl.LevenshteinAtThresholds("birth_place", 2).configure(term_frequency_adjustments=True),
        cl.ExactMatch("nationality").configure(term_frequency_adjustments=True),
        cl.ExactMatch("gender"),
        cl.LevenshteinAtThresholds("number", 1),
        cl.LevenshteinAtThresholds("phone", 1),
        cl.ExactMatch("email"),
        HOME,
    ]


def load(connection, paths):
    for side, path in zip("ab", paths):
        connection.execute(
            f"""CREATE TABLE raw_{side} AS SELECT *, substr(birth_date, 1, 4) AS birth_year
            FROM read_csv('{path}', header=true, delim=',', quote='"', all_varchar=true, nullstr='')"""
        )


def trained(connection):
    api = DuckDBAPI(connection=connection)
    tables = [api.register(connection.table(f"raw_{side}"), dataset_display_name=f"side_{side}") for side in "ab"]
    size = connection.sql("SELECT count(*) FROM raw_a").fetchall()[0][0]
    linker = Linker(
        tables,
        SettingsCreator(
            unique_id_column_name="id",
            link_type="link_only",
            blocking_rules_to_generate_predictions=[*RULES, LOOSE_RULE] if size <= LOOSE_UP_TO else RULES,
            comparisons=comparisons(),
        ),
    )
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("given_name", "family_name", "birth_date")], recall=EXACT_SHARE
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in (TRAINED_ON if size <= LOOSE_UP_TO else TRAINED_ON_LARGE, ("given_name", "family_name")):
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns), estimate_without_term_frequencies=True)
    return linker


def write(connection, pairs, folder):
    connection.execute(
        f"""CREATE TABLE pairs AS SELECT CASE WHEN id_l LIKE 'a%' THEN id_l ELSE id_r END AS id_a,
            CASE WHEN id_l LIKE 'a%' THEN id_r ELSE id_l END AS id_b, max(match_weight) AS weight_bits,
            max(match_probability) AS probability, if(max(match_probability) >= .5, 'link', 'possible') AS decision
        FROM {pairs} GROUP BY 1, 2"""
    )
    connection.execute(f"COPY pairs TO '{Path(folder) / 'splink_p50.csv'}' (HEADER)")
    connection.execute(
        f"""COPY (FROM pairs QUALIFY weight_bits = max(weight_bits) OVER (PARTITION BY id_a)
            AND weight_bits = max(weight_bits) OVER (PARTITION BY id_b)) TO '{Path(folder) / "splink_one_to_one.csv"}' (HEADER)"""
    )
    return connection.sql("SELECT count(*) FROM pairs").fetchall()[0][0]


def main():
    *paths, folder, threads = sys.argv[1:5]
    seconds, start = {}, time.perf_counter()

    def lap(step):
        seconds[step] = round(time.perf_counter() - start - sum(seconds.values()), 2)

    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}")
    load(connection, paths)
    lap("load")
    linker = trained(connection)
    lap("train")
    pairs = linker.inference.predict(threshold_match_probability=0.001).physical_name
    lap("predict")
    count = write(connection, pairs, folder)
    lap("write")
    print(json.dumps({"seconds": seconds, "pairs": count}))


main()
