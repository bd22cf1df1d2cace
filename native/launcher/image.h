/* The file that this process was made from, as the kernel has mapped it, and the plan that came with it. */
#ifndef LANDLOCK_RUN_IMAGE_H
#define LANDLOCK_RUN_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/**
 * The segment behind a compiled launcher's own code (docs/launcher.md): this header, the plan, and zeros up
 * to a multiple of 8. src/plan/launcher-file.ts writes it.
 */
struct image_block {
    char magic[8];     /* IMAGE_MAGIC */
    uint64_t checksum; /* over the code segment, then over this block without this field */
    uint32_t plan_size;
    uint32_t reserved; /* 0 */
    uint8_t plan[];
};
_Static_assert(sizeof(struct image_block) == 24, "docs/launcher.md");

#define IMAGE_MAGIC "LLRIMAGE" /* without its NUL: 8 bytes */

struct image_plan {
    const uint8_t *bytes; /* aligned to 8 */
    size_t size;
};

/**
 * Finds the plan in this process's own memory, and checks that neither it nor the code has changed since it
 * was put there. Reads no file. Ends the process with 125 where there is no plan, or the file is cut off or
 * changed.
 */
struct image_plan image_find_plan(void);

#endif
