/*
 * What the core tells: every line that a person or a program reads comes from here.
 *
 * Text: `landlock-run: ORIGIN: WHAT "SUBJECT" (DETAIL): ERRNO (words); REMEDY`, where what is empty is left
 * out. JSON: `{"code":...,"level":...,"origin":...,"message":...,"remedy":...}`. One line, one write(2).
 */
#ifndef LANDLOCK_RUN_MESSAGE_H
#define LANDLOCK_RUN_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

enum message_level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

enum message_code {
#define MESSAGE(name, code, level, exit, what, remedy) MESSAGE_##name,
#include "messages.inc"
#undef MESSAGE
    MESSAGE_COUNT,
};

/** Where messages go, and in which form. */
struct reporter {
    int descriptor;
    int status_descriptor; /* or -1 */
    bool json;
};

/** What a message is about. Each may be absent (NULL, 0). */
struct message_facts {
    const char *origin;  /* where it was asked */
    const char *subject; /* a user's bytes; shown escaped, in quotes */
    const char *detail;  /* our words; shown in parentheses */
    long error;          /* an errno, of either sign */
    const char *remedy;  /* instead of the stock remedy */
};

/**
 * This program is a compiled launcher: from here on each warning and refusal ends by naming
 * `landlock-run --explain --compiled PATH`. path: as it was called, or NULL; it is not copied.
 */
void message_set_launcher(const char *path);

/** Tells one thing of the table and goes on: warnings and notes. */
void message_tell(const struct reporter *reporter, enum message_code code, struct message_facts facts);

/** Tells a requirement that is not met: code, text and remedy are the plan's, facts.detail says what this
 * kernel has. */
void message_tell_requirement(const struct reporter *reporter, enum message_level level, const char *code,
                              const char *text, struct message_facts facts);

/** Writes `refused` and the code to the status descriptor, and ends the process with 125. */
_Noreturn void message_end_refused(const struct reporter *reporter, const char *code);

/**
 * Tells a spawner that nothing is left but the exec, and what is enforced:
 * `{"v":1,"event":"exec","fs":N,"net":N,"scope":N,"filter":N}`. Ends the process with 125, or by SIGPIPE,
 * where nobody can be told: COMMAND would run, and its spawner would think that it does not.
 */
void message_tell_exec(const struct reporter *reporter, uint64_t fs, uint64_t net, uint64_t scope,
                       uint64_t filter);

/** Tells one thing of the table, writes it to the status descriptor (exit 125: `refused`, else
 * `exec-failed`), and ends the process. */
_Noreturn void message_refuse(const struct reporter *reporter, enum message_code code,
                              struct message_facts facts);

#endif
