/* Tries what --why was asked, one try an argument, and tells for each whether the kernel denied it.
 *
 *   attempt KIND:SUBJECT...
 *
 * KIND on a path: read (open a file or a directory), write (open a file), make (a file in a directory), new
 * (make and open a file), exec (run a static program); on a port of loopback: connect, bind. Prints a line
 * for each: `allowed`, `denied` (EACCES), or `error N` with any other errno that means nobody got so far as
 * to be denied. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int result_of(int descriptor) {
    if (descriptor < 0)
        return errno;
    close(descriptor);
    return 0;
}

/* A new name in a directory: what was made stays there. */
static int make_in(const char *directory) {
    static int count;
    char path[4096];
    snprintf(path, sizeof path, "%s/made-%d-%d", directory, (int)getpid(), count++);
    return mknod(path, S_IFREG | 0600, 0) == 0 ? 0 : errno;
}

static int try_exec(const char *path) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    pid_t child = fork();
    if (child == 0) {
        char *const argv[] = {(char *)path, NULL};
        char *const envp[] = {NULL};
        execve(path, argv, envp);
        int error = errno;
        ssize_t written = write(ends[1], &error, sizeof error);
        _exit(written == sizeof error ? 1 : 2);
    }
    close(ends[1]);
    int error = 0;
    ssize_t got = read(ends[0], &error, sizeof error);
    close(ends[0]);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return errno;
    return got == (ssize_t)sizeof error ? error : 0;
}

static int try_port(const char *digits, int (*call)(int, const struct sockaddr *, socklen_t)) {
    int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (opened < 0)
        return errno;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(digits)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int error = call(opened, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(opened);
    /* Landlock answers before anybody is asked: these come from behind it. */
    return error == ECONNREFUSED || error == EADDRINUSE ? 0 : error;
}

static int try(const char *kind, const char *subject) {
    if (strcmp(kind, "read") == 0)
        return result_of(open(subject, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (strcmp(kind, "write") == 0)
        return result_of(open(subject, O_WRONLY | O_CLOEXEC | O_NONBLOCK));
    if (strcmp(kind, "new") == 0)
        return result_of(open(subject, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (strcmp(kind, "make") == 0)
        return make_in(subject);
    if (strcmp(kind, "exec") == 0)
        return try_exec(subject);
    if (strcmp(kind, "connect") == 0)
        return try_port(subject, connect);
    if (strcmp(kind, "bind") == 0)
        return try_port(subject, bind);
    fprintf(stderr, "attempt: unknown kind %s\n", kind);
    exit(2);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char *colon = strchr(argv[i], ':');
        if (colon == NULL)
            return 2;
        *colon = '\0';
        int error = try(argv[i], colon + 1);
        if (error == 0)
            puts("allowed");
        else if (error == EACCES)
            puts("denied");
        else
            printf("error %d\n", error);
    }
    return 0;
}
