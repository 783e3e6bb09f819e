// DescribeConfigs: the configs of topics and brokers, where each comes from, and what it means.
#include "fluxmq/protocol/messages/describe_configs.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <string>

#include "fluxmq/protocol/errors.h"
#include "resources.h"

namespace fluxmq::api_configs {
namespace {

using namespace protocol;
using Resource = DescribeConfigsRequest::DescribeConfigsResource;
using Result = DescribeConfigsResponse::DescribeConfigsResult;

// The catalog lends its strings during a visit only; the answer's views point in here.
class Texts {
 public:
  std::string_view keep(fluxmq_string text) { return texts_.emplace_back(view(text)); }
  std::optional<std::string_view> keep_nullable(fluxmq_string text) {
    if (text.data == nullptr) return std::nullopt;
    return keep(text);
  }
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  std::deque<std::string> texts_;
};

bool is_asked_for(const Resource& resource, std::string_view name) {
  const auto& keys = resource.configuration_keys;
  return !keys || keys->empty() || std::find(keys->begin(), keys->end(), name) != keys->end();
}

void add(Result& result, const fluxmq_config_description& config,
         const DescribeConfigsRequest& message, Texts& texts) {
  auto& answer = result.configs.emplace_back();
  answer.name = texts.keep(config.name);
  answer.value = std::nullopt;
  if (config.is_sensitive == 0) answer.value = texts.keep_nullable(config.value);
  answer.read_only = config.is_read_only != 0;
  answer.is_default = config.source == FLUXMQ_SOURCE_DEFAULT;
  answer.config_source = static_cast<std::int8_t>(config.source);
  answer.is_sensitive = config.is_sensitive != 0;
  answer.config_type = static_cast<std::int8_t>(config.type);
  answer.documentation = std::nullopt;
  if (message.include_documentation) answer.documentation = texts.keep(config.documentation);
  if (!message.include_synonyms) return;
  for (std::uint64_t i = 0; i < config.synonym_count; ++i) {
    const auto& synonym = config.synonyms[i];
    auto& kept = answer.synonyms.emplace_back();
    kept.name = texts.keep(synonym.name);
    kept.value = std::nullopt;
    if (config.is_sensitive == 0) kept.value = texts.keep_nullable(synonym.value);
    kept.source = static_cast<std::int8_t>(synonym.source);
  }
}

bool is_integer(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// What people are told about an error; "" where Kafka says nothing.
std::string explain(const ApiConfigs& plugin, ErrorCode error, const Resource& resource) {
  switch (error) {
    case ErrorCode::NONE:
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
      return "";
    case ErrorCode::INVALID_REQUEST:
      if (!is_served(resource.resource_type)) {
        return concat("Unsupported resource type ", resource.resource_type);
      }
      if (!is_integer(resource.resource_name)) {
        return concat("Broker id must be an integer, but it is: ", resource.resource_name);
      }
      return concat("Unexpected broker id, expected ", plugin.catalog.broker_id(),
                    " or empty string, but received ", resource.resource_name);
    default:
      return std::string(error_message(error));
  }
}

}  // namespace

Task describe_configs(ApiConfigs& plugin, Request request) {
  const auto message = request.decode<DescribeConfigsRequest>();
  Texts texts;
  DescribeConfigsResponse response;
  response.results.reserve(message.resources.size());

  for (const auto& resource : message.resources) {
    auto& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    auto error = is_served(resource.resource_type) ? ErrorCode::NONE : ErrorCode::INVALID_REQUEST;
    if (error == ErrorCode::NONE) {
      error = authorize(plugin.authorizer, request.session(), FLUXMQ_OPERATION_DESCRIBE_CONFIGS,
                        resource.resource_type, resource.resource_name);
    }
    if (error == ErrorCode::NONE) {
      error = plugin.catalog.describe_configs(static_cast<std::uint32_t>(resource.resource_type),
                                              resource.resource_name,
                                              [&](const fluxmq_config_description& config) {
                                                if (is_asked_for(resource, view(config.name)))
                                                  add(result, config, message, texts);
                                              });
    }
    result.error_code = to_int16(error);
    result.error_message = texts.keep(explain(plugin, error, resource));
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_configs
