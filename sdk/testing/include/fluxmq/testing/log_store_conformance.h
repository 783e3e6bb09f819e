// What every "fluxmq.log_store/1" has to do. Include it in one source file of a GoogleTest program;
// PluginUnderTest says which plugin it runs on.
#pragma once
#include "fluxmq/testing/log_store/appends_and_reads.h"
#include "fluxmq/testing/log_store/concurrency.h"
#include "fluxmq/testing/log_store/deletion.h"
#include "fluxmq/testing/log_store/epochs_and_timestamps.h"
#include "fluxmq/testing/log_store/lifetime.h"
#include "fluxmq/testing/log_store/log_dirs.h"
#include "fluxmq/testing/log_store/rewrites.h"
#include "fluxmq/testing/log_store/segments.h"
