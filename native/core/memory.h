/* Memory and strings without libc: an arena over mmap(2), and the few text functions that the core needs. */
#ifndef LANDLOCK_RUN_MEMORY_H
#define LANDLOCK_RUN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The compiler calls these by name even for freestanding code; memory.c has them where there is no libc. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

/** Memory that is only ever taken: the process is replaced or ends. Starts as all zeros. */
struct arena {
    uint8_t *at;
    uint8_t *end;
};

/** Takes zeroed memory, aligned to 16 bytes. Returns NULL where the kernel has none. */
void *arena_take(struct arena *arena, size_t size);

/** Length in bytes. */
size_t text_length(const char *text);

/** Whether the two are the same bytes. */
bool text_equal(const char *a, const char *b);

/** Whether the text begins with the prefix. */
bool text_begins(const char *text, const char *prefix);

/** Where the byte first occurs in the text, or NULL. */
const char *text_find(const char *text, char byte);

/** Reads the decimal digits at *at and moves it behind them. Returns the number, or -1: no digit, or above
 * 2^31-1. */
int64_t text_number(const char **at);

/** Writes the number in decimal. Returns the end of what was written; there is room for 20 digits. */
char *text_decimal(char *to, uint64_t number);

#endif
