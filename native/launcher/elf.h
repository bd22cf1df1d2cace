/* The headers of an ELF file (elf(5), ELFCLASS64), and this process's own: the code segment begins with them.
 */
#ifndef LANDLOCK_RUN_ELF_H
#define LANDLOCK_RUN_ELF_H

#include <stdint.h>

#define PT_NULL 0
#define PT_LOAD 1
#define PF_R 4

struct elf_header {
    uint8_t identification[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t program_headers;
    uint64_t section_headers;
    uint32_t flags;
    uint16_t size;
    uint16_t program_header_size;
    uint16_t program_header_count;
    uint16_t section_header_size;
    uint16_t section_header_count;
    uint16_t section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "elf(5)");

struct program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t physical;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t alignment;
};
_Static_assert(sizeof(struct program_header) == 56, "elf(5)");

/* From layout.ld. */
extern const struct elf_header image_begin;
extern const uint8_t image_end[];

/** The last program header: that of the plan, or PT_NULL where there is none. */
static inline __attribute__((always_inline)) const struct program_header *image_last_header(void) {
    const uint8_t *headers = (const uint8_t *)&image_begin + image_begin.program_headers;
    return (const struct program_header *)(const void *)headers + image_begin.program_header_count - 1;
}

#endif
