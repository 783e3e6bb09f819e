"""The two brokers that are compared, with the same settings; started as the benchmarks start them."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

import servers  # noqa: E402 (its folder is known only now)

SETTINGS = {
    "num.partitions": 2,
    "auto.create.topics.enable": "true",
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "group.max.session.timeout.ms": 60000,
    "offset.metadata.max.bytes": 100,
    "offsets.topic.num.partitions": 5,
    "offsets.topic.replication.factor": 1,
    "message.max.bytes": 100_000,
    "max.incremental.fetch.session.cache.slots": 100,
}


def _of_one_disk(server, name):
    server.folder = servers.REPO / "build" / "compare" / f"{name}-{os.getpid()}-{servers.Server.count}"
    server.folder.mkdir(parents=True)
    return server


class Fluxmq(servers.Fluxmq):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def command(self):
        command = super().command()
        for key, value in {"node.id": 1, **self.settings}.items():
            command += ["--set", f"{key}={value}"]
        return command


class Kafka(servers.Kafka):
    def __init__(self, version, settings):
        super().__init__([f"{key}={value}" for key, value in settings.items()])
        self.version = version

    def command(self):
        heap = "KAFKA_HEAP_OPTS=-Xmx768m"
        return ["env", f"KAFKA_VERSION={self.version}", heap, *super().command()]


def start(name, kafka_version=None, settings=SETTINGS):
    """A broker that listens; stop it with remove()."""
    server = Kafka(kafka_version, settings) if kafka_version else Fluxmq(settings)
    _of_one_disk(server, name)
    server.launch()
    try:
        server.wait_until_listening()
    except BaseException:
        server.remove()
        raise
    return server
