"""A second, independent reader of Log Analytics exports: Python's csv and json.

Prints a line for each row of the file named by the first argument: id, time in microseconds since 1970, error code, user
principal name in lower case, user id, address, and the city of the location.
"""

import csv
import datetime
import json
import sys


def main():
    csv.field_size_limit(sys.maxsize)
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = row["CreatedDateTime [UTC]"]
            time = datetime.datetime.strptime(text, "%m/%d/%Y, %I:%M:%S.%f %p").replace(tzinfo=datetime.timezone.utc)
            micros = (time - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)
            status = json.loads(row["Status_dynamic"] or row["Status_string"] or "{}")
            location = json.loads(row["LocationDetails_dynamic"] or row["LocationDetails_string"] or "{}")
            code = status.get("errorCode", row["ResultType"])
            print(
                row["Id"].lower(),
                micros,
                int(code),
                row["UserPrincipalName"].lower(),
                row["UserId"].lower(),
                row["IPAddress"],
                location.get("city", ""),
                sep="\t",
            )


main()
