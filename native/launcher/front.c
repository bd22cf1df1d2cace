/*
 * The front of the command line, bin/landlock-run: writes down what Node will change about this process, and
 * becomes Node, in an environment in which nothing of the caller's means anything. docs/process-state.md says
 * why.
 */
#include "../core/environment.h"
#include "../core/memory.h"
#include "../core/message.h"
#include "../core/text.h"
#include "cut-off.h"
#include "environment-mark.h"
#include "find-node.h"
#include "node-limits.h"
#include "node-trial.h"
#include "own-path.h"
#include "process.h"
#include "state-record.h"

#define ENTRY "/dist/front.cjs"
#define ENTRY_END "//end\n" /* scripts/bundle.mjs writes it */

/* Node's own flags; Node 20 to 26 take all of them, and a V8 code cache is bound to them: the build reads
 * this list. What runs once is neither compiled to machine code nor collected; that takes a twentieth off the
 * start. SIGUSR1 opens Node's debugger on loopback, and whoever reaches that runs code in a process that is
 * not restricted yet. No flag of Node 20 keeps it shut, but its secret address need not be told over HTTP.
 */
static const char *const flags[] = {"--no-rehash-snapshot", "--no-sparkplug", "--min-semi-space-size=4",
                                    "--inspect-publish-uid=stderr"};
#define FLAGS (sizeof flags / sizeof *flags)
#define RECORD_AT (1 + FLAGS + 1) /* in what Node is started with */

static const struct reporter reporter = {.descriptor = 2, .status_descriptor = -1};

/* What is there before anything can go wrong: which limits are low, for the message about it. */
static char low_limits[NODE_LIMITS_TEXT];

static _Noreturn void refuse(enum message_code code, const char *subject, long error) {
    message_refuse(&reporter, code, (struct message_facts){.subject = subject, .error = error});
}

static _Noreturn void refuse_limits(const char *subject, long error) {
    struct message_facts facts = {.subject = subject, .detail = low_limits, .error = error};
    message_refuse(&reporter, MESSAGE_NODE_STARVED, facts);
}

/** What Node is started with, but for its own path. */
struct start {
    const char **argv; /* argv[0] is free */
    char *const *envp;
};

/** Becomes Node for a trial, with none of the user's words. */
static _Noreturn void become_trial(const char *path, const struct start *start) {
    static const char *const words[] = {NODE_TRIAL_RECORD, NODE_TRIAL_WORDS, NULL};
    const char *argv[RECORD_AT + sizeof words / sizeof *words];
    memcpy(argv, start->argv, RECORD_AT * sizeof *argv);
    memcpy(argv + RECORD_AT, words, sizeof words);
    sys_call(SYS_execve, (long)path, (long)argv, (long)start->envp, 0, 0, 0);
    sys_exit(125); /* the start that is no trial tells why */
}

static void try_limits(const char *path, const struct start *start) {
    enum node_trial trial = node_trial();
    if (trial == NODE_TRIAL_CHILD)
        become_trial(path, start);
    if (trial == NODE_TRIAL_FAILED)
        refuse_limits(path, 0);
}

static bool try_node(const char *path, void *context) {
    const struct start *start = context;
    start->argv[0] = path;
    if (*low_limits != '\0')
        try_limits(path, start);
    long error = sys_call(SYS_execve, (long)path, (long)start->argv, (long)start->envp, 0, 0, 0);
    if (error != -ENOENT && error != -ENOTDIR && error != -EACCES)
        refuse(MESSAGE_NODE_NOT_EXECUTABLE, path, error);
    return false;
}

static void *take(size_t size) {
    struct arena arena = {0};
    void *taken = arena_take(&arena, size);
    if (taken == NULL)
        refuse(MESSAGE_OUT_OF_MEMORY, NULL, ENOMEM);
    return taken;
}

/** The package's directory, without a slash at its end: this program is bin/landlock-run in it. */
static void find_root(const struct process *process, char root[OWN_PATH_MAX]) {
    if (!own_path_find(process->path, root))
        refuse(MESSAGE_FRONT_LOST, NULL, 0);
    if (!text_is_utf8(root))
        refuse(MESSAGE_FRONT_PATH_NOT_TEXT, root, 0);
    own_path_cut(root);
    own_path_cut(root);
}

/** Whether the last bytes are there. Node runs as much of a file as there is, and half of this one, or none,
 * would end as if COMMAND had succeeded. */
static bool is_whole(int file, uint64_t size) {
    char end[sizeof ENTRY_END - 1];
    if (size < sizeof end)
        return false;
    long at = (long)(size - sizeof end);
    return sys_call(SYS_pread64, file, (long)end, sizeof end, at, 0, 0) == sizeof end &&
           memcmp(end, ENTRY_END, sizeof end) == 0;
}

static void check_entry(const char *entry) {
    struct stat stat;
    long error = sys_fstatat(AT_FDCWD, entry, &stat, 0);
    long file = error < 0 ? error : sys_openat(AT_FDCWD, entry, O_RDONLY | O_CLOEXEC);
    if (file == -EMFILE)
        refuse_limits(NULL, file);
    if (file < 0)
        refuse(MESSAGE_FRONT_INCOMPLETE, entry, file);
    if (!is_whole((int)file, (uint64_t)stat.st_size)) {
        struct message_facts facts = {.subject = entry, .detail = "it is cut off"};
        message_refuse(&reporter, MESSAGE_FRONT_INCOMPLETE, facts);
    }
    sys_close((int)file);
}

static const char *find_entry(const char *root) {
    size_t length = text_length(root);
    char *entry = take(length + sizeof ENTRY);
    memcpy(entry, root, length);
    memcpy(entry + length, ENTRY, sizeof ENTRY);
    check_entry(entry);
    return entry;
}

/** NODE FLAG... ENTRY RECORD WORD...: what is before RECORD is ours, what is behind it the user's, byte for
 * byte. */
static const char **make_argv(const struct process *process, const char *entry, const char *record) {
    size_t words = process->argc > 0 ? (size_t)process->argc - 1 : 0;
    const char **argv = take((1 + FLAGS + 2 + words + 1) * sizeof *argv);
    const char **at = argv + 1;
    for (size_t i = 0; i < FLAGS; i++)
        *at++ = flags[i];
    *at++ = entry;
    *at++ = record;
    for (size_t i = 0; i < words; i++)
        *at++ = process->argv[i + 1];
    *at = NULL;
    return argv;
}

static _Noreturn void run(const long *stack) {
    struct process process = process_read(stack);
    process_refuse_secure(&process);
    struct state_record record;
    long taken = state_record_take(&record);
    node_limits_find(&record, low_limits);
    if (taken == -EMFILE)
        refuse_limits(NULL, taken);
    if (taken < 0)
        refuse(MESSAGE_STATE_REFUSED, NULL, taken);
    char hex[STATE_RECORD_HEX_SIZE];
    state_record_spell(&record, hex);
    char root[OWN_PATH_MAX];
    find_root(&process, root);
    struct start start = {
        .argv = make_argv(&process, find_entry(root), hex),
        .envp = environment_mark(process.envp),
    };
    if (start.envp == NULL)
        refuse(MESSAGE_OUT_OF_MEMORY, NULL, ENOMEM);
    const char *bound = find_node(root, environment_get(process.envp, "PATH"), try_node, &start);
    struct message_facts facts = {.subject = bound};
    if (bound != NULL)
        facts.remedy = "this installation was made for that one, and takes no other: install it again, or "
                       "landlock-run with the Node that is to be used";
    message_refuse(&reporter, MESSAGE_NODE_MISSING, facts);
}

_Noreturn void launcher_main(const long *stack) {
    refuse_cut_off();
    run(stack);
}
