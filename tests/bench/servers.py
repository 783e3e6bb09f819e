"""The servers under test: started on a free port in a fresh folder, watched through /proc, stopped."""

import mmap
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
WORK = REPO / "build" / "bench"  # on the disk that is measured, and ignored by git
KAFKA = REPO / "tests" / "kafka" / "kafka"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 90


class Failed(Exception):
    """A server or a load that did not do its work: the row is reported as failed, the others go on."""


class Skipped(Exception):
    """The machine doesn't allow what a row needs."""


def program(name):
    """One of the programs of this folder, as CMake built it; FLUXMQ_BENCH_BIN names another folder."""
    folder = pathlib.Path(os.environ.get("FLUXMQ_BENCH_BIN", REPO / "build" / "release" / "bin"))
    return str(folder / name)


def free_port():
    """A port that is free together with the next one, which Kafka takes for its controller; below those
    that the kernel hands to outgoing connections, so that none of these takes it first."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def proc_status_kib(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def cpu_seconds(pid):
    """User and system time of all threads, also of those that have ended: the process's CPU clock, whose
    id clock_getcpuclockid(3) makes in this way."""
    return time.clock_gettime((~pid << 3) | 2)


def wakeups(pid):
    """Context switches of all threads so far: each one was a wake-up before."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if "ctxt_switches" in line:
                total += int(line.split()[1])
    return total


def warm_memory(gib=6):
    """Touches as much memory as the runs will use: a virtual machine's first touch of a page can cost
    several times what writing it does, and would be charged to whoever happens to come first."""
    with mmap.mmap(-1, gib << 30) as memory:
        for page in range(0, gib << 30, mmap.PAGESIZE):
            memory[page] = 1


class Server:
    name = ""
    is_floor = False  # takes any request of its kind, and knows no topics
    count = 0

    def __init__(self, config=()):
        Server.count += 1
        self.folder = WORK / f"{self.name}-{os.getpid()}-{Server.count}"
        self.port = free_port()
        self.process = None
        self.config = list(config)  # key=value

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        raise NotImplementedError

    def prepare(self):
        """Makes the data folder as it is before a first start."""
        self.folder.mkdir(parents=True)

    def launch(self):
        self.log = open(self.folder / "bench.log", "ab")
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )

    def wait_until_listening(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended: {self.log_tail()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"{self.name} did not listen within {START_TIMEOUT_S} s: {self.log_tail()}")

    def log_tail(self):
        return (self.folder / "bench.log").read_text(errors="replace")[-400:].strip()

    def halt(self):
        """Ends the process as an operator would, and waits for it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def remove(self):
        """Ends it and takes its data away, so that its write-back doesn't disturb who comes next."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.sync()


class Fluxmq(Server):
    name = "fluxmq"

    def command(self):
        binary = os.environ.get("FLUXMQ_BIN", REPO / "build" / "stage" / "usr" / "bin" / "fluxmq")
        data = self.folder / "data"
        command = [str(binary), "--host", "127.0.0.1", "--port", str(self.port), "--data-dir", str(data)]
        return command + [word for setting in self.config for word in ("--set", setting)]


class Kafka(Server):
    name = "kafka"
    formatted = None  # a folder as Kafka leaves it after a first start: spares formatting each time

    def command(self):
        return [str(KAFKA), "start", str(self.port), str(self.folder)] + self.config

    def prepare(self):
        if Kafka.formatted is None:
            Kafka.formatted = WORK / f"kafka-formatted-{os.getpid()}"
            first = Kafka()
            first.folder.mkdir(parents=True)
            first.launch()
            first.wait_until_listening()
            first.halt()
            first.folder.rename(Kafka.formatted)
        shutil.copytree(Kafka.formatted, self.folder)


class Sink(Server):
    name = "sink"
    is_floor = True

    def command(self):
        file = self.folder / "sink.data"
        return [program("bench_sink"), "--port", str(self.port), "--file", str(file)]


class Commit(Server):
    name = "commit"
    is_floor = True

    def command(self):
        file = self.folder / "commit.data"
        return [program("bench_commit"), "--port", str(self.port), "--file", str(file)]


def source(answer_bytes):
    """The floor for fetch; its file is warm in the page cache, as the brokers' logs are."""

    class Source(Server):
        name = "source"
        is_floor = True
        file_bytes = 1 << 30

        def prepare(self):
            super().prepare()
            with open(self.folder / "source.data", "wb") as file:
                block = os.urandom(1 << 20)
                for _ in range(self.file_bytes >> 20):
                    file.write(block)

        def command(self):
            file = str(self.folder / "source.data")
            size = str(answer_bytes)
            return [program("bench_source"), "--port", str(self.port), "--file", file, "--bytes", size]

    return Source
