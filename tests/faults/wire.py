"""As much of Kafka's protocol as the fault tests need, over plain sockets: a client that can misbehave."""

import pathlib
import socket
import struct
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "clients"), str(TESTS / "compare")]

from broker import wait_until  # noqa: E402 (the folders are known only now)
from records import batch, crc32c  # noqa: E402, F401

PRODUCE, FETCH, METADATA, API_VERSIONS, CREATE_TOPICS = 0, 1, 3, 18, 19


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def frame(body):
    return struct.pack(">i", len(body)) + body


def request(api_key, version, correlation_id, body):
    """A request with header v1: these are all of versions before the flexible ones."""
    return frame(struct.pack(">hhi", api_key, version, correlation_id) + string("wire") + body)


def api_versions(correlation_id=1):
    return request(API_VERSIONS, 0, correlation_id, b"")


def create_topic(name, partitions, correlation_id=1):
    topic = string(name) + struct.pack(">ihii", partitions, 1, 0, 0)
    return request(CREATE_TOPICS, 2, correlation_id, struct.pack(">i", 1) + topic + struct.pack(">i?", 10_000, False))


def metadata(name, correlation_id=1):
    return request(METADATA, 1, correlation_id, struct.pack(">i", 1) + string(name))


def produce(topic, partition, batch, correlation_id=1, acks=1):
    data = struct.pack(">i", 1) + string(topic) + struct.pack(">iii", 1, partition, len(batch)) + batch
    return request(PRODUCE, 3, correlation_id, struct.pack(">hhi", -1, acks, 10_000) + data)


def fetch(topic, partition, offset, max_bytes, correlation_id=1, max_wait_ms=500, min_bytes=1):
    head = struct.pack(">iiiib", -1, max_wait_ms, min_bytes, max_bytes, 0)
    data = struct.pack(">i", 1) + string(topic) + struct.pack(">iiqi", 1, partition, offset, max_bytes)
    return request(FETCH, 4, correlation_id, head + data)


def record_batch(values):
    return batch(values, int(time.time() * 1000))


class Connection:
    """Sends bytes and reads whole answers; gone() tells that the broker has closed."""

    def __init__(self, port, timeout_s=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.socket.sendall(data)

    def _exactly(self, count):
        parts = []
        while count:
            part = self.socket.recv(min(count, 1 << 20))
            if not part:
                raise ConnectionError("closed by the broker")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def answer(self):
        """The next answer without its length: correlation id and body."""
        return self._exactly(struct.unpack(">i", self._exactly(4))[0])

    def ask(self, data):
        self.send(data)
        return self.answer()

    def gone(self):
        """Whether the broker closes the connection; answers that come before are read and thrown away."""
        try:
            while self.socket.recv(1 << 16):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def make_topic(port, name, partitions):
    """Creates a topic and waits until it takes records: Kafka is not there with it at once."""
    with Connection(port) as connection:
        answer = connection.ask(create_topic(name, partitions))
        # correlation id, throttle time, one topic: name, error, message
        error = struct.unpack_from(">h", answer, 4 + 4 + 4 + 2 + len(name))[0]
        if error:
            raise AssertionError(f"topic {name} refused with error {error}")
        ready = lambda p: fetched(connection.ask(fetch(name, p, 0, 1000, max_wait_ms=0)), name)[0] == 0
        wait_until(lambda: all(ready(p) for p in range(partitions)), f"topic {name}")


def produce_error(answer, topic):
    """Error code and base offset of the one partition that was produced to."""
    at = 4 + 4 + 2 + len(topic) + 4 + 4
    return struct.unpack_from(">hq", answer, at)


def fetched(answer, topic):
    """Error code, high watermark and record bytes of the one partition that was fetched."""
    at = 4 + 4 + 4 + 2 + len(topic) + 4 + 4
    error, high_watermark, _stable, aborted = struct.unpack_from(">hqqi", answer, at)
    at += 22 + 16 * max(aborted, 0)
    size = struct.unpack_from(">i", answer, at)[0]
    return error, high_watermark, answer[at + 4 : at + 4 + max(size, 0)]
