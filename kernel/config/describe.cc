// What --print-config prints: the values in use, or the page of all keys.
#include "config/describe.h"

namespace fluxmq::kernel {
namespace {

const char* type_name(uint32_t type) {
  switch (type) {
    case FLUXMQ_CONFIG_BOOLEAN:
      return "boolean";
    case FLUXMQ_CONFIG_INT:
      return "int";
    case FLUXMQ_CONFIG_LONG:
      return "long";
    case FLUXMQ_CONFIG_DOUBLE:
      return "double";
    case FLUXMQ_CONFIG_LIST:
      return "list";
    case FLUXMQ_CONFIG_PASSWORD:
      return "password";
    default:
      return "string";
  }
}

std::string range_of(const ConfigEntry& entry) {
  std::string values;
  for (const std::string& value : entry.valid_values)
    values += (values.empty() ? "" : ", ") + value;
  if (!values.empty()) return values;
  if (entry.minimum == 0 && entry.maximum == 0) return "";
  // The ends of the type say nothing.
  bool is_open = entry.maximum >= INT64_MAX / 2 ||
                 (entry.type == FLUXMQ_CONFIG_INT && entry.maximum == INT32_MAX);
  if (is_open) return "from " + std::to_string(entry.minimum);
  return std::to_string(entry.minimum) + " to " + std::to_string(entry.maximum);
}

std::string describe_key(const ConfigEntry& entry) {
  std::string text = "### `" + entry.name + "`\n\n" + entry.documentation + "\n\n";
  text += std::string("Type ") + type_name(entry.type);
  std::string range = range_of(entry);
  if (!range.empty()) text += ", " + range;
  text += entry.default_value.empty() ? ", without a default"
                                      : ", default `" + entry.default_value + "`";
  if ((entry.flags & FLUXMQ_CONFIG_DYNAMIC) != 0) text += "; may change while the broker runs";
  return text + ".\n\n";
}

std::string describe_owner(const Config& config, const std::string& owner) {
  std::string text;
  for (const auto& [name, entry] : config.entries()) {
    // Keys that exist once a plugin, such as log.level.NAME, are described with the general one.
    if (entry.owner == owner && !entry.documentation.empty()) text += describe_key(entry);
  }
  return text;
}

}  // namespace

std::string describe_values(const Config& config) {
  std::string text;
  for (const auto& [name, entry] : config.entries()) {
    // Nothing says anything: a level of one plugin, a switch that is left as it is.
    if (entry.documentation.empty() && !entry.is_set()) continue;
    bool is_secret = entry.type == FLUXMQ_CONFIG_PASSWORD && !entry.value.empty();
    text += "# " + (entry.is_set() ? entry.place : std::string("default")) + "\n";
    text += name + "=" + (is_secret ? "(hidden)" : entry.value) + "\n";
  }
  return text;
}

std::string describe_keys_as_markdown(const Config& config) {
  std::map<std::string, bool> owners;
  for (const auto& [name, entry] : config.entries()) owners[entry.owner] = true;
  std::string text =
      "# Configuration\n\n"
      "Made from the keys that the kernel and the plugins declare: "
      "`fluxmq --print-config=markdown`.\n\n"
      "Values are read from `fluxmq.conf` and, beside it, `plugins.d/NAME.conf`, which also "
      "switches the\nplugin (`enabled=true`); `--set key=value` on the command line wins. "
      "Files have `key=value` lines;\na line that begins with `#` is a comment.\n\n"
      "## The kernel\n\n" +
      describe_owner(config, "kernel");
  owners.erase("kernel");
  for (const auto& [owner, exists] : owners) {
    text += "## The plugin " + owner + "\n\n" + describe_owner(config, owner);
  }
  text.pop_back();
  return text;
}

}  // namespace fluxmq::kernel
