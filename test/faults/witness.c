/*
 * witness INSIDE OUTSIDE - the COMMAND of fault tests: prints what it finds about itself, one `NAME VALUE` a
 * line.
 *
 * INSIDE is a file that the policy lets it write, OUTSIDE one that it doesn't let it read. Acts print ok or
 * the errno.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static void act(const char *name, int failed) {
    if (failed < 0)
        printf("%s %d\n", name, errno);
    else
        printf("%s ok\n", name);
}

static void number(const char *name, long value) { printf("%s %ld\n", name, value); }

static int open_and_close(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC);
    return fd < 0 ? -1 : close(fd);
}

static int try_port(int (*how)(int, const struct sockaddr *, socklen_t), uint16_t port) {
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = fd < 0 ? -1 : how(fd, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return result;
}

static void print_descriptors(void) {
    printf("descriptors");
    for (int fd = 0; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf(" %d", fd);
    puts("");
}

static void print_signals(void) {
    struct sigaction action;
    sigset_t mask;
    printf("ignored");
    for (int i = 1; i <= 64; i++)
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            printf(" %d", i);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("\nblocked");
    for (int i = 1; i <= 64; i++)
        if (sigismember(&mask, i) == 1)
            printf(" %d", i);
    puts("");
}

static void print_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data)) {
        act("capabilities", -1);
        return;
    }
    printf("capabilities %08x%08x %08x%08x\n", data[1].permitted, data[0].permitted, data[1].effective,
           data[0].effective);
}

static void print_limit(const char *name, int resource) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) == 0)
        printf("%s %lu %lu\n", name, (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 99;
    act("write-inside", open_and_close(argv[1], O_WRONLY));
    act("read-outside", open_and_close(argv[2], O_RDONLY));
    act("write-outside", open_and_close(argv[2], O_WRONLY));
    act("list-root", open_and_close("/", O_RDONLY | O_DIRECTORY));
    act("bind-granted", try_port(bind, 0));
    act("bind-denied", try_port(bind, 40001));
    act("connect-denied", try_port(connect, 40001));
    act("signal-parent", kill(getppid(), 0));
    act("terminal-input", ioctl(-1, TIOCSTI, NULL));
    act("multipath", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 262));
    number("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    number("seccomp", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
    print_capabilities();
    print_descriptors();
    print_signals();
    print_limit("nofile", RLIMIT_NOFILE);
    print_limit("core", RLIMIT_CORE);
    char directory[4096];
    printf("directory %s\n", getcwd(directory, sizeof directory) ? directory : "?");
    for (char **entry = environ; *entry; entry++)
        printf("env %s\n", *entry);
    return 0;
}
