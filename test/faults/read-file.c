#include "read-file.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX ((size_t)1 << 20)

void fail(const char *what) {
    perror(what);
    exit(99);
}

void *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(FILE_MAX);
    if (file == NULL || bytes == NULL)
        fail(path);
    *size = fread(bytes, 1, FILE_MAX, file);
    if (ferror(file) || fclose(file) != 0)
        fail(path);
    return bytes;
}
