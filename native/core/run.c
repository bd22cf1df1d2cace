#include "run.h"

#include "apply.h"
#include "errno-names.h"
#include "exec.h"
#include "filter.h"
#include "limits.h"
#include "probe.h"
#include "state.h"

_Noreturn void core_run(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                        const struct state_record *record) {
    struct context context = {
        .argv = argv,
        .envp = envp,
        .record = record,
        .reporter = {.descriptor = 2, .status_descriptor = -1},
    };
    apply_decode(&context, plan, size);
    apply_restriction(&context);
    apply_surroundings(&context);
    state_restore(&context);
    limits_set(&context);
    exec_command(&context);
}

const char *core_errno_name(int error) { return errno_name(error); }

const char *core_errno_words(int error) { return errno_words(error); }

struct core_offer core_probe(void) {
    struct core_offer offer = {.seccomp = probe_seccomp(), .errata = -1, .filter = filter_supported()};
    long abi = probe_abi();
    if (abi < 0) {
        offer.error = (int32_t)-abi;
        return offer;
    }
    long error = 0;
    offer.abi = (int32_t)abi;
    offer.fs = probe_fs(LANDLOCK_ACCESS_FS_ALL, &error);
    offer.net = probe_net(LANDLOCK_ACCESS_NET_ALL, &error);
    offer.scope = probe_scope(LANDLOCK_SCOPE_ALL, &error);
    long flags = probe_restrict_apart(LANDLOCK_RESTRICT_SELF_ALL);
    if (flags < 0)
        error = flags;
    else
        offer.restrict_flags = (uint32_t)flags;
    offer.errata = probe_errata();
    offer.error = (int32_t)-error;
    return offer;
}
