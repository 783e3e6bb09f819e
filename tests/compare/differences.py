"""Two brokers' answers, field by field, and the differences that are allowed, each with its reason."""

import dataclasses
import re
from typing import Callable, Optional

from client import ZERO_ID, pattern_of

MISSING = "(not there)"
CUT_SHORT = {"partial": True}


@dataclasses.dataclass
class Allowed:
    path: str  # a pattern of the whole path, as it is or with the places in lists left out: topics[].errorMessage
    reason: str
    api: str = ".*"
    same: Optional[Callable] = None  # (kafka's value, ours) -> whether they say the same
    sort_by: Optional[Callable] = None  # the elements of this list come in no certain order
    may_lack: bool = False  # with sort_by: ours may have fewer elements
    may_have_more: bool = False  # with sort_by: ours may have more


def anything(_kafka, _ours):
    return True


def both_or_neither(kafka, ours):
    """Both null (or negative, or empty), or both there."""
    there = lambda value: value is not None and value != "" and not (isinstance(value, int) and value < 0)
    return there(kafka) == there(ours)


def handed_out(kafka, ours):
    nothing = ("", 0, -1, ZERO_ID)
    kept = any(str(value).startswith("$") for value in (kafka, ours))
    return kafka not in nothing and ours not in nothing and not kept


def field(*names):
    """What of these an element has."""
    return lambda element: tuple(str(element[name]) for name in names if element.get(name) not in (None, ""))


ALLOWED = [
    Allowed(r".*throttleTimeMs", "quotas: how busy the broker is", same=anything),
    Allowed(r".*(errorMessage|batchIndexErrorMessage)", "each broker's own words; clients act on the code",
            same=both_or_neither),
    Allowed(r".*documentation", "each broker's own words", same=both_or_neither),
    Allowed(r".*(clusterId|logDir)", "the installation's own", same=both_or_neither),
    Allowed(r".*(logAppendTimeMs|timestampMs|lastTimestamp|lastFetchTimestamp|lastCaughtUpTimestamp)",
            "the broker's clock", same=both_or_neither),
    Allowed(r".*(topicId|sessionId|producerId)", "handed out by the broker, not kept by the scenario", same=handed_out),
    Allowed(r".*(totalBytes|usableBytes)", "the machine's disk", same=both_or_neither),

    Allowed(r".*errorCode", "Kafka fails within, on what no client sends; a code that says what is wrong is better",
            same=lambda kafka, ours: kafka == -1 and isinstance(ours, int) and ours > 0),

    Allowed(r"errorCode", "the same, of a topic with neither name nor id", "Metadata", same=lambda kafka, ours: kafka == -1),

    # ApiVersions
    Allowed(r"apiKeys", "what isn't served in full isn't advertised: the report lists it", "ApiVersions",
            sort_by=lambda each: each["apiKey"], may_lack=True),
    Allowed(r"apiKeys\[\]\.minVersion", "FluxMQ serves versions that Kafka 4 dropped", "ApiVersions",
            same=lambda kafka, ours: ours <= kafka),
    Allowed(r"finalizedFeaturesEpoch", "an offset of the metadata log", "ApiVersions", same=both_or_neither),
    Allowed(r"(supported|finalized)Features", "features that aren't served aren't named", "ApiVersions",
            sort_by=field("name"), may_lack=True),

    Allowed(r"supportedFeatures\[\]\.minVersion", "no metadata log of older versions to be read", "ApiVersions",
            same=lambda kafka, ours: ours >= kafka),

    # DescribeQuorum
    Allowed(r".*(highWatermark|logEndOffset|leaderEpoch)", "how far the metadata log is", "DescribeQuorum", same=anything),
    Allowed(r"nodes\[\]\.listeners\[\]\..*", "Kafka's controller has a listener of its own", "DescribeQuorum", same=anything),

    # Order that Kafka doesn't keep: its hash maps give it
    Allowed(r"topics", "hash order", "Metadata|CreateTopics|CreatePartitions|DescribeProducers|DeleteRecords|"
            "ListOffsets|OffsetForLeaderEpoch|OffsetDelete|OffsetCommit", sort_by=field("name", "topic")),
    Allowed(r"topics\[\]\.partitions", "hash order", "Metadata|ListOffsets|OffsetForLeaderEpoch|DeleteRecords",
            sort_by=field("partitionIndex", "partition")),
    Allowed(r"(responses|topics|results|groups)", "hash order",
            "DeleteTopics|DescribeConfigs|AlterConfigs|IncrementalAlterConfigs|ListGroups|DeleteGroups|Produce|Fetch|"
            "DescribeLogDirs|OffsetFetch",
            sort_by=field("name", "topic", "resourceType", "resourceName", "groupId")),
    Allowed(r"responses\[\]\.partitions", "the ones that are not there come last", "Fetch", sort_by=field("partitionIndex")),
    Allowed(r"responses\[\]\.partitionResponses", "hash order", "Produce", sort_by=field("index")),
    Allowed(r".*\.partitions", "hash order", "DescribeLogDirs|OffsetFetch|OffsetDelete",
            sort_by=field("partitionIndex")),
    Allowed(r"(results|groups)\[\]\.topics", "hash order", "DescribeLogDirs|OffsetFetch", sort_by=field("name", "topicId")),
    Allowed(r".*configs", "hash order; a broker has the configs that have an effect in it", "DescribeConfigs|CreateTopics",
            sort_by=field("name"), may_lack=True, may_have_more=True),
    Allowed(r".*configs\[min\.insync\.replicas\]\.(configSource|synonyms.*)", "Kafka writes this one as a dynamic default "
            "when it formats its log, for its eligible leader replicas", same=anything),
    Allowed(r".*configs\[(listeners|advertised\.listeners|log\.dirs?|queued\.max\.request\.bytes)\]\.(value|configSource|synonyms.*)",
            "the installation's own", same=anything),
    Allowed(r".*configs\[(log\.)?message\.timestamp\.after\.max\.ms\]\.value", "4.0 changed the default",
            same=lambda kafka, ours: kafka == str(2**63 - 1) and ours == "3600000"),
    Allowed(r"results\[4/.*configs\[(background\.threads|num\.network\.threads|socket\..*|listener\.security\.protocol\.map|"
            r"(advertised\.)?listeners)\]\.(value|synonyms.*|readOnly|isDefault)", "each broker's own threads and sockets",
            "DescribeConfigs", same=anything),
    Allowed(r".*isDefault", "3.9 no longer fills in what only version 0 has", "DescribeConfigs",
            same=lambda kafka, ours: kafka is False),
    Allowed(r"topics\[coll_i.*", "Kafka lets two names of one request pass that collide with each other", "CreateTopics",
            same=anything),
    Allowed(r"results", "hash order", "CreatePartitions", sort_by=field("name")),
    Allowed(r".*members", "hash order", sort_by=field("memberId", "groupInstanceId")),
    Allowed(r"replicaElectionResults", "hash order", "ElectLeaders", sort_by=field("topic")),
    Allowed(r"configResources", "hash order", "ListConfigResources", sort_by=field("resourceType", "resourceName")),
]


def _rule(api, path):
    paths = path, pattern_of(path)
    return [each for each in ALLOWED if re.fullmatch(each.api, api) and any(re.fullmatch(each.path, p) for p in paths)]


def differences(api, kafka, ours, path=""):
    """Yields (path, kafka's value, ours)."""
    if MISSING in (kafka, ours) and [] not in (kafka, ours) and isinstance([kafka, ours][kafka == MISSING], list):
        kafka, ours = ([] if each == MISSING else each for each in (kafka, ours))  # a tagged list at its default
    rules = _rule(api, path)
    if kafka == ours or any(rule.same and rule.same(kafka, ours) for rule in rules):
        return
    if isinstance(kafka, dict) and isinstance(ours, dict):
        for key in list(kafka) + [key for key in ours if key not in kafka]:
            below = f"{path}.{key}" if path else key
            yield from differences(api, kafka.get(key, MISSING), ours.get(key, MISSING), below)
    elif isinstance(kafka, list) and isinstance(ours, list):
        yield from _list_differences(api, kafka, ours, path, next((each for each in rules if each.sort_by), None))
    else:
        yield path, kafka, ours


def _list_differences(api, kafka, ours, path, order):
    if order is None:
        if kafka and kafka[-1] == CUT_SHORT:
            # Kafka ends a converted answer with a piece of a message, which readers throw away, where ours may go on.
            kafka, ours = kafka[:-1], ours[: len(kafka) - 1]
        for i in range(max(len(kafka), len(ours))):
            one = kafka[i] if i < len(kafka) else MISSING
            other = ours[i] if i < len(ours) else MISSING
            yield from differences(api, one, other, f"{path}[{i}]")
        return
    by_key = {}
    for side, elements in enumerate((kafka, ours)):
        for element in elements:
            by_key.setdefault(order.sort_by(element), ([], []))[side].append(element)
    for key in sorted(by_key, key=str):
        one, other = by_key[key]
        for i in range(max(len(one), len(other))):
            left = one[i] if i < len(one) else MISSING
            right = other[i] if i < len(other) else MISSING
            if right == MISSING and order.may_lack or left == MISSING and order.may_have_more:
                continue
            name = "/".join(str(part) for part in key if part != "None") if isinstance(key, tuple) else str(key)
            yield from differences(api, left, right, f"{path}[{name}]")
