/*
 * on-terminal COMMAND [ARG...] - runs COMMAND on a terminal of its own, as its session's controlling one, on
 * descriptors 0 to 2, and copies what COMMAND shows there to descriptor 1. Exit status: COMMAND's, or 99.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void fail(const char *what) {
    dprintf(2, "on-terminal: %s: %s\n", what, strerror(errno));
    exit(99);
}

/* Raw output, so that a line ends in \n alone, and no echo of what is typed. */
static void make_plain(int terminal) {
    struct termios modes;
    if (tcgetattr(terminal, &modes))
        fail("tcgetattr");
    modes.c_oflag &= ~(tcflag_t)OPOST;
    modes.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(terminal, TCSANOW, &modes))
        fail("tcsetattr");
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 99;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) || unlockpt(master))
        fail("posix_openpt");
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        fail("terminal");
    make_plain(terminal);
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0))
            fail("session");
        for (int fd = 0; fd < 3; fd++)
            if (dup2(terminal, fd) != fd)
                fail("dup2");
        execvp(argv[1], argv + 1);
        fail(argv[1]);
    }
    close(terminal);
    char bytes[4096];
    ssize_t count;
    while ((count = read(master, bytes, sizeof bytes)) > 0) /* EIO: nobody has the terminal open any more */
        if (write(1, bytes, (size_t)count) != count)
            fail("write");
    int status;
    if (waitpid(child, &status, 0) != child)
        fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
