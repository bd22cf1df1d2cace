/*
 * inject [-c] OBJECT COMMAND PROGRAM [ARG...] - runs PROGRAM again and again, and makes one system call fail.
 *
 * Only calls count that code of the file named OBJECT makes (the name without directory), until COMMAND (an
 * absolute path) is executed. -c counts those of child processes too. What is to happen stands on standard
 * input, a line a run:
 *
 *   [list] [SITE ERRNO]... [forever]
 *
 * Call SITE (from 0) fails with the errno, and the same for a second pair. It is not made, but for close(2)
 * with another errno than EPERM. `list`: every call is printed, a line `site NAME ARG0 ... ARG5 PATH`.
 * `forever`: all later calls of the last one's number fail as well.
 *
 * After each run a line: `run EXIT SIGNAL STARTED HIT ORPHANS STDOUT STDERR STATUS`, the last three in
 * hexadecimal with an x before them: what came out of descriptors 1, 2 and 4. Exit status 0; 99 where tracing
 * fails, or a run does not end.
 */
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define HIGH 100
#define RUN_SECONDS 120 /* on a machine with much other work */

/* An empty file without a name, on a descriptor above those that the program has. */
static int make_output(void) {
    int low = memfd_create("output", MFD_CLOEXEC);
    int high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, HIGH);
    if (high < 0 || close(low))
        trace_fail("memfd_create");
    return high;
}

static void print_hex(int fd) {
    unsigned char buffer[4096];
    if (lseek(fd, 0, SEEK_SET))
        trace_fail("lseek");
    printf(" x");
    for (;;) {
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0)
            trace_fail("read");
        if (got == 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            printf("%02x", buffer[i]);
    }
    close(fd);
}

/* Ends everything, as the traced processes end with their tracer, and says so: a test that hangs says
 * nothing. */
static void at_alarm(int signal) {
    (void)signal;
    static const char text[] = "inject: a run does not end\n";
    _exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? 98 : 99);
}

static void run_once(const struct subject *subject, const struct request *request) {
    alarm(RUN_SECONDS);
    int outputs[3] = {make_output(), make_output(), make_output()};
    struct outcome outcome = trace(subject, request, outputs);
    printf("run %d %d %d %d %d", outcome.exit, outcome.signal, outcome.started, outcome.hit, outcome.orphans);
    for (int i = 0; i < 3; i++)
        print_hex(outputs[i]);
    puts("");
    fflush(stdout);
}

static struct request read_request(char *line) {
    struct request request = {.list = NULL};
    for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        char *error;
        if (strcmp(word, "list") == 0) {
            request.list = stdout;
        } else if (strcmp(word, "forever") == 0) {
            request.forever = 1;
        } else if (request.fault_count < FAULTS_MAX && (error = strtok(NULL, " \n")) != NULL) {
            request.faults[request.fault_count++] = (struct fault){atol(word), atoi(error)};
        } else {
            errno = EINVAL;
            trace_fail("request");
        }
    }
    return request;
}

int main(int argc, char **argv) {
    struct subject subject = {.children = argc > 1 && strcmp(argv[1], "-c") == 0};
    argv += 1 + subject.children;
    if (argc - subject.children < 4) {
        errno = EINVAL;
        trace_fail("usage: inject [-c] OBJECT COMMAND PROGRAM [ARG...]");
    }
    subject.object = argv[0];
    subject.command = argv[1];
    subject.argv = argv + 2;
    /* What is orphaned becomes a child of this process, and is counted. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
        trace_fail("PR_SET_CHILD_SUBREAPER");
    signal(SIGALRM, at_alarm);
    char line[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct request request = read_request(line);
        run_once(&subject, &request);
    }
    return 0;
}
