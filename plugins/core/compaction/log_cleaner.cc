#include "log_cleaner.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <string>

namespace fluxmq::core {
namespace {

double config_double(Host host, const char* key) {
  const auto text = host.config(key);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double max_bytes_per_second(Host host) {
  return config_double(host, "log.cleaner.io.max.bytes.per.second");
}

std::int64_t ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin)
      .count();
}

}  // namespace

LogCleaner::LogCleaner(Environment& environment, TopicIndex& topics)
    : environment_(environment),
      topics_(topics),
      throttle_(max_bytes_per_second(environment.host)),
      cleanings_(environment.host.counter("fluxmq_log_cleanings_total", "",
                                          "Cleanings of compacted logs.")),
      bytes_read_(environment.host.counter("fluxmq_log_cleaner_read_bytes_total", "",
                                           "Bytes of segments that cleanings have rewritten.")),
      bytes_written_(environment.host.counter("fluxmq_log_cleaner_written_bytes_total", "",
                                              "Bytes that cleanings have left of them.")) {
  const Host host = environment.host;
  const auto* store = environment.log_store;
  const bool can_rewrite = store->size >= sizeof(fluxmq_log_store);
  if (!can_rewrite) host.warn("the log store can't compact logs");
  enabled_ = can_rewrite && host.config_bool("log.cleaner.enable");
  configure();
}

LogCleaner::Settings LogCleaner::read_settings(Host host) {
  const auto threads = host.config_int("log.cleaner.threads");
  const auto part = [&](const char* key) {
    return static_cast<std::size_t>(host.config_int(key) / std::max<std::int64_t>(threads, 1));
  };
  // Half of a buffer reads, half of it writes.
  constexpr double kLeastLoad = 0.01;
  return {threads,
          std::max<std::int64_t>(host.config_int("log.cleaner.backoff.ms"), 1),
          {part("log.cleaner.dedupe.buffer.size"),
           std::clamp(config_double(host, "log.cleaner.io.buffer.load.factor"), kLeastLoad, 1.0),
           std::max<std::size_t>(part("log.cleaner.io.buffer.size") / 2, 1)}};
}

LogCleaner::Settings LogCleaner::settings() {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void LogCleaner::configure() {
  if (!enabled_) return;
  const Host host = environment_.host;
  throttle_.set_rate(max_bytes_per_second(host));
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  settings_ = read_settings(host);
  start_threads();
  changed_.notify_all();
}

void LogCleaner::start_threads() {
  workers_.resize(std::max(workers_.size(), static_cast<std::size_t>(settings_.threads)));
  for (std::int64_t i = 0; i < settings_.threads; ++i) {
    Worker& worker = workers_[static_cast<std::size_t>(i)];
    if (worker.thread.joinable() && !worker.ended) continue;
    if (worker.thread.joinable()) worker.thread.join();
    worker.ended = false;
    worker.thread = std::thread([this, i] { run(i); });
  }
}

void LogCleaner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  throttle_.stop();
  for (auto& worker : workers_) {
    if (worker.thread.joinable()) worker.thread.join();
  }
}

bool LogCleaner::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void LogCleaner::run(std::int64_t number) {
  for (;;) {
    const bool cleaned = clean_dirtiest();
    std::unique_lock lock(mutex_);
    const auto is_to_end = [&] { return stopped_ || number >= settings_.threads; };
    // A change of the backoff counts from the next wait on.
    if (!cleaned)
      changed_.wait_for(lock, std::chrono::milliseconds(settings_.backoff_ms), is_to_end);
    if (!is_to_end()) continue;
    workers_[static_cast<std::size_t>(number)].ended = true;
    return;
  }
}

bool LogCleaner::clean_dirtiest() {
  const auto dirtiest = find_dirtiest();
  if (dirtiest.partition == nullptr) return false;
  const auto use = dirtiest.partition->begin_cleaning(true);
  if (use.log == nullptr) return false;
  const bool cleaned = clean(*dirtiest.partition, use);
  dirtiest.partition->end_cleaning(use);
  return cleaned;
}

LogCleaner::Candidate LogCleaner::find_dirtiest() {
  Candidate dirtiest;
  std::size_t place = 0, opened = 0, next = 0, next_to_open = 0;
  {
    const std::lock_guard lock(mutex_);
    next_to_open = next_to_open_;
  }
  const auto now = environment_.now_ms();
  for (const auto& topic : topics_.all()) {
    if (!topic->settings->compacted) continue;
    for (const auto& partition : topic->partitions) {
      if (is_stopping()) return {};
      const bool may_open = place >= next_to_open && opened < kMaxOpenedPerPass;
      ++place;
      const auto use = partition->begin_cleaning(may_open);
      if (use.log == nullptr) continue;
      if (use.opened) {
        ++opened;
        next = place;
      }
      const double dirty_ratio = look_at(*partition, use, now);
      partition->end_cleaning(use);
      if (dirty_ratio > dirtiest.dirty_ratio) dirtiest = {partition, dirty_ratio};
    }
  }
  const std::lock_guard lock(mutex_);
  next_to_open_ = opened < kMaxOpenedPerPass ? 0 : next;
  return dirtiest;
}

double LogCleaner::look_at(Partition& partition, const Partition::CleaningUse& use,
                           std::int64_t now_ms) {
  const auto view = partition.cleaning_view();
  if (view.is_set_aside) return -1;
  const auto dirt = dirtiness(partition, use.log, now_ms);
  return dirt.is_cleanable(view.settings->compaction) ? dirt.ratio() : -1;
}

Dirtiness LogCleaner::dirtiness(Partition& partition, fluxmq_log* log, std::int64_t now_ms) {
  const auto* store = environment_.log_store;
  std::vector<fluxmq_log_segment_info> segments;
  store->visit_segments(
      store->self, log,
      [](void* context, const fluxmq_log_segment_info* info) -> std::int32_t {
        static_cast<decltype(segments)*>(context)->push_back(*info);
        return 1;
      },
      &segments);
  fluxmq_log_state state{};
  state.size = sizeof(state);
  store->state(store->self, log, &state);
  const auto view = partition.cleaning_view();
  return assess(segments, state, view.last_stable_offset, view.settings->compaction, now_ms);
}

// False if nothing came of it.
bool LogCleaner::clean(Partition& partition, const Partition::CleaningUse& use) {
  const auto begin = std::chrono::steady_clock::now();
  const auto now = environment_.now_ms();
  const auto dirt = dirtiness(partition, use.log, now);
  const auto view = partition.cleaning_view();
  if (!dirt.is_cleanable(view.settings->compaction)) return false;
  try {
    const auto result = clean_range(partition, use.log, dirt, now);
    if (result.end_offset <= dirt.first_dirty_offset) {
      partition.set_aside_from_cleaning(view.high_watermark);
      return false;
    }
    const auto* store = environment_.log_store;
    store->set_clean_offset(store->self, use.log, result.end_offset);
    report(partition, dirt, result, ms_since(begin));
    return true;
  } catch (const CleaningStopped&) {
    return false;
  } catch (const CleaningError& failure) {
    // Records were deleted meanwhile: there is less to clean the next time.
    const bool passes = failure.error == protocol::to_int16(ErrorCode::OFFSET_OUT_OF_RANGE);
    if (!passes) {
      environment_.host.warn(partition.name(), " is not compacted any more: ", failure.what());
    }
    partition.set_aside_from_cleaning(passes ? view.high_watermark : Partition::kForGood);
  } catch (const std::exception& failure) {
    environment_.host.warn(partition.name(), " is not compacted any more: ", failure.what());
    partition.set_aside_from_cleaning(Partition::kForGood);
  }
  return false;
}

CleaningResult LogCleaner::clean_range(Partition& partition, fluxmq_log* log, const Dirtiness& dirt,
                                       std::int64_t now_ms) {
  const auto view = partition.cleaning_view();
  const CleaningOrder order{.first_dirty_offset = dirt.first_dirty_offset,
                            .first_uncleanable_offset = dirt.first_uncleanable_offset,
                            .high_watermark = view.high_watermark,
                            .delete_retention_ms = view.settings->compaction.delete_retention_ms,
                            .segment_bytes = view.settings->log.segment_bytes,
                            .segment_index_bytes = view.settings->log.segment_index_bytes,
                            .now_ms = now_ms,
                            .last_batches = partition.last_batches()};
  Cleaning cleaning(environment_.log_store, log, order, settings().limits, throttle_,
                    [&] { return is_stopping() || partition.is_ending(); });
  return cleaning.run();
}

void LogCleaner::report(const Partition& partition, const Dirtiness& dirt,
                        const CleaningResult& result, std::int64_t milliseconds) const {
  add(cleanings_);
  add(bytes_read_, result.bytes_read);
  add(bytes_written_, result.bytes_written);
  environment_.host.info(partition.name(), ": compacted from offset ", dirt.first_dirty_offset,
                         " to ", result.end_offset, ": ", result.keys, " keys, ", result.bytes_read,
                         " bytes became ", result.bytes_written, ", ", result.records_read,
                         " records ", result.records_kept, ", in ", milliseconds, " ms");
}

}  // namespace fluxmq::core
