// Files in Kafka's properties syntax.
#include <fstream>

#include "config/config.h"

namespace fluxmq::kernel {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\f";
  size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// A line that ends with an odd number of backslashes goes on in the next.
bool continues(std::string_view line) {
  size_t last = line.find_last_not_of('\\');
  size_t backslashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
  return backslashes % 2 == 1;
}

std::string unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    char c = text[++i];
    result += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }
  return result;
}

}  // namespace

std::vector<Setting> read_properties(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ConfigError(path + ": can't be read");
  std::vector<Setting> settings;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::string place = path + ":" + std::to_string(number);
    std::string text(trim(line));
    if (text.empty() || text[0] == '#' || text[0] == '!') continue;
    while (continues(text) && std::getline(file, line)) {
      ++number;
      text.pop_back();
      text += trim(line);
    }
    size_t separator = text.find_first_of("=:");
    if (separator == 0 || separator == std::string::npos) {
      throw ConfigError(place + ": \"" + text + "\" is not of the form key=value");
    }
    std::string_view whole = text;
    settings.push_back({unescape(trim(whole.substr(0, separator))),
                        unescape(trim(whole.substr(separator + 1))), place});
  }
  return settings;
}

}  // namespace fluxmq::kernel
