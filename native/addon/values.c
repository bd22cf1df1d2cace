#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void throw_errno(napi_env env, const char *call, int error) {
    char text[256];
    snprintf(text, sizeof text, "%s: %s", call, strerror(error));
    napi_value message, object, number;
    if (napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message) != napi_ok ||
        napi_create_error(env, NULL, message, &object) != napi_ok ||
        napi_create_int32(env, error, &number) != napi_ok ||
        napi_set_named_property(env, object, "errno", number) != napi_ok ||
        napi_throw(env, object) != napi_ok)
        napi_fatal_error("landlock_run", NAPI_AUTO_LENGTH, text, NAPI_AUTO_LENGTH);
}

bool check_status(napi_env env, napi_status status) {
    if (status == napi_ok)
        return true;
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && !pending)
        napi_throw_error(env, NULL, "landlock_run: Node-API refused a call");
    return false;
}

bool make_latin1(napi_env env, const char *bytes, size_t size, napi_value *value) {
    return check_status(env, napi_create_string_latin1(env, bytes, size, value));
}

bool make_number(napi_env env, int64_t number, napi_value *value) {
    return check_status(env, napi_create_int64(env, number, value));
}

bool make_mask(napi_env env, uint64_t mask, napi_value *value) {
    return check_status(env, napi_create_bigint_uint64(env, mask, value));
}

bool make_boolean(napi_env env, bool truth, napi_value *value) {
    return check_status(env, napi_get_boolean(env, truth, value));
}

bool set_member(napi_env env, napi_value object, const char *name, napi_value value) {
    return check_status(env, napi_set_named_property(env, object, name, value));
}

bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
    return check_status(env, napi_get_cb_info(env, info, &count, values, NULL, NULL));
}

static bool throw_type(napi_env env, const char *name, const char *what) {
    char text[128];
    snprintf(text, sizeof text, "%s must be %s", name, what);
    check_status(env, napi_throw_type_error(env, NULL, text));
    return false;
}

bool get_bytes(napi_env env, napi_value value, const char *name, uint8_t **bytes, size_t *size) {
    bool typed = false;
    napi_typedarray_type type = napi_int8_array;
    void *data = NULL;
    if (!check_status(env, napi_is_typedarray(env, value, &typed)))
        return false;
    if (typed && !check_status(env, napi_get_typedarray_info(env, value, &type, size, &data, NULL, NULL)))
        return false;
    if (!typed || type != napi_uint8_array)
        return throw_type(env, name, "a Uint8Array");
    /* malloc() aligns to 16 on both architectures. */
    *bytes = malloc(*size + 1);
    if (*bytes == NULL) {
        throw_errno(env, "malloc", 12);
        return false;
    }
    if (*size > 0)
        memcpy(*bytes, data, *size);
    return true;
}

/* Characters above 255 have no byte, and a NUL would cut the word. */
char *get_word(napi_env env, napi_value value, const char *name) {
    napi_valuetype type;
    size_t length = 0;
    if (!check_status(env, napi_typeof(env, value, &type)))
        return NULL;
    if (type != napi_string) {
        throw_type(env, name, "a string, or an array of them");
        return NULL;
    }
    if (!check_status(env, napi_get_value_string_utf16(env, value, NULL, 0, &length)))
        return NULL;
    char16_t *units = malloc((length + 1) * sizeof *units);
    char *word = malloc(length + 1);
    bool ok = units != NULL && word != NULL;
    if (!ok)
        throw_errno(env, "malloc", 12);
    ok = ok && check_status(env, napi_get_value_string_utf16(env, value, units, length + 1, &length));
    for (size_t i = 0; ok && i < length; i++) {
        word[i] = (char)units[i];
        if (units[i] == 0 || units[i] > 255)
            ok = throw_type(env, name, "bytes as characters, none of them NUL");
    }
    free(units);
    if (!ok) {
        free(word);
        return NULL;
    }
    word[length] = '\0';
    return word;
}

bool get_words(napi_env env, napi_value value, const char *name, char ***words) {
    bool array = false;
    uint32_t count = 0;
    if (!check_status(env, napi_is_array(env, value, &array)))
        return false;
    if (array && !check_status(env, napi_get_array_length(env, value, &count)))
        return false;
    if (!array || count == 0)
        return throw_type(env, name, "an array of strings, at least one");
    *words = calloc((size_t)count + 1, sizeof **words);
    if (*words == NULL) {
        throw_errno(env, "calloc", 12);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value element;
        char *word = NULL;
        if (check_status(env, napi_get_element(env, value, i, &element)))
            word = get_word(env, element, name);
        if (word == NULL) {
            free_words(*words);
            *words = NULL;
            return false;
        }
        (*words)[i] = word;
    }
    return true;
}

void free_words(char **words) {
    for (char **word = words; *word != NULL; word++)
        free(*word);
    free(words);
}

bool define_function(napi_env env, napi_value object, const char *name, napi_callback function) {
    napi_value value;
    return check_status(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value)) &&
           set_member(env, object, name, value);
}
