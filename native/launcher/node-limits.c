#include "node-limits.h"

#include "../core/memory.h"
#include "../core/sys.h"

#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_NPROC 6
#define RLIMIT_AS 9
#define PROT_EXEC 4
#define PAGE 4096
#if defined(__x86_64__)
#define SYS_mprotect 10
#else
#define SYS_mprotect 226
#endif

#define KIB 1024ull
#define MIB (1024 * KIB)

/* What Node 20 to 26 need for a run at the default stack size of 8 MiB, and, well above that, from where on
 * nobody need ask. */
static const struct {
    int resource;
    uint64_t enough;
    uint64_t unit;
    const char *name;
    const char *needs;
} limits[] = {
    {RLIMIT_AS, 4096 * MIB, KIB, "RLIMIT_AS is ", " KiB, Node needs 740000 to 1200000"},
    {RLIMIT_DATA, 2048 * MIB, KIB, "RLIMIT_DATA is ", " KiB, Node needs 56000 to 590000"},
    {RLIMIT_STACK, MIB, KIB, "RLIMIT_STACK is ", " KiB, Node needs some 100"},
    {RLIMIT_NPROC, 256, 1, "RLIMIT_NPROC is ", ", Node needs some 10 beyond what this user has"},
};
#define DESCRIPTORS_ENOUGH 32
#define DESCRIPTORS_NEEDED ", Node needs 15 to 20"

static char *put(char *at, const char *text) {
    size_t length = text_length(text);
    memcpy(at, text, length + 1);
    return at + length;
}

static char *put_finding(char *at, const char *text, const char *name, uint64_t number, const char *needs) {
    if (at != text)
        at = put(at, "; ");
    return put(text_decimal(put(at, name), number), needs);
}

/** Descriptor numbers that may still be taken: below the limit, and not open. */
static uint64_t free_descriptors(const struct state_record *record) {
    uint64_t number = record->nofile_hard;
    for (unsigned i = 3; i < STATE_RECORD_DESCRIPTORS && i < record->nofile_hard; i++)
        if (!state_record_closed(record, i))
            number--;
    return number < 3 ? 0 : number - 3; /* 0 to 2 are held by now */
}

/** Machine code that is made at run time needs memory that becomes executable: PR_SET_MDWE, a filter as of
 * systemd's MemoryDenyWriteExecute=, and some security modules do not let it. */
static bool may_make_code(void) {
    long page = sys_call(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page < 0 && page > -PAGE)
        return true; /* a matter of memory, not of this */
    long made = sys_call(SYS_mprotect, page, PAGE, PROT_READ | PROT_EXEC, 0, 0, 0);
    sys_unmap((void *)page, PAGE);
    return made == 0;
}

bool node_limits_find(const struct state_record *record, char text[NODE_LIMITS_TEXT]) {
    char *at = text;
    *at = '\0';
    uint64_t descriptors = free_descriptors(record);
    if (descriptors < DESCRIPTORS_ENOUGH)
        at =
            put_finding(at, text, "descriptors that RLIMIT_NOFILE leaves: ", descriptors, DESCRIPTORS_NEEDED);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit64 limit;
        if (sys_prlimit(0, limits[i].resource, NULL, &limit) == 0 && limit.soft < limits[i].enough)
            at = put_finding(at, text, limits[i].name, limit.soft / limits[i].unit, limits[i].needs);
    }
    if (!may_make_code())
        put(at == text ? at : put(at, "; "),
            "memory may not be made executable (PR_SET_MDWE, MemoryDenyWriteExecute=), which Node needs");
    return *text != '\0';
}
