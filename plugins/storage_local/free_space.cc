#include "free_space.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace fluxmq::storage_local {
namespace {

// What is left lasts at least as long as a fast disk needs to fill it, so looking more often tells
// nothing new; but somebody else may fill it, too.
constexpr std::int64_t kFillBytesPerMs = 2 << 20;
constexpr std::int64_t kMinLookMs = 100;
constexpr std::int64_t kMaxLookMs = 10'000;
// While it is short, retention and deletes are expected to free something.
constexpr std::int64_t kShortLookMs = 500;

// A write may find too little space where some is left, or meet a quota, which only the next write
// can tell: that one comes the later the more often it happens.
constexpr std::int64_t kMaxRetryMs = 8'000;

// How much more than the reserve has to be free before appends go on: not to stop and go with each.
constexpr std::int64_t kMinMarginBytes = 64 << 10;
std::int64_t margin_bytes(std::int64_t reserve_bytes) {
  return std::max(reserve_bytes / 8, kMinMarginBytes);
}

}  // namespace

FreeSpace::FreeSpace(Host host, FileSystem& files, Background& background, std::string path)
    : host_(host),
      files_(files),
      path_(std::move(path)),
      times_short_(host.counter("fluxmq_log_dir_short_of_space_total",
                                concat("dir=\"", path_, "\""),
                                "How often produce to the logs of a folder was stopped because its "
                                "volume had too little free space.")),
      retry_ms_(kShortLookMs),
      timer_(host, background, [this] { look(); }) {}

void FreeSpace::start() {
  timer_.start(0);
  host_.on_config_change([](void* self) { static_cast<FreeSpace*>(self)->timer_.start(0); }, this);
}

void FreeSpace::used_up() {
  write_failed_ = true;
  if (!is_short_.exchange(true)) {
    add(times_short_);
    host_.warn("log.dirs: the volume of ", path_,
               " is full: produce to its logs is refused until space is freed");
  }
  timer_.start(kShortLookMs);
}

void FreeSpace::begin(std::int64_t usable_bytes, std::int64_t reserve_bytes) {
  if (is_short_.exchange(true)) return;
  add(times_short_);
  host_.warn("log.dirs: the volume of ", path_, " has ", usable_bytes, " bytes free, less than ",
             kMinFreeBytes, "=", reserve_bytes, ": produce to its logs is refused until ",
             reserve_bytes + margin_bytes(reserve_bytes), " are free");
}

void FreeSpace::look() {
  const std::lock_guard looking(looking_);  // a changed config may let one begin amid another
  const auto reserve_bytes = host_.config_int(kMinFreeBytes);
  auto delay_ms = kShortLookMs;
  try {
    const auto usable_bytes = files_.volume_space(path_).usable_bytes;
    if (write_failed_.exchange(false)) {
      retry_at_ms_ = steady_now_ms() + retry_ms_;
      retry_ms_ = std::min(2 * retry_ms_, kMaxRetryMs);
    } else if (!is_short()) {
      retry_ms_ = kShortLookMs;
    }
    const bool is_enough = usable_bytes >= reserve_bytes + margin_bytes(reserve_bytes) &&
                           steady_now_ms() >= retry_at_ms_;
    if (usable_bytes < reserve_bytes) {
      begin(usable_bytes, reserve_bytes);
    } else if (is_enough && is_short_.exchange(false)) {
      host_.info("log.dirs: the volume of ", path_, " has ", usable_bytes,
                 " bytes free: produce to its logs goes on");
    }
    if (!is_short()) {
      delay_ms =
          std::clamp((usable_bytes - reserve_bytes) / kFillBytesPerMs, kMinLookMs, kMaxLookMs);
    }
  } catch (const std::exception& failure) {  // who reads and writes there finds out, too
    host_.warn("log.dirs: the free space can't be told: ", failure.what());
    delay_ms = kMaxLookMs;
  }
  timer_.start(delay_ms);
}

}  // namespace fluxmq::storage_local
