// The works that the load client knows, one file each.
#pragma once

#include "sys.h"

namespace bench {

void run_produce(Options& options);

}  // namespace bench
