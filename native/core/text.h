/* One line of output in the making: bytes from users are escaped as they are put in. */
#ifndef LANDLOCK_RUN_TEXT_H
#define LANDLOCK_RUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a text is longer than this, its middle gives way to an ellipsis. */
#define TEXT_PART_MAX ((size_t)4096)
/* Six parts of which every byte becomes five ("\\xNN" in JSON), and our own words. */
#define TEXT_LINE_MAX (TEXT_PART_MAX * 6 * 5 + 4096)

struct text_line {
    size_t length;
    bool json; /* between the quotes of a JSON string: quotes and backslashes get a backslash more */
    char bytes[TEXT_LINE_MAX];
};

/** Puts our own bytes as they are. */
void text_put_raw(struct text_line *line, const char *text);

/** Puts text that may hold user bytes: whatever could move a terminal's cursor, hide or reorder text is
 * escaped. */
void text_put(struct text_line *line, const char *text);

/** The same in double quotes, so that quotes and backslashes are escaped as well. */
void text_put_quoted(struct text_line *line, const char *text);

/** Whether all of the text is valid UTF-8. */
bool text_is_utf8(const char *text);

/** Puts text as one word of a POSIX shell; bytes that are not plain are shown escaped all the same. */
void text_put_word(struct text_line *line, const char *text);

/** Puts a number in decimal. */
void text_put_number(struct text_line *line, uint64_t number);

#endif
