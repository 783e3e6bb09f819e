// Frames in, answers out: on real sockets, with handlers that answer in every way.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <thread>

#include "broker_process.h"
#include "client.h"

namespace fluxmq::kernel_tests {
namespace {

constexpr int kEcho = 500;
constexpr int kLater = 501;
constexpr int kSegments = 502;
constexpr int kAnyVersion = 503;
constexpr int kDeferred = 505;
constexpr int kHold = 506;
constexpr int kRelease = 507;
constexpr int kLoop = 509;
constexpr int kPeak = 510;

TEST(Connection, AnswersWhatItIsAsked) {
  BrokerProcess broker;
  Client client(broker.port());
  EXPECT_EQ(client.ask({.body = "hello"}), "hello");
  EXPECT_EQ(client.ask({.body = ""}), "");
  EXPECT_EQ(client.ask({.body = "no id", .client_id = ""}), "no id");
}

TEST(Connection, ReadsAllHeaderVersions) {
  BrokerProcess broker;
  Client client(broker.port());
  // The answer's header has tagged fields from the first flexible version on.
  EXPECT_EQ(client.ask({.version = 1, .body = "one"}), "one");
  EXPECT_EQ(client.ask({.version = 2, .body = "two", .is_flexible = true}),
            std::string("\0two", 4));
  // A null client id, and tagged fields that are skipped.
  std::string header = int16(kEcho) + int16(3) + int32(77) + int16(-1) +
                       std::string("\x02\x00\x01x\x85\x01\x03yyy", 10);
  client.send(int32(static_cast<int64_t>(header.size() + 4)) + header + "body");
  Answer answer = client.receive();
  EXPECT_EQ(answer.correlation_id, 77);
  EXPECT_EQ(answer.body, std::string("\0body", 5));
}

TEST(Connection, AnswersInOrderThoughHandlersDoNot) {
  BrokerProcess broker({"num.network.threads=2", "background.threads=4"});
  Client client(broker.port());
  std::string requests;
  for (int id = 0; id < 300; ++id) {
    Call call{.correlation_id = id, .body = "echo " + std::to_string(id)};
    if (id % 3 != 0) {
      call.api_key = kLater;
      call.body = int32(id % 3 == 1 ? -1 : id % 7) + "later " + std::to_string(id);
    }
    requests += frame(call);
  }
  client.send(requests);
  for (int id = 0; id < 300; ++id) {
    Answer answer = client.receive();
    ASSERT_EQ(answer.correlation_id, id);
    ASSERT_EQ(answer.body, (id % 3 == 0 ? "echo " : "later ") + std::to_string(id));
  }
}

TEST(Connection, TakesFramesSplitAtEachByte) {
  BrokerProcess broker;
  Client client(broker.port());
  std::string two = frame({.body = "first"}) + frame({.correlation_id = 2, .body = "second"});
  for (size_t split = 1; split < two.size(); ++split) {
    client.send(std::string_view(two).substr(0, split));
    client.send(std::string_view(two).substr(split));
    ASSERT_EQ(client.receive().body, "first");
    ASSERT_EQ(client.receive().body, "second");
  }
  for (char byte : two) client.send({&byte, 1});
  ASSERT_EQ(client.receive().body, "first");
  ASSERT_EQ(client.receive().body, "second");
}

TEST(Connection, TakesFramesOfAllSizes) {
  BrokerProcess broker;
  Client client(broker.port());
  std::vector<size_t> sizes{0, 1, 1000, 16000};
  for (size_t near : {32 * 1024, 64 * 1024, 1 << 20}) {
    for (size_t size = near - 40; size < near + 10; size += 7) sizes.push_back(size);
  }
  sizes.push_back(5 << 20);
  std::thread sender([&] {
    for (size_t size : sizes) {
      client.send(frame({.body = std::string(size, static_cast<char>('a' + size % 26))}));
    }
  });
  for (size_t size : sizes) {
    ASSERT_EQ(client.receive().body, std::string(size, static_cast<char>('a' + size % 26)));
  }
  sender.join();
}

TEST(Connection, KeepsManyConnectionsApart) {
  BrokerProcess broker({"num.network.threads=2"});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<Client>(broker.port()));
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < clients.size(); ++i) {
      std::string whole = frame({.body = "client " + std::to_string(i)});
      clients[i]->send(std::string_view(whole).substr(0, 7));
    }
    for (size_t i = 0; i < clients.size(); ++i) {
      std::string whole = frame({.body = "client " + std::to_string(i)});
      clients[i]->send(std::string_view(whole).substr(7));
    }
    for (size_t i = 0; i < clients.size(); ++i) {
      ASSERT_EQ(clients[i]->receive().body, "client " + std::to_string(i));
    }
  }
}

TEST(Connection, SpreadsFewConnectionsOverTheLoops) {
  BrokerProcess broker({"num.network.threads=2"});
  std::vector<std::unique_ptr<Client>> clients;
  int on_first = 0;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<Client>(broker.port()));
    on_first += clients.back()->ask({.api_key = kLoop}) == "0" ? 1 : 0;
  }
  EXPECT_EQ(on_first, 2);
}

TEST(Connection, DefersToTheEndOfATurn) {
  BrokerProcess broker({"num.network.threads=1"});
  Client client(broker.port());
  std::string requests;
  for (int id = 0; id < 10; ++id) requests += frame({.api_key = kDeferred, .correlation_id = id});
  client.send(requests);
  int answered = 0;
  for (int id = 0; id < 10; ++id) answered += client.receive().body == "10" ? 1 : 0;
  // One segment is one arrival: all ten shared the turn.
  EXPECT_EQ(answered, 10);
}

TEST(Connection, RefusesHostileLengths) {
  BrokerProcess broker({"socket.request.max.bytes=2000"});
  for (int64_t length : {int64_t{-1}, int64_t{INT32_MIN}, int64_t{0}, int64_t{7}, int64_t{2001},
                         int64_t{INT32_MAX}}) {
    Client client(broker.port());
    client.send(int32(length) + "xxxxxxxxxxxx");
    EXPECT_TRUE(client.is_closed_by_server()) << length;
  }
  broker.wait_for_log("sent a frame of -1 bytes, not within 8 and 2000: closed");
  Client client(broker.port());
  EXPECT_EQ(client.ask({.body = std::string(2000 - 16, 'x')}).size(), 2000u - 16);
}

TEST(Connection, RefusesHeadersThatLie) {
  BrokerProcess broker;
  const std::string fixed = int16(kEcho) + int16(2) + int32(1);
  for (const std::string& rest :
       {std::string(), std::string("\0", 1), int16(5) + "abcd", int16(-2), int16(0),
        int16(0) + "\x01", int16(0) + "\x01\x05", int16(0) + "\x01\x05\x09" + "abc",
        int16(0) + "\xff\xff\xff\xff\xff\x01", int16(0) + "\xff\xff\xff\xff\x0f"}) {
    Client client(broker.port());
    client.send(int32(static_cast<int64_t>(fixed.size() + rest.size())) + fixed + rest);
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

TEST(Connection, AnswersBeforeItClosesForWhatIsNotServed) {
  BrokerProcess broker;
  for (Call unserved : {Call{.api_key = 499}, Call{.api_key = -1}, Call{.api_key = 32767},
                        Call{.version = 4, .is_flexible = true}, Call{.version = -1}}) {
    Client client(broker.port());
    client.send(frame({.body = "served"}) + frame(unserved) + frame({.body = "too late"}));
    EXPECT_EQ(client.receive().body, "served");
    EXPECT_TRUE(client.is_closed_by_server());
  }
  broker.wait_for_log(
      "with client id \"tester\" asked for API 499 version 0, which no enabled "
      "plugin serves: closed");
}

TEST(Connection, HandsOverAnyVersionIfTheHandlerWantsIt) {
  BrokerProcess broker;
  Client client(broker.port());
  EXPECT_EQ(client.ask({.api_key = kAnyVersion, .version = 0, .body = "x"}), "version 0 body 1");
  // Flexible requests, plain answers: of the future too.
  EXPECT_EQ(client.ask({.api_key = kAnyVersion, .version = 4, .body = "x", .is_flexible = true}),
            "version 4 body 1");
  EXPECT_EQ(client.ask({.api_key = kAnyVersion, .version = 99, .body = "x", .is_flexible = true}),
            "version 99 body 1");
  EXPECT_EQ(client.ask({.api_key = kAnyVersion, .version = -1, .body = "x"}), "version -1 body 1");
}

TEST(Connection, StaysSilentOrClosesAsTheHandlerSays) {
  BrokerProcess broker;
  Client client(broker.port());
  client.send(frame({.api_key = kSegments, .body = "n" + int32(0)}));
  EXPECT_EQ(client.ask({.body = "next"}), "next");
  client.send(frame({.body = "last"}) + frame({.api_key = kSegments, .body = "c" + int32(0)}) +
              frame({.body = "dropped"}));
  EXPECT_EQ(client.receive().body, "last");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Connection, SendsSegmentsOfAllKinds) {
  BrokerProcess broker;
  Client client(broker.port());
  for (int size : {0, 1, 511, 513, 100000, 3000000}) {
    auto n = static_cast<size_t>(size);
    std::string memory(n, 'm');
    std::string file(n, 'f');
    EXPECT_EQ(client.ask({.api_key = kSegments, .body = "m" + int32(size)}), memory);
    EXPECT_EQ(client.ask({.api_key = kSegments, .body = "f" + int32(size)}), file);
    EXPECT_EQ(client.ask({.api_key = kSegments, .body = "F" + int32(size)}), std::string(n, 'F'));
    EXPECT_EQ(client.ask({.api_key = kSegments, .body = "b" + int32(size)}),
              memory + "-between-" + file);
  }
  EXPECT_EQ(client.ask({.api_key = kRelease}), "0");
}

TEST(Connection, SendsWhatIsNotInThePageCache) {
  BrokerProcess broker({"num.network.threads=1"});
  constexpr int kBytes = 5'000'000;  // several loads
  std::string expected(kBytes, 0);
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<char>(i % 251);
  std::vector<std::unique_ptr<Client>> readers;
  for (int i = 0; i < 4; ++i) {
    readers.push_back(std::make_unique<Client>(broker.port()));
    // What comes after it waits for its turn.
    readers.back()->send(frame({.api_key = kSegments, .body = "d" + int32(kBytes)}) +
                         frame({.body = "next"}));
  }
  Client other(broker.port());
  EXPECT_EQ(other.ask({.body = "meanwhile"}), "meanwhile");
  for (auto& reader : readers) {
    EXPECT_TRUE(reader->receive().body == expected);
    EXPECT_EQ(reader->receive().body, "next");
  }
  EXPECT_EQ(other.ask({.api_key = kRelease}), "0");
}

// Asks on a connection of its own until the handlers hold no lease.
void wait_until_no_lease_is_held(const BrokerProcess& broker) {
  Client client(broker.port());
  while (client.ask({.api_key = kRelease}) != "0") {
  }
}

TEST(Connection, ReleasesLeasesWhenTheClientDies) {
  BrokerProcess broker;
  {
    Client client(broker.port());
    // Held back behind an answer that isn't there yet, queued, and half sent.
    client.send(frame({.api_key = kSegments, .body = "b" + int32(20000000)}) +
                frame({.api_key = kHold}) +
                frame({.api_key = kSegments, .body = "b" + int32(1000)}) +
                frame({.api_key = 504, .body = "state"}));
    char byte = 0;
    ASSERT_EQ(::recv(client.socket(), &byte, 1, 0), 1);
  }
  wait_until_no_lease_is_held(broker);
}

TEST(Connection, ReleasesAFileThatIsBeingLoadedWhenTheClientDies) {
  BrokerProcess broker;
  for (int i = 0; i < 20; ++i) {
    Client client(broker.port());
    client.send(frame({.api_key = kSegments, .body = "d" + int32(2000000)}));
    if (i % 2 == 0) continue;
    char byte = 0;
    ASSERT_EQ(::recv(client.socket(), &byte, 1, 0), 1);
  }
  wait_until_no_lease_is_held(broker);
}

TEST(Connection, CompletesAfterTheClientHasGone) {
  BrokerProcess broker;
  for (int i = 0; i < 20; ++i) {
    Client client(broker.port());
    client.send(frame({.api_key = kLater, .body = int32(i % 2 == 0 ? -1 : i) + "gone"}) +
                frame({.api_key = kHold}));
  }
  wait_until_no_lease_is_held(broker);
}

TEST(Connection, ASlowReaderHoldsLittleMemoryAndNobodyUp) {
  BrokerProcess broker({"num.network.threads=1"});
  Client slow(broker.port());
  Client other(broker.port());
  constexpr int kAnswers = 100;
  constexpr int kAnswerBytes = 1 << 20;
  std::string requests;
  for (int id = 0; id < kAnswers; ++id) {
    requests +=
        frame({.api_key = kSegments, .correlation_id = id, .body = "m" + int32(kAnswerBytes)});
  }
  slow.send(requests);
  for (int id = 0; id < kAnswers; ++id) {
    if (id % 20 == 0) {
      // All requests came at once, yet the handlers were asked for a few only.
      EXPECT_LT(std::stoi(other.ask({.api_key = kRelease})), 5);
    }
    Answer answer = slow.receive();
    ASSERT_EQ(answer.correlation_id, id);
    ASSERT_EQ(answer.body.size(), static_cast<size_t>(kAnswerBytes));
  }
}

TEST(Connection, BoundsRequestsInFlight) {
  BrokerProcess broker({"max.in.flight.requests.per.connection=10"});
  Client client(broker.port());
  std::string requests;
  for (int id = 0; id < 1000; ++id) {
    requests += frame({.api_key = kLater, .correlation_id = id, .body = int32(id % 3 - 1) + "x"});
  }
  client.send(requests);
  for (int id = 0; id < 1000; ++id) ASSERT_EQ(client.receive().correlation_id, id);
  std::string peak = client.ask({.api_key = kPeak});
  EXPECT_GT(std::stoi(peak), 2);
  EXPECT_LE(std::stoi(peak), 10);
}

TEST(Connection, BoundsTheBytesOfAllRequests) {
  constexpr int kBound = 1 << 20;
  constexpr int kFrameBytes = 600000;
  BrokerProcess broker(
      {"queued.max.request.bytes=" + std::to_string(kBound), "num.network.threads=2"});
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::thread> senders;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<Client>(broker.port()));
    senders.emplace_back([client = clients.back().get()] {
      for (int n = 0; n < 5; ++n) {
        client->send(frame({.api_key = kLater, .body = int32(20) + std::string(kFrameBytes, 'x')}));
        client->send(frame({.body = "small"}));
      }
    });
  }
  for (auto& client : clients) {
    for (int n = 0; n < 5; ++n) {
      ASSERT_EQ(client->receive().body.size(), static_cast<size_t>(kFrameBytes));
      ASSERT_EQ(client->receive().body, "small");
    }
  }
  for (auto& sender : senders) sender.join();
  std::string peak = clients[0]->ask({.api_key = kPeak});
  int64_t bytes = std::stoll(peak.substr(peak.find(' ')));
  EXPECT_GT(bytes, kBound / 2);
  EXPECT_LE(bytes, kBound + kFrameBytes + 10000);
}

TEST(Connection, AFrameLargerThanTheBoundIsTaken) {
  BrokerProcess broker({"queued.max.request.bytes=1048576"});
  Client client(broker.port());
  std::thread sender([&] { client.send(frame({.body = std::string(8 << 20, 'x')})); });
  EXPECT_EQ(client.receive().body.size(), size_t{8} << 20);
  sender.join();
}

TEST(Connection, AClaimAloneTakesNothing) {
  BrokerProcess broker({"queued.max.request.bytes=1048576"});
  std::vector<std::unique_ptr<Client>> claimants;
  for (int i = 0; i < 50; ++i) {
    claimants.push_back(std::make_unique<Client>(broker.port()));
    claimants.back()->send(int32(100000000) + std::string(100, 'x'));
  }
  Client client(broker.port());
  EXPECT_EQ(client.ask({.body = std::string(100000, 'y')}).size(), 100000u);
}

TEST(Connection, AStalledFrameIsGivenUp) {
  BrokerProcess broker({"queued.max.request.bytes=1048576", "socket.request.stall.ms=100"});
  Client stalled(broker.port());
  stalled.send(int32(100000000) + std::string(100000, 'x'));
  Client client(broker.port());
  // It waits for the memory that the other has reserved, and gets it.
  EXPECT_EQ(client.ask({.body = std::string(100000, 'y')}).size(), 100000u);
  EXPECT_TRUE(stalled.is_closed_by_server());
}

TEST(Connection, ClosesIdleConnections) {
  BrokerProcess broker({"connections.max.idle.ms=300"});
  Client idle(broker.port());
  Client waiting(broker.port());
  waiting.send(frame({.api_key = kLater, .body = int32(1000) + "slow, not idle"}));
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_EQ(waiting.receive().body, "slow, not idle");
  EXPECT_TRUE(waiting.is_closed_by_server());
}

TEST(Connection, BoundsConnectionsOfOneAddress) {
  BrokerProcess broker({"max.connections.per.ip=2"});
  auto first = std::make_unique<Client>(broker.port());
  Client second(broker.port());
  EXPECT_EQ(first->ask({.body = "1"}), "1");
  EXPECT_EQ(second.ask({.body = "2"}), "2");
  Client third(broker.port());
  EXPECT_TRUE(third.is_closed_by_server());
  broker.wait_for_log("127.0.0.1 has max.connections.per.ip connections: refused");
  first.reset();
  // Its place is free once the broker has noticed.
  for (bool is_in = false; !is_in;) {
    Client next(broker.port());
    next.send(frame({.body = "4"}));
    is_in = !next.receive_to_first_byte().empty();
  }
}

TEST(Connection, FurtherConnectionsWaitUntilOneEnds) {
  BrokerProcess broker({"max.connections=2"});
  auto first = std::make_unique<Client>(broker.port());
  Client second(broker.port());
  EXPECT_EQ(first->ask({.body = "1"}), "1");
  EXPECT_EQ(second.ask({.body = "2"}), "2");
  Client third(broker.port());
  third.send(frame({.body = "3"}));
  broker.wait_for_log("max.connections is reached");
  first.reset();
  EXPECT_EQ(third.receive().body, "3");
}

TEST(Connection, ManyLiveAtOnce) {
  BrokerProcess broker;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 900; ++i) clients.push_back(std::make_unique<Client>(broker.port()));
  for (auto& client : clients) ASSERT_EQ(client->ask({.body = "here"}), "here");
}

}  // namespace
}  // namespace fluxmq::kernel_tests
