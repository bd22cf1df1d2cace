/* socketpair() and pipe2() are not of C11. */
#define _GNU_SOURCE
#include "channel.h"

#include "../core/apart.h"
#include "known-environment.h"
#include "values.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* So far from the limit nothing is proven: the kernel gives the lowest numbers first. */
#define AMPLE 1024

/** Whether so many more descriptors can be had, by taking and giving them back; 0 or an errno. */
static int prove_room(int descriptor, uint32_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > (rlim_t)descriptor + count + AMPLE)
        return 0;
    int *taken = calloc(count + 1, sizeof *taken);
    if (taken == NULL)
        return ENOMEM;
    uint32_t got = 0;
    while (got < count && (taken[got] = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) >= 0)
        got++;
    int error = got < count ? errno : 0;
    while (got > 0)
        close(taken[--got]);
    free(taken);
    return error;
}

/* What channel() says was sent: the environment is the one of a prepare(). */
#define AS_PREPARED (-1)

/** A pipe where the environment is what it was in that state; else two sockets, with the environment sent
 * from the first to the second. Returns what was sent; 0 where that cannot be done, and nothing is open. */
static int64_t open_with_environment(int32_t state, int ends[2]) {
    struct iovec parts[VARIABLES_MAX];
    struct msghdr message = {.msg_iov = parts};
    size_t count;
    size_t size = environment_gather(parts, &count);
    if (size == 0)
        return 0;
    if (environment_is_known(state, parts, count, size))
        return pipe2(ends, O_CLOEXEC) == 0 ? AS_PREPARED : 0;
    message.msg_iovlen = count;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    if (sendmsg(ends[0], &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size)
        return (int64_t)size;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static bool make_channel(napi_env env, const int64_t numbers[3], napi_value *array) {
    napi_value number;
    bool ok = check_status(env, napi_create_array_with_length(env, 3, array));
    for (uint32_t i = 0; ok && i < 3; i++)
        ok = make_number(env, numbers[i], &number) &&
             check_status(env, napi_set_element(env, *array, i, number));
    return ok;
}

/**
 * channel(room: number, environment: number): [ours: number, theirs: number, sent: number]. What a spawned
 * process tells its fate through, both ends close-on-exec, and so many more descriptors can be had.
 * `environment` is -1 where the process is not to have the caller's; else the state that prepare() told, or
 * 0. It then waits in the channel: `sent` bytes, -1 where it is still that of the state, 0 where it cannot be
 * sent. Throws an Error with errno.
 */
static napi_value channel(napi_env env, napi_callback_info info) {
    napi_value values[2], array;
    uint32_t room;
    int32_t state;
    if (!get_arguments(env, info, 2, values) ||
        !check_status(env, napi_get_value_uint32(env, values[0], &room)) ||
        !check_status(env, napi_get_value_int32(env, values[1], &state)))
        return NULL;
    int ends[2];
    int64_t sent = state >= 0 ? open_with_environment(state, ends) : 0;
    if (sent == 0 && pipe2(ends, O_CLOEXEC) != 0) {
        throw_errno(env, "pipe2", errno);
        return NULL;
    }
    int error = prove_room(ends[1], room);
    if (error != 0)
        throw_errno(env, "dup", error);
    else if (make_channel(env, (const int64_t[]){ends[0], ends[1], sent}, &array))
        return array;
    close(ends[0]);
    close(ends[1]);
    return NULL;
}

/* A channel is looked into after so many milliseconds: one that is full holds up who tells. */
#define PATIENCE 100

/**
 * Waits for the other end to be closed, but not for what is told before: whoever tells would have to wake
 * this process, which takes longer than the telling.
 */
static void await_close(int descriptor) {
    struct pollfd end = {.fd = descriptor, .events = 0};
    while (poll(&end, 1, PATIENCE) < 0 && errno == EINTR)
        ;
}

/** readToEnd(descriptor: number): string. All that is told through a channel until its other end is closed.
 * Throws an Error with errno. */
static napi_value read_to_end(napi_env env, napi_callback_info info) {
    napi_value value, text = NULL;
    int32_t descriptor;
    if (!get_arguments(env, info, 1, &value) ||
        !check_status(env, napi_get_value_int32(env, value, &descriptor)))
        return NULL;
    await_close(descriptor);
    struct apart_output told = {0};
    long result = apart_collect(&told, descriptor);
    /* ECONNRESET: it was closed by a process that had not taken its environment. */
    bool ok = result == 0 || result == -ECONNRESET;
    if (!ok)
        throw_errno(env, "read", (int)-result);
    else
        ok = make_latin1(env, told.bytes == NULL ? "" : told.bytes, told.size, &text);
    apart_free(&told);
    return ok ? text : NULL;
}

bool channel_define(napi_env env, napi_value exports) {
    return define_function(env, exports, "channel", channel) &&
           define_function(env, exports, "readToEnd", read_to_end);
}
