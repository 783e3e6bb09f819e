"""Configs of topics and brokers: described, replaced, changed one by one."""

from . import scenario

TOPIC, BROKER, LOGGER, METRICS, GROUP = 2, 4, 8, 16, 32
SET, DELETE, APPEND, SUBTRACT = range(4)


@scenario("configs")
def describe_configs(c):
    c.topic("described", retention_ms="1234567", cleanup_policy="delete")
    for v in c.versions("DescribeConfigs"):
        for note, kind, name, keys in [
            ("all of a topic", TOPIC, "described", None),
            ("two of a topic", TOPIC, "described", ["retention.ms", "cleanup.policy"]),
            ("the same twice", TOPIC, "described", ["retention.ms", "retention.ms"]),
            ("an unknown one", TOPIC, "described", ["retention.ms", "no.such.config"]),
            ("none of a topic", TOPIC, "described", []),
            ("an unknown topic", TOPIC, "described-none", None),
            ("a bad topic", TOPIC, "a b", None),
            ("no topic", TOPIC, "", None),
            ("the broker", BROKER, "1", None),
            ("some of the broker", BROKER, "1", ["log.retention.ms", "num.partitions", "node.id", "message.max.bytes"]),
            ("all brokers", BROKER, "", None),
            ("an unknown broker", BROKER, "9", None),
            ("no number", BROKER, "one", None),
            ("an unknown logger's broker", LOGGER, "9", None),
            ("no logger's broker", LOGGER, "", None),
            ("a group", GROUP, "some-group", None),
            ("no group", GROUP, "", None),
            ("client metrics", METRICS, "some-metrics", None),
            ("an unknown type", 99, "x", None),
            ("type 0", 0, "x", None),
        ]:
            if kind == GROUP and v == 0:  # 3.9 knows no groups' configs
                continue
            resource = {"resourceType": kind, "resourceName": name, "configurationKeys": keys}
            for synonyms in (False, True) if v >= 1 and kind in (TOPIC, BROKER) else (False,):
                body = {"resources": [resource], "includeSynonyms": synonyms, "includeDocumentation": synonyms}
                c.ask("DescribeConfigs", v, body, f"{note}{', synonyms' if synonyms else ''}")
        two = {"resourceType": TOPIC, "resourceName": "described", "configurationKeys": ["retention.ms"]}
        c.ask("DescribeConfigs", v, {"resources": [two, two]}, "the same resource twice")
        c.ask("DescribeConfigs", v, {"resources": []}, "no resource")


def topic_configs(c, name, note):
    """What became of it, in one version."""
    c.settle()
    resource = {"resourceType": TOPIC, "resourceName": name}
    c.ask("DescribeConfigs", c.newest("DescribeConfigs"), {"resources": [resource], "includeSynonyms": True}, f"after {note}")


# (what, config, value): one after the other on one topic, each replacing all.
REPLACEMENTS = [
    ("one", [("retention.ms", "2000000")]),
    ("another", [("segment.bytes", "3000000")]),
    ("two", [("retention.ms", "2000000"), ("max.message.bytes", "5000")]),
    ("a null", [("retention.ms", None)]),
    ("an empty value", [("retention.ms", "")]),
    ("a bad value", [("retention.ms", "x")]),
    ("out of range", [("segment.bytes", "-5")]),
    ("unknown", [("no.such.config", "1")]),
    ("a bool", [("preallocate", "maybe")]),
    ("a bool in capitals", [("preallocate", "FALSE")]),
    ("spaces", [("retention.ms", " 77777777 ")]),
    ("a list", [("cleanup.policy", "delete,compact")]),
    ("a bad list", [("cleanup.policy", "delete,burn")]),
    ("twice", [("retention.ms", "1000001"), ("retention.ms", "1000002")]),
    ("nothing", []),
]


@scenario("configs")
def alter_configs(c):
    for v in c.versions("AlterConfigs"):
        name = c.topic(f"altered-{v}", retention_ms="3000000")
        ask = lambda note, kind, resource, configs, dry: c.ask("AlterConfigs", v, {
            "validateOnly": dry,
            "resources": [{"resourceType": kind, "resourceName": resource,
                           "configs": [{"name": key, "value": value} for key, value in configs]}],
        }, note + (", dry" if dry else ""))
        for note, configs in REPLACEMENTS:
            for dry in (True, False):
                ask(note, TOPIC, name, configs, dry)
            topic_configs(c, name, note)
        for note, kind, resource in [
            ("an unknown topic", TOPIC, "altered-none"), ("no topic", TOPIC, ""), ("a bad topic", TOPIC, "a b"),
            ("an unknown broker", BROKER, "9"), ("no number", BROKER, "one"), ("an unknown type", 99, "x"),
        ]:
            for dry in (True, False):
                ask(note, kind, resource, [("retention.ms", "1000000")], dry)
        ask("a config of no broker", BROKER, "1", [("no.such.config", "1")], True)
        ask("a config that can't change", BROKER, "1", [("node.id", "2")], True)
        c.ask("AlterConfigs", v, {"resources": []}, "no resource")
        # Not asked: the same resource twice. Kafka never answers that.


CHANGES = [
    ("set", [("retention.ms", SET, "4000000")]),
    ("set another", [("segment.bytes", SET, "4000000")]),
    ("delete", [("retention.ms", DELETE, None)]),
    ("delete once more", [("retention.ms", DELETE, None)]),
    ("delete with a value", [("segment.bytes", DELETE, "5")]),
    ("append to a list", [("cleanup.policy", APPEND, "compact")]),
    ("append what is there", [("cleanup.policy", APPEND, "compact")]),
    ("subtract", [("cleanup.policy", SUBTRACT, "compact")]),
    ("subtract what isn't there", [("cleanup.policy", SUBTRACT, "compact")]),
    ("append to no list", [("retention.ms", APPEND, "1")]),
    ("subtract from no list", [("retention.ms", SUBTRACT, "1")]),
    ("append a bad value", [("cleanup.policy", APPEND, "burn")]),
    ("set a null", [("retention.ms", SET, None)]),
    ("set an empty value", [("retention.ms", SET, "")]),
    ("set a bad value", [("retention.ms", SET, "x")]),
    ("out of range", [("segment.bytes", SET, "1")]),
    ("unknown", [("no.such.config", SET, "1")]),
    ("delete an unknown one", [("no.such.config", DELETE, None)]),
    ("an unknown operation", [("retention.ms", 9, "1")]),
    ("operation -1", [("retention.ms", -1, "1")]),
    ("the same twice", [("retention.ms", SET, "1000000"), ("retention.ms", SET, "2000000")]),
    ("set and delete", [("retention.ms", SET, "1000000"), ("retention.ms", DELETE, None)]),
    ("two", [("retention.ms", SET, "1000000"), ("max.message.bytes", SET, "9999")]),
    ("good and bad", [("retention.ms", SET, "5555555"), ("max.message.bytes", SET, "-7")]),
    ("an empty name", [("", SET, "1")]),
    ("nothing", []),
    ("throttled replicas", [("leader.replication.throttled.replicas", SET, "*")]),
    ("bad throttled replicas", [("leader.replication.throttled.replicas", SET, "x")]),
    ("min.insync.replicas", [("min.insync.replicas", SET, "2")]),
    ("min.insync.replicas back", [("min.insync.replicas", DELETE, None)]),
    ("compression", [("compression.type", SET, "zstd")]),
    ("bad compression", [("compression.type", SET, "zip")]),
    ("compression back", [("compression.type", DELETE, None)]),
    ("append time", [("message.timestamp.type", SET, "LogAppendTime")]),
    ("bad time", [("message.timestamp.type", SET, "Never")]),
    ("retention -1", [("retention.ms", SET, "-1")]),
    ("retention -2", [("retention.ms", SET, "-2")]),
    ("remote storage", [("remote.storage.enable", SET, "true")]),
    ("a double", [("min.cleanable.dirty.ratio", SET, "0.75")]),
    ("a double out of range", [("min.cleanable.dirty.ratio", SET, "1.5")]),
]


def changes(kind, name, configs):
    return {"resourceType": kind, "resourceName": name, "configs": [
        {"name": key, "configOperation": operation, "value": value} for key, operation, value in configs]}


@scenario("configs")
def incremental_alter_configs(c):
    for v in c.versions("IncrementalAlterConfigs"):
        name = c.topic(f"changed-{v}")
        for note, configs in CHANGES:
            for dry in (True, False):
                body = {"resources": [changes(TOPIC, name, configs)], "validateOnly": dry}
                c.ask("IncrementalAlterConfigs", v, body, note + (", dry" if dry else ""))
            topic_configs(c, name, note)
        one = [("retention.ms", SET, "1000000")]
        for note, resources in [
            ("an unknown topic", [changes(TOPIC, "changed-none", one)]),
            ("no topic", [changes(TOPIC, "", one)]),
            ("a bad topic", [changes(TOPIC, "a b", one)]),
            ("an unknown broker", [changes(BROKER, "9", one)]),
            ("no number", [changes(BROKER, "one", one)]),
            ("an unknown type", [changes(99, "x", one)]),
            ("a known and an unknown topic", [changes(TOPIC, name, one), changes(TOPIC, "changed-none", one)]),
            ("the same topic twice", [changes(TOPIC, name, one), changes(TOPIC, name, one)]),
            ("none", []),
        ]:
            c.ask("IncrementalAlterConfigs", v, {"resources": resources}, note)


@scenario("configs")
def broker_configs(c):
    for v in c.versions("IncrementalAlterConfigs"):
        for note, broker, configs in [
            ("set", "1", [("log.retention.ms", SET, "77777777")]),
            ("set for all", "", [("log.retention.ms", SET, "88888888")]),
            ("delete", "1", [("log.retention.ms", DELETE, None)]),
            ("delete for all", "", [("log.retention.ms", DELETE, None)]),
            ("read only", "1", [("node.id", SET, "2")]),
            ("read only for all", "", [("num.partitions", SET, "2")]),
            ("unknown", "1", [("no.such.config", SET, "2")]),
            ("a bad value", "1", [("log.retention.ms", SET, "x")]),
            ("out of range", "1", [("log.segment.bytes", SET, "1")]),
            ("message.max.bytes", "1", [("message.max.bytes", SET, "200000")]),
            ("message.max.bytes back", "1", [("message.max.bytes", DELETE, None)]),
        ]:
            for dry in (True, False):
                body = {"resources": [changes(BROKER, broker, configs)], "validateOnly": dry}
                c.ask("IncrementalAlterConfigs", v, body, note + (", dry" if dry else ""))
            c.settle()
            keys = ["log.retention.ms", "message.max.bytes", "num.partitions"]
            for name in ("1", ""):
                resource = {"resourceType": BROKER, "resourceName": name, "configurationKeys": keys}
                c.ask("DescribeConfigs", c.newest("DescribeConfigs"), {"resources": [resource], "includeSynonyms": True},
                      f"of {name!r} after {note}")
