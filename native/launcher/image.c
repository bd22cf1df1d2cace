#include "image.h"

#include "../core/memory.h"
#include "../core/message.h"
#include "elf.h"

static const struct reporter reporter = {.descriptor = 2, .status_descriptor = -1};

static _Noreturn void refuse_damaged(const char *detail) {
    message_refuse(&reporter, MESSAGE_LAUNCHER_DAMAGED, (struct message_facts){.detail = detail});
}

/* Word 0 goes to lane 0, word 1 to lane 1, and so on: the processor works on all of them at once. */
#define LANES 4

static inline uint64_t mix(uint64_t sum, uint64_t word) {
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 32;
}

/**
 * Mixes 64-bit words into the sum. Each step can be undone, so a change of any one word changes the sum; it
 * guards against accidents, not against someone who can write the file anyway.
 */
static uint64_t add_words(uint64_t sum, const void *from, size_t size) {
    const uint64_t *word = from;
    size_t count = size / sizeof *word;
    uint64_t a = sum, b = 0, c = 0, d = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        a = mix(a, word[i]);
        b = mix(b, word[i + 1]);
        c = mix(c, word[i + 2]);
        d = mix(d, word[i + 3]);
    }
    for (; i < count; i++)
        a = mix(a, word[i]);
    return mix(mix(mix(a, b), c), d);
}

static uint64_t checksum(const struct image_block *block, size_t size) {
    const uint8_t *begin = (const uint8_t *)&image_begin;
    uint64_t sum = add_words(0, begin, (size_t)(image_end - begin));
    sum = add_words(sum, block->magic, sizeof block->magic);
    size_t rest = offsetof(struct image_block, plan_size);
    return add_words(sum, (const uint8_t *)block + rest, size - rest);
}

struct image_plan image_find_plan(void) {
    const struct program_header *header = image_last_header();
    if (header->type == PT_NULL)
        message_refuse(&reporter, MESSAGE_LAUNCHER_EMPTY, (struct message_facts){0});
    if (header->type != PT_LOAD || header->flags != PF_R)
        refuse_damaged("its segment is no plan's");
    const struct image_block *block = (const struct image_block *)header->address;
    if (header->file_size < sizeof *block || header->file_size % 8 != 0)
        refuse_damaged("its size is impossible");
    if (memcmp(block->magic, IMAGE_MAGIC, sizeof block->magic) != 0)
        refuse_damaged("the magic is missing");
    if (checksum(block, header->file_size) != block->checksum)
        refuse_damaged("the checksum is wrong");
    if (block->reserved != 0 || block->plan_size > header->file_size - sizeof *block)
        refuse_damaged("its sizes contradict each other");
    return (struct image_plan){.bytes = block->plan, .size = block->plan_size};
}
