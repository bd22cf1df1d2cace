#include "memory.h"

#include "sys.h"

#define CHUNK ((size_t)256 * 1024)
#define ALIGNMENT ((size_t)16)

void *arena_take(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 2)
        return NULL;
    if (size == 0)
        size = 1; /* NULL means that there is no memory */
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if ((size_t)(arena->end - arena->at) < size) {
        size_t chunk = size > CHUNK ? size : CHUNK;
        long mapped = sys_map(chunk, 0);
        if (mapped < 0 && mapped > -4096)
            return NULL;
        arena->at = (uint8_t *)mapped;
        arena->end = arena->at + chunk;
    }
    void *taken = arena->at;
    arena->at += size;
    return taken;
}

size_t text_length(const char *text) {
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

bool text_equal(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool text_begins(const char *text, const char *prefix) {
    while (*prefix != '\0' && *text == *prefix) {
        text++;
        prefix++;
    }
    return *prefix == '\0';
}

const char *text_find(const char *text, char byte) {
    for (; *text != '\0'; text++)
        if (*text == byte)
            return text;
    return NULL;
}

int64_t text_number(const char **at) {
    if (**at < '0' || **at > '9')
        return -1;
    int64_t number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (number <= INT32_MAX)
            number = number * 10 + (**at - '0');
    return number > INT32_MAX ? -1 : number;
}

char *text_decimal(char *to, uint64_t number) {
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

#if !__STDC_HOSTED__
/* The empty asm statements keep the compiler from recognising each loop as the very function that it
 * implements. */
#define NO_IDIOM() __asm__ volatile("" ::: "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
        NO_IDIOM();
    }
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    uint8_t *target = to;
    const uint8_t *source = from;
    bool forward = (uintptr_t)target < (uintptr_t)source;
    for (size_t i = 0; i < size; i++) {
        size_t at = forward ? i : size - 1 - i;
        target[at] = source[at];
        NO_IDIOM();
    }
    return to;
}

void *memset(void *to, int byte, size_t size) {
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = (uint8_t)byte;
        NO_IDIOM();
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    for (size_t i = 0; i < size; i++) {
        int difference = ((const uint8_t *)a)[i] - ((const uint8_t *)b)[i];
        if (difference != 0)
            return difference;
    }
    return 0;
}
#endif
