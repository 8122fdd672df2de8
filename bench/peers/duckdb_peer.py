"""DuckDB as a peer of the benchmark of diagnostic records.

    duckdb_peer.py version
    duckdb_peer.py load FILE DATABASE     loads NDJSON sign-ins, prints what it took as one JSON object
    duckdb_peer.py serve DATABASE         answers questions: one JSON object a line in, one out

A question is {"sql": …, "values": […]}; the answer {"milliseconds": …, "rows": [[first column, second column], …]}. The
time is taken here, until all columns of all rows are there, so that the pipe does not count.
"""

import json
import resource
import sys
import time

import duckdb

THREADS = 2

# One pass over the JSON of a row gives all columns. Texts are folded, and empty ones absent, as in the other peers'
# tables.
TABLE = """
CREATE TABLE sign_in AS
SELECT f[1] AS id, epoch_us(CAST(f[2] AS TIMESTAMP)) AS created, nullif(lower(f[3]), '') AS user_id,
       nullif(lower(f[4]), '') AS upn, nullif(lower(f[5]), '') AS app_id, nullif(lower(f[6]), '') AS app,
       nullif(lower(f[7]), '') AS ip, nullif(f[8], '') AS correlation_id, CAST(f[9] AS BIGINT) AS error_code, json
FROM (SELECT CAST(json AS VARCHAR) AS json,
             json_extract_string(json, ['$.id', '$.createdDateTime', '$.userId', '$.userPrincipalName',
                 '$.appId', '$.appDisplayName', '$.ipAddress', '$.correlationId', '$.status.errorCode']) AS f
      FROM read_ndjson_objects(?))
"""

# Its indexes help where few rows are found; the rest are ranges of a table in the order of time, where the smallest
# and largest value of each block are known.
INDEXES = [
    "CREATE UNIQUE INDEX sign_in_id ON sign_in (id)",
    "CREATE INDEX sign_in_correlation ON sign_in (correlation_id)",
]


def connect(database):
    return duckdb.connect(database, config={"threads": THREADS})


def load(file, database):
    begun = time.perf_counter()
    connection = connect(database)
    connection.execute(TABLE, [file])
    for index in INDEXES:
        connection.execute(index)
    connection.execute("CHECKPOINT")
    seconds = time.perf_counter() - begun
    rows = connection.execute("SELECT COUNT(*) FROM sign_in").fetchone()[0]
    connection.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "rows": rows,
        "seconds": seconds,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_memory": usage.ru_maxrss * 1024,
    }))


def answer(connection, question):
    begun = time.perf_counter()
    rows = connection.execute(question["sql"], question["values"]).fetchall()
    milliseconds = (time.perf_counter() - begun) * 1e3
    return {"milliseconds": milliseconds, "rows": [row[:2] for row in rows]}


def serve(database):
    connection = connect(database)
    for line in sys.stdin:
        print(json.dumps(answer(connection, json.loads(line))), flush=True)


def main():
    what, *arguments = sys.argv[1:]
    if what == "version":
        print(duckdb.__version__)
    else:
        {"load": load, "serve": serve}[what](*arguments)


main()
