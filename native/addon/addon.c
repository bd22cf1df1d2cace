/*
 * Node-API glue around the core: nothing is decided here. Node-API 8, so that one file loads in Node 20 and
 * everything newer.
 */
#include "../core/record.h"
#include "../core/run.h"
#include "arguments.h"
#include "caller.h"
#include "channel.h"
#include "paths.h"
#include "spawning.h"
#include "values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool push(napi_env env, napi_value array, uint32_t index, const char *bytes, size_t size) {
    napi_value word;
    return make_latin1(env, bytes, size, &word) &&
           check_status(env, napi_set_element(env, array, index, word));
}

/** rawArguments(): string[]. All of argv, byte for byte. Throws an Error with errno where it cannot be read.
 */
static napi_value raw_arguments(napi_env env, napi_callback_info info) {
    (void)info;
    struct argument_words words = {NULL, 0};
    int error = arguments_copy(&words);
    if (error != 0) {
        throw_errno(env, "argv", error);
        return NULL;
    }
    napi_value array;
    bool ok = check_status(env, napi_create_array(env, &array));
    uint32_t index = 0;
    for (size_t at = 0; ok && at < words.size; index++) {
        size_t length = strlen(words.bytes + at);
        ok = push(env, array, index, words.bytes + at, length);
        at += length + 1;
    }
    free(words.bytes);
    return ok ? array : NULL;
}

/** environment(): string[]. The caller's entries, byte for byte; process.env loses what is not UTF-8. */
static napi_value environment(napi_env env, napi_callback_info info) {
    (void)info;
    napi_value array;
    bool ok = check_status(env, napi_create_array(env, &array));
    char *const *entries = caller_environment();
    for (uint32_t i = 0; ok && entries[i] != NULL; i++)
        ok = push(env, array, i, entries[i], strlen(entries[i]));
    return ok ? array : NULL;
}

/** currentDirectory(): string. Throws an Error with errno where it cannot be told (it was removed). */
static napi_value current_directory(napi_env env, napi_callback_info info) {
    (void)info;
    char *directory = getcwd(NULL, 0);
    if (directory == NULL) {
        throw_errno(env, "getcwd", errno);
        return NULL;
    }
    napi_value value;
    /* The kernel writes "(unreachable)/..." for a directory outside of this process's root; glibc makes
     * ENOENT of it. */
    bool ok = make_latin1(env, directory, strlen(directory), &value);
    free(directory);
    return ok ? value : NULL;
}

static bool set_number(napi_env env, napi_value object, const char *name, int64_t number) {
    napi_value value;
    return make_number(env, number, &value) && set_member(env, object, name, value);
}

static bool set_mask(napi_env env, napi_value object, const char *name, uint64_t mask) {
    napi_value value;
    return make_mask(env, mask, &value) && set_member(env, object, name, value);
}

static bool set_boolean(napi_env env, napi_value object, const char *name, bool truth) {
    napi_value value;
    return make_boolean(env, truth, &value) && set_member(env, object, name, value);
}

static bool set_text(napi_env env, napi_value object, const char *name, const char *bytes, size_t size) {
    napi_value value;
    return make_latin1(env, bytes, size, &value) && set_member(env, object, name, value);
}

/** The kernel's name of an errno; 0 is "". */
static bool set_errno(napi_env env, napi_value object, const char *name, int error) {
    const char *text = error == 0 ? "" : core_errno_name(error);
    if (text == NULL)
        text = "unknown errno";
    return set_text(env, object, name, text, strlen(text));
}

/** probe(): what this kernel offers; masks are bigints. The caller is not restricted. */
static napi_value probe(napi_env env, napi_callback_info info) {
    (void)info;
    struct core_offer offer = core_probe();
    napi_value object;
    bool ok = check_status(env, napi_create_object(env, &object)) &&
              set_number(env, object, "abi", offer.abi) && set_number(env, object, "errno", offer.error) &&
              set_errno(env, object, "errnoName", offer.error) && set_mask(env, object, "fs", offer.fs) &&
              set_mask(env, object, "net", offer.net) && set_mask(env, object, "scope", offer.scope) &&
              set_mask(env, object, "restrict", offer.restrict_flags) &&
              set_number(env, object, "errata", offer.errata) &&
              set_mask(env, object, "filter", offer.filter) &&
              set_boolean(env, object, "seccomp", offer.seccomp != 0);
    return ok ? object : NULL;
}

static bool is_given(napi_env env, napi_value value, bool *given) {
    napi_valuetype type;
    if (!check_status(env, napi_typeof(env, value, &type)))
        return false;
    *given = type != napi_undefined;
    return true;
}

/**
 * adopt(record: Uint8Array): undefined. This process was started by the front, which handed this record over:
 * environment(), run() and check() give and take what the front's caller had.
 */
static napi_value adopt(napi_env env, napi_callback_info info) {
    napi_value value;
    uint8_t *record = NULL;
    size_t size = 0;
    if (!get_arguments(env, info, 1, &value) || !get_bytes(env, value, "record", &record, &size))
        return NULL;
    int error = caller_adopt(record, size);
    free(record);
    if (error != 0)
        throw_errno(env, "adopt", error);
    return NULL;
}

/**
 * run(plan: Uint8Array, argv: string[], record?: Uint8Array): never. Applies the plan to this process and
 * replaces it by argv. Without a record it is the one of adopt(), if there was one. Throws a TypeError on
 * arguments of another type; every other failure ends the process.
 */
static napi_value run(napi_env env, napi_callback_info info) {
    napi_value values[3];
    uint8_t *plan = NULL, *record = NULL;
    size_t size = 0, record_size = 0;
    char **words = NULL;
    bool recorded = false;
    bool ok = get_arguments(env, info, 3, values) && get_bytes(env, values[0], "plan", &plan, &size) &&
              get_words(env, values[1], "argv", &words) && is_given(env, values[2], &recorded) &&
              (!recorded || get_bytes(env, values[2], "record", &record, &record_size));
    if (ok && recorded && record_size != sizeof(struct state_record)) {
        /* Too short to be looked at: an empty one is refused as of another version. */
        free(record);
        record = calloc(1, sizeof(struct state_record));
        ok = record != NULL;
        if (!ok)
            throw_errno(env, "calloc", ENOMEM);
    }
    if (ok)
        core_run(plan, size, words, caller_environment(),
                 recorded ? (const struct state_record *)(const void *)record : caller_record());
    free(plan);
    free(record);
    if (words != NULL)
        free_words(words);
    return NULL;
}

static bool add_proof(napi_env env, napi_value array, uint32_t index, const struct check_proof *proof) {
    napi_value object;
    return check_status(env, napi_create_object(env, &object)) &&
           set_text(env, object, "name", proof->name, strlen(proof->name)) &&
           set_text(env, object, "subject", proof->subject, strlen(proof->subject)) &&
           set_errno(env, object, "expected", proof->expected) &&
           set_errno(env, object, "observed", proof->observed) &&
           check_status(env, napi_set_element(env, array, index, object));
}

/** The report as an object: ok where the run would be accepted and every proof came out as expected. */
static bool make_report(napi_env env, const struct check_report *report, napi_value *object) {
    napi_value proofs;
    bool proven = report->exit == 0;
    bool ok = check_status(env, napi_create_object(env, object)) &&
              check_status(env, napi_create_array(env, &proofs));
    for (uint32_t i = 0; ok && i < report->proof_count; i++) {
        const struct check_proof *proof = &report->proofs[i];
        proven = proven && proof->expected == proof->observed;
        ok = add_proof(env, proofs, i, proof);
    }
    return ok && set_boolean(env, *object, "ok", proven) && set_number(env, *object, "exit", report->exit) &&
           set_number(env, *object, "signal", report->signal) &&
           set_text(env, *object, "output", report->output == NULL ? "" : report->output,
                    report->output_size) &&
           set_member(env, *object, "proofs", proofs);
}

/**
 * check(plan: Uint8Array, argv?: string[]): applies the plan to a throw-away child and tells how that went.
 * Throws a TypeError on arguments of another type, an Error with errno where there can be no child.
 */
static napi_value check(napi_env env, napi_callback_info info) {
    napi_value values[2], object = NULL;
    uint8_t *plan = NULL;
    size_t size = 0;
    char **words = NULL;
    char *none[] = {NULL};
    bool given = false;
    bool ok = get_arguments(env, info, 2, values) && get_bytes(env, values[0], "plan", &plan, &size) &&
              is_given(env, values[1], &given) && (!given || get_words(env, values[1], "argv", &words));
    if (ok) {
        struct check_report *report =
            core_check(plan, size, words == NULL ? none : words, caller_environment(), caller_record());
        if (report == NULL || report->exit < 0) {
            throw_errno(env, "check", report == NULL ? ENOMEM : -report->error);
            ok = false;
        } else {
            ok = make_report(env, report, &object);
        }
        core_check_free(report);
    }
    free(plan);
    if (words != NULL)
        free_words(words);
    return ok ? object : NULL;
}

NAPI_MODULE_INIT() {
    bool ok = define_function(env, exports, "rawArguments", raw_arguments) &&
              define_function(env, exports, "environment", environment) &&
              define_function(env, exports, "currentDirectory", current_directory) &&
              define_function(env, exports, "probe", probe) &&
              define_function(env, exports, "adopt", adopt) && define_function(env, exports, "run", run) &&
              define_function(env, exports, "check", check) && paths_define(env, exports) &&
              spawning_define(env, exports) && channel_define(env, exports);
    return ok ? exports : NULL;
}
