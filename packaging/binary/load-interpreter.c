#include "load-interpreter.h"

#include "../../native/core/sys.h"
#include "../../native/launcher/elf.h"

#include <stdbool.h>
#include <stddef.h>

#define PROT_EXEC 4
#define PROT_NONE 0
#define MAP_FIXED 0x10
#define SYS_pread 17

#define ET_DYN 3
#define EM_X86_64 62
#define PF_X 1
#define PF_W 2
#define PAGE 4096ull
#define HEADERS_MAX 32

static uint64_t page_of(uint64_t address) { return address & ~(PAGE - 1); }
static uint64_t up(uint64_t address) { return page_of(address + PAGE - 1); }

static long map(uint64_t at, uint64_t size, int protection, int flags, int file, uint64_t offset) {
    return sys_call(SYS_mmap, (long)at, (long)size, protection, flags, file, (long)offset);
}

static bool failed(long result) { return result < 0 && result > -4096; }

static bool read_all(int file, void *to, size_t size, uint64_t offset) {
    return sys_call(SYS_pread, file, (long)to, (long)size, (long)offset, 0, 0) == (long)size;
}

static int protection_of(const struct program_header *row) {
    return (row->flags & PF_R ? PROT_READ : 0) | (row->flags & PF_W ? PROT_WRITE : 0) |
           (row->flags & PF_X ? PROT_EXEC : 0);
}

/** One PT_LOAD: the file's pages, then zeros. */
static long map_segment(int file, const struct program_header *row, uint64_t base) {
    uint64_t begin = page_of(base + row->address), file_end = base + row->address + row->file_size;
    uint64_t end = up(base + row->address + row->memory_size);
    int protection = protection_of(row);
    if (row->file_size > 0) {
        long mapped =
            map(begin, file_end - begin, protection, MAP_PRIVATE | MAP_FIXED, file, page_of(row->offset));
        if (failed(mapped))
            return mapped;
    }
    if (row->memory_size == row->file_size)
        return 0;
    if (row->file_size > 0 && (row->flags & PF_W) != 0)
        for (uint8_t *at = (uint8_t *)file_end; at < (uint8_t *)up(file_end); at++)
            *(volatile uint8_t *)at = 0;
    uint64_t zeros = row->file_size > 0 ? up(file_end) : begin;
    if (zeros >= end)
        return 0;
    long mapped = map(zeros, end - zeros, protection, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
    return failed(mapped) ? mapped : 0;
}

static long map_all(int file, const struct program_header *rows, size_t count, struct interpreter *loaded) {
    uint64_t low = UINT64_MAX, high = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type != PT_LOAD)
            continue;
        if (page_of(rows[i].address) < low)
            low = page_of(rows[i].address);
        if (up(rows[i].address + rows[i].memory_size) > high)
            high = up(rows[i].address + rows[i].memory_size);
    }
    if (high <= low)
        return -ENOEXEC;
    /* Wherever the kernel has room for all of it; then each part in its place. */
    long reserved = map(0, high - low, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (failed(reserved))
        return reserved;
    loaded->base = (uint64_t)reserved - low;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type != PT_LOAD)
            continue;
        long mapped = map_segment(file, &rows[i], loaded->base);
        if (mapped < 0)
            return mapped;
    }
    return 0;
}

static long load(int file, struct interpreter *loaded) {
    struct elf_header header;
    struct program_header rows[HEADERS_MAX];
    if (!read_all(file, &header, sizeof header, 0) || header.identification[0] != 0x7f ||
        header.identification[1] != 'E' || header.identification[2] != 'L' ||
        header.identification[3] != 'F' || header.type != ET_DYN || header.machine != EM_X86_64 ||
        header.program_header_size != sizeof *rows || header.program_header_count > HEADERS_MAX ||
        !read_all(file, rows, header.program_header_count * sizeof *rows, header.program_headers))
        return -ENOEXEC;
    long mapped = map_all(file, rows, header.program_header_count, loaded);
    loaded->entry = loaded->base + header.entry;
    return mapped;
}

long load_interpreter(const char *path, struct interpreter *loaded) {
    long file = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return file;
    long result = load((int)file, loaded);
    sys_close((int)file); /* only read; nothing can be lost */
    return result;
}
