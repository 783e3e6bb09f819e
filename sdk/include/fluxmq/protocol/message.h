// What the declaration of a message needs, and what can be done with one: decode<M>(reader,
// version), encode(writer, message, version), encoded_size(message, version). See dump.h for JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/decode.h"
#include "fluxmq/protocol/encode.h"
#include "fluxmq/protocol/field.h"
#include "fluxmq/protocol/primitives.h"
