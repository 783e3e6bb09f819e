"""Consumer groups: members come, agree and go; offsets are committed, fetched, deleted; groups described, listed."""

import random
import struct

from . import scenario

# Version 0 of OffsetCommit and OffsetFetch kept offsets in ZooKeeper: Kafka without it answers 35, FluxMQ keeps them
# with the others.
SINCE_ZOOKEEPER = 1
NO_SUCH_ID = "bm8tc3VjaC10b3BpYy1pZA"
SEED = 4


def subscription(name, topics=("subscribed",)):
    """A consumer's metadata, version 0: Kafka's timers fail on groups of consumers whose metadata it can't read."""
    listed = b"".join(struct.pack(">h", len(topic)) + topic.encode() for topic in topics)
    return struct.pack(">hi", 0, len(topics)) + listed + struct.pack(">i", len(name)) + name.encode()


def join_body(group, member="", protocols=("range",), kind="consumer", topics=("subscribed",), **more):
    listed = [{"name": name, "metadata": subscription(name, topics)} for name in protocols]
    return {"groupId": group, "memberId": member, "protocolType": kind, "protocols": listed,
            "sessionTimeoutMs": 30000, "rebalanceTimeoutMs": 30000, **more}


def sync_body(group, member, generation, assignments=(), **more):
    return {"groupId": group, "memberId": member, "generationId": generation, "protocolType": "consumer",
            "protocolName": "range",
            "assignments": [{"memberId": who, "assignment": what} for who, what in assignments], **more}


def joined(c, group, v=None, member="", name=None, **more):
    """A member that joins alone, as a preparation: its id is kept as `name`."""
    v = c.newest("JoinGroup") if v is None else v
    answer = c.prepare("JoinGroup", join_body(group, member, **more), version=v)
    if answer["errorCode"] == 79:
        answer = c.prepare("JoinGroup", join_body(group, answer["memberId"], **more), version=v)
    c.names[name or group] = answer["memberId"]
    return answer


def stable(c, group, name=None, **more):
    """A group of one member in generation 1 or later, synced; returns the generation."""
    answer = joined(c, group, name=name, **more)
    me = answer["memberId"]
    more.pop("topics", None)
    sync = {"protocolType": more.get("kind", "consumer"), "protocolName": more.get("protocols", ("range",))[0]}
    c.prepare("SyncGroup", {**sync_body(group, me, answer["generationId"], [(me, b"all")]), **sync})
    return answer["generationId"]


@scenario("groups")
def find_coordinator(c):
    for v in c.versions("FindCoordinator"):
        def ask(note, kind, *keys):
            body = {"coordinatorKeys": list(keys)} if v >= 4 else {"key": keys[0] if keys else ""}
            c.ask("FindCoordinator", v, {**body, "keyType": kind}, note)
        ask("a group", 0, "find-me")
        ask("an empty name", 0, "")
        for kind in (2, 3, -1, 127) if v >= 1 else ():
            ask(f"type {kind}", kind, "find-me")
        if v >= 4:
            ask("two", 0, "find-me", "find-me-too")
            ask("the same twice", 0, "find-me", "find-me")
            ask("none", 0)


@scenario("groups")
def join_alone(c):
    for v in c.versions("JoinGroup"):
        group, me = f"join-{v}", f"join-{v}-member"
        ask = lambda note, body, keep=None: c.ask("JoinGroup", v, body, note, keep=keep)
        ask("first", join_body(group), keep={me: "memberId"})
        if v >= 4:
            ask("with the id given", join_body(group, f"${me}"))
        ask("once more", join_body(group, f"${me}"))
        ask("with other metadata", join_body(group, f"${me}", ("range", "roundrobin")))
        ask("an unknown member", join_body(group, "no-such-member"))
        ask("another protocol type", join_body(group, kind="connect"))
        ask("no common protocol", join_body(group, protocols=("sticky",)))
        ask("no protocol", join_body(group, protocols=()))
        ask("no protocol type", join_body(group, kind=""))
        ask("no group", join_body(""))
        ask("too short a session", join_body(f"{group}-a", sessionTimeoutMs=10))
        ask("too long a session", join_body(f"{group}-a", sessionTimeoutMs=10_000_000))
        ask("session 0", join_body(f"{group}-a", sessionTimeoutMs=0))
        ask("a new group without protocol", join_body(f"{group}-b", protocols=()))
        ask("a new group without type", join_body(f"{group}-c", kind=""))
        ask("a new group, an unknown member", join_body(f"{group}-d", "no-such-member"))
        if v >= 8:
            ask("with a reason", join_body(group, f"${me}", reason="because"))


@scenario("groups")
def life_of_one_member(c):
    for v in c.versions("SyncGroup"):
        group = f"life-{v}"
        generation = joined(c, group)["generationId"]
        me = f"${group}"
        sync = lambda note, body: c.ask("SyncGroup", v, body, note)
        sync("an unknown member", sync_body(group, "no-such-member", generation))
        sync("an old generation", sync_body(group, me, generation - 1))
        sync("a generation ahead", sync_body(group, me, generation + 1))
        if v >= 5:
            sync("another protocol", {**sync_body(group, me, generation), "protocolName": "sticky"})
            sync("another type", {**sync_body(group, me, generation), "protocolType": "connect"})
            sync("neither", {**sync_body(group, me, generation), "protocolType": None, "protocolName": None})
        sync("as leader", sync_body(group, me, generation, [(me, b"everything")]))
        sync("once more", sync_body(group, me, generation, [(me, b"something else")]))
        sync("an unknown group", sync_body(f"{group}-none", me, generation))
        sync("no group", sync_body("", me, generation))
    for v in c.versions("SyncGroup"):
        group = f"forgetful-{v}"
        generation = joined(c, group)["generationId"]
        c.ask("SyncGroup", v, sync_body(group, f"${group}", generation), "a leader without assignments")
        group = f"strange-{v}"
        generation = joined(c, group)["generationId"]
        assignments = [("someone", b"x"), (f"${group}", b"mine"), (f"${group}", b"mine again")]
        c.ask("SyncGroup", v, sync_body(group, f"${group}", generation, assignments), "assignments for strangers")


@scenario("groups")
def heartbeats(c):
    for v in c.versions("Heartbeat"):
        group = f"beats-{v}"
        generation = stable(c, group)
        ask = lambda note, group, member, generation, **more: c.ask(
            "Heartbeat", v, {"groupId": group, "memberId": member, "generationId": generation, **more}, note)
        ask("alive", group, f"${group}", generation)
        ask("an old generation", group, f"${group}", generation - 1)
        ask("generation -1", group, f"${group}", -1)
        ask("an unknown member", group, "no-such-member", generation)
        ask("no member", group, "", generation)
        ask("an unknown group", f"{group}-none", f"${group}", generation)
        ask("no group", "", f"${group}", generation)
        if v >= 3:
            ask("an unknown instance", group, f"${group}", generation, groupInstanceId="no-such-instance")
        c.prepare("JoinGroup", join_body(group, f"${group}", ("range", "roundrobin")), on="rejoin")
        ask("between join and sync", group, f"${group}", generation + 1)


@scenario("groups")
def two_members(c):
    for v in c.versions("JoinGroup"):
        group = f"two-{v}"
        stable(c, group, name=f"{group}-a")
        # The second one's join waits until the first has joined again.
        other = join_body(group)
        if v >= 4:
            c.ask("JoinGroup", v, join_body(group), "the second asks for its id", keep={f"{group}-b": "memberId"})
            other = join_body(group, f"${group}-b")
        c.send("JoinGroup", v, other, "the second", on="second", keep={f"{group}-b": "memberId"})
        beat = {"groupId": group, "memberId": f"${group}-a", "generationId": 1}
        newest = c.newest("Heartbeat")
        c.until(lambda answer: answer["errorCode"] == 27, "Heartbeat", beat)
        c.ask("Heartbeat", newest, beat, "the first is told to join again")
        c.ask("JoinGroup", v, join_body(group, f"${group}-a"), "the first, again", on="first")
        answer = c.receive("second")
        generation = answer.get("generationId", 2)
        c.names[f"{group}-b"] = answer.get("memberId", "")
        both = [(f"${group}-a", b"one half"), (f"${group}-b", b"the other half")]
        c.send("SyncGroup", c.newest("SyncGroup"), sync_body(group, f"${group}-b", generation), "the second", on="second")
        c.ask("SyncGroup", c.newest("SyncGroup"), sync_body(group, f"${group}-a", generation, both), "the first", on="first")
        c.receive("second")
        c.ask("DescribeGroups", c.newest("DescribeGroups"), {"groups": [group]}, f"after JoinGroup {v}")
        leave = {"groupId": group, "memberId": f"${group}-a", "members": [{"memberId": f"${group}-a"}]}
        c.ask("LeaveGroup", c.newest("LeaveGroup"), leave, "the leader leaves")
        c.ask("Heartbeat", newest, {"groupId": group, "memberId": f"${group}-b", "generationId": generation}, "who is left")


@scenario("groups")
def static_members(c):
    for v in c.versions("JoinGroup", since=5):
        group, me = f"static-{v}", f"static-{v}-one"
        body = join_body(group, groupInstanceId="one")
        c.ask("JoinGroup", v, body, "first", keep={me: "memberId"})
        c.ask("SyncGroup", 5, sync_body(group, f"${me}", 1, [(f"${me}", b"all")], groupInstanceId="one"), "synced")
        c.names[f"{me}-before"] = c.names[me]
        c.ask("JoinGroup", v, body, "back without its id", keep={me: "memberId"})
        for note, member, instance in [
            ("the id of before", f"${me}-before", "one"), ("the new id", f"${me}", "one"),
            ("an unknown instance", f"${me}", "two"), ("an unknown id", "no-such-member", "one"),
        ]:
            beat = {"groupId": group, "memberId": member, "generationId": 1, "groupInstanceId": instance}
            c.ask("Heartbeat", c.newest("Heartbeat"), beat, note)
            commit = {"groupId": group, "generationIdOrMemberEpoch": 1, "memberId": member, "groupInstanceId": instance,
                      "topics": []}
            c.ask("OffsetCommit", c.newest("OffsetCommit"), commit, note)
        c.ask("JoinGroup", v, join_body(group, "no-such-member", groupInstanceId="one"), "the instance with an unknown id")
        c.ask("JoinGroup", v, join_body(group, f"${me}-before", groupInstanceId="one"), "the id of before")
        c.ask("JoinGroup", v, join_body(group, f"${me}", groupInstanceId="one"), "the new id")
        c.ask("JoinGroup", v, join_body(f"{group}-b", groupInstanceId=""), "an empty instance")
        c.ask("DescribeGroups", c.newest("DescribeGroups"), {"groups": [group]})
        for note, members in [
            ("an unknown instance", [{"memberId": "", "groupInstanceId": "two"}]),
            ("another's id", [{"memberId": "no-such-member", "groupInstanceId": "one"}]),
            ("by instance", [{"memberId": "", "groupInstanceId": "one"}]),
        ]:
            c.ask("LeaveGroup", c.newest("LeaveGroup"), {"groupId": group, "members": members}, note)


@scenario("groups")
def leave_group(c):
    for v in c.versions("LeaveGroup"):
        group = f"leave-{v}"
        stable(c, group)
        def ask(note, group, *members):
            body = {"members": [{"memberId": each} for each in members]} if v >= 3 else {"memberId": members[0] if members else ""}
            c.ask("LeaveGroup", v, {"groupId": group, **body}, note)
        ask("an unknown member", group, "no-such-member")
        ask("no member", group, "")
        ask("an unknown group", f"{group}-none", f"${group}")
        ask("no group", "", f"${group}")
        if v >= 3:
            ask("nobody", group)
            ask("an unknown and a known one", group, "no-such-member", f"${group}")
        ask("it leaves", group, f"${group}")
        ask("once more", group, f"${group}")
        c.ask("DescribeGroups", c.newest("DescribeGroups"), {"groups": [group]}, f"after version {v}")


def commit_topics(v, *partitions, name="commits", metadata="why", epoch=-1):
    topic_id = f"$id:{name}" if not name.endswith("none") else NO_SUCH_ID
    return [{"name": name, "topicId": topic_id, "partitions": [
        {"partitionIndex": p, "committedOffset": o, "committedMetadata": metadata, "committedLeaderEpoch": epoch}
        for p, o in partitions]}]


@scenario("groups")
def offset_commit(c):
    c.topic("commits", partitions=3)
    for v in c.versions("OffsetCommit", since=SINCE_ZOOKEEPER):
        group = f"commit-{v}"
        generation = stable(c, group)

        def ask(note, topics, group=group, generation=generation, member=f"${group}", **more):
            c.ask("OffsetCommit", v, {"groupId": group, "generationIdOrMemberEpoch": generation, "memberId": member,
                                      "topics": topics, **more}, note)
        one = commit_topics(v, (0, 5))
        ask("one", one)
        ask("two", commit_topics(v, (0, 6), (1, 7)))
        if v > 1:  # answered once by 3.9's older coordinator
            ask("the same twice", commit_topics(v, (0, 8), (0, 9)))
        ask("an unknown partition", commit_topics(v, (9, 1)))
        ask("partition -1", commit_topics(v, (-1, 1)))
        ask("an unknown topic", commit_topics(v, (0, 1), name="commits-none"))
        ask("both", commit_topics(v, (0, 1)) + commit_topics(v, (0, 1), name="commits-none"))
        ask("offset -1", commit_topics(v, (2, -1)))
        ask("offset -2", commit_topics(v, (2, -2)))
        ask("null metadata", commit_topics(v, (2, 3), metadata=None))
        ask("empty metadata", commit_topics(v, (2, 4), metadata=""))
        ask("too much metadata", commit_topics(v, (0, 1), (2, 4), metadata="x" * 101))
        ask("as much metadata as may be", commit_topics(v, (2, 5), metadata="x" * 100))
        ask("with a leader epoch", commit_topics(v, (2, 6), epoch=3))
        ask("no topic", [])
        ask("no partition", commit_topics(v))
        ask("an old generation", one, generation=generation - 1)
        ask("a generation ahead", one, generation=generation + 1)
        ask("an unknown member", one, member="no-such-member")
        ask("no member, generation -1", one, member="", generation=-1)
        ask("a member, generation -1", one, generation=-1)
        ask("no member, a generation", one, member="")
        ask("a simple consumer", commit_topics(v, (0, 3)), group=f"simple-{v}", member="", generation=-1)
        ask("a simple consumer with a generation", one, group=f"simple-{v}", member="", generation=4)
        ask("an unknown group with a member", one, group=f"nobody-{v}", member="someone", generation=4)
        ask("no group", one, group="", member="", generation=-1)
        if v >= 7:
            ask("an unknown instance", one, groupInstanceId="no-such-instance")
        for retention in (-1, 0, 1000) if 2 <= v <= 4 else ():
            ask(f"kept for {retention} ms", one, retentionTimeMs=retention)
        groups = [{"groupId": each, "topics": None} for each in (group, f"simple-{v}")]
        c.ask("OffsetFetch", 9, {"groups": groups}, f"after OffsetCommit {v}")


@scenario("groups")
def offset_commit_while_rebalancing(c):
    c.topic("rebalanced")
    for v in c.versions("OffsetCommit", since=SINCE_ZOOKEEPER):
        group = f"rebalancing-{v}"
        generation = joined(c, group)["generationId"]  # and no sync
        c.ask("OffsetCommit", v, {
            "groupId": group, "generationIdOrMemberEpoch": generation, "memberId": f"${group}",
            "topics": commit_topics(v, (0, 1), name="rebalanced")}, "before sync")


@scenario("groups")
def offset_fetch(c):
    c.topic("fetched", partitions=3)
    c.topic("fetched-b")
    committed = {"groupId": "fetching", "generationIdOrMemberEpoch": -1, "memberId": "", "topics": [
        {"name": "fetched", "partitions": [
            {"partitionIndex": p, "committedOffset": 10 + p, "committedMetadata": f"m{p}", "committedLeaderEpoch": p}
            for p in (0, 1)]},
        {"name": "fetched-b", "partitions": [{"partitionIndex": 0, "committedOffset": 1, "committedMetadata": None}]}]}
    c.prepare("OffsetCommit", committed, version=c.newest("OffsetCommit", until=9))
    for v in c.versions("OffsetFetch", since=SINCE_ZOOKEEPER):
        def ask(note, *topics, group="fetching", every=False, **more):
            listed = None if every else [
                {"name": name, "partitionIndexes": list(partitions),
                 **({"topicId": f"$id:{name}" if not name.endswith("none") else NO_SUCH_ID} if v >= 8 else {})}
                for name, partitions in topics]
            body = {"groups": [{"groupId": group, "topics": listed, **more}]} if v >= 8 else {"groupId": group, "topics": listed}
            for require in (False, True) if v >= 7 else (False,):
                c.ask("OffsetFetch", v, {**body, "requireStable": require}, note + (", stable" if require else ""))
        ask("two", ("fetched", [0, 1]))
        ask("one not committed", ("fetched", [0, 2]))
        ask("an unknown partition", ("fetched", [9]))
        ask("an unknown topic", ("fetched-none", [0]))
        ask("two topics", ("fetched-b", [0]), ("fetched", [1]))
        ask("no partition", ("fetched", []))
        ask("the same twice", ("fetched", [0, 0]))
        ask("the same topic twice", ("fetched", [0]), ("fetched", [1]))
        ask("no topic")
        if v >= 2:
            ask("all", every=True)
            ask("all of an unknown group", group="fetching-none", every=True)
        ask("an unknown group", ("fetched", [0]), group="fetching-none")
        ask("no group", ("fetched", [0]), group="")
        if v >= 9:
            ask("as an unknown member", ("fetched", [0]), memberId="no-such-member", memberEpoch=1)
            ask("as a member of epoch -1", ("fetched", [0]), memberId="no-such-member", memberEpoch=-1)
        if v >= 8:
            groups = [{"groupId": each, "topics": None} for each in ("fetching", "fetching-none", "fetching")]
            c.ask("OffsetFetch", v, {"groups": groups}, "three groups, one twice")
            c.ask("OffsetFetch", v, {"groups": []}, "no groups")


@scenario("groups")
def describe_groups(c):
    stable(c, "described-group")
    stable(c, "described-connect", kind="connect", protocols=("default",))
    joined(c, "described-joined")
    for v in c.versions("DescribeGroups"):
        for asked in (False, True) if v >= 3 else (False,):
            ask = lambda note, *groups: c.ask("DescribeGroups", v, {
                "groups": list(groups), "includeAuthorizedOperations": asked}, note + (", operations" if asked else ""))
            ask("one", "described-group")
            ask("two", "described-connect", "described-joined")
            ask("an unknown one", "described-none")
            ask("no name", "")
            ask("the same twice", "described-group", "described-group")
            ask("none")


@scenario("groups")
def list_groups(c):
    stable(c, "listed-stable")
    joined(c, "listed-joined")
    stable(c, "listed-connect", kind="connect", protocols=("default",))
    for v in c.versions("ListGroups"):
        c.ask("ListGroups", v, {}, "all")
        for states in (["Stable"], ["stable"], ["Empty"], ["CompletingRebalance", "Stable"], ["Nonsense"], ["Dead"]) if v >= 4 else ():
            c.ask("ListGroups", v, {"statesFilter": states}, f"{states}")
        for kinds in (["classic"], ["Classic"], ["consumer"], ["share"], ["nonsense"]) if v >= 5 else ():
            c.ask("ListGroups", v, {"typesFilter": kinds}, f"types {kinds}")


@scenario("groups")
def offset_delete(c):
    c.topic("forgotten", partitions=3)
    c.topic("forgotten-b")
    for v in c.versions("OffsetDelete"):
        for group in ("forgets-simple", "forgets-member"):
            c.prepare("OffsetCommit", {
                "groupId": group, "generationIdOrMemberEpoch": -1, "memberId": "", "topics": [
                    {"name": name, "partitions": [{"partitionIndex": p, "committedOffset": 1} for p in partitions]}
                    for name, partitions in (("forgotten", (0, 1, 2)), ("forgotten-b", (0,)))]},
                version=c.newest("OffsetCommit", until=9))
        ask = lambda note, group, *topics: c.ask("OffsetDelete", v, {"groupId": group, "topics": [
            {"name": name, "partitions": [{"partitionIndex": p} for p in partitions]} for name, partitions in topics]}, note)
        ask("one", "forgets-simple", ("forgotten", [0]))
        ask("once more", "forgets-simple", ("forgotten", [0]))
        ask("an unknown partition", "forgets-simple", ("forgotten", [9]))
        ask("an unknown topic", "forgets-simple", ("forgotten-none", [0]))
        ask("no topic", "forgets-simple")
        ask("an unknown group", "forgets-none", ("forgotten", [0]))
        ask("no group", "", ("forgotten", [0]))
        stable(c, "forgets-member", topics=("forgotten-b",))
        ask("of subscribed and other topics", "forgets-member", ("forgotten", [0]), ("forgotten-b", [0]))
        c.ask("OffsetFetch", 9, {"groups": [{"groupId": "forgets-simple", "topics": None}]}, "what is left")


@scenario("groups")
def delete_groups(c):
    c.topic("deleted-groups-topic")
    for v in c.versions("DeleteGroups"):
        empty, busy = f"deleted-{v}", f"deleted-busy-{v}"
        c.prepare("OffsetCommit", {
            "groupId": empty, "generationIdOrMemberEpoch": -1, "memberId": "", "topics": [
                {"name": "deleted-groups-topic", "partitions": [{"partitionIndex": 0, "committedOffset": 1}]}]},
            version=c.newest("OffsetCommit", until=9))
        stable(c, busy)
        ask = lambda note, *groups: c.ask("DeleteGroups", v, {"groupsNames": list(groups)}, note)
        ask("one with members", busy)
        ask("an unknown one", "deleted-none")
        ask("no name", "")
        ask("none")
        ask("one with offsets, an unknown one, one with members", empty, "deleted-none", busy)
        ask("once more", empty)
        ask("the same twice", "deleted-none", "deleted-none")
        c.ask("OffsetFetch", 9, {"groups": [{"groupId": empty, "topics": None}]}, f"after version {v}")


@scenario("groups")
def whatever_members_do(c):
    """Seeded: requests in an order that no client would send them in."""
    c.topic("thrown", partitions=2)
    dice = random.Random(SEED)
    for i in range(12):
        group = f"thrown-{i}"
        joined(c, group, protocols=("range", "roundrobin"))
        me = f"${group}"
        for step in range(10):
            member = dice.choice([me, me, me, "", "no-such-member"])
            generation = dice.choice([1, 1, 1, 0, 2, -1])
            api = dice.choice(["SyncGroup", "Heartbeat", "OffsetCommit", "LeaveGroup", "DescribeGroups", "OffsetFetch"])
            versions = c.versions(api, since=SINCE_ZOOKEEPER if api.startswith("Offset") else 0)
            if not versions:
                continue
            v = dice.choice(versions)
            body = {
                "SyncGroup": lambda: sync_body(group, member, generation, dice.choice([[], [(me, b"x")]])),
                "Heartbeat": lambda: {"groupId": group, "memberId": member, "generationId": generation},
                "OffsetCommit": lambda: {"groupId": group, "generationIdOrMemberEpoch": generation, "memberId": member,
                                         "topics": commit_topics(v, (dice.choice([0, 1, 5]), 3), name="thrown")},
                "LeaveGroup": lambda: {"groupId": group, "memberId": member, "members": [{"memberId": member}]},
                "DescribeGroups": lambda: {"groups": [group]},
                "OffsetFetch": lambda: {"groups": [{"groupId": group, "topics": None}]} if v >= 8 else {
                    "groupId": group, "topics": [{"name": "thrown", "partitionIndexes": [0, 1]}]},
            }[api]()
            c.ask(api, v, body, f"throw {step} at {group}")
