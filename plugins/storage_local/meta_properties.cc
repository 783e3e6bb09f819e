#include "meta_properties.h"

#include <array>
#include <cstdint>
#include <random>
#include <stdexcept>

#include "checkpoint_file.h"
#include "fluxmq/protocol/base64.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kLayout = "fluxmq.layout.version";
constexpr std::string_view kDirectoryId = "directory.id";  // Kafka's name for it
constexpr std::string_view kMetadataDirectoryId = "fluxmq.metadata.directory.id";
constexpr std::string_view kDirectory = "fluxmq.directory.";
constexpr std::int64_t kLayoutVersion = 1;

using Lines = std::map<std::string, std::string, std::less<>>;

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    lines.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return lines;
}

std::string take(const Lines& lines, std::string_view key) {
  const auto found = lines.find(key);
  return found == lines.end() ? "" : found->second;
}

[[noreturn]] void refuse_other_broker(const std::string& path, const Lines& lines) {
  const bool is_kafkas =
      lines.contains("cluster.id") || lines.contains("node.id") || lines.contains("broker.id");
  throw std::runtime_error(
      "data folder " + path + " holds the data of another broker" +
      (is_kafkas ? ", Apache Kafka: name another folder, and take its topics with fluxmq import"
                 : ": its " + std::string(kMetaProperties) + " has no " + std::string(kLayout)));
}

}  // namespace

std::string make_directory_id() {
  std::random_device random;
  std::array<std::uint8_t, 16> bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return protocol::base64_encode(bytes, protocol::Base64::kUrl);
}

std::string directory_line(const std::string& directory_id, const std::string& path) {
  return std::string(kDirectory) + directory_id + "=" + path;
}

std::string to_text(const MetaProperties& properties) {
  std::string text = "version=1\n";
  text.append(kLayout).append("=" + std::to_string(kLayoutVersion) + "\n");
  text.append(kDirectoryId).append("=" + properties.directory_id + "\n");
  text.append(kMetadataDirectoryId).append("=" + properties.metadata_directory_id + "\n");
  for (const auto& [id, path] : properties.directories) text += directory_line(id, path) + "\n";
  return text;
}

MetaProperties parse_meta_properties(const std::string& path, std::string_view text) {
  const auto lines = split(text);
  const auto version = take(lines, kLayout);
  if (version.empty()) refuse_other_broker(path, lines);
  if (parse_int64(version) > kLayoutVersion) {
    throw std::runtime_error("data folder " + path + " has the layout " + version +
                             " of a newer FluxMQ; this one knows up to " +
                             std::to_string(kLayoutVersion));
  }
  MetaProperties properties{take(lines, kDirectoryId), take(lines, kMetadataDirectoryId), {}};
  for (const auto& [key, value] : lines) {
    if (key.starts_with(kDirectory))
      properties.directories.emplace(key.substr(kDirectory.size()), value);
  }
  return properties;
}

}  // namespace fluxmq::storage_local
