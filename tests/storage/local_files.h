// The files of storage_local, as tests read, damage and copy them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>

namespace fluxmq::storage_local_test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// In a data folder: where the memory for the tails of its logs is.
inline constexpr const char* kTailArena = "tail-arena";

// What a broker leaves that is killed now: all that was given to the system, the memory of tails,
// and no clean marker. Taken again if a file that the broker removes in the background vanishes
// amid it. Memory first: what goes from there to the files meanwhile is in both, not in none.
inline void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto path = read_file(from / kTailArena);
  const auto arena = read_file(path.substr(0, path.find('\n')));
  std::error_code error;
  do {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, error);
  } while (error == std::errc::no_such_file_or_directory);
  if (error) throw std::filesystem::filesystem_error("copy_folder", from, to, error);
  if (path.empty()) return;
  write_file(to / "arena", arena);
  write_file(to / kTailArena, (to / "arena").string() + "\n");
}

// Waits until the files of a log hold all of it.
inline void wait_until_written(const std::filesystem::path& log_folder, std::int64_t size_bytes) {
  const auto written = [&] {
    std::int64_t sum = 0;
    for (const auto& file : std::filesystem::directory_iterator(log_folder)) {
      if (file.path().extension() == ".log") sum += static_cast<std::int64_t>(file.file_size());
    }
    return sum;
  };
  while (written() < size_bytes) std::this_thread::yield();
}

// What a broker leaves that is killed when all is in the files: they may be damaged then, and no
// memory of tails mends them.
inline void copy_written_folder(const std::filesystem::path& from,
                                const std::filesystem::path& to) {
  copy_folder(from, to);
  std::filesystem::remove(to / kTailArena);
}

}  // namespace fluxmq::storage_local_test
