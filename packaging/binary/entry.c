/*
 * Where the single binary begins, before Node's own entry point and before the dynamic loader: writes down
 * what Node will change about this process, takes every meaning from the environment, and goes on as the
 * kernel would have.
 *
 * The build (scripts/build-binary.mjs) takes the program header that names the loader away, so that the
 * kernel starts this code as that of a static program, and puts it into a segment of its own. INTERPRETER and
 * NODE_ENTRY are what was there before. The loader thus meets an environment in which LD_PRELOAD and the like
 * have no name any more; docs/packages.md.
 */
#include "addon-file.h"
#include "load-interpreter.h"

#include "../../native/core/errno-names.h"
#include "../../native/core/memory.h"
#include "../../native/core/sys.h"
#include "../../native/launcher/elf.h"
#include "../../native/launcher/environment-mark.h"
#include "../../native/launcher/node-limits.h"
#include "../../native/launcher/node-trial.h"
#include "../../native/launcher/process.h"
#include "../../native/launcher/state-record.h"

/* Tags of the auxiliary vector, getauxval(3). */
#define AT_NULL 0
#define AT_PHDR 3
#define AT_PHNUM 5
#define AT_BASE 7
#define AT_ENTRY 9

#define PT_INTERP 3
#define PT_PHDR 6

#define NO_MEMORY "landlock-run: there is no memory to start in; raise the limit\n"
#define REFUSE(text) refuse(text, sizeof(text) - 1)

static _Noreturn void refuse(const char *text, size_t size) {
    sys_write(2, text, size); /* nobody is left to be told of a failure */
    for (;;)
        sys_call(SYS_exit_group, 125, 0, 0, 0, 0, 0);
}

/** One line of parts, the last of which is NULL. */
static _Noreturn void refuse_parts(const char *const *parts) {
    char text[2048], *at = text;
    for (; *parts != NULL; parts++) {
        size_t length = text_length(*parts);
        if (length <= (size_t)(text + sizeof text - at)) {
            memcpy(at, *parts, length);
            at += length;
        }
    }
    refuse(text, (size_t)(at - text));
}

/** WHAT: ERRNO (words); REMEDY */
static _Noreturn void refuse_errno(const char *what, long error, const char *remedy) {
    char number[] = "errno 4294967295";
    *text_decimal(number + sizeof "errno", (uint64_t)(uint32_t)-error) = '\0';
    const char *name = errno_name(-error), *words = errno_words(-error);
    const char *const parts[] = {"landlock-run: ",
                                 what,
                                 ": ",
                                 name == NULL ? number : name,
                                 " (",
                                 words == NULL ? "unknown" : words,
                                 "); ",
                                 remedy,
                                 "\n",
                                 NULL};
    refuse_parts(parts);
}

static _Noreturn void refuse_limits(const char *low) {
    const char *const parts[] = {
        "landlock-run: Node, a part of this program, cannot start under the limits of "
        "this process (",
        low,
        "); raise them, or start a launcher that --compile wrote without them: it "
        "needs no Node\n",
        NULL};
    refuse_parts(parts);
}

static char *put(char *at, const char *text, size_t length) {
    memcpy(at, text, length);
    return at + length;
}

/**
 * The words for Node, in one piece of memory as the kernel has them (libuv relies on it): argv[0], the state
 * record with the addon's descriptor, the user's words. Returns their number, and the first in *first.
 */
static size_t make_words(const struct process *process, const char *record, int addon, char **first) {
    size_t record_length = text_length(record), size = record_length + sizeof ":4294967295";
    for (long i = 0; i < process->argc; i++)
        size += text_length(process->argv[i]) + 1;
    struct arena arena = {0};
    char *at = arena_take(&arena, size + 1);
    if (at == NULL)
        REFUSE(NO_MEMORY);
    *first = at;
    if (process->argc > 0)
        at = put(at, process->argv[0], text_length(process->argv[0]));
    *at++ = '\0';
    at = put(at, record, record_length);
    *at++ = ':';
    at = text_decimal(at, (uint64_t)addon);
    *at++ = '\0';
    for (long i = 1; i < process->argc; i++)
        at = put(at, process->argv[i], text_length(process->argv[i]) + 1);
    return process->argc > 0 ? (size_t)process->argc + 1 : 2;
}

static size_t count(char *const *list) {
    size_t number = 0;
    while (list[number] != NULL)
        number++;
    return number;
}

/** The pairs behind the environment, AT_NULL with them; as a number of longs. */
static size_t count_auxiliary(const long *pairs) {
    size_t number = 0;
    while (pairs[number] != AT_NULL)
        number += 2;
    return number + 2;
}

static long auxiliary_value(const long *pairs, long tag) {
    while (pairs[0] != AT_NULL && pairs[0] != tag)
        pairs += 2;
    return pairs[0] == tag ? pairs[1] : 0;
}

/**
 * A copy of the program headers for the loader, which wants to find itself named there (rtld.c), as it was
 * before the build: in the place of the row that says where the headers themselves are, and would not be true
 * of a copy.
 */
static const struct program_header *name_interpreter(const long *auxiliary) {
    const struct program_header *rows = (const struct program_header *)auxiliary_value(auxiliary, AT_PHDR);
    size_t number = (size_t)auxiliary_value(auxiliary, AT_PHNUM);
    struct arena arena = {0};
    struct program_header *copy = arena_take(&arena, number * sizeof *copy);
    if (copy == NULL)
        REFUSE(NO_MEMORY);
    for (size_t i = 0; i < number; i++) {
        copy[i] = rows[i];
        if (rows[i].type == PT_PHDR)
            copy[i] = (struct program_header){.type = PT_INTERP,
                                              .flags = PF_R,
                                              .address = (uintptr_t)INTERPRETER,
                                              .file_size = sizeof INTERPRETER,
                                              .memory_size = sizeof INTERPRETER,
                                              .alignment = 1};
    }
    return copy;
}

/** What the loader is to be told instead of what the kernel told this code. */
static long change(long tag, long value, uint64_t base, const struct program_header *headers) {
    switch (tag) {
    case AT_PHDR:
        return (long)headers;
    case AT_BASE:
        return (long)base;
    case AT_ENTRY:
        return NODE_ENTRY;
    default:
        return value;
    }
}

/** Writes the initial stack of a new program: argc, argv, envp, auxiliary vector (System V ABI). */
static void write_stack(long *stack, size_t argc, const char *words, char *const *envp, const long *auxiliary,
                        uint64_t base) {
    const struct program_header *headers = name_interpreter(auxiliary);
    *stack++ = (long)argc;
    for (size_t i = 0; i < argc; i++) {
        *stack++ = (long)words;
        words += text_length(words) + 1;
    }
    *stack++ = 0;
    for (; *envp != NULL; envp++)
        *stack++ = (long)*envp;
    *stack++ = 0;
    for (size_t i = 0, pairs = count_auxiliary(auxiliary); i < pairs; i += 2) {
        stack[i] = auxiliary[i];
        stack[i + 1] = change(auxiliary[i], auxiliary[i + 1], base, headers);
    }
}

/** Registers as the kernel leaves them; rdx = 0: no function for atexit(3). */
static _Noreturn void jump(const long *stack, uint64_t entry) {
    __asm__ volatile("mov %0, %%rsp\n"
                     "xor %%edx, %%edx\n"
                     "xor %%ebp, %%ebp\n"
                     "jmp *%1\n"
                     :
                     : "r"(stack), "r"(entry)
                     : "rdx", "memory");
    __builtin_unreachable();
}

/** Starts Node in a child first, without the user's words; there it returns, to go on as such a start. */
static void try_limits(struct process *process, char *hex, const char *low) {
    static const char *const words[] = {"landlock-run", NODE_TRIAL_WORDS, NULL};
    enum node_trial trial = node_trial();
    if (trial == NODE_TRIAL_FAILED)
        refuse_limits(low);
    if (trial == NODE_TRIAL_STARTED)
        return;
    memcpy(hex, NODE_TRIAL_RECORD, sizeof NODE_TRIAL_RECORD);
    process->argv = (char *const *)words;
    process->argc = sizeof words / sizeof *words - 1;
}

static const char *interpreter_remedy(long error) {
    switch (error) {
    case -EACCES:
    case -EPERM:
        return "let this user, and the policy that this run is under, read and execute it (--ro), or start a "
               "launcher that --compile wrote, which needs no loader";
    case -EMFILE:
    case -ENOMEM:
        return "raise the limits that this program runs under";
    default:
        return "use the npm package with this system's own Node";
    }
}

_Noreturn void launcher_main(const long *stack) {
    struct process process = process_read(stack);
    if (process.secure)
        REFUSE("landlock-run: it was started with privileges that its caller lacks; take the set-user-ID bit "
               "or the file "
               "capabilities off\n");
    struct state_record record;
    long taken = state_record_take(&record);
    char low[NODE_LIMITS_TEXT];
    bool is_low = node_limits_find(&record, low);
    if (taken == -EMFILE)
        refuse_limits(low);
    if (taken < 0)
        refuse_errno("this system does not tell the state of its own process", taken,
                     "run it outside of what hides that");
    char hex[STATE_RECORD_HEX_SIZE];
    state_record_spell(&record, hex);
    int addon = addon_file_open();
    if (addon == -EMFILE)
        refuse_limits(low);
    if (addon < 0)
        refuse_errno("neither a file in memory nor one below /dev/shm, /tmp or /var/tmp can be made and "
                     "executed here, and its native part needs one",
                     addon, "allow it one of them, or use the npm package");
    if (is_low)
        try_limits(&process, hex, low);
    char *words;
    size_t argc = make_words(&process, hex, addon, &words);
    char *const *envp = environment_mark(process.envp);
    if (envp == NULL)
        REFUSE(NO_MEMORY);
    struct interpreter interpreter;
    long loaded = load_interpreter(INTERPRETER, &interpreter);
    if (loaded < 0)
        refuse_errno(INTERPRETER " cannot be loaded, which this binary needs (glibc)", loaded,
                     interpreter_remedy(loaded));
    size_t entries = count(process.envp);
    const long *auxiliary = (const long *)(process.envp + entries + 1);
    size_t size = (1 + argc + 1 + entries + 1 + count_auxiliary(auxiliary)) * sizeof(long);
    /* Below everything that is used of the stack; the ABI wants it aligned. */
    long *initial = __builtin_alloca_with_align((size + 15) & ~(size_t)15, 8 * 16);
    write_stack(initial, argc, words, envp, auxiliary, interpreter.base);
    jump(initial, interpreter.entry);
}
