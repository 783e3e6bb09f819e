// The works that the load client knows, one file each.
#pragma once

#include "sys.h"

namespace bench {

// No load of this client may take longer; a row has two minutes.
constexpr int64_t kPatienceNs = 110'000'000'000;

// When a paced producer has no slot free, it looks again so soon.
constexpr int64_t kRetryNs = 200'000;

void run_produce(Options& options);
void run_fetch(Options& options);
void run_fanout(Options& options);
void run_metadata(Options& options);
void run_connect(Options& options);
void run_topics(Options& options);
void run_touch(Options& options);
void run_keyed(Options& options);
void run_alter(Options& options);
void run_start(Options& options);
void run_disk(Options& options);

}  // namespace bench
