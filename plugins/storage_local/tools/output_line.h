// One line of a dump: names with values, as Kafka's dump-log writes them (`offset: 5 position: 0`),
// or as a JSON object.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/dump.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq::storage_local {

// As it is if people can read it, else 0x and its bytes in hex.
std::string printable(protocol::Bytes bytes);

class OutputLine {
 public:
  // `prefix` begins the line where it is text.
  explicit OutputLine(bool as_json, std::string_view prefix = "") : as_json_(as_json) {
    as_json_ ? json_.begin('{') : void(text_ = prefix);
  }

  template <std::integral Number>
  requires(!std::same_as<Number, bool>) OutputLine& add(std::string_view name, Number value) {
    if (as_json_) {
      json_.key(name);
      json_.number(static_cast<std::int64_t>(value));
    } else {
      add_text(name, std::to_string(value));
    }
    return *this;
  }
  OutputLine& add(std::string_view name, bool value) {
    return add_literal(name, value ? "true" : "false");
  }
  OutputLine& add(std::string_view name, std::string_view value) {
    if (as_json_) {
      json_.key(name);
      json_.string(value);
    } else {
      add_text(name, value);
    }
    return *this;
  }
  OutputLine& add(std::string_view name, const std::vector<std::string>& values);
  // What is JSON already.
  OutputLine& add_literal(std::string_view name, std::string_view json) {
    if (as_json_) {
      json_.key(name);
      json_.literal(json);
    } else {
      add_text(name, json);
    }
    return *this;
  }

  // With the end of the line.
  std::string take() {
    if (as_json_) {
      json_.end('}');
      text_ = json_.take();
    }
    return std::move(text_) + "\n";
  }

 private:
  void add_text(std::string_view name, std::string_view value) {
    if (!is_empty_) text_ += ' ';
    is_empty_ = false;
    text_.append(name).append(": ").append(value);
  }

  const bool as_json_;
  protocol::JsonText json_;
  std::string text_;
  bool is_empty_ = true;
};

}  // namespace fluxmq::storage_local
