#include "process.h"

#include "../core/message.h"

#include <stddef.h>

/* Tags of the auxiliary vector, getauxval(3). */
#define AT_NULL 0
#define AT_SECURE 23
#define AT_EXECFN 31

struct process process_read(const long *stack) {
    struct process process = {.argc = stack[0]};
    process.argv = (char *const *)(stack + 1);
    process.envp = process.argv + process.argc + 1;
    char *const *end = process.envp;
    while (*end != NULL)
        end++;
    for (const long *pair = (const long *)(end + 1); pair[0] != AT_NULL; pair += 2) {
        if (pair[0] == AT_SECURE)
            process.secure = pair[1] != 0;
        if (pair[0] == AT_EXECFN)
            process.path = (const char *)pair[1];
    }
    return process;
}

void process_refuse_secure(const struct process *process) {
    static const struct reporter reporter = {.descriptor = 2, .status_descriptor = -1};
    if (process->secure)
        message_refuse(&reporter, MESSAGE_LAUNCHER_PRIVILEGED, (struct message_facts){0});
}
