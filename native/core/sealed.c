#include "sealed.h"

#include "sys.h"

static long create(long flags) { return sys_call(SYS_memfd_create, (long)"landlock-run", flags, 0, 0, 0, 0); }

long sealed_open(void) {
    /* Where vm.memfd_noexec is 2 the kernel insists on the flag; before Linux 6.3 it does not know it. */
    long file = create(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    return file == -EINVAL ? create(MFD_CLOEXEC | MFD_ALLOW_SEALING) : file;
}

long sealed_append(int file, const void *from, size_t size) {
    const char *at = from;
    while (size > 0) {
        long written = sys_write(file, at, size);
        if (written == -EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? written : -EAGAIN;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}

long sealed_close(int file) { return sys_fcntl(file, F_ADD_SEALS, F_SEAL_ALL); }
