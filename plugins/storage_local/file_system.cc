#include "file_system.h"

#include <filesystem>

namespace fluxmq::storage_local {
namespace {

void write_new(FileSystem& files, const std::string& path, std::string_view content, Sync sync) {
  const auto file = files.open(path, OpenMode::kTruncate);
  if (!content.empty()) file->write_at(content.data(), content.size(), 0);
  if (sync == Sync::kYes) file->sync();
}

}  // namespace

void write_file(FileSystem& files, const std::string& path, std::string_view content) {
  write_new(files, path, content, Sync::kNo);
}

std::optional<std::string> read_file(FileSystem& files, const std::string& path) {
  const auto file = files.open_if_exists(path);
  if (!file) return std::nullopt;
  std::string content(static_cast<std::size_t>(file->size()), '\0');
  content.resize(file->read_at(content.data(), content.size(), 0));
  return content;
}

void swap_file(FileSystem& files, const std::string& path, std::string_view content, Sync sync) {
  const std::string next = path + ".tmp";
  write_new(files, next, content, sync);
  files.rename(next, path);
}

void replace_file(FileSystem& files, const std::string& path, std::string_view content) {
  swap_file(files, path, content);
  files.sync_folder(std::filesystem::path(path).parent_path().string());
}

void sync_file(FileSystem& files, const std::string& path) {
  files.open(path, OpenMode::kRead)->sync();
}

}  // namespace fluxmq::storage_local
