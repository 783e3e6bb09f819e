"""Conversion of old formats: message sets of magic 1 are produced with Produce 2 and fetched with Fetch 2.

A few frames, made once, are sent over and over, so that the client costs little; what counts is the server's CPU.
"""

import socket
import struct
import time
import zlib

from servers import Failed, cpu_seconds

MESSAGES = 1000  # of a set
VALUE = bytes(range(97, 122)) * 4  # 100 bytes
TOPIC = b"old-formats"
PRODUCES = 300  # a second of work, and enough for Kafka's compiler
WARMUP = 150
FETCH_BYTES = 1 << 20


def message(offset, value, attributes=0):
    body = struct.pack(">bbqii", 1, attributes, 1_700_000_000_000, -1, len(value)) + value
    return struct.pack(">qiI", offset, len(body) + 4, zlib.crc32(body)) + body


def message_set(gzipped):
    plain = b"".join(message(i, VALUE) for i in range(MESSAGES))
    if not gzipped:
        return plain
    packer = zlib.compressobj(wbits=31)
    return message(MESSAGES - 1, packer.compress(plain) + packer.flush(), 1)


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")

    def ask(self, api, version, body):
        frame = struct.pack(">hhih", api, version, 1, -1) + body
        self.socket.sendall(struct.pack(">i", len(frame)) + frame)
        (length,) = struct.unpack(">i", self.file.read(4))
        return self.file.read(length)[4:]


def name(text):
    return struct.pack(">h", len(text)) + text


def create_topic(client):
    body = struct.pack(">i", 1) + name(TOPIC) + struct.pack(">ihii", 1, 1, 0, 0) + struct.pack(">i?", 10000, False)
    client.ask(19, 2, body)


def produce(client, records):
    """Returns the base offset."""
    body = struct.pack(">hii", 1, 10000, 1) + name(TOPIC) + struct.pack(">iii", 1, 0, len(records)) + records
    answer = client.ask(0, 2, body)
    error, offset = struct.unpack_from(">hq", answer, 4 + 2 + len(TOPIC) + 4 + 4)
    if error != 0:
        raise Failed(f"Produce 2 was answered with error {error}")
    return offset


def fetch(client, offset):
    """Returns the offset to go on from; `offset` again at the end."""
    body = struct.pack(">iiii", -1, 100, 1, 1) + name(TOPIC) + struct.pack(">iiqi", 1, 0, offset, FETCH_BYTES)
    answer = client.ask(1, 2, body)
    at = 4 + 4 + 2 + len(TOPIC) + 4 + 4
    error, _, size = struct.unpack_from(">hqi", answer, at)
    if error != 0:
        raise Failed(f"Fetch 2 was answered with error {error}")
    at += 14
    end = at + size
    while end - at >= 12:
        last, length = struct.unpack_from(">qi", answer, at)
        at += 12 + length
        if at > end:
            break
        offset = last + 1
    return offset


def produced_per_cpu_second(server, client, records):
    for _ in range(WARMUP):
        produce(client, records)
    before = cpu_seconds(server.pid)
    for _ in range(PRODUCES):
        produce(client, records)
    return PRODUCES * MESSAGES / (cpu_seconds(server.pid) - before)


def fetched_per_cpu_second(server, client):
    for _ in range(2):  # once to warm up
        before = cpu_seconds(server.pid)
        offset = 0
        while (following := fetch(client, offset)) != offset:
            offset = following
        cpu = cpu_seconds(server.pid) - before
    return offset / cpu


def measure(server):
    client = Client(server.port)
    create_topic(client)
    deadline = time.monotonic() + 30
    while True:
        try:
            produce(client, message_set(False))
            break
        except Failed:  # the topic isn't there yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    return {
        "produced_per_cpu_s": produced_per_cpu_second(server, client, message_set(False)),
        "gzip_per_cpu_s": produced_per_cpu_second(server, client, message_set(True)),
        "fetched_per_cpu_s": fetched_per_cpu_second(server, client),
    }
