#include "filter-program.h"

#include "filter-assembler.h"
#include "filter-calls.h"

/* linux/audit.h: how struct seccomp_data names an architecture. */
#define AUDIT_ARCH_X86_64 0xc000003eu
#define AUDIT_ARCH_I386 0x40000003u
#define AUDIT_ARCH_AARCH64 0xc00000b7u
#define AUDIT_ARCH_ARM 0x40000028u

/* Numbers from here on are x32's (asm/unistd.h). X32_FIRST to 547 are too, and Linux before 5.4 took them
 * without the bit; 64-bit calls resume at 548. */
#define X32_BIT 0x40000000u
#define X32_END 548
/* Not a call: a tracer's way to skip one. An errno from here would overwrite the result that the tracer set.
 */
#define SKIPPED_CALL 0xffffffffu

#define LABEL_NATIVE (LABEL_CALLS_END + 0)
#define LABEL_COMPAT (LABEL_CALLS_END + 1)
#define LABEL_X32_BIT (LABEL_CALLS_END + 2)

static const uint32_t ARCH[][2] = {
    [FILTER_MACHINE_X86_64] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386},
    [FILTER_MACHINE_ARM64] = {AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM},
};

uint64_t filter_complete(uint64_t features) {
    /* AF_SMC, AF_RDS and AF_RXRPC are IP underneath. */
    if (features & FILTER_INET_NONE)
        features |= FILTER_TCP | FILTER_UDP_NONE;
    /* io_uring opens files, makes sockets and sends where no filter looks. */
    if (features & ~(FILTER_TERMINAL | FILTER_PRLIMIT))
        features |= FILTER_IO_URING;
    return features;
}

/** Numbers from X32_FIRST on. */
static void x32_section(struct assembler *a) {
    put_mark(a, LABEL_X32);
    put_if_at_least(a, X32_BIT, LABEL_X32_BIT);
    put_if_at_least(a, X32_END, ALLOW);
    put_go(a, DENY(ENOSYS));
    put_mark(a, LABEL_X32_BIT);
    put_if_equal(a, SKIPPED_CALL, ALLOW);
    put_go(a, DENY(ENOSYS));
}

size_t filter_program(enum filter_machine machine, uint64_t features, struct sock_filter *out,
                      size_t capacity) {
    if (features & ~FILTER_ALL)
        return 0;
    features = filter_complete(features);
    struct assembler a;
    assembler_start(&a, out, capacity < FILTER_PROGRAM_MAX ? capacity : FILTER_PROGRAM_MAX);

    put_load(&a, DATA_ARCH);
    put_if_equal(&a, ARCH[machine][0], LABEL_NATIVE);
    put_if_equal(&a, ARCH[machine][1], LABEL_COMPAT);
    put_go(&a, KILL);

    put_mark(&a, LABEL_NATIVE);
    put_load(&a, DATA_NR);
    filter_calls_find(&a, machine == FILTER_MACHINE_X86_64 ? CALLS_X86_64 : CALLS_ARM64, features);

    put_mark(&a, LABEL_COMPAT);
    /* An argument, and for nothing: here the kernel stops finding out which numbers are always allowed, a
     * fifth of what installing costs. It remembers none for the programs of the older architecture, which are
     * few. */
    put_load(&a, DATA_ARG(0));
    put_load(&a, DATA_NR);
    filter_calls_find(&a, machine == FILTER_MACHINE_X86_64 ? CALLS_I386 : CALLS_ARM, features);

    filter_calls_judge(&a, machine == FILTER_MACHINE_X86_64, features);
    if (machine == FILTER_MACHINE_X86_64)
        x32_section(&a);
    return assembler_finish(&a);
}
