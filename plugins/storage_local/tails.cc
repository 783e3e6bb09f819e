#include "tails.h"

#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "log.h"
#include "random_hex.h"
#include "tail_replay.h"

namespace fluxmq::storage_local {

Tails::Tails(Host host, FileSystem& files, Background& background, const std::string& data_folder,
             const TailSettings& settings)
    : host_(host),
      files_(files),
      data_folder_(data_folder),
      record_path_(data_folder + "/tail-arena"),
      timer_(host, background, [this] { write_out(); }) {
  replay();
  if (settings.bytes == 0) return;
  try {
    make_arena(settings);
  } catch (const std::runtime_error& failure) {
    host_.warn(data_folder_, ": appends go to the page cache, as there is no memory that outlives ",
               "the process: ", failure.what());
  }
}

Tails::~Tails() {
  if (!arena_ || arena_->counts().unwritten > 0) return;
  try {
    remove();
  } catch (const std::exception& failure) {
    host_.warn(data_folder_, ": left behind until the next start: ", failure.what());
  }
}

Finding Tails::check(const TailSettings& settings) {
  if (settings.bytes == 0) return {false, "appends go to the page cache"};
  const auto why = TailArena::why_not(settings.folder);
  if (!why.empty()) return {false, "appends go to the page cache: " + why};
  return {false, "appends go to memory in " + settings.folder + ", for each folder " +
                     std::to_string(settings.bytes >> 20) + " MiB at most"};
}

void Tails::replay() {
  const auto record = read_file(files_, record_path_);
  if (!record) return;
  const auto path = record->substr(0, record->find('\n'));
  const auto replay = replay_tails(files_, data_folder_, path);
  if (replay.found) {
    host_.info(data_folder_, ": brought ", replay.bytes, " bytes of ", replay.logs, " logs from ",
               path, " to their files");
    ::unlink(path.c_str());
  } else {
    host_.info(data_folder_, ": ", path, " is gone, or in use by another process");
  }
  files_.remove_file(record_path_);
}

void Tails::make_arena(const TailSettings& settings) {
  auto arena = std::make_unique<TailArena>(settings.folder + "/fluxmq-" + random_hex(),
                                           settings.bytes, settings.block_bytes);
  try {
    replace_file(files_, record_path_, arena->path() + "\n");
  } catch (const std::exception&) {
    arena->remove();
    throw;
  }
  arena_ = std::move(arena);
}

void Tails::write_out_later(std::shared_ptr<Log> log) {
  add(std::move(log), kWriteOutDelayMs);
}

void Tails::retry_write_out(std::shared_ptr<Log> log) {
  add(std::move(log), kRetryDelayMs);
}

void Tails::add(std::shared_ptr<Log> log, std::int64_t delay_ms) {
  {
    const std::lock_guard lock(mutex_);
    due_.push_back(std::move(log));
  }
  timer_.start(delay_ms);
}

void Tails::write_out() {
  std::vector<std::shared_ptr<Log>> due;
  {
    const std::lock_guard lock(mutex_);
    due.swap(due_);
  }
  for (const auto& log : due) log->write_out_rest();
}

void Tails::direct_was_refused(const char* why) {
  if (writes_direct_.exchange(false)) {
    host_.info(data_folder_, ": large writes go through the page cache: ", why);
  }
}

void Tails::stop() {
  timer_.stop();
}

void Tails::remove() {
  if (!arena_) return;
  files_.remove_file(record_path_);
  arena_->remove();
}

}  // namespace fluxmq::storage_local
