// DescribeConfigs: the configs of topics and brokers, where each comes from, and what it means.
#include "fluxmq/protocol/messages/describe_configs.h"

#include <algorithm>
#include <deque>
#include <string>

#include "broker_loggers.h"
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

Refusal check_broker(const ApiConfigs& plugin, std::string_view name, bool is_logger) {
  const auto own = plugin.catalog.broker_id();
  if (name.empty() && !is_logger) return {};
  if (name.empty()) return {ErrorCode::INVALID_REQUEST, "Broker id must not be empty"};
  const auto id = parse_broker_id(name);
  if (!id)
    return {ErrorCode::INVALID_REQUEST, concat("Broker id must be an integer, but it is: ", name)};
  if (*id == own) return {};
  return {ErrorCode::INVALID_REQUEST,
          concat("Unexpected broker id, expected ", own, is_logger ? "" : " or empty string,",
                 " but received ", name)};
}

Refusal check_resource(const ApiConfigs& plugin, const Resource& resource) {
  const auto type = static_cast<ResourceType>(resource.resource_type);
  switch (type) {
    case ResourceType::kBroker:
    case ResourceType::kBrokerLogger:
      return check_broker(plugin, resource.resource_name, type == ResourceType::kBrokerLogger);
    case ResourceType::kClientMetrics:
    case ResourceType::kGroup:
      if (!resource.resource_name.empty()) return {};
      return {ErrorCode::INVALID_REQUEST,
              type == ResourceType::kGroup ? "Group name must not be empty"
                                           : "Client metrics subscription name must not be empty"};
    default:
      return {};
  }
}

// Kafka says nothing of a topic that isn't there.
std::string_view explain(ErrorCode error) {
  const bool is_silent = error == ErrorCode::NONE || error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  return is_silent ? std::string_view() : error_message(error);
}

void describe_loggers(const ApiConfigs& plugin, const Resource& resource, Result& result,
                      Texts& texts) {
  constexpr std::int8_t kDynamicBrokerLogger = 6;
  for (const auto& [name, level] : loggers(plugin.host)) {
    if (!is_asked_for(resource, name)) continue;
    auto& answer = result.configs.emplace_back();
    answer.name = texts.keep(name);
    answer.value = level;
    answer.config_source = kDynamicBrokerLogger;
    answer.documentation = std::nullopt;
  }
}

Refusal describe(const ApiConfigs& plugin, const DescribeConfigsRequest& message,
                 const Resource& resource, Result& result, Texts& texts) {
  if (auto refusal = check_resource(plugin, resource); refusal.error != ErrorCode::NONE)
    return refusal;
  if (!has_configs(resource.resource_type)) return {};
  if (resource.resource_type == static_cast<std::int8_t>(ResourceType::kBrokerLogger)) {
    describe_loggers(plugin, resource, result, texts);
    return {};
  }
  const auto error = plugin.catalog.describe_configs(
      static_cast<std::uint32_t>(resource.resource_type), resource.resource_name,
      [&](const fluxmq_config_description& config) {
        if (is_asked_for(resource, view(config.name))) add(result, config, message, texts);
      });
  return {error, std::string(explain(error))};
}

Result make_result(const Resource& resource, ErrorCode error, std::string_view message) {
  Result result;
  result.resource_type = resource.resource_type;
  result.resource_name = resource.resource_name;
  result.error_code = to_int16(error);
  result.error_message = message;
  return result;
}

}  // namespace

Task describe_configs(ApiConfigs& plugin, Request request) {
  const auto message = request.decode<DescribeConfigsRequest>();
  Texts texts;
  DescribeConfigsResponse response;
  std::vector<Result> refused;  // Kafka tells those last
  response.results.reserve(message.resources.size());

  // A type that nobody knows makes the whole request wrong.
  const bool are_known =
      std::all_of(message.resources.begin(), message.resources.end(),
                  [](const Resource& resource) { return is_known(resource.resource_type); });
  for (const auto& resource : message.resources) {
    if (!are_known) {
      constexpr auto error = ErrorCode::INVALID_REQUEST;
      refused.push_back(make_result(resource, error, error_message(error)));
      continue;
    }
    const auto denied =
        authorize(plugin.authorizer, request.session(), FLUXMQ_OPERATION_DESCRIBE_CONFIGS,
                  resource.resource_type, resource.resource_name);
    if (denied != ErrorCode::NONE) {
      refused.push_back(make_result(resource, denied, error_message(denied)));
      continue;
    }
    auto& result = response.results.emplace_back(make_result(resource, ErrorCode::NONE, ""));
    auto [error, text] = describe(plugin, message, resource, result, texts);
    result.error_code = to_int16(error);
    result.error_message = texts.keep(std::move(text));
  }
  response.results.insert(response.results.end(), refused.begin(), refused.end());
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_configs
