#include "filter-search.h"

#include <stdbool.h>

/* No architecture has calls from here on (Linux 7.3: 472); only weighs, so that a higher one is found as
 * well. */
#define NUMBERS_END 480

/* Up to so many numbers are compared one by one: cutting them pays only where many others are spared. */
#define NARROW 16

void search_start(struct search *search, uint8_t first_label) {
    search->at[0] = (struct stretch){0, ALLOW};
    search->count = 1;
    search->next_label = first_label;
}

/* Inserts a stretch behind those that begin before it, or at the same number. */
static size_t insert(struct search *search, uint32_t first, uint8_t to) {
    size_t at = search->count++;
    while (at > 0 && search->at[at - 1].first > first) {
        search->at[at] = search->at[at - 1];
        at--;
    }
    search->at[at] = (struct stretch){first, to};
    return at;
}

static void erase(struct search *search, size_t at) {
    search->count--;
    for (; at < search->count; at++)
        search->at[at] = search->at[at + 1];
}

void search_add(struct search *search, uint32_t number, uint8_t to) {
    size_t at = insert(search, number, to);
    bool ends = at + 1 < search->count && search->at[at + 1].first == number + 1;
    if (!ends)
        insert(search, number + 1, ALLOW);
    else if (search->at[at + 1].to == to)
        erase(search, at + 1);
    if (at > 0 &&
        search->at[at - 1].first == number) /* what allowed the numbers between two calls is empty */
        erase(search, --at);
    if (at > 0 && search->at[at - 1].to == to)
        erase(search, at);
}

void search_end(struct search *search, uint32_t first, uint8_t to) { insert(search, first, to); }

static uint32_t end_of(const struct search *search, size_t to) {
    if (to < search->count)
        return search->at[to].first;
    uint32_t last = search->at[to - 1].first;
    return last < NUMBERS_END ? NUMBERS_END : last + 1;
}

/* Whether the stretches from `from` up to `to` are one call, or a few among little else that is allowed. */
static bool is_few(const struct search *search, size_t from, size_t to) {
    size_t calls = 0;
    for (size_t i = from; i < to; i++) {
        if (search->at[i].to == ALLOW)
            continue;
        if (i + 1 == search->count || search->at[i + 1].first != search->at[i].first + 1)
            return false;
        calls++;
    }
    return calls <= 1 || end_of(search, to) - search->at[from].first <= NARROW;
}

static size_t middle_of(const struct search *search, size_t from, size_t to) {
    uint32_t middle = (search->at[from].first + end_of(search, to)) / 2;
    size_t best = from + 1;
    uint32_t least = UINT32_MAX;
    for (size_t i = from + 1; i < to; i++) {
        uint32_t first = search->at[i].first;
        uint32_t distance = first < middle ? middle - first : first - middle;
        if (distance < least) {
            best = i;
            least = distance;
        }
    }
    return best;
}

static void put_between(struct search *search, struct assembler *a, size_t from, size_t to) {
    const struct stretch *at = search->at;
    if (to - from == 1) {
        put_go(a, at[from].to);
        return;
    }
    if (is_few(search, from, to)) {
        for (size_t i = from; i < to; i++)
            if (at[i].to != ALLOW)
                put_if_equal(a, at[i].first, at[i].to);
        put_go(a, ALLOW);
        return;
    }
    size_t middle = middle_of(search, from, to);
    if (to - middle == 1) {
        put_if_at_least(a, at[middle].first, at[middle].to);
        put_between(search, a, from, middle);
    } else if (middle - from == 1) {
        put_unless_at_least(a, at[middle].first, at[from].to);
        put_between(search, a, middle, to);
    } else {
        uint8_t label = search->next_label++;
        put_if_at_least(a, at[middle].first, label);
        put_between(search, a, from, middle);
        put_mark(a, label);
        put_between(search, a, middle, to);
    }
}

void search_put(struct search *search, struct assembler *a) { put_between(search, a, 0, search->count); }
