// What storage_local costs, next to bare system calls that do the same to a file:
//   storage_bench FOLDER
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::make_batch;
using testing::TestLog;

constexpr double kGibibyte = 1 << 30;

struct Cost {
  double wall_s, cpu_s;
};

double cpu_s() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost measure(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = cpu_s();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  return {wall.count(), cpu_s() - cpu};
}

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

// Appends the batch again and again, with its offset stamped as a broker does.
void append_many(const fluxmq_log_store* store, fluxmq_log* log, std::string& batch,
                 std::int64_t count, std::int64_t records) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(batch.data());
  const fluxmq_bytes range{bytes, batch.size()};
  for (std::int64_t i = 0; i < count; ++i) {
    protocol::store_big_endian(bytes, i * records);
    store->append(
        store->self, log, &range, 1, 0,
        [](void*, std::int16_t error, std::uint32_t) {
          if (error != 0) std::abort();
        },
        nullptr);
  }
}

void write_many(const std::string& path, const std::string& batch, std::int64_t count) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  for (std::int64_t i = 0; i < count; ++i) {
    if (::write(file, batch.data(), batch.size()) < 0) std::abort();
  }
  ::close(file);
}

void bench_appends(const std::string& folder, std::size_t value_bytes, std::int64_t count) {
  auto batch = make_batch({.value_bytes = value_bytes});
  const double bytes = static_cast<double>(batch.size()) * static_cast<double>(count);
  for (int round = 0; round < 5; ++round) {
    std::filesystem::create_directories(folder);
    const auto bare = measure([&] { write_many(folder + "/bare", batch, count); });
    std::filesystem::remove(folder + "/bare");
    Cost append{};
    {
      LocalStore store(folder + "/data");
      TestLog log(store.logs(), "topic");
      append = measure([&] { append_many(store.logs(), log.handle(), batch, count, 1); });
      log.remove();
    }
    std::filesystem::remove_all(folder);
    std::printf(
        "append of %7zu bytes: write(2) %.3f s CPU/GiB %.2f us each; append %.3f s CPU/GiB "
        "%.2f us each (ratio %.2f), %.0f a CPU second\n",
        batch.size(), bare.cpu_s / bytes * kGibibyte, bare.cpu_s * 1e6 / static_cast<double>(count),
        append.cpu_s / bytes * kGibibyte, append.cpu_s * 1e6 / static_cast<double>(count),
        append.cpu_s / bare.cpu_s, static_cast<double>(count) / append.cpu_s);
  }
}

void bench_reads(const std::string& folder, std::size_t value_bytes, std::int64_t count,
                 std::int64_t max_bytes) {
  LocalStore store(folder);
  TestLog log(store.logs(), "topic");
  auto batch = make_batch({.value_bytes = value_bytes});
  append_many(store.logs(), log.handle(), batch, count, 1);
  struct Next {
    std::int64_t bytes = 0, reads = 0;
  } next;
  const auto batch_bytes = static_cast<std::int64_t>(batch.size());
  const auto cost = measure([&] {
    for (std::int64_t offset = 0; offset < count;) {
      const fluxmq_log_read_request request{sizeof request, 1, offset, INT64_MAX, max_bytes};
      const auto before = next.bytes;
      store.logs()->read(
          store.logs()->self, log.handle(), &request,
          [](void* context, std::int16_t, const fluxmq_segment* segments,
             std::uint32_t segment_count) {
            auto* read = static_cast<Next*>(context);
            ++read->reads;
            for (std::uint32_t i = 0; i < segment_count; ++i) {
              read->bytes += static_cast<std::int64_t>(segments[i].length);
              segments[i].release(segments[i].release_context);
            }
          },
          &next);
      offset += std::max<std::int64_t>((next.bytes - before) / batch_bytes, 1);
    }
  });
  std::printf("reads of %lld bytes from batches of %lld: %.2f us CPU each\n",
              static_cast<long long>(max_bytes), static_cast<long long>(batch_bytes),
              cost.cpu_s * 1e6 / static_cast<double>(next.reads));
  log.remove();
}

void bench_tail_reads(const std::string& folder) {
  LocalStore store(folder);
  TestLog log(store.logs(), "topic");
  constexpr std::int64_t kReads = 200'000;
  for (int i = 0; i < 1000; ++i) log.append({.value_bytes = 1000});
  const auto cost = measure([&] {
    for (std::int64_t i = 0; i < kReads; ++i) {
      const fluxmq_log_read_request request{sizeof request, 1, 999, INT64_MAX, 1 << 20};
      store.logs()->read(
          store.logs()->self, log.handle(), &request,
          [](void*, std::int16_t, const fluxmq_segment* segments, std::uint32_t) {
            segments[0].release(segments[0].release_context);
          },
          nullptr);
    }
  });
  std::printf("reads of the newest batch: %.3f us CPU each\n", cost.cpu_s * 1e6 / kReads);
  log.remove();
}

void bench_open(const std::string& folder) {
  constexpr int kEmpty = 10'000, kFilled = 1'000;
  {
    LocalStore store(folder);
    std::vector<TestLog::Opened> logs;
    logs.reserve(kEmpty + kFilled);
    const auto before = resident_bytes();
    const auto cost = measure([&] {
      for (int i = 0; i < kEmpty; ++i)
        logs.push_back(TestLog::open(store.logs(), "empty-topic", i));
    });
    std::printf("open of %d new logs: %.3f s wall, %.3f s CPU, %lld bytes each\n", kEmpty,
                cost.wall_s, cost.cpu_s,
                static_cast<long long>((resident_bytes() - before) / kEmpty));
    const auto filled = measure([&] {
      for (int i = 0; i < kFilled; ++i) {
        TestLog log(store.logs(), "filled-topic", i);
        for (int k = 0; k < 10; ++k) log.append({.value_bytes = 1000});
        log.forget();
      }
    });
    std::printf("open of %d logs with their first 10 appends: %.3f s wall, %.3f s CPU\n", kFilled,
                filled.wall_s, filled.cpu_s);
    copy_folder(folder, folder + "-crashed");
    auto stop = std::make_unique<LocalStore>(folder + "-other");
    stop.reset();
  }
  for (const std::string& kind : {std::string("clean"), std::string("unclean")}) {
    const auto path = kind == "clean" ? folder : folder + "-crashed";
    std::unique_ptr<LocalStore> store;
    const auto start = measure([&] { store = std::make_unique<LocalStore>(path); });
    const auto before = resident_bytes();
    struct Count {
      std::atomic<int> opened = 0;
    } count;
    const auto cost = measure([&] {
      const auto config = testing::default_log_config();
      for (int i = 0; i < kEmpty + kFilled; ++i) {
        const bool filled = i >= kEmpty;
        store->logs()->open(
            store->logs()->self, to_abi(filled ? "filled-topic" : "empty-topic"), fluxmq_uuid{{1}},
            filled ? i - kEmpty : i, &config,
            [](void* context, std::int16_t error, fluxmq_log*) {
              if (error == 0) ++static_cast<Count*>(context)->opened;
            },
            &count);
      }
      while (count.opened < kEmpty + kFilled) ::usleep(100);
    });
    std::printf(
        "%s restart with %d empty and %d filled logs: start %.3f s, open %.3f s wall, "
        "%.3f s CPU, %lld bytes each\n",
        kind.c_str(), kEmpty, kFilled, start.wall_s, cost.wall_s, cost.cpu_s,
        static_cast<long long>((resident_bytes() - before) / (kEmpty + kFilled)));
    const auto stop = measure([&] { store.reset(); });
    std::printf("stop: %.3f s wall, %.3f s CPU\n", stop.wall_s, stop.cpu_s);
  }
  for (const char* suffix : {"", "-crashed", "-other"}) {
    std::filesystem::remove_all(folder + suffix);
  }
}

void bench_flush(const std::string& folder) {
  LocalStore store(folder);
  TestLog log(store.logs(), "topic");
  constexpr int kFlushes = 300;
  const auto cost = measure([&] {
    for (int i = 0; i < kFlushes; ++i) {
      log.append({.value_bytes = 1000});
      log.flush();
    }
  });
  const int file = ::open((folder + "/bare").c_str(), O_WRONLY | O_CREAT, 0644);
  const std::string batch(1000, 'x');
  const auto bare = measure([&] {
    for (int i = 0; i < kFlushes; ++i) {
      if (::write(file, batch.data(), batch.size()) < 0 || ::fdatasync(file) != 0) std::abort();
    }
  });
  ::close(file);
  std::printf(
      "append and flush: %.0f us wall, %.1f us CPU; write and fdatasync: %.0f us, %.1f us\n",
      cost.wall_s * 1e6 / kFlushes, cost.cpu_s * 1e6 / kFlushes, bare.wall_s * 1e6 / kFlushes,
      bare.cpu_s * 1e6 / kFlushes);
  log.remove();
}

}  // namespace
}  // namespace fluxmq::storage_local_test

int main(int argc, char** argv) {
  using namespace fluxmq::storage_local_test;
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/storage_bench";
  bench_appends(folder, 1 << 20, 1024);
  bench_appends(folder, 100, 1'000'000);
  bench_tail_reads(folder);
  bench_reads(folder, 1 << 20, 1024, 1 << 20);
  bench_reads(folder, 16 << 10, 1 << 16, 1 << 20);
  bench_reads(folder, 100, 1'000'000, 1 << 20);
  bench_flush(folder);
  bench_open(folder);
  std::filesystem::remove_all(folder);
}
