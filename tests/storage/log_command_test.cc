// fluxmq log: what it shows of files, and that it says where they are damaged, whatever they hold.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "fluxmq/abi/command.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "fluxmq/protocol/records/coordinator_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"
#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::TestLog;
using Json = nlohmann::json;

struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

class LogCommand : public ::testing::Test {
 protected:
  // Four segments or so in topic(), each batch with 3 records.
  void SetUp() override {
    auto config = testing::default_log_config();
    config.segment_bytes = 1000;
    config.index_interval_bytes = 200;
    LocalStore store(data());
    TestLog log(store.logs(), "topic", 0, config);
    for (int i = 0; i < 30; ++i)
      log.append({.record_count = 3, .timestamp_ms = 1000 + i * 10, .leader_epoch = i / 10});
    log.forget();
  }

  std::string data() const { return folder_.path() + "/data"; }
  std::string topic() const { return data() + "/topic-0"; }
  std::string first(const std::string& suffix) const {
    return topic() + "/00000000000000000000" + suffix;
  }

  static Outcome run(const std::vector<std::string>& words) {
    testing::FakeHost host;
    const testing::LoadedPlugin plugin(host, LOG_COMMAND);
    const auto* command = plugin.query<fluxmq_command>(FLUXMQ_COMMAND "log");
    std::vector<fluxmq_string> arguments;
    for (const auto& word : words) arguments.push_back(to_abi(std::string_view(word)));
    Outcome outcome;
    const fluxmq_command_output output{
        sizeof output, 0, &outcome,
        [](void* self, std::uint32_t stream, fluxmq_string text) -> std::int32_t {
          auto& outcome = *static_cast<Outcome*>(self);
          (stream == FLUXMQ_OUTPUT_ERROR ? outcome.errors : outcome.output) += view(text);
          return 1;
        }};
    outcome.exit_code = command->run(command->self, arguments.data(), arguments.size(), &output);
    return outcome;
  }

  // One line on the standard error names the file and says so, and the exit code is 1.
  static void expect_damage(const std::string& path, const std::string& what,
                            const std::string& verified = "") {
    for (const char* action : {"dump", "verify"}) {
      const auto outcome = run({action, verified.empty() ? path : verified, "--records"});
      EXPECT_EQ(outcome.exit_code, 1) << action << " " << path;
      EXPECT_NE(outcome.errors.find(path + ": " + what), std::string::npos) << outcome.errors;
    }
  }
  static void overwrite(const std::string& path, std::size_t at, const std::string& bytes) {
    auto content = read_file(path);
    content.replace(at, bytes.size(), bytes);
    write_file(path, content);
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(LogCommand, ShowsBatchesRecordsAndIndexes) {
  const auto batches = run({"dump", first(".log")});
  EXPECT_EQ(batches.exit_code, 0) << batches.errors;
  EXPECT_TRUE(batches.output.starts_with(
      "Dumping " + first(".log") + "\nLog starting offset: 0\n" +
      "baseOffset: 0 lastOffset: 2 count: 3 baseSequence: -1 lastSequence: -1 producerId: -1 "
      "producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false "
      "deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1002 size: 112 magic: 2 "
      "compresscodec: none crc: "))
      << batches.output;
  EXPECT_EQ(batches.output.find("| offset"), std::string::npos);
  const auto records = run({"dump", "--records", first(".log")});
  EXPECT_NE(records.output.find("| offset: 1 CreateTime: 1001 keySize: -1 valueSize: 10 sequence: "
                                "-1 headerKeys: [] payload: 0x00000000000000000000\n"),
            std::string::npos)
      << records.output;
  EXPECT_NE(run({"dump", first(".index")}).output.find("\noffset: 8 position: 224\n"),
            std::string::npos);
  EXPECT_NE(run({"dump", first(".timeindex")}).output.find("\ntimestamp: 1022 offset: 8\n"),
            std::string::npos);
}

TEST_F(LogCommand, ShowsTheFilesOfText) {
  const auto shown =
      run({"dump", topic() + "/leader-epoch-checkpoint", topic() + "/partition.metadata",
           data() + "/recovery-point-offset-checkpoint", data() + "/meta.properties"});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  for (const char* line : {"leaderEpoch: 1 startOffset: 30\n", "version: 0 topic_id: AQAAAAA",
                           "topic: topic partition: 0 offset: 90\n", "version: 1 fluxmq.layout"})
    EXPECT_NE(shown.output.find(line), std::string::npos) << line << "\n" << shown.output;
}

TEST_F(LogCommand, AnswersInJson) {
  const auto shown = run({"dump", "--json", "--records", data()});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  std::istringstream lines(shown.output);
  std::int64_t records = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto object = Json::parse(line);
    if (object.contains("valueSize")) ++records;
    EXPECT_TRUE(object.value("isvalid", true));
  }
  EXPECT_EQ(records, 90);
}

TEST_F(LogCommand, VerifiesFoldersAsAWhole) {
  for (const auto& path : {data(), topic()}) {
    const auto verified = run({"verify", path});
    EXPECT_EQ(verified.exit_code, 0) << verified.errors;
    EXPECT_NE(verified.output.find(" 30 batches, 90 records: all is well\n"), std::string::npos)
        << verified.output;
  }
}

TEST_F(LogCommand, DecodesOffsets) {
  protocol::Writer key, value;
  protocol::encode_key(key, protocol::OffsetCommitKey{"readers", "orders", 3});
  protocol::OffsetCommitValue commit;
  commit.offset = 42;
  protocol::encode_value(value, commit, 3);
  protocol::RecordBatchBuilder builder;
  builder.append(1000, key.bytes(), value.bytes());
  builder.append(1000, key.bytes(), std::nullopt);
  builder.append(1000, protocol::as_bytes("odd"), protocol::as_bytes("one"));
  const auto bytes = builder.finish();
  {
    LocalStore store(data());
    TestLog log(store.logs(), "__consumer_offsets", 7);
    ASSERT_EQ(log.append_bytes({{bytes.begin(), bytes.end()}}).error, 0);
    log.forget();
  }
  const auto folder = data() + "/__consumer_offsets-7";
  const std::string decoded =
      R"(key: {"type":1,"data":{"group":"readers","topic":"orders","partition":3}} payload: )";
  const auto shown = run({"dump", "--records", folder});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_NE(shown.output.find(decoded + R"({"version":3,"data":{"offset":42,)"), std::string::npos)
      << shown.output;
  EXPECT_NE(shown.output.find(decoded + "null\n"), std::string::npos) << shown.output;
  EXPECT_NE(shown.output.find("key: odd payload: one"), std::string::npos) << shown.output;
  const auto plain = run({"dump", "--records", "--decode", "none", folder});
  EXPECT_EQ(plain.output.find(decoded), std::string::npos);
}

TEST_F(LogCommand, SaysWhereABatchIsDamaged) {
  overwrite(first(".log"), 112 + 80, "x");
  expect_damage(first(".log"), "position 112: the checksum of the batch doesn't fit");
  expect_damage(first(".log"), "position 112: the checksum of the batch doesn't fit", data());
}

TEST_F(LogCommand, SaysWhereAFileEndsTooSoon) {
  const auto content = read_file(first(".log"));
  write_file(first(".log"), content.substr(0, 112 + 100));
  expect_damage(first(".log"), "position 112: a batch of 112 bytes, of which the file has 100");
  write_file(first(".log"), content.substr(0, 112) + "zz");
  expect_damage(first(".log"), "position 112: 2 bytes are left, too few for a batch");
  write_file(first(".log"), content.substr(0, 112) + std::string(100, '\0'));
  expect_damage(first(".log"), "position 112: no batch, but zeros");
  overwrite(first(".log"), 112 + 8, std::string("\x7f\xff\xff\xff\0\0\0\0\2", 9));
  expect_damage(first(".log"),
                "position 112: a batch of 2147483659 bytes, of which the file has 100");
  overwrite(first(".log"), 112 + 8, std::string("\0\0\0\x40\0\0\0\0\1", 9));
  expect_damage(first(".log"), "position 112: a message of the old format 1, which isn't read");
}

TEST_F(LogCommand, SaysThatABatchHoldsOtherThanItClaims) {
  protocol::RecordBatchBuilder builder;
  builder.append(1000, std::nullopt, protocol::as_bytes("value"));
  auto bytes = builder.finish();
  protocol::MutableRecordBatch batch(bytes);
  const auto with = [&](auto change) {
    change(batch);
    batch.set_crc(protocol::crc32c(batch.checksummed()));
    write_file(first(".log"), std::string(bytes.begin(), bytes.end()));
  };
  with([](auto& changed) { changed.set_record_count(2); });
  expect_damage(first(".log"), "position 0: ");
  with([](auto& changed) { changed.set_record_count(1), changed.set_attributes(4); });
  expect_damage(first(".log"), "position 0: the records can't be uncompressed");
  with([](auto& changed) { changed.set_attributes(7); });
  expect_damage(first(".log"), "position 0: the batch has an unknown compression");
}

TEST_F(LogCommand, SaysThatNoBatchBeginsSoFar) {
  overwrite(first(".log"), 0, "\x7f" + std::string(6, '\xff'));
  expect_damage(first(".log"), "position 0: no sane header of a batch: magic 2, ");
  const auto beyond = topic() + "/09223372036854775807.index";
  write_file(beyond, std::string(8, '\x7f'));
  EXPECT_NE(run({"dump", beyond}).errors.find("not a file of a log"), std::string::npos);
}

TEST_F(LogCommand, SaysThatAnIndexLeadsNowhere) {
  overwrite(first(".index"), 7, "\x01");
  expect_damage(first(".index"), "position 0: offset ");
  overwrite(first(".timeindex"), 11, "\x7f");
  expect_damage(first(".timeindex"), "position 0: the segment has no offset 127");
  std::filesystem::remove(first(".log"));
  expect_damage(first(".index"), "there is no segment of it beside it");
}

TEST_F(LogCommand, SaysThatASmallFileIsDamaged) {
  const auto snapshot = topic() + "/00000000000000000090.snapshot";
  write_file(snapshot, std::string("\0\1\1\2\3\4\0\0\0\5", 10) + std::string(60, 'x'));
  expect_damage(snapshot, "position 2: the checksum of the snapshot doesn't fit");
  expect_damage(snapshot, "position 70: the snapshot ends within an entry");
  const auto epochs = topic() + "/leader-epoch-checkpoint";
  write_file(epochs, "0\n2\n3 10\n2 20\n");
  expect_damage(epochs, "epochs don't ascend");
  write_file(epochs, "0\n2\n3 10\n");
  expect_damage(epochs, "cut off");
}

TEST_F(LogCommand, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(run({}).exit_code, 0) << "helps";
  EXPECT_EQ(run({"dump"}).exit_code, 2);
  EXPECT_EQ(run({"show", topic()}).exit_code, 2);
  EXPECT_EQ(run({"dump", "--record", topic()}).exit_code, 2);
  EXPECT_EQ(run({"dump", "--decode", "groups", topic()}).exit_code, 2);
  EXPECT_EQ(run({"dump", topic() + "/nothing.log"}).exit_code, 1);
  EXPECT_NE(run({"verify", data() + "/.lock"}).errors.find("not a file of a log"),
            std::string::npos);
}

// Bytes of chance in every place of every file: it ends, and is never taken for an error of its
// own.
TEST_F(LogCommand, EndsWhateverTheFilesHold) {
  std::mt19937 random(7);
  for (const auto& entry : std::filesystem::directory_iterator(topic())) {
    const auto path = entry.path().string();
    const auto content = read_file(path);
    for (int i = 0; i < 60; ++i) {
      auto changed = content;
      for (int flips = 0; flips < 3 && !changed.empty(); ++flips)
        changed[random() % changed.size()] = static_cast<char>(random());
      write_file(path, changed.substr(0, random() % (changed.size() + 1)));
      const auto shown = run({"dump", "--records", "--json", path});
      EXPECT_TRUE(shown.exit_code == 0 || shown.exit_code == 1);
      EXPECT_EQ(shown.errors.find("fluxmq: "), std::string::npos) << shown.errors;
    }
    write_file(path, content);
  }
}

}  // namespace
}  // namespace fluxmq::storage_local_test
