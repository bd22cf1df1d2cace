/*
 * The spawn helper: src/library starts it in the place of COMMAND, and it becomes COMMAND under a plan that
 * it is handed on a descriptor.
 *
 *   ARGV0 CONTROL COMMAND [ARG...]
 *
 * ARGV0 is what COMMAND gets as its own argv[0]. CONTROL is `2:STATUS:ENVIRONMENT:PLAN:RULESET:KEPT[:ipc]`:
 * numbers of descriptors from 3 on, but for ENVIRONMENT: so many bytes of the environment wait behind STATUS;
 * `=` says that it is the one that the plan was prepared in. What the process itself was given comes on top.
 * RULESET is a number for a prepared plan, `-` for a prepared plan without a ruleset, and empty for a plan
 * that is not prepared. KEPT is a comma list, possibly empty, of what COMMAND inherits beside 0, 1 and 2.
 * `:ipc` says that one of them is Node's channel.
 */
#include "../core/spawn.h"
#include "../core/environment.h"
#include "../core/memory.h"
#include "../core/message.h"
#include "../core/sys.h"
#include "cut-off.h"
#include "process.h"

struct control {
    struct spawn_request request;
    struct spawn_source source;
};

/** Only a spawner that is not ours gets here: there is no status descriptor to tell it. */
static _Noreturn void refuse(const char *detail) {
    static const struct reporter reporter = {.descriptor = 2, .status_descriptor = -1};
    message_refuse(&reporter, MESSAGE_SPAWN_PROTOCOL, (struct message_facts){.detail = detail});
}

/** A descriptor's number, and what has to stand behind it. */
static int read_descriptor(const char **at, char end) {
    int64_t number = text_number(at);
    if (number < (int64_t)PLAN_DESCRIPTOR_MIN || number > (int64_t)PLAN_DESCRIPTOR_MAX || **at != end)
        refuse("CONTROL is not as it should be");
    if (end != '\0')
        (*at)++;
    return (int)number;
}

/** Where the environment is: its size, or `=`. */
static void read_environment(const char **at, struct spawn_request *request) {
    request->environment_prepared = text_begins(*at, "=:");
    if (request->environment_prepared) {
        *at += 2;
        return;
    }
    int64_t size = text_number(at);
    if (size < 0 || size > (int64_t)ENVIRONMENT_SIZE_MAX || **at != ':')
        refuse("CONTROL is not as it should be");
    (*at)++;
    request->environment_size = (size_t)size;
}

static void read_ruleset(const char **at, struct spawn_source *source) {
    source->ruleset = -1;
    source->prepared = **at != ':';
    if (!source->prepared) {
        (*at)++;
    } else if (text_begins(*at, "-:")) {
        *at += 2;
    } else {
        source->ruleset = read_descriptor(at, ':');
    }
}

/** Fills the list in; it has room for a number at every second byte of the text. */
static unsigned read_kept(const char *at, int *kept, bool *channel) {
    unsigned count = 0;
    const char *end = text_find(at, ':');
    *channel = end != NULL;
    if (*channel && !text_equal(end, ":ipc"))
        refuse("CONTROL is not as it should be");
    bool more = *at != '\0' && at != end;
    while (more) {
        more = text_find(at, ',') != NULL;
        kept[count++] = read_descriptor(&at, more ? ',' : *channel ? ':' : '\0');
    }
    return count;
}

static struct control read_control(const char *word) {
    struct control control = {0};
    if (!text_begins(word, "2:"))
        refuse("CONTROL is of another version");
    word += 2;
    control.request.status = read_descriptor(&word, ':');
    read_environment(&word, &control.request);
    control.source.plan = read_descriptor(&word, ':');
    read_ruleset(&word, &control.source);
    control.request.kept = arena_take(&control.request.arena, (text_length(word) / 2 + 1) * sizeof(int));
    if (control.request.kept == NULL)
        refuse("there is no memory");
    control.request.kept_count = read_kept(word, control.request.kept, &control.request.channel);
    return control;
}

static _Noreturn void run(const long *stack) {
    struct process process = process_read(stack);
    process_refuse_secure(&process);
    if (process.argc < 3)
        refuse("words are missing");
    struct control control = read_control(process.argv[1]);
    control.request.name = process.argv[2];
    /* The kernel gives every process a stack of its own to write on. */
    char **words = (char **)(uintptr_t)(process.argv + 2);
    words[0] = process.argv[0];
    core_spawn(&control.request, control.source, words, process.envp);
}

_Noreturn void launcher_main(const long *stack) {
    refuse_cut_off();
    run(stack);
}
