// The words of a command: flags with and without a value, and what they are about.
#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::storage_local {

// The command is called wrongly.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}

  bool take_flag(std::string_view flag) { return std::erase(words_, flag) > 0; }

  // Of `--flag value` and `--flag=value`, in their order.
  std::vector<std::string> take_values(std::string_view flag) {
    std::vector<std::string> values;
    const std::string with_value = std::string(flag) + "=";
    for (auto word = words_.begin(); word != words_.end();) {
      if (word->starts_with(with_value)) {
        values.push_back(word->substr(with_value.size()));
        word = words_.erase(word);
      } else if (*word == flag) {
        if (word + 1 == words_.end()) throw UsageError(*word + " needs a value");
        values.push_back(*(word + 1));
        word = words_.erase(word, word + 2);
      } else {
        ++word;
      }
    }
    return values;
  }

  // What no flag took. Throws UsageError if there is a flag among them.
  const std::vector<std::string>& rest() const {
    for (const std::string& word : words_) {
      if (word.size() > 1 && word.starts_with('-')) throw UsageError("unknown flag " + word);
    }
    return words_;
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace fluxmq::storage_local
