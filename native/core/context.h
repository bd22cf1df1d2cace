/* What one run knows: filled in step by step, each step by the file of its name. */
#ifndef LANDLOCK_RUN_CONTEXT_H
#define LANDLOCK_RUN_CONTEXT_H

#include "memory.h"
#include "message.h"
#include "plan.h"
#include "record.h"

/** What the ruleset allows in a directory, and where. */
struct directory_rule {
    const char *path; /* NULL: device and inode are known */
    uint64_t device;
    uint64_t inode;
    uint64_t access; /* handled rights, of a row */
    bool beneath;    /* the rule is bound to this directory; else to one file in it */
};

/** What a spawner asks for beside the plan: spawn.h. */
struct spawn_request {
    const char *name; /* COMMAND as it is looked up; argv[0] may be another word */
    int status;       /* its fate is told here, as JSON lines; COMMAND does not get it */
    int *kept;        /* descriptors that COMMAND inherits beside those that the plan keeps */
    unsigned kept_count;
    struct arena arena; /* what the rest of the run takes its memory from, as each new one costs a mapping */
    bool environment_prepared; /* it is the one that the plan was prepared in */
    size_t environment_size;   /* so many bytes of it wait behind the status descriptor; 0: neither */
    bool channel; /* one of them is Node's channel (stdio 'ipc'): the variables that tell of it stay */
};

struct context {
    /* the request */
    struct plan plan;
    char *const *argv;
    char *const *envp;
    const struct state_record *record; /* or NULL */
    const struct spawn_request *spawn; /* or NULL */
    bool checking;                     /* a throw-away child of core_check(): no directory is made */

    /* means */
    struct reporter reporter;
    struct arena arena;
    unsigned placeholders; /* bit N: descriptor N of 0 to 2 was closed, and is held until the exec */
    uint64_t named_closed[STATE_RECORD_DESCRIPTORS / 64]; /* descriptors.c: named by a path, and not open */

    /* requirements.c: what this kernel is asked for */
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
    uint32_t restrict_flags;
    uint64_t filter;

    /* ruleset.c, paths.c, directory-rules.c */
    int ruleset; /* or -1: nothing is handled */
    struct directory_rule *rules;
    uint32_t rule_count;
    struct walked *walked; /* or NULL: no directory was walked up from yet */
    const char *readable;  /* the first directory that may be listed, for check.c; or NULL */

    /* environment.c */
    char **environment;
    const char *prepared; /* the environment that the plan was prepared in, each entry with its NUL */
    size_t prepared_size; /* or 0 */

    /* search-path.c */
    const char *path;         /* PATH as it was when the plan was prepared; or NULL */
    const char *path_settled; /* of each of its directories: whether it stays */
    const char *search_path;  /* COMMAND is looked up here */
};

/** arena_take() that ends the run where there is no memory. */
void *context_take(struct context *context, size_t size);

/** Whether a plan's flag is set. */
static inline bool context_has(const struct context *context, enum plan_flag flag) {
    return (context->plan.header->flags & (uint32_t)flag) != 0;
}

/** The descriptor that the run's fate is told to, or -1. */
static inline int context_status(const struct context *context) {
    return context->spawn != NULL ? context->spawn->status : context->plan.header->status_descriptor;
}

/** A string of the plan. */
static inline const char *context_string(const struct context *context, uint32_t offset) {
    return plan_string(&context->plan, offset);
}

#endif
