/* Attacks on what lies outside a policy, and what all of them know about their victim. */
#ifndef LANDLOCK_RUN_TEST_ATTACK_H
#define LANDLOCK_RUN_TEST_ATTACK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** What victim.c announced, and where the files are: DIRECTORY/work may be written, DIRECTORY/ro read,
 * DIRECTORY/out nothing. */
struct target {
    const char *directory;
    pid_t pid;
    uintptr_t address; /* of its secret, in its memory */
    int descriptor;    /* of its secret file */
    int segment;       /* System V shared memory that holds its secret */
    int key;           /* a key that holds its secret */
    const char *work, *secret, *out, *ro;
};

struct attack {
    const char *name;
    /** Tries it, in a process of its own. Returns 0 if it reached what lies outside, else -1 and errno. */
    int (*act)(const struct target *target);
};

extern const struct attack process_attacks[];
extern const size_t process_attack_count;
extern const struct attack file_attacks[];
extern const size_t file_attack_count;
extern const struct attack namespace_attacks[];
extern const size_t namespace_attack_count;
extern const struct attack ipc_attacks[];
extern const size_t ipc_attack_count;
extern const struct attack kernel_attacks[];
extern const size_t kernel_attack_count;
extern const struct attack metadata_attacks[];
extern const size_t metadata_attack_count;

/** What the secrets say. */
#define SECRET "hunter2"

/** DIRECTORY/NAME, in memory that is never freed. */
const char *attack_path(const char *directory, const char *name);

/** Whether the descriptor reads the secret; closes it. Takes a failed open's -1 as well. */
int attack_reads_secret(int fd);

/** -1, with that errno. */
int attack_fail(int error);

#endif
