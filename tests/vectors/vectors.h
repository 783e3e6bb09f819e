// Where the golden vectors and the protocol facts lie, and how to read them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::testing {

inline std::filesystem::path folder_or(const char* variable, const char* standard) {
  const char* const chosen = std::getenv(variable);
  return chosen != nullptr && *chosen != '\0' ? chosen : standard;
}

inline std::filesystem::path vectors_folder() {
  return folder_or("FLUXMQ_VECTORS", FLUXMQ_UNPACKED_VECTORS "/vectors");
}

inline std::filesystem::path protocol_facts_folder() {
  return folder_or("FLUXMQ_PROTOCOL_FACTS", FLUXMQ_UNPACKED_VECTORS "/protocol");
}

// Throws when the file is not there.
inline std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

inline std::vector<std::uint8_t> from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  }
  return bytes;
}

}  // namespace fluxmq::testing
