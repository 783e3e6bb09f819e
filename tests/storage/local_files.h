// The files of storage_local, as tests read, damage and copy them.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace fluxmq::storage_local_test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// What a broker leaves that is killed now: all that was given to the system, and no clean marker.
// Taken again if a file that the broker removes in the background vanishes amid it.
inline void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  do {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, error);
  } while (error == std::errc::no_such_file_or_directory);
  if (error) throw std::filesystem::filesystem_error("copy_folder", from, to, error);
}

}  // namespace fluxmq::storage_local_test
