#include "node-trial.h"

#include "../core/sys.h"

#include <stdbool.h>

#if defined(__x86_64__)
#define SYS_setitimer 38
#else
#define SYS_setitimer 103
#endif
#define ITIMER_REAL 0
#define SIGALRM 14
#define SIGCHLD 17
#define SIG_UNBLOCK 1
#define RLIMIT_CORE 4
#define F_DUPFD 0

#define SECONDS 5 /* where Node lacks threads it waits for them for ever */
#define REFUSED 125
#define BAD_OPTION 9 /* a Node that is too old for the flags: no matter of limits */

struct timer {
    long interval[2];
    long value[2]; /* seconds, microseconds */
};

/** Descriptors 0 to 2 as a pipe of its own: what Node says of its end is not for the user, and the number of
 * open descriptors is to be that of the real start. */
static bool silence(void) {
    for (int i = 0; i <= 2; i++)
        sys_close(i);
    int ends[2];
    return sys_call(SYS_pipe2, (long)ends, 0, 0, 0, 0, 0) == 0 && sys_fcntl(ends[1], F_DUPFD, 0) == 2;
}

static void prepare(void) {
    /* The caller may have it ignored or blocked, and both last beyond the exec, as the timer does. */
    struct sigaction action = {.handler = SIG_DFL};
    sys_sigaction(SIGALRM, &action, NULL);
    uint64_t alarm = 1ull << (SIGALRM - 1);
    sys_call(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&alarm, 0, SIGNAL_SET_SIZE, 0, 0);
    struct timer timer = {.value = {SECONDS, 0}};
    sys_call(SYS_setitimer, ITIMER_REAL, (long)&timer, 0, 0, 0, 0);
    /* Not 0, at which a core dump still goes to a program (core(5)). Above the hard limit it is refused:
     * there it is 0. */
    struct rlimit64 core = {.soft = 1, .hard = 1};
    sys_prlimit(0, RLIMIT_CORE, &core, NULL);
    if (!silence())
        sys_exit(1);
}

enum node_trial node_trial(void) {
    /* An ignored SIGCHLD would take the status away. Node sets it to this anyway; the record knows what it
     * was. */
    struct sigaction action = {.handler = SIG_DFL};
    sys_sigaction(SIGCHLD, &action, NULL);
    long child = sys_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
    if (child < 0)
        return NODE_TRIAL_FAILED;
    if (child == 0) {
        prepare();
        return NODE_TRIAL_CHILD;
    }
    int status = 0;
    long waited;
    do
        waited = sys_call(SYS_wait4, child, (long)&status, WALL, 0, 0, 0);
    while (waited == -EINTR);
    int signal = status & 127, code = status >> 8 & 255;
    bool started = signal == 0 && (code == REFUSED || code == BAD_OPTION);
    return waited == child && started ? NODE_TRIAL_STARTED : NODE_TRIAL_FAILED;
}
