/* no-new-code COMMAND [ARG...]: COMMAND under PR_SET_MDWE, as of systemd's MemoryDenyWriteExecute=; 77 where
 * the kernel has none. */
#include <sys/prctl.h>
#include <unistd.h>

#define SET_MDWE 65 /* Linux 6.3 */
#define REFUSE_EXEC_GAIN 1

int main(int argc, char **argv) {
    if (argc < 2 || prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0)
        return 77;
    execv(argv[1], argv + 1);
    return 78;
}
