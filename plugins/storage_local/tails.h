// What the logs of a data folder have in common for their tails: the arena that they lie in, and
// when they are written out.
//
// A file in the data folder says where the arena is. Each start has a new one: it first brings what
// the last one still holds to the files. Without an arena appends go to the page cache.
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "background.h"
#include "file_system.h"
#include "fluxmq/host.h"
#include "fluxmq/plugin.h"
#include "tail_arena.h"

namespace fluxmq::storage_local {

class Log;

struct TailSettings {
  std::string folder;     // on tmpfs
  std::size_t bytes = 0;  // of the arena, at most; 0: there is none
  std::size_t block_bytes = TailArena::kBlockBytes;
};

class Tails {
 public:
  // Throws if what an earlier arena holds can't be written: it was acknowledged.
  Tails(Host host, FileSystem& files, Background& background, const std::string& data_folder,
        const TailSettings& settings);

  // Who ends without a clean stop leaves no memory behind, either, if all is in the files.
  ~Tails();

  // What --check-config is to tell.
  static Finding check(const TailSettings& settings);

  TailArena* arena() { return arena_.get(); }  // or null

  // Writes out on the blocking pool what is left of a log's tail after a while.
  void write_out_later(std::shared_ptr<Log> log);
  void retry_write_out(std::shared_ptr<Log> log);

  // Whether large writes may go past the page cache; until the file system refuses one.
  bool writes_direct() const { return writes_direct_; }
  void direct_was_refused(const char* why);

  void stop();
  // All is in the files: the next start has nothing to replay.
  void remove();

 private:
  // Until then what is appended shares a write. After the death of the machine, what came later
  // and wasn't flushed is lost.
  static constexpr std::int64_t kWriteOutDelayMs = 10;
  // What couldn't be written, because the disk is full, is tried again so often.
  static constexpr std::int64_t kRetryDelayMs = 500;

  void replay();
  void make_arena(const TailSettings& settings);
  void add(std::shared_ptr<Log> log, std::int64_t delay_ms);
  void write_out();

  const Host host_;
  FileSystem& files_;
  const std::string data_folder_;
  const std::string record_path_;  // of the file that says where the arena is
  std::unique_ptr<TailArena> arena_;
  std::atomic<bool> writes_direct_ = true;

  BackgroundTimer timer_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Log>> due_;
};

}  // namespace fluxmq::storage_local
