#include "log_roster.h"

#include <exception>
#include <stdexcept>
#include <string_view>

#include "fluxmq/host.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kVersion = "0\n";
constexpr std::string_view kSuffix = ".logs";
// Of logs that came and went: then it is written anew, which takes milliseconds.
constexpr std::int64_t kMaxGrowthBytes = 256 * 1024;

}  // namespace

LogRoster::LogRoster(FileSystem& files, const std::string& metadata_folder,
                     const std::string& directory_id)
    : files_(files), path_(metadata_folder + "/" + directory_id + std::string(kSuffix)) {}

void LogRoster::remove_others(FileSystem& files, const std::string& metadata_folder,
                              const std::set<std::string>& directory_ids) {
  for (const auto& name : files.list_folder(metadata_folder)) {
    if (!name.ends_with(kSuffix)) continue;
    if (directory_ids.contains(name.substr(0, name.size() - kSuffix.size()))) continue;
    files.remove_file(concat(metadata_folder, "/", name));
  }
}

std::optional<std::set<std::string>> LogRoster::read() const {
  const auto text = read_file(files_, path_);
  if (!text) return std::nullopt;
  if (!text->starts_with(kVersion)) throw std::runtime_error(path_ + " is of an unknown version");
  std::set<std::string> names;
  auto lines = std::string_view(*text).substr(kVersion.size());
  // A last line without an end was being written when the process died.
  for (auto end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    if (line.starts_with('+')) names.emplace(line.substr(1));
    if (line.starts_with('-')) names.erase(std::string(line.substr(1)));
  }
  return names;
}

void LogRoster::write(const std::vector<std::string>& names) {
  const std::lock_guard lock(mutex_);
  write_anew({names.begin(), names.end()});
}

void LogRoster::write_anew(const std::set<std::string>& names) {
  std::string text(kVersion);
  for (const auto& name : names) text += concat("+", name, "\n");
  if (read_file(files_, path_) != text) replace_file(files_, path_, text);
  file_ = files_.open(path_, OpenMode::kWrite);
  size_bytes_ = synced_bytes_ = static_cast<std::int64_t>(text.size());
  write_anew_at_bytes_ = 2 * size_bytes_ + kMaxGrowthBytes;
}

// What fails is no failure of the folder whose logs these are, and of no code that says so.
void LogRoster::append(const std::string& line) {
  const std::lock_guard lock(mutex_);
  try {
    if (size_bytes_ >= write_anew_at_bytes_) write_anew(read().value_or(std::set<std::string>()));
    file_->write_at(line.data(), line.size(), size_bytes_);
    size_bytes_ += static_cast<std::int64_t>(line.size());
  } catch (const std::exception& failure) {
    throw std::runtime_error(failure.what());
  }
}

void LogRoster::sync() {
  const std::lock_guard lock(mutex_);
  if (synced_bytes_ == size_bytes_) return;
  try {
    file_->sync();
    synced_bytes_ = size_bytes_;
  } catch (const std::exception& failure) {
    throw std::runtime_error(failure.what());
  }
}

}  // namespace fluxmq::storage_local
