#include "output_line.h"

#include <algorithm>

namespace fluxmq::storage_local {
namespace {

// The bytes of the UTF-8 character at the beginning of `bytes`; 0 if there is none.
std::size_t character_size(protocol::Bytes bytes) {
  const std::uint8_t first = bytes[0];
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xc2 ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  if (size > bytes.size()) return 0;
  const bool is_whole =
      std::all_of(bytes.begin() + 1, bytes.begin() + static_cast<std::ptrdiff_t>(size),
                  [](std::uint8_t byte) { return (byte & 0xc0) == 0x80; });
  return is_whole ? size : 0;
}

bool people_can_read(protocol::Bytes bytes) {
  while (!bytes.empty()) {
    if (bytes[0] < 0x20 || bytes[0] == 0x7f) return false;
    const std::size_t size = character_size(bytes);
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace

std::string printable(protocol::Bytes bytes) {
  if (people_can_read(bytes)) return std::string(protocol::as_text(bytes));
  std::string text = "0x";
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

OutputLine& OutputLine::add(std::string_view name, const std::vector<std::string>& values) {
  if (as_json_) {
    json_.key(name);
    json_.begin('[');
    for (const std::string& value : values) json_.string(value);
    json_.end(']');
    return *this;
  }
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ",") + value;
  add_text(name, "[" + list + "]");
  return *this;
}

}  // namespace fluxmq::storage_local
