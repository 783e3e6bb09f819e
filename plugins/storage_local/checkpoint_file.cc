#include "checkpoint_file.h"

#include <charconv>
#include <stdexcept>
#include <system_error>

namespace fluxmq::storage_local {
namespace {

std::string_view take_until(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

}  // namespace

std::int64_t parse_int64(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error("'" + std::string(text) + "' is not a number");
  }
  return value;
}

std::vector<CheckpointLine> parse_checkpoint(std::string_view text, std::size_t words) {
  std::vector<CheckpointLine> lines;
  if (text.empty()) return lines;
  if (take_until(text, '\n') != "0") throw std::runtime_error("unknown version");
  const auto count = parse_int64(take_until(text, '\n'));
  while (!text.empty()) {
    auto rest = take_until(text, '\n');
    CheckpointLine line;
    while (!rest.empty()) line.push_back(take_until(rest, ' '));
    if (line.size() != words) throw std::runtime_error("a line with the wrong number of words");
    lines.push_back(std::move(line));
  }
  if (static_cast<std::int64_t>(lines.size()) != count) throw std::runtime_error("cut off");
  return lines;
}

std::string checkpoint_text(std::size_t count, std::string_view lines) {
  std::string text = "0\n" + std::to_string(count) + "\n";
  text += lines;
  return text;
}

}  // namespace fluxmq::storage_local
