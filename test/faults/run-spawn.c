/*
 * run-spawn PLAN prepared|plan ENVIRONMENT COMMAND [ARG...] - the spawn helper's core in a program without
 * Node: becomes COMMAND under the plan, and tells descriptor 4.
 *
 * The bytes of the file ENVIRONMENT wait behind descriptor 4, and what is told is appended to them. COMMAND
 * keeps descriptor 3. A plan that cannot be prepared is told as it is to a program that calls prepare().
 * Exit status of its own: 99.
 */
#define _GNU_SOURCE
#include "../../native/core/prepare.h"
#include "../../native/core/spawn.h"
#include "read-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATUS 4

extern char **environ;

/* Puts the environment behind the status descriptor. Returns its size. */
static size_t send_environment(const char *path) {
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    if (write(STATUS, bytes, size) != (ssize_t)size || lseek(STATUS, 0, SEEK_SET) != 0 ||
        fcntl(STATUS, F_SETFL, O_APPEND))
        fail("the status descriptor");
    free(bytes);
    return size;
}

static _Noreturn void refused(long error) {
    dprintf(STATUS, "{\"v\":1,\"event\":\"refused\",\"error\":%ld}\n", -error);
    exit(125);
}

static struct spawn_source make_source(const uint8_t *plan, size_t size, int prepared) {
    struct spawn_source source = {.ruleset = -1, .prepared = prepared};
    if (!prepared) {
        long sealed = core_seal(plan, size);
        if (sealed < 0)
            refused(sealed);
        source.plan = (int)sealed;
        return source;
    }
    struct prepare_report report;
    core_prepare(plan, size, environ, &report);
    if (report.error < 0 || report.output.exit != 0)
        refused(report.error);
    source.plan = report.file;
    source.ruleset = report.ruleset;
    return source;
}

int main(int argc, char **argv) {
    if (argc < 5)
        return 99;
    size_t size;
    int kept[] = {3};
    const uint8_t *plan = read_file(argv[1], &size);
    struct spawn_request request = {
        .name = argv[4],
        .status = STATUS,
        .kept = kept,
        .kept_count = 1,
        .environment_size = send_environment(argv[3]),
    };
    core_spawn(&request, make_source(plan, size, argv[2][1] == 'r'), argv + 4, environ);
}
