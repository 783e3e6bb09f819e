// The conformance suites of the SDK, as a program that any storage plugin can be given to.
#include "fluxmq/testing/log_store_conformance.h"
#include "fluxmq/testing/metadata_store_conformance.h"
