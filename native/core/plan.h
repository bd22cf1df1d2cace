/* The layout of a plan, as docs/plan-format.md has it. Both architectures are little-endian, so a plan is
 * read in place. */
#ifndef LANDLOCK_RUN_PLAN_H
#define LANDLOCK_RUN_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC "LLRPLAN" /* and its NUL: 8 bytes */
#define PLAN_VERSION 1
#define PLAN_SIZE_MAX (64u * 1024 * 1024)
#define PLAN_RULES_MAX 65536u
#define PLAN_REQUIREMENTS_MAX 256u
#define PLAN_LIMITS_MAX 16u
#define PLAN_LIST_MAX 65536u
#define PLAN_DESCRIPTOR_MIN 3u
#define PLAN_DESCRIPTOR_MAX 1048575u
#define PLAN_NO_PARENT 0xffffffffu

enum plan_flag {
    PLAN_FILES = 1 << 0,
    PLAN_ALLOW_UNSANDBOXED = 1 << 1,
    PLAN_ALLOW_OVERLAP = 1 << 2,
    PLAN_VERBOSE = 1 << 3,
    PLAN_JSON = 1 << 4,
    PLAN_ENV_CLEAR = 1 << 5,
    PLAN_KEEP_PATH = 1 << 6,
    PLAN_KEEP_FD_ARGS = 1 << 7,
    PLAN_KEEP_FD_LISTEN = 1 << 8,
    PLAN_FLAGS_ALL = (1 << 9) - 1,
};

enum path_flag {
    PATH_STATED = 1 << 0,
    PATH_REQUIRED = 1 << 1,
    PATH_OPTIONAL = 1 << 2,
    PATH_PROFILE = 1 << 3,
    PATH_FILE_ONLY = 1 << 4,
    PATH_MAKE_DIRECTORY = 1 << 5,
    PATH_STDIO_TERMINAL = 1 << 6,
    PATH_WRITE = 1 << 7,
    PATH_FLAGS_ALL = (1 << 8) - 1,
};

enum requirement_kind { KIND_FS, KIND_NET, KIND_SCOPE, KIND_RESTRICT, KIND_ABI, KIND_FILTER, KIND_COUNT };
enum requirement_action { ACTION_DROP, ACTION_WARN, ACTION_REFUSE, ACTION_COUNT };
enum requirement_flag { REQUIREMENT_STATED = 1, REQUIREMENT_STRICTER = 2, REQUIREMENT_FLAGS_ALL = 3 };
enum limit_which { LIMIT_SOFT = 1, LIMIT_HARD = 2, LIMIT_BOTH = 3 };

enum plan_table_index {
    TABLE_PATHS,
    TABLE_PORTS,
    TABLE_REQUIREMENTS,
    TABLE_LIMITS,
    TABLE_ENV_KEEP,
    TABLE_ENV_UNSET,
    TABLE_ENV_SCRUB,
    TABLE_ENV_SET,
    TABLE_ENV_PASS,
    TABLE_KEEP_DESCRIPTORS,
    TABLE_COUNT,
};

struct plan_table {
    uint32_t offset;
    uint32_t count;
};

struct plan_header {
    char magic[8];
    uint32_t version;
    uint32_t size;
    uint32_t flags;
    int32_t status_descriptor;
    uint64_t capabilities;
    uint64_t filter;
    uint32_t chdir;
    uint32_t exec_hint;
    struct plan_table tables[TABLE_COUNT];
    uint32_t strings_offset;
    uint32_t strings_size;
    uint32_t chdir_origin;
    uint32_t listen_origin;
};
_Static_assert(sizeof(struct plan_header) == 144, "docs/plan-format.md");
_Static_assert(offsetof(struct plan_header, tables) == 48, "docs/plan-format.md");
_Static_assert(offsetof(struct plan_header, strings_offset) == 128, "docs/plan-format.md");

struct path_row {
    uint64_t access;
    uint32_t path;
    uint32_t parent;
    uint32_t relative;
    uint32_t origin;
    uint32_t flags;
    uint32_t reserved;
};
_Static_assert(sizeof(struct path_row) == 32, "docs/plan-format.md");

struct port_row {
    uint64_t access;
    uint32_t low;
    uint32_t high;
    uint32_t origin;
    uint32_t reserved;
};
_Static_assert(sizeof(struct port_row) == 24, "docs/plan-format.md");

struct requirement_row {
    uint32_t kind;
    uint32_t action;
    uint64_t bits;
    uint64_t alternative;
    uint32_t origin;
    uint32_t code;
    uint32_t text;
    uint32_t remedy;
    uint32_t flags;
    uint32_t reserved;
};
_Static_assert(sizeof(struct requirement_row) == 48, "docs/plan-format.md");

struct limit_row {
    uint32_t resource;
    uint32_t which;
    uint64_t soft;
    uint64_t hard;
    uint32_t origin;
    uint32_t reserved;
};
_Static_assert(sizeof(struct limit_row) == 32, "docs/plan-format.md");

struct keep_row {
    uint32_t descriptor;
    uint32_t origin;
};
_Static_assert(sizeof(struct keep_row) == 8, "docs/plan-format.md");

/** A list of u32: offsets of strings. */
struct plan_list {
    const uint32_t *at;
    uint32_t count;
};

/** A plan that decode.c found sound: every offset in it may be followed. */
struct plan {
    const struct plan_header *header;
    const char *strings;
    const struct path_row *paths;
    uint32_t path_count;
    const struct port_row *ports;
    uint32_t port_count;
    const struct requirement_row *requirements;
    uint32_t requirement_count;
    const struct limit_row *limits;
    uint32_t limit_count;
    struct plan_list env_keep, env_unset, env_scrub, env_set, env_pass;
    const struct keep_row *keeps;
    uint32_t keep_count;
};

/** The string at an offset of a decoded plan; the empty string stands for none. */
static inline const char *plan_string(const struct plan *plan, uint32_t offset) {
    return plan->strings + offset;
}

#endif
