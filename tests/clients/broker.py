"""A broker of a test's own: data in a temporary folder, a free port, killed and started again at will.

FLUXMQ_BIN names the binary, or else FLUXMQ_BUILT_BIN, which ctest sets to the one just built. With FLUXMQ_TEST_BROKER=kafka the tests run against
Apache Kafka instead: what a test expects of FluxMQ is first proven there.
"""

import os
import pathlib
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

REPO = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = REPO / "build" / "clients"
KAFKA = REPO / "tests" / "kafka" / "kafka"
IS_KAFKA = os.environ.get("FLUXMQ_TEST_BROKER") == "kafka"
FLUXMQ = pathlib.Path(
    os.environ.get("FLUXMQ_BIN") or os.environ.get("FLUXMQ_BUILT_BIN") or REPO / "build/stage/usr/bin/fluxmq"
)

START_DEADLINE_S = 20
KAFKA_START_DEADLINE_S = 60
STOP_DEADLINE_S = 60

# Groups of a test meet at once and notice a dead member soon; sessions shorter than Kafka's least are allowed.
SETTINGS = {
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 500,
    "num.partitions": 6,
}

fluxmq_only = unittest.skipIf(IS_KAFKA, "only FluxMQ has this")


def wait_until(condition, what, deadline_s=30):
    """Polls until condition() gives something true, and returns that; a failed test says what it waited for."""
    end = time.monotonic() + deadline_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s} s for {what() if callable(what) else what}")
        time.sleep(0.02)


def free_port_pair():
    """Two neighbouring free ports, for Kafka and its controller."""
    for port in range(20000 + os.getpid() % 10000, 32000, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue
    raise AssertionError("no free ports")


class Broker:
    """One broker process; start() after stop() or kill() takes the same port and the same data."""

    def __init__(self, settings=None, arguments=(), is_kafka=IS_KAFKA):
        self.is_kafka = is_kafka
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fluxmq-test-"))
        self.data = self.folder / "data"
        self.log = self.folder / "broker.log"
        self.settings = {**SETTINGS, **(settings or {})}
        self.arguments = list(arguments)
        self.port = 0
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        command = self._kafka_command() if self.is_kafka else self._fluxmq_command()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        if self.is_kafka:
            wait_until(self._answers_metadata, lambda: f"Kafka to start:\n{self.log_tail()}", KAFKA_START_DEADLINE_S)
        else:
            self._read_ready_line()
        return self

    def _fluxmq_command(self):
        command = [FLUXMQ, "--host", "127.0.0.1", "--port", str(self.port), "--data-dir", self.data]
        command += ["--log-level", "info"]
        for key, value in self.settings.items():
            command += ["--set", f"{key}={value}"]
        return command + self.arguments

    def _kafka_command(self):
        self.port = self.port or free_port_pair()
        return [KAFKA, "start", str(self.port), self.data] + [f"{k}={v}" for k, v in self.settings.items()]

    def _read_ready_line(self):
        ready, _, _ = select.select([self.process.stdout], [], [], START_DEADLINE_S)
        line = self.process.stdout.readline().decode() if ready else ""
        match = re.match(r"fluxmq \S+ ready: PLAINTEXT://127\.0\.0\.1:(\d+), data in ", line)
        if not match:
            raise AssertionError(f"no ready line but {line!r}; the log:\n{self.log_tail()}")
        self.port = int(match[1])

    def _answers_metadata(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the broker ended with {self.process.returncode}:\n{self.log_tail()}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                # Metadata v1 of no topic; the answer opens with the list of brokers.
                request = struct.pack(">hhih4si", 3, 1, 7, 4, b"test", 0)
                connection.sendall(struct.pack(">i", len(request)) + request)
                answer = connection.makefile("rb").read(12)
                return len(answer) == 12 and struct.unpack(">iii", answer)[2] > 0
        except OSError:
            return False

    def rss_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def is_sanitized(self):
        """Built with a sanitizer, which takes memory of its own and keeps what is freed for a while."""
        maps = pathlib.Path(f"/proc/{self.process.pid}/maps").read_text()
        return "libasan" in maps or "libtsan" in maps

    def kill(self):
        """The death of the process: nothing is flushed, nothing said."""
        self.process.kill()
        self._reap()

    def stop(self):
        """The orderly end; a broker that does not manage it fails the test, and so do a sanitizer's findings."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self._reap()
        if code not in ((0, 143) if self.is_kafka else (0,)):
            raise AssertionError(f"the broker ended with {code}; the log:\n{self.log_tail()}")

    def _reap(self):
        try:
            code = self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "no end at all"
        self.process.stdout.close()
        self.process = None
        return code

    def remove(self):
        if self.process is not None:
            self.kill()
        # What a killed broker left in memory is for its next start, which won't come.
        for record in self.folder.rglob("tail-arena"):
            pathlib.Path(record.read_text().strip()).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])


class BrokerTest(unittest.TestCase):
    """A test class with one broker for all of its tests; each takes topics and groups of its own names."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(cls.settings)
        cls.addClassCleanup(cls.broker.remove)
        cls.broker.start()

    @classmethod
    def tearDownClass(cls):
        cls.broker.stop()

    def setUp(self):
        self.addCleanup(self._say_what_the_broker_logged)

    def _say_what_the_broker_logged(self):
        outcome = self._outcome  # unittest tells a cleanup no other way
        failed = not outcome.success
        if failed and self.broker.log.exists():
            print(f"--- the broker's log after {self.id()}:\n{self.broker.log_tail()}\n---", file=sys.stderr)

    def name(self, suffix=""):
        """A name for a topic or group that no other test uses."""
        return self.id().rsplit(".", 1)[-1] + suffix


def run(command, input=None, timeout_s=60, env=None, check=True):
    """Runs a tool to its end and returns what it printed; an error shows all of what it said."""
    done = subprocess.run(
        [str(word) for word in command], input=input, capture_output=True, timeout=timeout_s,
        text=not isinstance(input, bytes), env={**os.environ, **(env or {})},
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout if check else done


# Small and quick to start: these run many at a time, and briefly.
JAVA = {"KAFKA_HEAP_OPTS": "-Xmx256m", "KAFKA_JVM_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"}


def kafka_tool(*words, input=None, timeout_s=60, check=True):
    return run([KAFKA, *words], input=input, timeout_s=timeout_s, env=JAVA, check=check)
