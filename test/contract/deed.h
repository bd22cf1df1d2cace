/* The deeds that deed.c knows. Each takes its words and returns 0, or -1 with errno: what the kernel said. */
#ifndef DEED_H
#define DEED_H

#include <stddef.h>

struct deed {
    const char *name;
    int takes;
    int (*act)(char **words);
};

extern const struct deed file_deeds[];
extern const size_t file_deed_count;
extern const struct deed network_deeds[];
extern const size_t network_deed_count;
extern const struct deed process_deeds[];
extern const size_t process_deed_count;

/* In: a word. Out: the number that all of it is; ends the program if it is none. */
long deed_number(const char *word);

#endif
