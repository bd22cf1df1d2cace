/*
 * run-core PLAN RECORD|- DIRECTORY|- CLOSED|- COMMAND [ARG...] - the native core in a program without Node:
 * becomes COMMAND under the plan.
 *
 * RECORD is what a front wrote down (native/core/record.h). DIRECTORY is removed first, so that the plan
 * makes it anew. CLOSED is a descriptor that is closed first. SIGPIPE and SIGXFSZ are ignored, as they are in
 * Node. Exit status of its own: 99.
 */
#define _GNU_SOURCE
#include "../../native/core/record.h"
#include "../../native/core/run.h"
#include "read-file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int is_none(const char *word) { return strcmp(word, "-") == 0; }

int main(int argc, char **argv) {
    if (argc < 6)
        return 99;
    size_t size, record_size;
    void *plan = read_file(argv[1], &size);
    const struct state_record *record = is_none(argv[2]) ? NULL : read_file(argv[2], &record_size);
    if (!is_none(argv[3]) && rmdir(argv[3]) && errno != ENOENT)
        fail(argv[3]);
    if (!is_none(argv[4]) && close(atoi(argv[4])))
        fail(argv[4]);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        fail("signal");
    core_run(plan, size, argv + 5, environ, record);
}
