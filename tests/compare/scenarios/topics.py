"""Topics: created, deleted, given more partitions."""

from . import scenario

LONGEST_NAME = 249


def creation(name, partitions=1, replicas=1, assignments=(), configs=()):
    return {
        "name": name,
        "numPartitions": partitions,
        "replicationFactor": replicas,
        "assignments": [{"partitionIndex": i, "brokerIds": brokers} for i, brokers in assignments],
        "configs": [{"name": key, "value": value} for key, value in configs],
    }


# What is asked, and the topics of the request; {} in a name is the version.
CREATIONS = [
    ("one", [creation("new-{}", 2)]),
    ("once more", [creation("new-{}", 2)]),
    ("two", [creation("two-a-{}"), creation("two-b-{}", 3)]),
    ("twice the same", [creation("twice-{}"), creation("twice-{}")]),
    ("the same twice and another", [creation("thrice-{}"), creation("thrice-{}", 2), creation("thrice-other-{}")]),
    ("none", []),
    ("no name", [creation("")]),
    ("dots", [creation("."), creation("..")]),
    ("bad characters", [creation("a b"), creation("a/b"), creation("ä"), creation("a,b"), creation("a:b")]),
    ("the longest name", [creation("x" * (LONGEST_NAME - 3) + "{}")]),
    ("a longer name", [creation("x" * (LONGEST_NAME + 1))]),
    ("colliding", [creation("coll.i-{}"), creation("coll_i-{}")]),
    ("colliding with one that is there", [creation("coll_i-{}")]),
    ("no partitions", [creation("zero-{}", 0)]),
    ("-1 partitions", [creation("default-{}", -1, 1)]),
    ("-1 replicas", [creation("default-r-{}", 1, -1)]),
    ("-1 both", [creation("default-b-{}", -1, -1)]),
    ("-2 partitions", [creation("minus-{}", -2)]),
    ("no replicas", [creation("zero-r-{}", 1, 0)]),
    ("-2 replicas", [creation("minus-r-{}", 1, -2)]),
    ("more replicas than brokers", [creation("many-r-{}", 1, 3)]),
    ("assigned", [creation("assigned-{}", -1, -1, [(0, [1]), (1, [1])])]),
    ("assigned and counted", [creation("assigned-c-{}", 2, 1, [(0, [1]), (1, [1])])]),
    ("assigned to an unknown broker", [creation("assigned-u-{}", -1, -1, [(0, [9])])]),
    ("assigned with a gap", [creation("assigned-g-{}", -1, -1, [(0, [1]), (2, [1])])]),
    ("assigned twice", [creation("assigned-t-{}", -1, -1, [(0, [1]), (0, [1])])]),
    ("assigned to nobody", [creation("assigned-n-{}", -1, -1, [(0, [])])]),
    ("assigned to one broker twice", [creation("assigned-d-{}", -1, -1, [(0, [1, 1])])]),
    ("configs", [creation("configs-{}", 1, 1, (), [("retention.ms", "1000000"), ("segment.bytes", "2000000")])]),
    ("an unknown config", [creation("config-u-{}", 1, 1, (), [("no.such.config", "1")])]),
    ("a bad value", [creation("config-b-{}", 1, 1, (), [("retention.ms", "soon")])]),
    ("a value out of range", [creation("config-o-{}", 1, 1, (), [("segment.bytes", "1")])]),
    ("a bad policy", [creation("config-p-{}", 1, 1, (), [("cleanup.policy", "burn")])]),
    ("a null value", [creation("config-n-{}", 1, 1, (), [("retention.ms", None)])]),
    ("a config twice", [creation("config-t-{}", 1, 1, (), [("retention.ms", "1"), ("retention.ms", "2")])]),
    ("an empty config name", [creation("config-e-{}", 1, 1, (), [("", "1")])]),
    ("good and bad", [creation("good-{}"), creation("bad-{}", 0), creation("new-{}")]),
    ("an internal name", [creation("__consumer_offsets")]),
]


def with_version(topics, version):
    return [{**topic, "name": topic["name"].replace("{}", f"{version:03}")} for topic in topics]


@scenario("configs")
def create_topics(c):
    for v in c.versions("CreateTopics"):
        for note, topics in CREATIONS:
            topics = with_version(topics, v)
            if v >= 1:
                c.ask("CreateTopics", v, {"topics": topics, "timeoutMs": 30000, "validateOnly": True}, f"{note}, dry")
            c.ask("CreateTopics", v, {"topics": topics, "timeoutMs": 30000, "validateOnly": False}, note)
        c.settle()
        names = [{"name": name.format(f"{v:03}")} for name in ("new-{}", "two-b-{}", "default-{}", "assigned-{}", "twice-{}")]
        c.ask("Metadata", c.newest("Metadata", until=9), {"topics": names, "allowAutoTopicCreation": False}, f"after version {v}")


@scenario("configs")
def delete_topics(c):
    for v in c.versions("DeleteTopics"):
        for kind in "abcdefg":
            c.topic(f"delete-{kind}-{v}")
        by_name = v < 6

        def ask(note, *names, ids=()):
            topics = [{"name": name, "topicId": "A" * 22} for name in names]
            topics += [{"name": None, "topicId": each} for each in ids]
            body = {"topicNames": list(names)} if by_name else {"topics": topics}
            c.ask("DeleteTopics", v, {**body, "timeoutMs": 30000}, note)

        ask("one", f"delete-a-{v}")
        c.settle()
        ask("once more", f"delete-a-{v}")
        ask("two and an unknown one", f"delete-b-{v}", f"delete-c-{v}", "delete-none")
        ask("none")
        ask("twice the same", f"delete-d-{v}", f"delete-d-{v}")
        ask("no name", "")
        ask("a bad name", "a b")
        if not by_name:
            ask("by id", ids=[f"$id:delete-e-{v}"])
            c.settle()
            ask("by id once more", ids=[f"$id:delete-e-{v}"])
            ask("an unknown id", ids=["bm8tc3VjaC10b3BpYy1pZA"])
            ask("no name and no id", ids=["A" * 22])
            ask("the same id twice", ids=[f"$id:delete-f-{v}", f"$id:delete-f-{v}"])
            both = [{"name": f"delete-g-{v}", "topicId": f"$id:delete-g-{v}"}]
            c.ask("DeleteTopics", v, {"topics": both, "timeoutMs": 30000}, "name and id")
            c.ask("DeleteTopics", v, {"topics": [{"name": f"delete-g-{v}"}, {"name": None, "topicId": f"$id:delete-g-{v}"}],
                                      "timeoutMs": 30000}, "by name and by id")
        c.settle()
        c.ask("Metadata", c.newest("Metadata", until=9), {"allowAutoTopicCreation": False, "topics": [
            {"name": f"delete-{kind}-{v}"} for kind in "abcdefg"]}, f"after version {v}")


@scenario("configs")
def create_partitions(c):
    c.topic("grow-too", partitions=2)
    for v in c.versions("CreatePartitions"):
        name = c.topic(f"grow-{v}", partitions=2)

        def ask(note, *topics):
            for dry in (True, False):
                body = {"topics": list(topics), "timeoutMs": 30000, "validateOnly": dry}
                c.ask("CreatePartitions", v, body, f"{note}{', dry' if dry else ''}")
                c.settle()

        grow = lambda count, assignments=None, topic=name: {
            "name": topic, "count": count,
            "assignments": assignments and [{"brokerIds": brokers} for brokers in assignments],
        }
        ask("to 3", grow(3))
        ask("to as many", grow(3))
        ask("to fewer", grow(1))
        ask("to 0", grow(0))
        ask("to -1", grow(-1))
        ask("to 5, assigned", grow(5, [[1], [1]]))
        ask("to 7, one assigned", grow(7, [[1]]))
        ask("to 6, assigned to an unknown broker", grow(6, [[9]]))
        ask("to 6, assigned to nobody", grow(6, [[]]))
        ask("to 6, assigned twice", grow(6, [[1, 1]]))
        ask("to 6, assigned to two", grow(6, [[1, 2]]))
        ask("an unknown topic", grow(3, topic="grow-none"))
        ask("no name", grow(3, topic=""))
        ask("twice the same", grow(8), grow(9))
        ask("none")
        ask("good and bad", grow(6), grow(1, topic="grow-too"))
        c.ask("Metadata", c.newest("Metadata", until=9), {"topics": [{"name": name}], "allowAutoTopicCreation": False})
