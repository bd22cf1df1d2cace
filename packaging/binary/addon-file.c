#include "addon-file.h"

#include "../../native/core/sealed.h"
#include "../../native/core/sys.h"

#include <stdbool.h>

#define PROT_EXEC 4
#define MFD_EXEC 0x10u
#define O_TMPFILE (020000000 | 0200000)
#define F_DUPFD_CLOEXEC 1030
#define O_RDWR 2

/* addon.S */
extern const uint8_t addon_begin[], addon_end[];

/** Whether the kernel lets the file be executed: a noexec mount and vm.memfd_noexec do not. */
static bool is_executable(int file) {
    long mapped = sys_call(SYS_mmap, 0, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    if (mapped < 0 && mapped > -4096)
        return false;
    sys_unmap((void *)mapped, 1);
    return true;
}

/** Away from 0 to 2, which the caller may have closed, filled, and tried. Closes what it does not return. */
static int finish(long file) {
    if (file < 0)
        return (int)file;
    long moved = file > 2 ? file : sys_fcntl((int)file, F_DUPFD_CLOEXEC, 3);
    if (moved != file)
        sys_close((int)file);
    if (moved < 0)
        return (int)moved;
    long written = sealed_append((int)moved, addon_begin, (size_t)(addon_end - addon_begin));
    if (written == 0 && is_executable((int)moved))
        return (int)moved;
    sys_close((int)moved);
    return written < 0 ? (int)written : -EACCES;
}

static long in_memory(void) {
    /* Linux 6.3 and newer want to be told; before, the flag is unknown. */
    long file = sys_call(SYS_memfd_create, (long)"landlock-run", MFD_CLOEXEC | MFD_EXEC, 0, 0, 0, 0);
    return file == -EINVAL ? sys_call(SYS_memfd_create, (long)"landlock-run", MFD_CLOEXEC, 0, 0, 0, 0) : file;
}

int addon_file_open(void) {
    static const char places[][9] = {"/dev/shm", "/tmp", "/var/tmp"};
    int first = finish(in_memory()), file = first;
    /* A limit is the same everywhere, and must not be taken for a place that does not exist. */
    for (size_t i = 0; file < 0 && file != -EMFILE && i < sizeof places / sizeof *places; i++)
        file = finish(
            sys_call(SYS_openat, AT_FDCWD, (long)places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0700, 0, 0));
    return file < 0 ? first : file;
}
