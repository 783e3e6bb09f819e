/* The border is C: every header of it compiles by itself as C11. */
#include "fluxmq/abi/api_handler.h"
#include "fluxmq/abi/authorizer.h"
#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/command.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/abi/plugin.h"
#include "fluxmq/abi/sasl_mechanism.h"

int fluxmq_border_is_c(void);
int fluxmq_border_is_c(void) {
  return (int)FLUXMQ_ABI_MAJOR;
}
