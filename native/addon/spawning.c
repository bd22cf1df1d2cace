#define _POSIX_C_SOURCE 200809L
#include "spawning.h"

#include "../core/prepare.h"
#include "caller.h"
#include "known-environment.h"
#include "values.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * seal(plan: Uint8Array): number. The plan's bytes in a file in memory that nobody can change; its descriptor
 * is close-on-exec and the caller's to close. Throws an Error with errno.
 */
static napi_value seal(napi_env env, napi_callback_info info) {
    napi_value value, number;
    uint8_t *plan = NULL;
    size_t size = 0;
    if (!get_arguments(env, info, 1, &value) || !get_bytes(env, value, "plan", &plan, &size))
        return NULL;
    long sealed = core_seal(plan, size);
    free(plan);
    if (sealed < 0) {
        throw_errno(env, "memfd_create", (int)-sealed);
        return NULL;
    }
    if (make_number(env, sealed, &number))
        return number;
    close((int)sealed);
    return NULL;
}

/** close(descriptor: number): undefined. Of those made here: node:fs warns in a worker of what it did not
 * open. Throws. */
static napi_value close_descriptor(napi_env env, napi_callback_info info) {
    napi_value value;
    int32_t descriptor;
    if (!get_arguments(env, info, 1, &value) ||
        !check_status(env, napi_get_value_int32(env, value, &descriptor)))
        return NULL;
    if (close(descriptor) != 0)
        throw_errno(env, "close", errno);
    return NULL;
}

static bool set_number(napi_env env, napi_value object, const char *name, int64_t number) {
    napi_value value;
    return make_number(env, number, &value) && set_member(env, object, name, value);
}

/** Masks fit a number: no kernel has more than 53 rights of a kind. */
static bool make_report(napi_env env, const struct prepare_report *report, napi_value *object) {
    napi_value output;
    const char *bytes = report->output.bytes == NULL ? "" : report->output.bytes;
    return check_status(env, napi_create_object(env, object)) &&
           set_number(env, *object, "exit", report->output.exit) &&
           set_number(env, *object, "signal", report->output.signal) &&
           set_number(env, *object, "file", report->file) &&
           set_number(env, *object, "ruleset", report->ruleset) &&
           set_number(env, *object, "fs", (int64_t)report->handled_fs) &&
           set_number(env, *object, "net", (int64_t)report->handled_net) &&
           set_number(env, *object, "scope", (int64_t)report->scoped) &&
           set_number(env, *object, "filter", (int64_t)report->filter) &&
           make_latin1(env, bytes, report->output.size, &output) &&
           set_member(env, *object, "output", output);
}

static void close_given(int descriptor) {
    if (descriptor >= 0)
        close(descriptor);
}

/**
 * prepare(plan: Uint8Array, environment: boolean): the plan's ruleset, built once. With `environment` the
 * prepared plan holds the caller's, and the object what stands for it: channel(). Throws a TypeError on an
 * argument of another type, an Error with errno where it cannot be tried.
 */
static napi_value prepare(napi_env env, napi_callback_info info) {
    napi_value values[2], object = NULL;
    uint8_t *plan = NULL;
    size_t size = 0;
    bool environment;
    if (!get_arguments(env, info, 2, values) ||
        !check_status(env, napi_get_value_bool(env, values[1], &environment)) ||
        !get_bytes(env, values[0], "plan", &plan, &size))
        return NULL;
    int32_t state = environment ? environment_state() : 0;
    char *none[] = {NULL};
    struct prepare_report report;
    core_prepare(plan, size, environment ? caller_environment() : none, &report);
    free(plan);
    bool ok = report.error >= 0;
    if (!ok)
        throw_errno(env, "prepare", -report.error);
    ok = ok && make_report(env, &report, &object) && set_number(env, object, "environment", state);
    if (!ok) {
        close_given(report.file);
        close_given(report.ruleset);
    }
    apart_free(&report.output);
    return ok ? object : NULL;
}

bool spawning_define(napi_env env, napi_value exports) {
    return define_function(env, exports, "seal", seal) && define_function(env, exports, "prepare", prepare) &&
           define_function(env, exports, "close", close_descriptor);
}
