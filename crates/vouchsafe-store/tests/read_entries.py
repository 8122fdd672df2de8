"""A second reader of log entries, written from the format alone (RFC 8785, RFC 6962, salted SHA-256).

Reads one JSON object from standard input: {"entries": [{"bytes", "leaf", "openings": [{"pointer", "salt", "text"}]}]}.
Says what it checked and ends with 0, or says the first thing that is wrong and ends with 1.
"""

import hashlib
import json
import sys


def canonical(value):
    """RFC 8785 bytes. Entries hold no number but whole ones."""
    if value is None or value is True or value is False:
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise ValueError(f"{value} is not exact as a double")
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(map(escaped, value)) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    raise ValueError(f"{value!r} has no place in an entry")


def escaped(character):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if character in short:
        return short[character]
    return f"\\u{ord(character):04x}" if character < " " else character


def at(value, pointer):
    """RFC 6901."""
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def committed(value):
    """Every committed value of an entry, by its pointer."""
    if isinstance(value, dict):
        if set(value) == {"$sha256"}:
            yield ""
            return
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    else:
        return
    for name, child in children:
        name = str(name).replace("~", "~0").replace("/", "~1")
        for rest in committed(child):
            yield f"/{name}{rest}"


def check(number, entry):
    raw = entry["bytes"].encode()
    value = json.loads(raw)
    if canonical(value).encode() != raw:
        return "its bytes are not canonical"
    if len(raw) > 65_535:
        return "it is too long"
    if hashlib.sha256(b"\x00" + raw).hexdigest() != entry["leaf"]:
        return "its leaf hash is not that of its bytes"
    if value["version"] != 1 or value["sequence"] != number:
        return "it is not in its place"
    opened = {opening["pointer"]: opening for opening in entry["openings"]}
    if set(opened) != set(committed(value)):
        return "its openings are not those of its commitments"
    for pointer, opening in opened.items():
        salted = bytes.fromhex(opening["salt"]) + canonical(opening["text"]).encode()
        if at(value, pointer) != {"$sha256": hashlib.sha256(salted).hexdigest()}:
            return f"the commitment at {pointer} is to something else"
    return None


def main():
    entries = json.load(sys.stdin)["entries"]
    openings = 0
    for number, entry in enumerate(entries):
        wrong = check(number, entry)
        if wrong:
            print(f"entry {number}: {wrong}")
            return 1
        openings += len(entry["openings"])
    print(f"{len(entries)} entries, {openings} openings")
    return 0


sys.exit(main())
