"""Records: produced in every format, fetched at every version; offsets, epochs, producers."""

import json
import os
import pathlib
import random

import records
from . import scenario

VECTORS = pathlib.Path(os.environ.get(
    "FLUXMQ_VECTORS", pathlib.Path(__file__).resolve().parents[3] / "build/release/tests/vectors/vectors"))
NO_SUCH_ID = "bm8tc3VjaC10b3BpYy1pZA"
SEED = 4


def produce_body(topic, data, partition=0, acks=-1, topic_id=None, **more):
    topic_id = f"$id:{topic}" if topic_id is None else topic_id
    partitions = [{"index": partition, "records": data}]
    topics = [{"name": topic, "topicId": topic_id, "partitionData": partitions}]
    return {"acks": acks, "timeoutMs": 30000, "topicData": topics, **more}


def fetch_body(topic, offset=0, partition=0, max_bytes=1 << 20, partition_max_bytes=1 << 20, topic_id=None, **more):
    one = {"partition": partition, "fetchOffset": offset, "partitionMaxBytes": partition_max_bytes,
           **more.pop("within", {})}
    topic_id = f"$id:{topic}" if topic_id is None else topic_id
    topics = [{"topic": topic, "topicId": topic_id, "partitions": [one]}]
    return {"maxWaitMs": 100, "minBytes": 0, "maxBytes": max_bytes, "topics": topics, **more}


def batch_for(c, v, values, **more):
    """Records in the message format of a Produce version's age."""
    if v >= 3:
        return c.batch(values, **more)
    return records.message_set(values, magic=1 if v == 2 else 0, timestamp_ms=c.now_ms)


@scenario("data")
def produce(c):
    for v in c.versions("Produce"):
        topic = c.topic(f"produce-{v}", partitions=2)
        one = batch_for(c, v, [b"one"])
        ask = lambda note, body: c.ask("Produce", v, body, note)
        ask("one record", produce_body(topic, one))
        ask("three records", produce_body(topic, batch_for(c, v, [b"a", b"b", b"c"])))
        ask("acks 1", produce_body(topic, one, acks=1))
        for acks in (2, -2, 32767):
            ask(f"acks {acks}", produce_body(topic, one, acks=acks))
        ask("an unknown partition", produce_body(topic, one, partition=9))
        ask("partition -1", produce_body(topic, one, partition=-1))
        ask("an unknown topic", produce_body("produce-none", one, topic_id=NO_SUCH_ID))
        ask("no topic id or name", produce_body("", one, topic_id="A" * 22))
        # Not asked: null records. Kafka never answers them.
        ask("no records", produce_body(topic, b""))
        ask("no partition", {"acks": -1, "timeoutMs": 1000, "topicData": [
            {"name": topic, "topicId": f"$id:{topic}", "partitionData": []}]})
        ask("no topic", {"acks": -1, "timeoutMs": 1000, "topicData": []})
        two = produce_body(topic, one)
        two["topicData"][0]["partitionData"].append({"index": 1, "records": one})
        ask("two partitions", two)
        twice = produce_body(topic, one)
        twice["topicData"][0]["partitionData"].append({"index": 0, "records": batch_for(c, v, [b"again"])})
        ask("the same partition twice", twice)
        mixed = produce_body(topic, one)
        mixed["topicData"][0]["partitionData"].append({"index": 9, "records": one})
        ask("a known and an unknown partition", mixed)
        ask("too large", produce_body(topic, batch_for(c, v, [b"x" * 150_000])))
        ask("timeout 0", {**produce_body(topic, one), "timeoutMs": 0})
        c.ask_silent("Produce", v, produce_body(topic, one, acks=0), "acks 0")
        c.ask_silent("Produce", v, produce_body(topic, one, partition=9, acks=0), "acks 0, an unknown partition")
        c.ask_silent("Produce", v, produce_body(topic, b"garbage" * 9, acks=0), "acks 0, garbage")
        c.ask("Fetch", c.newest("Fetch", until=11), fetch_body(topic), "what is there afterwards")
        c.ask("Fetch", c.newest("Fetch", until=11), fetch_body(topic, partition=1), "what is there in the second")


@scenario("data")
def produce_to_internal_topics(c):
    for v in c.versions("Produce"):
        c.prepare("Metadata", {"topics": [{"name": "__consumer_offsets"}], "allowAutoTopicCreation": False})
        c.ask("Produce", v, produce_body("__consumer_offsets", batch_for(c, v, [b"x"])), "__consumer_offsets")


@scenario("data")
def produce_damaged_batches(c):
    for v in c.versions("Produce", since=3):
        topic = c.topic(f"damaged-{v}")
        good = c.batch([b"one", b"two"])
        for note, data in [
            ("wrong crc", c.batch([b"one"], crc=1)),
            ("count too large", c.batch([b"one"], count=2)),
            ("count 0", c.batch([b"one"], count=0)),
            ("last delta too large", c.batch([b"one"], last_delta=5)),
            ("last delta -1", c.batch([b"one"], last_delta=-1)),
            ("base offset 7", c.batch([b"one"], base_offset=7)),
            ("wrong max timestamp", c.batch([b"one", b"two"], max_timestamp=c.now_ms + 99)),
            ("magic 3", c.batch([b"one"], magic=3)),
            ("magic 1 by name only", c.batch([b"one"], magic=1)),
            ("magic 1", records.message_set([b"one"], 1, c.now_ms)),
            ("magic 0", records.message_set([b"one"], 0)),
            ("two batches", good + good),
            ("cut short", good[:-1]),
            ("a batch and a half", good + good[:20]),
            ("17 bytes", good[:17]),
            ("one byte", good[:1]),
            ("garbage", b"garbage" * 20),
            ("a control batch", c.batch([b"one"], attributes=0x20)),
            ("a transactional batch", c.batch([b"one"], attributes=0x10)),
            ("append time flag", c.batch([b"one"], attributes=0x08)),
            ("unused bits", c.batch([b"one"], attributes=0x0780)),
            ("codec 5", c.batch([b"one"], attributes=5)),
            ("gzip of garbage", c.batch([b"one"], attributes=1)),
            ("gzip", c.batch([b"one", b"two"], codec=records.GZIP)),
            ("headers", c.batch([b"one"], headers=[(b"h", b"1"), (b"h", None)])),
            ("a day old", c.batch([b"one"], timestamp_ms=c.now_ms - 86_400_000)),
            ("from tomorrow", c.batch([b"one"], timestamp_ms=c.now_ms + 86_400_000)),
            ("no timestamp", c.batch([b"one"], timestamp_ms=-1)),
            ("an unknown producer at sequence 0", c.batch([b"one"], producer=(4_000_000, 0, 0))),
            ("an unknown producer at sequence 5", c.batch([b"one"], producer=(4_000_001, 0, 5))),
            ("a producer without sequence", c.batch([b"one"], producer=(4_000_002, 0, -1))),
            ("producer epoch -1", c.batch([b"one"], producer=(4_000_003, -1, 0))),
        ]:
            c.ask("Produce", v, produce_body(topic, data), note)
        c.ask("Fetch", c.newest("Fetch", until=11), fetch_body(topic), f"what is there after version {v}")


@scenario("data")
def produce_old_message_sets(c):
    for v in c.versions("Produce", until=2):
        for stamp in ("CreateTime", "LogAppendTime"):
            topic = c.topic(f"old-{v}-{stamp}", message_timestamp_type=stamp, message_timestamp_after_max_ms="3600000")
            for note, data in [
                ("magic 0", records.message_set([b"one", b"two"], 0)),
                ("magic 1", records.message_set([b"one", b"two"], 1, c.now_ms)),
                ("magic 1 without time", records.message_set([b"one"], 1)),
                ("magic 0, gzip", records.message_set([b"one", b"two", b"three"], 0, codec=records.GZIP)),
                ("magic 1, gzip", records.message_set([b"one", b"two", b"three"], 1, c.now_ms, codec=records.GZIP)),
                ("magic 2", c.batch([b"one"])),
                ("no key, no value", records.message(0, None, None, 1, c.now_ms)),
                ("wrong crc", records.message(0, b"k", b"v", 1, c.now_ms, crc=7)),
                ("offsets from 5", records.message(5, b"k", b"v", 1, c.now_ms)),
                ("both magics", records.message_set([b"one"], 0) + records.message_set([b"two"], 1, c.now_ms)),
                ("cut short", records.message_set([b"one", b"two"], 1, c.now_ms)[:-3]),
                ("codec 3 of garbage", records.message(0, None, b"garbage", 1, c.now_ms, 3)),
                ("codec 4", records.message(0, None, b"garbage", 1, c.now_ms, 4)),
                ("from tomorrow", records.message_set([b"one"], 1, c.now_ms + 86_400_000)),
                ("plain and gzip", records.message_set([b"one"], 1, c.now_ms) +
                 records.message_set([b"two"], 1, c.now_ms, codec=records.GZIP)),
            ]:
                c.ask("Produce", v, produce_body(topic, data), f"{note}, {stamp}")
            for fetch in (0, 2, 4, 10):
                fetch = c.newest("Fetch", until=fetch)
                if fetch is not None:
                    c.ask("Fetch", fetch, fetch_body(topic), f"what is there after Produce {v}, {stamp}")


def topic_of_vector(c, line, name):
    return c.topic(
        name, compression_type=line["compressionType"], message_timestamp_type=line["timestampType"],
        cleanup_policy="compact" if line["compacted"] else "delete",
        message_timestamp_before_max_ms=str(line["timestampBeforeMaxMs"]),
        message_timestamp_after_max_ms=str(line["timestampAfterMaxMs"]),
    )


@scenario("data")
def produce_golden_batches(c):
    """The cases of produce-append.jsonl, each to a topic with its settings, then fetched."""
    for i, text in enumerate((VECTORS / "produce-append.jsonl").read_text().splitlines()):
        line = json.loads(text)
        version = line["produceVersion"]
        if version not in c.versions("Produce"):
            continue
        topic = topic_of_vector(c, line, f"golden-{i}")
        c.ask("Produce", version, produce_body(topic, bytes.fromhex(line["hex"])), line["name"])
        if "recompress" not in line["name"]:  # compressed by different libraries
            c.ask("Fetch", c.newest("Fetch", until=11), fetch_body(topic), f"stored: {line['name']}")


@scenario("data")
def fetch_golden_batches(c):
    """Message sets of all formats and codecs, produced at the newest version that takes them, fetched at each."""
    for i, text in enumerate((VECTORS / "record-batches.jsonl").read_text().splitlines()):
        line = json.loads(text)
        data = bytes.fromhex(line["hex"])
        magic = data[16] if len(data) > 16 else -1
        if magic not in (0, 1) or not c.versions("Produce", until=2):
            continue
        topic = c.topic(f"golden-set-{i}", message_timestamp_after_max_ms=str(2**63 - 1))
        c.ask("Produce", 2 if magic else 0, produce_body(topic, data), line["name"])
        for v in (0, 2, 4):
            if v in c.common["Fetch"]:
                c.ask("Fetch", v, fetch_body(topic), f"{line['name']}")


@scenario("data")
def fetch(c):
    topic = c.topic("fetch", partitions=2, segment_bytes="1048576")
    for values in ([b"a"], [b"b", b"c", b"d"], [b"e" * 1000], [b"f"]):
        c.produce(topic, c.batch(values))
    c.produce(topic, c.batch([b"g1", b"g2"], codec=records.GZIP))
    for v in c.versions("Fetch"):
        ask = lambda note, *a, **more: c.ask("Fetch", v, fetch_body(*a, **more), note)
        for offset in (0, 1, 2, 3, 4, 6, 7, 8, 9, -1, -2, 1 << 40):
            ask(f"from {offset}", topic, offset)
        ask("one byte", topic, 0, partition_max_bytes=1)
        ask("one byte of all", topic, 0, max_bytes=1)
        ask("0 bytes", topic, 0, partition_max_bytes=0)
        ask("200 bytes", topic, 0, partition_max_bytes=200)
        ask("an empty partition", topic, 0, 1)
        ask("an unknown partition", topic, 0, 9)
        ask("partition -1", topic, 0, -1)
        ask("an unknown topic", "fetch-none", topic_id=NO_SUCH_ID)
        ask("no topic", "", topic_id="A" * 22)
        ask("read committed", topic, 0, isolationLevel=1)
        ask("as replica 5", topic, 0, **({"replicaId": 5} if v <= 14 else {"replicaState": {"replicaId": 5, "replicaEpoch": 0}}))
        ask("min bytes not there", topic, 9, minBytes=1000)
        two = fetch_body(topic)
        two["topics"][0]["partitions"].append({"partition": 1, "fetchOffset": 0, "partitionMaxBytes": 1000})
        c.ask("Fetch", v, two, "two partitions")
        twice = fetch_body(topic, 4)
        twice["topics"][0]["partitions"].append({"partition": 0, "fetchOffset": 5, "partitionMaxBytes": 1000})
        c.ask("Fetch", v, twice, "the same partition twice")
        both = fetch_body(topic, 7)
        both["topics"].append(fetch_body("fetch-none", topic_id=NO_SUCH_ID)["topics"][0])
        c.ask("Fetch", v, both, "a known and an unknown topic")
        c.ask("Fetch", v, {"maxWaitMs": 0, "minBytes": 0, "topics": []}, "nothing")
        for epoch in (0, 1, -1) if v >= 9 else ():
            ask(f"leader epoch {epoch}", topic, 7, within={"currentLeaderEpoch": epoch})
        for epoch in (0, 1, 5) if v >= 12 else ():
            ask(f"last fetched epoch {epoch}", topic, 7, within={"lastFetchedEpoch": epoch})
        if v >= 11:
            ask("from a rack", topic, 7, rackId="r1")


@scenario("data")
def fetch_sessions(c):
    topic = c.topic("sessions", partitions=2)
    other = c.topic("sessions-b")
    c.produce(topic, c.batch([b"a"]))
    for v in c.versions("Fetch", since=7):
        session = f"session-{v}"

        def ask(note, epoch, *topics, session_id=f"${session}", forgotten=(), keep=None):
            body = {"maxWaitMs": 50, "minBytes": 0, "sessionEpoch": epoch, "topics": list(topics),
                    "forgottenTopicsData": list(forgotten)}
            body["sessionId"] = c.names.get(session, 0) if session_id == f"${session}" else session_id
            c.ask("Fetch", v, body, note, keep=keep)

        whole = lambda name, *partitions, offset=0: {"topic": name, "topicId": f"$id:{name}", "partitions": [
            {"partition": p, "fetchOffset": offset, "partitionMaxBytes": 1000} for p in partitions]}
        ask("new", 0, whole(topic, 0, 1), session_id=0, keep={session: "sessionId"})
        ask("nothing new", 1)
        ask("one moved on", 2, whole(topic, 0, offset=1))
        ask("a topic more", 3, whole(other, 0))
        ask("a partition forgotten", 4, forgotten=[{"topic": topic, "topicId": f"$id:{topic}", "partitions": [1]}])
        ask("an old epoch", 2)
        ask("an epoch ahead", 9)
        ask("an unknown partition", 5, whole(topic, 9))
        ask("closed", -1)
        ask("after it was closed", 6)
        ask("an unknown session", 1, session_id=1_234_567)
        ask("epoch 0 of a session", 0, whole(topic, 0), session_id=1_234_567)


@scenario("data")
def list_offsets(c):
    topic = c.topic("offsets", partitions=2)
    for i in range(3):
        c.produce(topic, c.batch([b"a", b"b"], timestamp_ms=c.now_ms - 10_000 + 1000 * i))
    for v in c.versions("ListOffsets"):
        def ask(note, name, *partitions, **more):
            one = [{"partitionIndex": p, "timestamp": t, "maxNumOffsets": n, "currentLeaderEpoch": -1, **more}
                   for p, t, n in partitions]
            c.ask("ListOffsets", v, {"replicaId": -1, "topics": [{"name": name, "partitions": one}]}, note)
        for special in range(-8, 0):
            ask(f"timestamp {special}", topic, (0, special, 10))
        for at in (-11_000, -10_000, -9_999, -9_500, -8_000, -7_999, 0):
            ask(f"{at} ms from now", topic, (0, c.now_ms + at, 10))
        ask("time 0", topic, (0, 0, 10))
        ask("an empty partition", topic, (1, -1, 1), (1, -2, 1))
        ask("an empty partition by time", topic, (1, 0, 1))
        ask("max timestamp of an empty one", topic, (1, -3, 1))
        ask("an unknown partition", topic, (9, -1, 1))
        ask("an unknown topic", "offsets-none", (0, -1, 1))
        ask("the same twice", topic, (0, -1, 1), (0, -1, 1))
        ask("the same twice, otherwise", topic, (0, -1, 1), (0, -2, 1))
        ask("one offset", topic, (0, -1, 1))
        ask("no offset", topic, (0, -1, 0))
        for epoch in (0, 1) if v >= 4 else ():
            ask(f"leader epoch {epoch}", topic, (0, -1, 1), currentLeaderEpoch=epoch)
        c.ask("ListOffsets", v, {"replicaId": -1, "topics": []}, "nothing")
        known = [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": -1}]}]
        c.ask("ListOffsets", v, {"replicaId": 5, "topics": known}, "as replica 5")
        c.ask("ListOffsets", v, {"replicaId": -2, "topics": known}, "as a debugger")
        c.ask("ListOffsets", v, {"replicaId": -1, "isolationLevel": 1, "topics": known}, "read committed")


@scenario("data")
def delete_records(c):
    for v in c.versions("DeleteRecords"):
        topic = c.topic(f"trim-{v}", partitions=2)
        c.produce(topic, c.batch([b"a"] * 10))
        ask = lambda note, name, *partitions: c.ask("DeleteRecords", v, {"timeoutMs": 30000, "topics": [
            {"name": name, "partitions": [{"partitionIndex": p, "offset": o} for p, o in partitions]}]}, note)
        ask("up to 3", topic, (0, 3))
        ask("up to 2, which is gone", topic, (0, 2))
        ask("up to 11, which isn't there yet", topic, (0, 11))
        ask("up to -2", topic, (0, -2))
        ask("an unknown partition", topic, (9, 1))
        ask("an unknown topic", "trim-none", (0, 1))
        ask("an empty partition", topic, (1, 0))
        ask("two", topic, (0, 4), (1, -1))
        ask("the same twice", topic, (0, 5), (0, 6))
        ask("all", topic, (0, -1))
        c.ask("DeleteRecords", v, {"timeoutMs": 1000, "topics": []}, "nothing")
        for fetch in (c.newest("Fetch", until=11),):
            for offset in (0, 5, 10):
                c.ask("Fetch", fetch, fetch_body(topic, offset), f"from {offset} after version {v}")
        starts = [{"partitionIndex": p, "timestamp": t} for p in (0, 1) for t in (-2,)]
        c.ask("ListOffsets", c.newest("ListOffsets"), {"replicaId": -1, "topics": [{"name": topic, "partitions": starts}]})
        compacted = c.topic(f"trim-compacted-{v}", cleanup_policy="compact")
        ask("a compacted topic", compacted, (0, 0))


@scenario("data")
def offset_for_leader_epoch(c):
    topic = c.topic("epochs", partitions=2)
    c.produce(topic, c.batch([b"a"] * 3))
    for v in c.versions("OffsetForLeaderEpoch"):
        def ask(note, name, *partitions):
            one = [{"partition": p, "leaderEpoch": e, "currentLeaderEpoch": current} for p, e, current in partitions]
            replica = {"replicaId": -1} if v >= 3 else {}
            c.ask("OffsetForLeaderEpoch", v, {**replica, "topics": [{"topic": name, "partitions": one}]}, note)
        for epoch in (0, 1, -1, -2, 2**31 - 1):
            ask(f"epoch {epoch}", topic, (0, epoch, -1))
        for current in (0, 1, -2) if v >= 2 else ():
            ask(f"current epoch {current}", topic, (0, 0, current))
        ask("an empty partition", topic, (1, 0, -1))
        ask("an unknown partition", topic, (9, 0, -1))
        ask("an unknown topic", "epochs-none", (0, 0, -1))
        ask("two", topic, (0, 0, -1), (1, 0, -1))
        ask("the same twice", topic, (0, 0, -1), (0, 0, -1))
        c.ask("OffsetForLeaderEpoch", v, {"topics": []}, "nothing")


@scenario("data")
def init_producer_id(c):
    for v in c.versions("InitProducerId"):
        name = f"producer-{v}"
        ask = lambda note, keep=None, **body: c.ask(
            "InitProducerId", v, {"transactionalId": None, "transactionTimeoutMs": 60000, **body}, note, keep=keep)
        ask("new", keep={name: "producerId"})
        ask("timeout 0", transactionTimeoutMs=0)
        ask("timeout -1", transactionTimeoutMs=-1)
        ask("an empty transactional id", transactionalId="")
        if v >= 3:
            ask("bumped", producerId=c.names[name], producerEpoch=0)
            ask("an id without epoch", producerId=c.names[name])
            ask("an epoch without id", producerEpoch=5)
            ask("an unknown id", producerId=4_000_000_000, producerEpoch=0)
            ask("the last epoch", producerId=c.names[name], producerEpoch=32767)
            ask("negative", producerId=-5, producerEpoch=-5)


@scenario("data")
def idempotent_produce(c):
    for v in c.versions("Produce", since=3):
        topic = c.topic(f"idempotent-{v}", partitions=2)
        name = f"idempotent-producer-{v}"
        c.prepare("InitProducerId", {"transactionalId": None, "transactionTimeoutMs": 60000}, keep={name: "producerId"})
        who = c.names[name]

        def ask(note, epoch, sequence, count=1, partition=0):
            data = c.batch([b"x"] * count, producer=(who, epoch, sequence))
            c.ask("Produce", v, produce_body(topic, data, partition), note)
        ask("first", 0, 0, 3)
        ask("next", 0, 3, 2)
        ask("the same once more", 0, 3, 2)
        ask("the first once more", 0, 0, 3)
        ask("overlapping", 0, 4, 2)
        ask("a gap", 0, 9)
        for sequence in range(5, 11):
            ask(f"sequence {sequence}", 0, sequence)
        ask("one long gone", 0, 0, 3)
        ask("another partition, in the middle", 0, 5, 1, 1)
        ask("another partition, from 0", 0, 0, 1, 1)
        ask("a new epoch, in the middle", 1, 11)
        ask("a new epoch, from 0", 1, 0)
        ask("the old epoch", 0, 11)
        ask("epoch 5", 5, 0)
        ask("the last sequence", 6, 2**31 - 1)
        if c.common.get("DescribeProducers"):
            c.ask("DescribeProducers", 0, {"topics": [{"name": topic, "partitionIndexes": [0, 1]}]}, f"after Produce {v}")


@scenario("data")
def describe_producers(c):
    topic = c.topic("producers")
    for v in c.versions("DescribeProducers"):
        ask = lambda note, name, *partitions: c.ask(
            "DescribeProducers", v, {"topics": [{"name": name, "partitionIndexes": list(partitions)}]}, note)
        ask("none", topic, 0)
        ask("an unknown partition", topic, 9)
        ask("an unknown topic", "producers-none", 0)
        ask("a bad name", "a b", 0)
        ask("no partition", topic)
        c.ask("DescribeProducers", v, {"topics": []}, "nothing")


@scenario("data")
def whatever(c):
    """Seeded: combinations of fields that nobody thought of."""
    topic = c.topic("whatever", partitions=3)
    for i in range(6):
        c.produce(topic, c.batch([b"v%d" % i] * (i + 1), codec=records.GZIP if i % 2 else records.NONE), partition=i % 2)
    dice = random.Random(SEED)
    pick = dice.choice
    for v in c.versions("Fetch"):
        for i in range(12):
            topics = [{"topic": pick([topic, topic, topic, "whatever-none"]), "partitions": [
                {"partition": pick([0, 0, 1, 2, 3]), "fetchOffset": pick([0, 1, 2, 5, 9, 12, -1]),
                 "partitionMaxBytes": pick([0, 1, 100, 1000]), "currentLeaderEpoch": pick([-1, -1, 0, 1]),
                 "logStartOffset": pick([-1, 0, 5])} for _ in range(pick([1, 1, 2]))]}]
            topics[0]["topicId"] = f"$id:{topic}" if topics[0]["topic"] == topic else NO_SUCH_ID
            body = {"maxWaitMs": pick([0, 20]), "minBytes": pick([0, 1, 200]), "maxBytes": pick([1, 150, 100000]),
                    "isolationLevel": pick([0, 1]), "topics": topics}
            c.ask("Fetch", v, body, f"throw {i}")
    for v in c.versions("ListOffsets"):
        for i in range(8):
            partitions = [{"partitionIndex": pick([0, 1, 2, 3]), "maxNumOffsets": pick([0, 1, 5]),
                           "timestamp": pick([-1, -2, -3, -4, -5, 0, c.now_ms]), "currentLeaderEpoch": pick([-1, 0, 1])}
                          for _ in range(pick([1, 2]))]
            body = {"replicaId": -1, "isolationLevel": pick([0, 1]), "topics": [{"name": topic, "partitions": partitions}]}
            c.ask("ListOffsets", v, body, f"throw {i}")
