#include "folder_health.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace fluxmq::storage_local {
namespace {

constexpr std::array kFull{ENOSPC, EDQUOT};
constexpr std::array kPassing{ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN};
constexpr std::array kNoDescriptors{EMFILE, ENFILE, ENOMEM};
constexpr std::array kVolumeIsGone{EROFS, ENODEV, ENXIO, ESTALE, ESHUTDOWN, ENOTCONN};
constexpr std::array kMaybeGone{EIO};

// Who reads a bad block again and again doesn't make the disk write as often.
constexpr std::int64_t kTryIntervalMs = 1'000;

template <class Codes>
bool is_one_of(const Codes& codes, const std::exception& failure) {
  const auto* error = dynamic_cast<const std::system_error*>(&failure);
  return error != nullptr &&
         std::find(codes.begin(), codes.end(), error->code().value()) != codes.end();
}

}  // namespace

bool is_passing(const std::exception& failure) {
  return is_one_of(kPassing, failure);
}

bool lacks_descriptors(const std::exception& failure) {
  return is_one_of(kNoDescriptors, failure);
}

FolderHealth::FolderHealth(Host host, FileSystem& files, Background& background,
                           const std::string& path)
    : host_(host),
      files_(files),
      path_(path),
      times_offline_(host.counter("fluxmq_log_dir_offline_total", concat("dir=\"", path, "\""),
                                  "How often a folder failed and went offline until a restart.")),
      space_(host, files, background, path) {}

void FolderHealth::log_failed(const std::exception& failure) {
  if (is_one_of(kFull, failure)) space_.used_up();
  if (is_one_of(kVolumeIsGone, failure)) go_offline(failure.what());
  if (is_one_of(kMaybeGone, failure)) try_to_write();
}

void FolderHealth::try_to_write() {
  const auto now = steady_now_ms();
  auto due = next_try_ms_.load();
  if (is_offline() || now < due) return;
  if (!next_try_ms_.compare_exchange_strong(due, now + kTryIntervalMs)) return;
  const auto file = path_ + "/.write-test";
  try {
    write_file(files_, file, "1\n");
    sync_file(files_, file);
    files_.remove_file(file);
  } catch (const std::exception& failure) {
    folder_failed(failure);
  }
}

void FolderHealth::folder_failed(const std::exception& failure) {
  if (is_one_of(kFull, failure)) space_.used_up();
  if (!is_passing(failure)) go_offline(failure.what());
}

void FolderHealth::go_offline(const std::string& reason) {
  if (offline_.exchange(true)) return;
  add(times_offline_);
  host_.error("log.dirs: ", path_,
              " is offline, its logs answer KAFKA_STORAGE_ERROR; repair it and restart: ", reason);
}

}  // namespace fluxmq::storage_local
