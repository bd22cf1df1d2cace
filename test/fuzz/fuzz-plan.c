/*
 * Any bytes as a plan, for libFuzzer: the decoder says no, or what it says yes to can be followed to its end.
 * Memory is exactly as large as the input, so that the sanitizers see a read beyond it.
 */
#include "../../native/core/context.h"
#include "../../native/core/decode.h"
#include "../../native/core/environment.h"
#include "../../native/core/search-path.h"
#include "../../native/core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE ((size_t)4 << 20)

/* Here for the linker: the core calls it where memory is short, which 4 MiB never are for inputs of some KiB.
 */
bool paths_allow(const struct context *context, const char *directory, uint64_t access) {
    return context->plan.header != NULL && access != 0 && strlen(directory) % 2 == 0;
}

static struct text_line line;

static void insist(bool sound, const char *what) {
    if (sound)
        return;
    fprintf(stderr, "the decoder let pass: %s\n", what);
    abort();
}

/** Follows a string, and writes it both ways: what comes out moves no cursor and ends no line. */
static void follow_string(const struct plan *plan, uint32_t offset) {
    for (int json = 0; json <= 1; json++) {
        line.length = 0;
        line.json = json;
        text_put_quoted(&line, plan_string(plan, offset));
        for (size_t i = 0; i < line.length; i++)
            insist((unsigned char)line.bytes[i] >= 0x20 && line.bytes[i] != 0x7f,
                   "a control character in a message");
    }
}

static void follow_paths(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->path_count; i++) {
        const struct path_row *row = &plan->paths[i];
        insist(row->parent == PLAN_NO_PARENT || row->parent < i, "a parent that is no earlier row");
        insist(row->relative <= strlen(plan_string(plan, row->path)), "a relative part outside of its path");
        insist((row->flags & PATH_STDIO_TERMINAL) != 0 || *plan_string(plan, row->path) == '/',
               "a path that is relative");
        follow_string(plan, row->path);
        follow_string(plan, row->origin);
    }
}

static void follow_rest(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->port_count; i++) {
        insist(plan->ports[i].low <= plan->ports[i].high && plan->ports[i].high <= 65535,
               "a port beyond 65535");
        follow_string(plan, plan->ports[i].origin);
    }
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct requirement_row *row = &plan->requirements[i];
        insist(row->kind < KIND_COUNT && row->action < ACTION_COUNT && row->bits != 0,
               "a requirement of no kind");
        follow_string(plan, row->origin);
        follow_string(plan, row->code);
        follow_string(plan, row->text);
        follow_string(plan, row->remedy);
    }
    for (uint32_t i = 0; i < plan->limit_count; i++)
        insist(plan->limits[i].resource < 16, "a limit that does not exist");
    for (uint32_t i = 0; i < plan->keep_count; i++)
        insist(plan->keeps[i].descriptor >= PLAN_DESCRIPTOR_MIN &&
                   plan->keeps[i].descriptor <= PLAN_DESCRIPTOR_MAX,
               "a descriptor out of range");
    follow_string(plan, plan->header->chdir);
    follow_string(plan, plan->header->exec_hint);
}

/** Edits an environment by the plan: every glob, name and entry of it is used. */
static void follow_environment(const struct plan *plan) {
    static uint8_t *memory;
    static char *const environment[] = {"PATH=/usr/bin:/bin::relative",
                                        "HOME=/root",
                                        "AWS_SECRET_ACCESS_KEY=x",
                                        "LC_ALL=C",
                                        "LISTEN_FDS=1",
                                        "no assignment",
                                        "PATH=/again",
                                        "=odd",
                                        NULL};
    if (memory == NULL)
        memory = malloc(ARENA_SIZE);
    if (memory == NULL)
        abort();
    struct context context = {.plan = *plan,
                              .envp = environment,
                              .ruleset = -1,
                              .reporter = {.descriptor = 2, .status_descriptor = -1}};
    context.arena.at = memory;
    context.arena.end = memory + ARENA_SIZE;
    environment_edit(&context);
    search_path_edit(&context);
    for (char **entry = context.environment; *entry != NULL; entry++)
        insist(strlen(*entry) < ARENA_SIZE, "an entry without end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *bytes = malloc(size == 0 ? 1 : size);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    struct plan plan;
    const char *reason = plan_decode(bytes, size, &plan);
    insist(reason == NULL || *reason != '\0', "nothing to say about a damaged plan");
    if (reason == NULL) {
        follow_paths(&plan);
        follow_rest(&plan);
        follow_environment(&plan);
    }
    free(bytes);
    return 0;
}
