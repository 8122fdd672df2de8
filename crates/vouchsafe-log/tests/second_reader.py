"""A second reader and writer of the log's formats, from the public specifications alone.

RFC 6962 and RFC 9162 (trees and proofs), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-tiles and tlog-proof. It uses nothing but Python's standard library, and shares no line with the Rust crate.

  second_reader.py check FOLDER    checks a log's folder: checkpoint, tiles, receipts; prints what it found
  second_reader.py make FOLDER     makes a log of its own there, for the other side to check

A folder holds `keys` (verifier keys, the log's first), `checkpoint`, `tile/…`, and `receipts/<n>.tlog-proof`.
"""

import base64
import hashlib
import os
import sys

# Ed25519 (RFC 8032 section 5.1), written for clarity: slow, and not safe against timing.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def x_of(y, sign):
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if squared == 0:
        return None if sign else 0
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P:
        return None
    return P - x if x & 1 != sign else x


def plus(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e = (y1 - x1) * (y2 - x2)
    f = (y1 + x1) * (y2 + x2)
    g = 2 * t1 * t2 * D
    h = 2 * z1 * z2
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = plus(total, point)
        point = plus(point, point)
        number >>= 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = x_of(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def packed(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpacked(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def hashed(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def secret_of(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return number, digest[32:]


def public_of(seed):
    return packed(times(secret_of(seed)[0], BASE))


def ed25519_sign(seed, message):
    number, prefix = secret_of(seed)
    public = public_of(seed)
    r = hashed(prefix, message)
    point = packed(times(r, BASE))
    return point + ((r + hashed(point, public, message) * number) % ORDER).to_bytes(32, "little")


def ed25519_verify(public, message, signature):
    if len(signature) != 64:
        return False
    key, point = unpacked(public), unpacked(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or point is None or number >= ORDER:
        return False
    left = times(number, BASE)
    right = plus(point, times(hashed(signature[:32], public, message), key))
    return packed(left) == packed(right)


# Trees (RFC 6962 section 2.1).
def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def inner(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def below(number):
    return 1 << (number - 1).bit_length() - 1


def root_of(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = below(len(leaves))
    return inner(root_of(leaves[:split]), root_of(leaves[split:]))


def inclusion(index, leaves):
    if len(leaves) == 1:
        return []
    split = below(len(leaves))
    if index < split:
        return inclusion(index, leaves[:split]) + [root_of(leaves[split:])]
    return inclusion(index - split, leaves[split:]) + [root_of(leaves[:split])]


def included(hash_, index, size, path):
    """The root that a proof leads to, by the recursive definition backwards."""
    if size == 1:
        assert not path, "the proof is too long"
        return hash_
    assert path, "the proof is too short"
    split = below(size)
    if index < split:
        return inner(included(hash_, index, split, path[:-1]), path[-1])
    return inner(path[-1], included(hash_, index - split, size - split, path[:-1]))


def consistency(old, leaves, whole=True):
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = below(len(leaves))
    if old <= split:
        return consistency(old, leaves[:split], whole) + [root_of(leaves[split:])]
    return consistency(old - split, leaves[split:], False) + [root_of(leaves[:split])]


def follows(old, size, path, old_root, whole=True):
    """The two roots that a proof leads to, by the recursive definition backwards."""
    if old == size:
        assert len(path) == (0 if whole else 1), "the proof has a wrong length"
        return (old_root, old_root) if whole else (path[0], path[0])
    assert path, "the proof is too short"
    split = below(size)
    if old <= split:
        old_hash, hash_ = follows(old, split, path[:-1], old_root, whole)
        return old_hash, inner(hash_, path[-1])
    old_hash, hash_ = follows(old - split, size - split, path[:-1], old_root, False)
    return inner(path[-1], old_hash), inner(path[-1], hash_)


# Notes.
def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def read_key(text):
    name, id_, data = text.split("+", 2)
    data = base64.b64decode(data, validate=True)
    kind, public = data[0], data[1:]
    assert key_id(name, kind, public).hex() == id_, "the key's id is wrong"
    return name, kind, public


def write_key(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"


def message(kind, signature, text):
    if kind == 0x01:
        return text.encode(), signature
    time = int.from_bytes(signature[:8], "big")
    return f"cosignature/v1\ntime {time}\n{text}".encode(), signature[8:]


def read_note(note, keys):
    """The text of a note, and the names of those keys that have signed it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    signed = []
    for line in lines.splitlines():
        dash, name, data = line.split(" ")
        assert dash == "—"
        data = base64.b64decode(data, validate=True)
        for known, kind, public in keys:
            if name == known and data[:4] == key_id(known, kind, public):
                said, signature = message(kind, data[4:], text)
                assert ed25519_verify(public, said, signature), f"the signature of {name} is wrong"
                signed.append(name)
    return text, signed


def read_checkpoint(text):
    origin, size, root, *rest = text.splitlines()
    assert not rest and str(int(size)) == size
    return origin, int(size), base64.b64decode(root, validate=True)


# Tiles.
def tile_path(level, number, width):
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")


def tiles_of(size):
    yield from (("entries", number, min(256, size - number * 256)) for number in range(-(-size // 256)))
    level = 0
    while size:
        yield from ((level, number, min(256, size - number * 256)) for number in range(-(-size // 256)))
        level, size = level + 1, size // 256


def read_entries(data, width):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        assert len(data) >= 2 + length, "the bundle ends within an entry"
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert len(entries) == width
    return entries


def contents(folder, path):
    with open(os.path.join(folder, path), "rb") as file:
        return file.read()


def check(folder):
    keys = [read_key(line) for line in contents(folder, "keys").decode().split()]
    text, signed = read_note(contents(folder, "checkpoint").decode(), keys)
    origin, size, root = read_checkpoint(text)
    assert origin == keys[0][0] and origin in signed, "the log has not signed its checkpoint"
    entries, levels = [], {}
    for level, number, width in tiles_of(size):
        data = contents(folder, tile_path(level, number, width))
        if level == "entries":
            entries += read_entries(data, width)
        else:
            assert len(data) == 32 * width
            levels.setdefault(level, []).extend(data[at : at + 32] for at in range(0, len(data), 32))
    leaves = [leaf(entry) for entry in entries]
    assert len(leaves) == size and root_of(leaves) == root, "the entries make another root"
    hashes, level = leaves, 0
    while hashes:
        assert levels.get(level, []) == hashes, f"the tiles of level {level} are wrong"
        full = len(hashes) // 256
        hashes, level = [root_of(hashes[at * 256 : at * 256 + 256]) for at in range(full)], level + 1
    assert len(levels) == level
    receipts = sorted(os.listdir(os.path.join(folder, "receipts")))
    for name in receipts:
        head, _, note = contents(folder, "receipts/" + name).decode().partition("\n\n")
        first, index, *path = head.split("\n")
        assert first == "c2sp.org/tlog-proof@v1" and index.startswith("index ")
        at = int(index.removeprefix("index "))
        text, signed = read_note(note, keys[:1])
        assert signed, "the receipt's checkpoint is not signed"
        _, of, its_root = read_checkpoint(text)
        path = [base64.b64decode(line, validate=True) for line in path]
        assert included(leaves[at], at, of, path) == its_root, f"{name} proves nothing"
    print(size, len(receipts), len(signed), *sorted(signed))


def write(folder, path, data):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def signature_line(name, kind, seed, said, time=b""):
    public = public_of(seed)
    data = key_id(name, kind, public) + time + ed25519_sign(seed, said)
    return f"— {name} {base64.b64encode(data).decode()}\n"


def make(folder):
    origin, witness = "second.example/log", "second.example/witness"
    seed, other = b"\x05" * 32, b"\x06" * 32
    entries = [f"entry {number}".encode() * (number % 7) for number in range(600)]
    leaves = [leaf(entry) for entry in entries]
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root_of(leaves)).decode()}\n"
    note = text + "\n" + signature_line(origin, 1, seed, text.encode())
    said = f"cosignature/v1\ntime 1700000000\n{text}".encode()
    note += signature_line(witness, 4, other, said, (1_700_000_000).to_bytes(8, "big"))
    write(folder, "keys", write_key(origin, 1, public_of(seed)) + "\n" + write_key(witness, 4, public_of(other)) + "\n")
    write(folder, "checkpoint", note)
    for level, number, width in tiles_of(len(leaves)):
        if level == "entries":
            bundle = b"".join(len(e).to_bytes(2, "big") + e for e in entries[number * 256 : number * 256 + width])
        else:
            span = 256**level
            first = number * 256
            bundle = b"".join(root_of(leaves[(first + at) * span : (first + at + 1) * span]) for at in range(width))
        write(folder, tile_path(level, number, width), bundle)
    for index in (0, 1, 255, 256, 599):
        path = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in inclusion(index, leaves))
        write(folder, f"receipts/{index}.tlog-proof", f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{note}")


# A witness (C2SP tlog-witness), of the entries `entry-0` to `entry-10`.
def ask(folder):
    origin, seed = "vouchsafe.example/log/7", b"\x01" * 32
    leaves = [leaf(f"entry-{number}".encode()) for number in range(11)]
    text = f"{origin}\n11\n{base64.b64encode(root_of(leaves)).decode()}\n"
    path = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in consistency(4, leaves))
    note = text + "\n" + signature_line(origin, 1, seed, text.encode())
    write(folder, "request", f"old 4\n{path}\n{note}")


def cosign(folder):
    """Answers the request as a witness that has seen the size and root of `seen`."""
    keys = [read_key(line) for line in contents(folder, "keys").decode().split()]
    seen, seen_root = contents(folder, "seen").decode().split()
    head, _, note = contents(folder, "request").decode().partition("\n\n")
    first, *path = head.split("\n")
    text, signed = read_note(note, keys)
    origin, size, root = read_checkpoint(text)
    assert origin in signed, "the log has not signed its checkpoint"
    assert first == f"old {seen}", "the witness has seen another size"
    path = [base64.b64decode(line, validate=True) for line in path]
    seen_root = base64.b64decode(seen_root, validate=True)
    if int(seen) == 0:
        assert not path
    else:
        assert follows(int(seen), size, path, seen_root) == (seen_root, root), "the proof proves nothing"
    said = f"cosignature/v1\ntime 1700000000\n{text}".encode()
    line = signature_line("witness.example", 4, b"\x02" * 32, said, (1_700_000_000).to_bytes(8, "big"))
    write(folder, "answer", line)


if __name__ == "__main__":
    {"check": check, "make": make, "ask": ask, "cosign": cosign}[sys.argv[1]](sys.argv[2])
