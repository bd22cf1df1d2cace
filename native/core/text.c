#include "text.h"

#include "memory.h"

static void put_byte(struct text_line *line, char byte) {
    /* TEXT_LINE_MAX is the sum of the longest parts, so this never drops anything; it is the belt to those
     * braces. */
    if (line->length < sizeof line->bytes)
        line->bytes[line->length++] = byte;
}

void text_put_raw(struct text_line *line, const char *text) {
    for (; *text != '\0'; text++)
        put_byte(line, *text);
}

/** A byte of content: the JSON string's own escaping comes on top of ours. */
static void put_content(struct text_line *line, char byte) {
    if (line->json && (byte == '"' || byte == '\\'))
        put_byte(line, '\\');
    put_byte(line, byte);
}

static void put_words(struct text_line *line, const char *text) {
    for (; *text != '\0'; text++)
        put_content(line, *text);
}

static void put_hex(struct text_line *line, uint32_t number, int least) {
    char digits[8];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % 16];
        number /= 16;
    } while (number != 0 || count < least);
    while (count > 0)
        put_content(line, digits[--count]);
}

/** The code point at the text and its length in bytes; -1 and 1 where the byte begins no valid UTF-8. */
static int32_t decode_point(const uint8_t *text, size_t left, size_t *length) {
    uint8_t first = text[0];
    *length = 1;
    if (first < 0x80)
        return first;
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (size == 0 || first > 0xf4 || size > left)
        return -1;
    int32_t point = first & (0x7f >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return -1;
        point = point << 6 | (text[i] & 0x3f);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return -1;
    *length = size;
    return point;
}

bool text_is_utf8(const char *text) {
    for (size_t left = text_length(text), length; left > 0; text += length, left -= length)
        if (decode_point((const uint8_t *)text, left, &length) < 0)
            return false;
    return true;
}

/** C1 controls, marks that reorder or hide text, separators that end a line. */
static bool is_hidden(int32_t point) {
    return (point >= 0x80 && point <= 0x9f) || point == 0xad || point == 0x61c ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

/** quote: what the text stands in, '\0' for nothing. */
static void put_point(struct text_line *line, const uint8_t *text, int32_t point, size_t length, char quote) {
    if (quote == '"' && (point == '"' || point == '\\')) {
        put_content(line, '\\');
        put_content(line, (char)point);
    } else if (quote == '\'' && point == '\'') {
        put_words(line, "'\\''"); /* a shell knows no escapes in these */
    } else if (point == '\n' || point == '\t' || point == '\r') {
        put_words(line, point == '\n' ? "\\n" : point == '\t' ? "\\t" : "\\r");
    } else if (point < 0x20 || point == 0x7f) { /* point is -1 for what is not UTF-8 */
        put_words(line, "\\x");
        put_hex(line, *text, 2);
    } else if (is_hidden(point)) {
        put_words(line, "\\u{");
        put_hex(line, (uint32_t)point, 1);
        put_content(line, '}');
    } else {
        for (size_t i = 0; i < length; i++)
            put_content(line, (char)text[i]);
    }
}

static void put_escaped(struct text_line *line, const char *text, char quote) {
    const uint8_t *bytes = (const uint8_t *)text;
    size_t size = text_length(text);
    size_t head = size > TEXT_PART_MAX ? TEXT_PART_MAX / 2 : size;
    size_t at = 0;
    while (at < size) {
        size_t length;
        int32_t point = decode_point(bytes + at, size - at, &length);
        put_point(line, bytes + at, point, length, quote);
        at += length;
        if (at >= head && head < size) {
            put_words(line, "\xe2\x80\xa6");
            at = size -
                 (TEXT_PART_MAX / 2 - 4); /* 4: room for a last character that straddles the first half */
            head = size;
            while (at < size && (bytes[at] & 0xc0) == 0x80 && size - at > TEXT_PART_MAX / 2 - 8)
                at++;
        }
    }
}

void text_put(struct text_line *line, const char *text) { put_escaped(line, text, '\0'); }

void text_put_quoted(struct text_line *line, const char *text) {
    put_content(line, '"');
    put_escaped(line, text, '"');
    put_content(line, '"');
}

static bool is_plain(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           text_find("_@%+=:,./-", byte) != NULL;
}

void text_put_word(struct text_line *line, const char *text) {
    const char *at = text;
    while (*at != '\0' && is_plain(*at))
        at++;
    if (*at == '\0' && at != text) {
        text_put(line, text);
        return;
    }
    put_content(line, '\'');
    put_escaped(line, text, '\'');
    put_content(line, '\'');
}

void text_put_number(struct text_line *line, uint64_t number) {
    char digits[21];
    *text_decimal(digits, number) = '\0';
    text_put_raw(line, digits);
}
