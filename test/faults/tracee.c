/* See tracee.h. A call is told by where it is made from: code of the object that is mapped from a file of the
 * given name. */
#define _GNU_SOURCE
#include "tracee.h"

#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 16
#define REGIONS_MAX 64
#define SYSCALL_STOP (SIGTRAP | 0x80)

struct region {
    uint64_t from, to;
    int counted;
};

struct process {
    pid_t pid;
    int failing; /* the errno that the call gets at its end, as it has been taken away; or 0 */
    int begun;   /* its first stop is behind it */
    struct region regions[REGIONS_MAX];
    int region_count;
};

struct run {
    const struct subject *subject;
    const struct request *request;
    struct outcome outcome;
    struct process processes[PROCESSES_MAX];
    pid_t first;
    long counted;
    long failing_number;
};

_Noreturn void trace_fail(const char *what) {
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(99);
}

static struct process *process_of(struct run *run, pid_t pid) {
    struct process *free_one = NULL;
    for (int i = 0; i < PROCESSES_MAX; i++) {
        if (run->processes[i].pid == pid)
            return &run->processes[i];
        if (run->processes[i].pid == 0)
            free_one = &run->processes[i];
    }
    if (free_one == NULL) {
        errno = EMFILE;
        trace_fail("too many processes");
    }
    memset(free_one, 0, sizeof *free_one);
    free_one->pid = pid;
    return free_one;
}

static int ends_with(const char *path, const char *name) {
    const char *slash = strrchr(path, '/');
    return slash != NULL && strcmp(slash + 1, name) == 0;
}

/* Whether code at this address counts. A region that was seen is remembered until the next exec. */
static int counts(const struct run *run, struct process *process, uint64_t at) {
    for (int i = 0; i < process->region_count; i++)
        if (at >= process->regions[i].from && at <= process->regions[i].to)
            return process->regions[i].counted;
    char name[64], line[4352];
    snprintf(name, sizeof name, "/proc/%d/maps", process->pid);
    FILE *maps = fopen(name, "re");
    if (maps == NULL)
        trace_fail(name);
    int counted = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%lx-%lx", &from, &to) != 2 || at < from || at > to)
            continue;
        counted = ends_with(line, run->subject->object);
        if (process->region_count == REGIONS_MAX)
            process->region_count = 0;
        process->regions[process->region_count++] = (struct region){from, to, counted};
        break;
    }
    fclose(maps);
    return counted;
}

/* The errno that this call fails with, or 0. */
static int fault_of(struct run *run, long site, long number) {
    const struct request *request = run->request;
    for (int i = 0; i < request->fault_count; i++) {
        const struct fault *fault = &request->faults[i];
        int last = request->forever && i == request->fault_count - 1;
        if (last && site == fault->site)
            run->failing_number = number;
        if (site == fault->site || (last && site > fault->site && number == run->failing_number))
            return fault->error;
    }
    return 0;
}

static void at_call(struct run *run, struct process *process) {
    struct call_stop info = call_get(process->pid);
    if (info.op == CALL_EXIT && process->failing) {
        call_answer(process->pid, process->failing);
        process->failing = 0;
    }
    if (info.op != CALL_ENTRY || !counts(run, process, info.instruction_pointer))
        return;
    long site = run->counted++;
    if (run->request->list != NULL)
        call_list(run->request->list, process->pid, &info);
    int error = fault_of(run, site, (long)info.number);
    if (error == 0)
        return;
    run->outcome.hit++;
    process->failing = error;
    /* Whatever close(2) answers, the descriptor is gone; only a filter in front of it leaves it open. Where
     * processes run side by side, what was another call when it was listed can be a close(2) now, and a pipe
     * that stays open would keep its reader waiting for ever. */
    if (info.number != SYS_close || (error == EPERM && !run->subject->children))
        call_take_away(process->pid);
}

/* Whether the process has just become the command. */
static int is_command(const struct run *run, pid_t pid) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/%d/exe", pid);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        trace_fail(link);
    path[length] = '\0';
    return strcmp(path, run->subject->command) == 0;
}

/* Handles one stop and lets the process go on. */
static void at_stop(struct run *run, pid_t pid, int status) {
    struct process *process = process_of(run, pid);
    int signal = WSTOPSIG(status), event = status >> 16;
    int deliver = 0;
    if (signal == SYSCALL_STOP) {
        at_call(run, process);
    } else if (event == PTRACE_EVENT_EXEC) {
        process->region_count = 0;
        if (is_command(run, pid)) {
            run->outcome.started = 1;
            if (ptrace(PTRACE_DETACH, pid, 0, 0))
                trace_fail("PTRACE_DETACH");
            return;
        }
    } else if (event == 0 && !(signal == SIGSTOP && !process->begun)) {
        deliver = signal;
    }
    process->begun = 1;
    if (ptrace(PTRACE_SYSCALL, pid, 0, deliver) && errno != ESRCH)
        trace_fail("PTRACE_SYSCALL");
}

static _Noreturn void become(const struct subject *subject, const int outputs[3]) {
    int none = open("/dev/null", O_RDWR);
    /* The outputs lie high, so that nothing is overwritten on the way. */
    int placed = none >= 0 && dup2(none, 0) == 0 && dup2(outputs[0], 1) == 1 && dup2(outputs[1], 2) == 2 &&
                 dup2(none, 3) == 3 && dup2(outputs[2], 4) == 4;
    if (!placed || syscall(SYS_close_range, 5, ~0u, 0))
        trace_fail("descriptors");
    if (ptrace(PTRACE_TRACEME, 0, 0, 0))
        trace_fail("PTRACE_TRACEME");
    raise(SIGSTOP);
    execv(subject->argv[0], subject->argv);
    trace_fail(subject->argv[0]);
}

static void start(struct run *run, const int outputs[3]) {
    pid_t pid = fork();
    if (pid < 0)
        trace_fail("fork");
    if (pid == 0)
        become(run->subject, outputs);
    int status;
    if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
        trace_fail("the program did not stop");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (run->subject->children)
        options |= PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
    if (ptrace(PTRACE_SETOPTIONS, pid, 0, options) || ptrace(PTRACE_SYSCALL, pid, 0, 0))
        trace_fail("PTRACE_SETOPTIONS");
    process_of(run, pid)->begun = 1;
    run->first = pid;
}

struct outcome trace(const struct subject *subject, const struct request *request, const int outputs[3]) {
    struct run run = {.subject = subject, .request = request, .outcome = {.exit = -1}};
    int over = 0;
    start(&run, outputs);
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == ECHILD)
            return run.outcome;
        if (pid < 0)
            trace_fail("waitpid");
        if (WIFSTOPPED(status)) {
            at_stop(&run, pid, status);
            continue;
        }
        process_of(&run, pid)->pid = 0;
        if (pid == run.first) {
            over = 1;
            run.outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            run.outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        } else if (over) {
            run.outcome.orphans++;
        }
    }
}
