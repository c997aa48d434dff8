"""Spark with the Iceberg runtime, told what to do line by line.

Usage: spark_session.py WAREHOUSE. Each line on stdin is a JSON object, each answer a line on stdout that begins with "> ":
`{"sql"}` runs a statement and answers its rows; `{"compare", "folder", "rows"}` reads the table of that name with Spark, and
compares it with the rows of an NDJSON file. What goes wrong is answered as `{"error"}`.
"""

import json
import shutil
import sys
import tempfile

import pyarrow.parquet
from pyspark.sql import SparkSession

from check_rows import expected_rows, rows_of, same_rows
from checks import Wrong
from iceberg_files import TableFolder

RUNTIME = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0"
CATALOG = "spark.sql.catalog.lake"


def start(warehouse):
    settings = {
        "spark.jars.packages": RUNTIME,
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{CATALOG}.type": "hadoop",
        f"{CATALOG}.warehouse": warehouse,
        # What others commit between two statements must be seen.
        f"{CATALOG}.cache-enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("interop")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def compare(spark, name, folder, rows):
    """Spark writes what it read as plain Parquet, so that its values are compared and not how it prints them."""
    dump = tempfile.mkdtemp(prefix="duolake-spark-")
    try:
        spark.table(name).coalesce(1).write.mode("overwrite").parquet(dump)
        found = pyarrow.parquet.ParquetDataset(dump).read()
        fields = TableFolder(folder).schema["fields"]
        return same_rows(fields, rows_of(fields, found), expected_rows(fields, rows))
    finally:
        shutil.rmtree(dump, ignore_errors=True)


def answer(spark, order):
    if "sql" in order:
        return {"rows": [json.loads(row) for row in spark.sql(order["sql"]).toJSON().collect()]}
    return {"detail": compare(spark, order["compare"], order["folder"], order["rows"])}


def main():
    spark = start(sys.argv[1])
    say({"ready": spark.version})
    for line in sys.stdin:
        try:
            say(answer(spark, json.loads(line)))
        except Wrong as wrong:
            say({"error": str(wrong)})
        except Exception as error:  # One statement that fails must not end the session.
            say({"error": f"{type(error).__name__}: {str(error)[:2000]}"})
    spark.stop()


def say(what):
    print("> " + json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
