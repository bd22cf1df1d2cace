/*
 * JavaScript values from C, and C values from JavaScript. Text crosses as "latin1": each character is one
 * byte.
 *
 * Functions that return bool return false after an exception is pending; the caller then returns NULL to
 * JavaScript at once.
 */
#ifndef LANDLOCK_RUN_VALUES_H
#define LANDLOCK_RUN_VALUES_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Throws an Error with the call's name, and the errno as `.errno`. */
void throw_errno(napi_env env, const char *call, int error);

/** Passes on a status; anything but napi_ok becomes an exception. */
bool check_status(napi_env env, napi_status status);

bool make_latin1(napi_env env, const char *bytes, size_t size, napi_value *value);
bool make_number(napi_env env, int64_t number, napi_value *value);
bool make_mask(napi_env env, uint64_t mask, napi_value *value);
bool make_boolean(napi_env env, bool truth, napi_value *value);
bool set_member(napi_env env, napi_value object, const char *name, napi_value value);

/** Reads at most the given number of arguments; those that are missing are undefined. */
bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);

/** Copies a Uint8Array into memory of its own that is aligned to 16. TypeError where it is none. The memory
 * is to be given to free(). */
bool get_bytes(napi_env env, napi_value value, const char *name, uint8_t **bytes, size_t *size);

/** Copies an array of latin1 strings into a NULL-terminated argv. TypeError where it is none, is empty, or
 * holds a NUL. To be given to free_words(). */
bool get_words(napi_env env, napi_value value, const char *name, char ***words);

void free_words(char **words);

/** Copies one latin1 string. To be given to free(). TypeError where it is none or holds a NUL; returns NULL
 * then. */
char *get_word(napi_env env, napi_value value, const char *name);

/** Adds a function to an object. */
bool define_function(napi_env env, napi_value object, const char *name, napi_callback function);

#endif
