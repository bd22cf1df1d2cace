/* A library that is loaded where it should not be says so: it makes the file that LANDLOCK_RUN_TEST_MARKER
 * names. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

unsigned la_version(unsigned version); /* rtld-audit(7) */

unsigned la_version(unsigned version) { return version; }

__attribute__((constructor)) static void leave_marker(void) {
    const char *path = getenv("LANDLOCK_RUN_TEST_MARKER");
    int fd = path == NULL ? -1 : open(path, O_CREAT | O_WRONLY, 0600);
    if (fd >= 0)
        close(fd);
}
