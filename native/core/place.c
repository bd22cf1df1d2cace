#include "place.h"

#include "sys.h"

/** As st_dev has it (the kernel's new_encode_dev()). */
static uint64_t device_number(uint64_t major, uint64_t minor) {
    return (minor & 0xff) | major << 8 | (minor & ~0xffull) << 12;
}

long place_find(const char *path, struct place *place) {
    struct statx found;
    /* Nothing is mounted for a look, as for stat(2). */
    long result = sys_statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_INO | STATX_MNT_ID, &found);
    if (result == 0) {
        *place = (struct place){device_number(found.stx_dev_major, found.stx_dev_minor), found.stx_ino,
                                found.stx_mnt_id, (found.stx_mask & STATX_MNT_ID) != 0};
        return 0;
    }
    if (result != -ENOSYS && result != -EPERM)
        return result;
    struct stat stat; /* a container's filter may not know statx(2) */
    result = sys_fstatat(AT_FDCWD, path, &stat, 0);
    if (result == 0)
        *place = (struct place){.device = stat.st_dev, .inode = stat.st_ino};
    return result;
}

bool place_is_same(const struct place *a, const struct place *b) {
    return a->inode == b->inode && a->device == b->device && a->mount == b->mount &&
           a->has_mount == b->has_mount;
}
