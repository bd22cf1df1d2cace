/*
 * init [PROGRAM [ARG...]] - the first process of a guest of test:kernels. Mounts what programs expect, brings
 * loopback up, runs PROGRAM with the console as its output, prints `GUEST-EXIT status` and powers off.
 *
 * Linked statically, so that a guest needs no C library of its own for it. What cannot be set up ends the
 * guest at once, with a line that says what: the host then misses the exit line and reports the guest as
 * failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Powers the guest off; there is nobody who could be told if that fails. */
static _Noreturn void power_off(void) {
    fflush(stdout);
    tcdrain(STDOUT_FILENO);
    sync();
    reboot(RB_POWER_OFF);
    reboot(RB_AUTOBOOT);
    _exit(1);
}

static _Noreturn void fail(const char *what) {
    printf("GUEST-FAILED %s: %s\n", what, strerror(errno));
    power_off();
}

static void mount_on(const char *type, const char *directory, const char *options) {
    if (mkdir(directory, 0755) && errno != EEXIST)
        fail(directory);
    if (mount(type, directory, type, 0, options) && errno != EBUSY)
        fail(directory);
}

/* The console as a plain stream: no echo, and lines end in \n alone. */
static void open_console(void) {
    int console = open("/dev/console", O_RDWR | O_NOCTTY);
    if (console < 0)
        power_off();
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(console, fd) < 0)
            power_off();
    if (console > 2)
        close(console);
    struct termios modes;
    if (tcgetattr(0, &modes))
        fail("tcgetattr");
    modes.c_lflag &= ~(tcflag_t)ECHO;
    modes.c_oflag &= ~(tcflag_t)OPOST;
    if (tcsetattr(0, TCSANOW, &modes))
        fail("tcsetattr");
}

static void raise_loopback(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
        fail("loopback");
    close(fd);
}

/* Waits for the program; whatever it leaves behind becomes a child of this process and is reaped on the way.
 */
static int wait_for(pid_t program) {
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended < 0 && errno != EINTR)
            fail("wait");
        if (ended == program)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

int main(int argc, char **argv) {
    mount_on("devtmpfs", "/dev", NULL);
    open_console();
    mount_on("proc", "/proc", NULL);
    mount_on("sysfs", "/sys", NULL);
    mount_on("devpts", "/dev/pts", "ptmxmode=0666");
    mount_on("tmpfs", "/tmp", "mode=1777");
    raise_loopback();
    if (argc < 2) {
        errno = EINVAL;
        fail("no program");
    }
    pid_t program = fork();
    if (program < 0)
        fail("fork");
    if (program == 0) {
        if (setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1) || setenv("HOME", "/root", 1))
            _exit(126);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    printf("\nGUEST-EXIT %d\n", wait_for(program));
    power_off();
}
