/*
 * The core in a hosted program, for sanitizers: `core-main check PLAN` prints the exit code, the number of
 * failed proofs and the diagnostics; `core-main run PLAN COMMAND...` runs. The plan lies in memory of exactly
 * its size, so that a read beyond it is noticed.
 */
#include "../../native/core/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    FILE *file = fopen(argv[2], "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return 2;
    long size = ftell(file);
    rewind(file);
    uint8_t *plan = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || plan == NULL || fread(plan, 1, (size_t)size, file) != (size_t)size || fclose(file) != 0)
        return 2;
    if (strcmp(argv[1], "run") == 0)
        core_run(plan, (size_t)size, argv + 3, environ, NULL);
    struct check_report *report = core_check(plan, (size_t)size, argv + 3, environ, NULL);
    if (report == NULL)
        return 2;
    unsigned failed = 0;
    for (uint32_t i = 0; i < report->proof_count; i++)
        failed += report->proofs[i].expected != report->proofs[i].observed;
    printf("%d %u %u\n%.*s", report->exit, report->signal, failed, (int)report->output_size,
           report->output == NULL ? "" : report->output);
    core_check_free(report);
    free(plan);
    return 0;
}
