"""What clients and tools ask about the cluster: versions, metadata, brokers, log directories, reassignments."""

from . import scenario

NOT_ASKED = {"includeClusterAuthorizedOperations": False, "includeTopicAuthorizedOperations": False}
NO_SUCH_ID = "bm8tc3VjaC10b3BpYy1pZA"


@scenario("cluster")
def api_versions(c):
    for v in c.versions("ApiVersions"):
        c.ask("ApiVersions", v, {"clientSoftwareName": "compare", "clientSoftwareVersion": "1.0"})
    for v in c.versions("ApiVersions", since=3):
        for name, version in [("", "1"), ("a b", "1"), ("-a", "1"), ("a", ""), ("a", "1 "), ("a.b-c", "1.2-3")]:
            c.ask("ApiVersions", v, {"clientSoftwareName": name, "clientSoftwareVersion": version}, f"{name!r} {version!r}")


@scenario("cluster")
def api_versions_from_the_future(c):
    for version in (99, 32767, -1):
        c.raw(18, version, b"", f"ApiVersions version {version}")


@scenario("cluster")
def what_nobody_serves(c):
    c.raw(3, 99, b"\0" * 8, "Metadata 99")
    c.raw(999, 0, b"", "API key 999")
    c.raw(-1, 0, b"", "API key -1")
    c.raw(4, 0, b"\0" * 16, "LeaderAndIsr, not for clients")
    c.raw(3, 1, b"\0\0", "Metadata 1 cut short")
    c.raw(3, 1, b"\x7f\xff\xff\xff", "Metadata 1 of two thousand million topics")


@scenario("cluster")
def metadata_of_topics(c):
    c.topic("metadata", partitions=3)
    c.topic("metadata-b")
    for v in c.versions("Metadata"):
        ask = lambda note, **body: c.ask("Metadata", v, {"allowAutoTopicCreation": False, **NOT_ASKED, **body}, note)
        ask("no topic", topics=[])
        ask("one", topics=[{"name": "metadata"}])
        ask("two, the other way round", topics=[{"name": "metadata-b"}, {"name": "metadata"}])
        ask("twice", topics=[{"name": "metadata"}, {"name": "metadata"}])
        for name in ("", ".", "..", "a b", "a/b", "ä", "x" * 249, "x" * 250):
            if v >= 4:
                ask(f"invalid or unknown {name[:4]!r} {len(name)}", topics=[{"name": name}])
        ask("known and unknown", topics=[{"name": "metadata"}] + ([{"name": "metadata-none"}] if v >= 4 else []))
        for asked in (True, False) if v >= 8 else ():
            ask(f"authorized operations {asked}", topics=[{"name": "metadata"}],
                includeTopicAuthorizedOperations=asked, includeClusterAuthorizedOperations=asked)


@scenario("cluster")
def metadata_of_all_topics(c):
    c.topic("metadata-all", partitions=2)
    for v in c.versions("Metadata"):
        c.ask("Metadata", v, {"topics": None if v else [], **NOT_ASKED})


@scenario("cluster")
def metadata_by_id(c):
    c.topic("by-id")
    for v in c.versions("Metadata", since=10):
        for note, topic in [
            ("known id", {"name": None, "topicId": "$id:by-id"}),
            ("known id and its name", {"name": "by-id", "topicId": "$id:by-id"}),
            ("known id and another name", {"name": "other", "topicId": "$id:by-id"}),
            ("unknown id", {"name": None, "topicId": NO_SUCH_ID}),
            ("no id and no name", {"name": None}),
        ]:
            c.ask("Metadata", v, {"topics": [topic], "allowAutoTopicCreation": False}, note)
        both = [{"name": None, "topicId": "$id:by-id"}, {"name": None, "topicId": NO_SUCH_ID}]
        c.ask("Metadata", v, {"topics": both, "allowAutoTopicCreation": False}, "known and unknown id")
        mixed = [{"name": None, "topicId": "$id:by-id"}, {"name": "by-id"}]
        c.ask("Metadata", v, {"topics": mixed, "allowAutoTopicCreation": False}, "id and name")


@scenario("cluster")
def metadata_creates_topics(c):
    for v in c.versions("Metadata"):
        name = f"created-by-metadata-{v}"
        # Not compared: Kafka may answer before it has created the topic, with error 3 or 5.
        c.prepare("Metadata", {"topics": [{"name": name}], "allowAutoTopicCreation": True}, version=v)
        c.until(lambda answer: answer["topics"][0]["errorCode"] == 0, "Metadata",
                {"topics": [{"name": name}], "allowAutoTopicCreation": False})
        c.ask("Metadata", v, {"topics": [{"name": name}], "allowAutoTopicCreation": True}, "has created it")


@scenario("cluster")
def describe_cluster(c):
    for v in c.versions("DescribeCluster"):
        for asked in (False, True):
            c.ask("DescribeCluster", v, {"includeClusterAuthorizedOperations": asked}, f"operations {asked}")
        for endpoint in (1, 2, 3, 0) if v >= 1 else ():
            c.ask("DescribeCluster", v, {"endpointType": endpoint}, f"endpoint type {endpoint}")
        for fenced in (True,) if v >= 2 else ():
            c.ask("DescribeCluster", v, {"includeFencedBrokers": fenced}, "fenced brokers too")


@scenario("cluster")
def describe_topic_partitions(c):
    c.topic("parts-a", partitions=5)
    c.topic("parts-b", partitions=3)
    for v in c.versions("DescribeTopicPartitions"):
        def ask(note, *names, limit=2000, cursor=None):
            topics = [{"name": name} for name in names]
            c.ask("DescribeTopicPartitions", v,
                  {"topics": topics, "responsePartitionLimit": limit, "cursor": cursor}, note)
        ask("two", "parts-b", "parts-a")
        ask("twice", "parts-a", "parts-a")
        ask("unknown and invalid", "parts-none", "a b", "parts-a")
        ask("limit 2", "parts-a", "parts-b", limit=2)
        ask("limit 6", "parts-a", "parts-b", limit=6)
        ask("limit 0", "parts-a", limit=0)
        ask("limit -1", "parts-a", limit=-1)
        ask("cursor", "parts-a", "parts-b", limit=4, cursor={"topicName": "parts-a", "partitionIndex": 3})
        ask("cursor of the second", "parts-a", "parts-b", cursor={"topicName": "parts-b", "partitionIndex": 1})
        ask("cursor beyond", "parts-a", cursor={"topicName": "parts-a", "partitionIndex": 9})
        ask("cursor of an unknown topic", "parts-a", "parts-b", cursor={"topicName": "parts-aa", "partitionIndex": 1})
        ask("cursor -1", "parts-a", cursor={"topicName": "parts-a", "partitionIndex": -1})


@scenario("cluster")
def describe_log_dirs(c):
    c.topic("log-dirs", partitions=2)
    c.produce("log-dirs", c.batch([b"one", b"two"]))
    for v in c.versions("DescribeLogDirs"):
        for note, topics in [
            ("one topic", [{"topic": "log-dirs", "partitions": [0, 1]}]),
            ("an unknown partition", [{"topic": "log-dirs", "partitions": [0, 9]}]),
            ("an unknown topic", [{"topic": "log-dirs-none", "partitions": [0]}]),
            ("no partition", [{"topic": "log-dirs", "partitions": []}]),
            ("no topic", []),
        ]:
            c.ask("DescribeLogDirs", v, {"topics": topics}, note)


@scenario("cluster")
def alter_replica_log_dirs(c):
    c.topic("move-dirs")
    for v in c.versions("AlterReplicaLogDirs"):
        for note, path, topic, partitions in [
            ("an unknown folder", "/no/such/folder", "move-dirs", [0]),
            ("a relative folder", "relative", "move-dirs", [0]),
            ("an unknown topic", "/no/such/folder", "move-dirs-none", [0]),
        ]:
            topics = [{"name": topic, "partitions": partitions}]
            c.ask("AlterReplicaLogDirs", v, {"dirs": [{"path": path, "topics": topics}]}, note)
        c.ask("AlterReplicaLogDirs", v, {"dirs": []}, "nothing")


@scenario("cluster")
def elect_leaders(c):
    c.topic("elections", partitions=2)
    for v in c.versions("ElectLeaders"):
        for kind in (0, 1) if v else (0,):
            for note, topics in [
                ("known", [{"topic": "elections", "partitions": [0, 1]}]),
                ("an unknown partition", [{"topic": "elections", "partitions": [7]}]),
                ("an unknown topic", [{"topic": "elections-none", "partitions": [0]}]),
                ("twice", [{"topic": "elections", "partitions": [0]}, {"topic": "elections", "partitions": [0]}]),
                ("none", []),
            ]:
                body = {"electionType": kind, "topicPartitions": topics, "timeoutMs": 10000}
                c.ask("ElectLeaders", v, body, f"{note}, type {kind}")
            c.ask("ElectLeaders", v, {"electionType": kind, "topicPartitions": None, "timeoutMs": 10000}, f"all, type {kind}")
        if v:
            known = [{"topic": "elections", "partitions": [0]}]
            c.ask("ElectLeaders", v, {"electionType": 5, "topicPartitions": known, "timeoutMs": 10000}, "type 5")


@scenario("cluster")
def partition_reassignments(c):
    c.topic("moves", partitions=2)
    for v in c.versions("AlterPartitionReassignments"):
        for note, topic, partition, replicas in [
            ("to where it is", "moves", 0, [1]),
            ("nothing to cancel", "moves", 0, None),
            ("to an unknown broker", "moves", 0, [2]),
            ("to two brokers", "moves", 0, [1, 2]),
            ("to the same twice", "moves", 0, [1, 1]),
            ("to no broker", "moves", 0, []),
            ("to broker -1", "moves", 0, [-1]),
            ("an unknown partition", "moves", 9, [1]),
            ("an unknown topic", "moves-none", 0, [1]),
        ]:
            topics = [{"name": topic, "partitions": [{"partitionIndex": partition, "replicas": replicas}]}]
            for allowed in (True, False) if v >= 1 else (True,):
                body = {"timeoutMs": 10000, "topics": topics, "allowReplicationFactorChange": allowed}
                c.ask("AlterPartitionReassignments", v, body, f"{note}, factor may change: {allowed}")
        c.ask("AlterPartitionReassignments", v, {"timeoutMs": 10000, "topics": []}, "nothing")
    for v in c.versions("ListPartitionReassignments"):
        for note, topics in [
            ("all", None),
            ("none", []),
            ("known", [{"name": "moves", "partitionIndexes": [0, 1]}]),
            ("unknown", [{"name": "moves-none", "partitionIndexes": [0]}, {"name": "moves", "partitionIndexes": [9]}]),
        ]:
            c.ask("ListPartitionReassignments", v, {"timeoutMs": 10000, "topics": topics}, note)


@scenario("cluster")
def list_config_resources(c):
    for v in c.versions("ListConfigResources"):
        c.ask("ListConfigResources", v, {}, "all")
        for kinds in ([2], [4], [8], [16], [32], [4, 8], [99], [0]) if v >= 1 else ():
            c.ask("ListConfigResources", v, {"resourceTypes": kinds}, f"types {kinds}")


@scenario("cluster")
def describe_quorum(c):
    for v in c.versions("DescribeQuorum"):
        for topic, partitions in [("__cluster_metadata", [0]), ("__cluster_metadata", [1]), ("other", [0]), ("", [])]:
            topics = [{"topicName": topic, "partitions": [{"partitionIndex": p} for p in partitions]}]
            c.ask("DescribeQuorum", v, {"topics": topics}, f"{topic} {partitions}")
        c.ask("DescribeQuorum", v, {"topics": []}, "no topic")


@scenario("cluster")
def update_features(c):
    for v in c.versions("UpdateFeatures"):
        for note, feature, level, kind, dry in [
            ("unknown", "no.such.feature", 1, 1, True),
            ("beyond what is supported", "metadata.version", 9999, 1, True),
            ("removed", "metadata.version", 0, 2, True),
            ("negative", "metadata.version", -1, 1, True),
            ("kind 9", "metadata.version", 1, 9, True),
            ("empty name", "", 1, 1, True),
        ]:
            update = {"feature": feature, "maxVersionLevel": level, "upgradeType": kind, "allowDowngrade": False}
            c.ask("UpdateFeatures", v, {"timeoutMs": 10000, "featureUpdates": [update], "validateOnly": dry}, note)
        c.ask("UpdateFeatures", v, {"timeoutMs": 10000, "featureUpdates": []}, "nothing")
