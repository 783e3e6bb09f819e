"""Record batches and message sets of all ages: built as clients send them, and read into values to compare."""

import base64
import gzip
import struct
import zlib

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
LOG_APPEND_TIME = 0x08


def _crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def varint(value):
    value = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _sized(data):
    return varint(-1) if data is None else varint(len(data)) + data


def _record(delta, key, value, timestamp_delta=0, headers=()):
    body = b"\0" + varint(timestamp_delta) + varint(delta) + _sized(key) + _sized(value) + varint(len(headers))
    for name, content in headers:
        body += _sized(name) + _sized(content)
    return varint(len(body)) + body


def batch(values, timestamp_ms, keys=None, codec=NONE, producer=(-1, -1, -1), attributes=0, headers=(), **wrong):
    """A magic-2 batch. `wrong` overrides parts of it: base_offset, magic, crc, count, last_delta, max_timestamp."""
    body = b"".join(
        _record(i, keys[i] if keys else None, value, i, headers) for i, value in enumerate(values)
    )
    if codec == GZIP:
        body = gzip.compress(body, mtime=0)
    count = wrong.get("count", len(values))
    last = wrong.get("last_delta", len(values) - 1)
    newest = wrong.get("max_timestamp", timestamp_ms + max(len(values) - 1, 0))
    checked = struct.pack(">hiqqqhii", attributes | codec, last, timestamp_ms, newest, *producer, count) + body
    crc = wrong.get("crc", crc32c(checked))
    rest = struct.pack(">ibI", -1, wrong.get("magic", 2), crc) + checked
    return struct.pack(">qi", wrong.get("base_offset", 0), len(rest)) + rest


def message(offset, key, value, magic, timestamp_ms=-1, attributes=0, crc=None):
    """A message of magic 0 or 1."""
    body = struct.pack(">bb", magic, attributes) + (struct.pack(">q", timestamp_ms) if magic else b"")
    for part in (key, value):
        body += struct.pack(">i", -1) if part is None else struct.pack(">i", len(part)) + part
    body = struct.pack(">I", zlib.crc32(body) if crc is None else crc) + body
    return struct.pack(">qi", offset, len(body)) + body


def message_set(values, magic, timestamp_ms=-1, codec=NONE):
    """Magic 1 has relative offsets within a compressed message, magic 0 absolute ones: both count from 0 here."""
    messages = b"".join(message(i, b"k%d" % i, value, magic, timestamp_ms) for i, value in enumerate(values))
    if codec == NONE:
        return messages
    return message(len(values) - 1, None, gzip.compress(messages, mtime=0), magic, timestamp_ms, codec)


def base64_of(data):
    return base64.b64encode(data).decode()


def read(text):
    """The batches or messages of an answer as values, compressed ones decompressed where Python can."""
    data, at, out = base64.b64decode(text), 0, []
    while at + 17 <= len(data):
        offset, size = struct.unpack_from(">qi", data, at)
        end = at + 12 + size
        if end > len(data):
            break
        one = data[at:end]
        out.append(_read_batch(offset, one) if one[16] == 2 else _read_message(offset, one))
        at = end
    if at < len(data):
        out.append({"partial": True})
    return out


def _read_batch(offset, one):
    epoch, magic, crc, attributes, last, first_ms, newest_ms, producer, producer_epoch, sequence, count = (
        struct.unpack_from(">ibIhiqqqhii", one, 12)
    )
    body = one[61:]
    if attributes & 7 == GZIP:
        body = gzip.decompress(body)
    return {
        "baseOffset": offset, "magic": magic, "leaderEpoch": epoch, "crcIsRight": crc == crc32c(one[21:]),
        "attributes": attributes, "lastOffsetDelta": last, "baseTimestamp": first_ms,
        "maxTimestamp": "append time" if attributes & LOG_APPEND_TIME else newest_ms,
        "producerEpoch": producer_epoch, "baseSequence": sequence, "count": count,
        "body": body.hex(),
    }


def _read_message(offset, one):
    crc, magic, attributes = struct.unpack_from(">Ibb", one, 12)
    value = {"offset": offset, "magic": magic, "attributes": attributes, "crcIsRight": crc == zlib.crc32(one[16:])}
    at = 18
    if magic == 1:
        value["timestamp"] = "append time" if attributes & LOG_APPEND_TIME else struct.unpack_from(">q", one, at)[0]
        at += 8
    for name in ("key", "value"):
        size = struct.unpack_from(">i", one, at)[0]
        content = None if size < 0 else one[at + 4 : at + 4 + size]
        at += 4 + max(size, 0)
        value[name] = None if content is None else content.hex()
    if attributes & 7 == GZIP:
        inner = gzip.decompress(bytes.fromhex(value["value"]))
        value["value"] = read(base64_of(inner))
    return value
