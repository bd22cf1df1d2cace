/*
 * What Landlock's system calls look like, ABI by ABI: numbers, structs and the bits that each ABI knows.
 * Carried here because the headers of a distribution are older than the kernels that it runs.
 * Source of the tables: include/uapi/linux/landlock.h and security/landlock/limits.h of Linux 5.13 to 7.3.
 */
#ifndef FAKE_ABI_KERNEL_H
#define FAKE_ABI_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* The same on every architecture. */
enum { NR_CREATE_RULESET = 444, NR_ADD_RULE = 445, NR_RESTRICT_SELF = 446 };

/* Flags of landlock_create_ruleset. */
enum { FLAG_VERSION = 1, FLAG_ERRATA = 2 };

/* Types of landlock_add_rule, and its only flag (ABI 10). */
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2, FLAG_QUIET = 1 };

#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)
#define ACCESS_FS_MAKE_BLOCK (UINT64_C(1) << 11)

/* struct landlock_ruleset_attr as of ABI 10; older kernels know a shorter one. */
struct ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
    uint64_t quiet_access_fs;
    uint64_t quiet_access_net;
    uint64_t quiet_scoped;
};

/* struct landlock_path_beneath_attr: 12 bytes, packed. */
struct path_beneath_attr {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

/* struct landlock_net_port_attr. */
struct net_port_attr {
    uint64_t allowed_access;
    uint64_t port;
};

/* What a kernel of some ABI knows. */
struct known {
    uint64_t access_fs;
    uint64_t access_net;
    uint64_t scoped;
    uint32_t restrict_flags;
    uint32_t add_rule_flags;
    size_t ruleset_attr_size;
};

/* In: an ABI, 1 or more. Out: what a kernel of that ABI knows (the newest one listed, if it is newer than
 * that). */
static inline struct known known_at(int abi) {
    struct known known = {
        .access_fs = abi >= 9   ? 0x1ffff
                     : abi >= 5 ? 0xffff
                     : abi >= 3 ? 0x7fff
                     : abi >= 2 ? 0x3fff
                                : 0x1fff,
        .access_net = abi >= 10  ? 0xf
                      : abi >= 4 ? 0x3
                                 : 0,
        .scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0,
        .restrict_flags = abi >= 11  ? 0x1f
                          : abi >= 8 ? 0xf
                          : abi >= 7 ? 0x7
                                     : 0,
        .add_rule_flags = abi >= 10 ? FLAG_QUIET : 0,
        .ruleset_attr_size = abi >= 10  ? 48
                             : abi >= 6 ? 24
                             : abi >= 4 ? 16
                                        : 8,
    };
    return known;
}

#endif
