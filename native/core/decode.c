#include "decode.h"

#include "filter.h"
#include "memory.h"

static const uint32_t row_sizes[TABLE_COUNT] = {
    sizeof(struct path_row),
    sizeof(struct port_row),
    sizeof(struct requirement_row),
    sizeof(struct limit_row),
    4,
    4,
    4,
    4,
    4,
    sizeof(struct keep_row),
};

static const uint32_t row_limits[TABLE_COUNT] = {
    PLAN_RULES_MAX, PLAN_RULES_MAX, PLAN_REQUIREMENTS_MAX, PLAN_LIMITS_MAX, PLAN_LIST_MAX,
    PLAN_LIST_MAX,  PLAN_LIST_MAX,  PLAN_LIST_MAX,         PLAN_LIST_MAX,   PLAN_LIST_MAX,
};

static const char *check_header(const struct plan_header *header, size_t size) {
    if (memcmp(header->magic, PLAN_MAGIC, sizeof header->magic) != 0)
        return "no plan: the magic is missing";
    if (header->version != PLAN_VERSION)
        return "another version of the format";
    if (header->size != size)
        return "the size is not that of the block";
    if ((header->flags & ~(uint32_t)PLAN_FLAGS_ALL) != 0)
        return "unknown flags";
    if (header->status_descriptor != -1 && (header->status_descriptor < (int32_t)PLAN_DESCRIPTOR_MIN ||
                                            header->status_descriptor > (int32_t)PLAN_DESCRIPTOR_MAX))
        return "the status descriptor is out of range";
    if ((header->filter & ~FILTER_ALL) != 0)
        return "unknown filter features";
    return NULL;
}

static const char *check_tables(const struct plan_header *header) {
    for (int i = 0; i < TABLE_COUNT; i++) {
        const struct plan_table *table = &header->tables[i];
        if (table->count == 0) {
            if (table->offset != 0)
                return "an empty table has an offset";
            continue;
        }
        if (table->count > row_limits[i])
            return "a table has too many rows";
        if (table->offset % 8 != 0 || table->offset < sizeof *header)
            return "a table starts where none can";
        if ((uint64_t)table->offset + (uint64_t)table->count * row_sizes[i] > header->size)
            return "a table leaves the plan";
    }
    return NULL;
}

static const char *check_strings(const struct plan_header *header, const uint8_t *bytes) {
    if (header->strings_size == 0 || header->strings_offset < sizeof *header ||
        (uint64_t)header->strings_offset + header->strings_size > header->size)
        return "the strings leave the plan";
    const uint8_t *strings = bytes + header->strings_offset;
    if (strings[0] != 0 || strings[header->strings_size - 1] != 0)
        return "the strings do not begin and end with NUL";
    if (header->chdir >= header->strings_size || header->exec_hint >= header->strings_size ||
        header->chdir_origin >= header->strings_size || header->listen_origin >= header->strings_size)
        return "a string of the header leaves the strings";
    return NULL;
}

static const void *table_at(const struct plan_header *header, int index) {
    return header->tables[index].count == 0 ? NULL : (const uint8_t *)header + header->tables[index].offset;
}

static struct plan_list list_at(const struct plan_header *header, int index) {
    return (struct plan_list){table_at(header, index), header->tables[index].count};
}

const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *plan) {
    if ((uintptr_t)bytes % 8 != 0)
        return "it does not start on an 8-byte boundary";
    if (size < sizeof(struct plan_header))
        return "shorter than its header";
    if (size > PLAN_SIZE_MAX)
        return "larger than 64 MiB";
    const struct plan_header *header = (const struct plan_header *)bytes;
    const char *reason = check_header(header, size);
    if (reason == NULL)
        reason = check_tables(header);
    if (reason == NULL)
        reason = check_strings(header, bytes);
    if (reason != NULL)
        return reason;

    *plan = (struct plan){
        .header = header,
        .strings = (const char *)bytes + header->strings_offset,
        .paths = table_at(header, TABLE_PATHS),
        .path_count = header->tables[TABLE_PATHS].count,
        .ports = table_at(header, TABLE_PORTS),
        .port_count = header->tables[TABLE_PORTS].count,
        .requirements = table_at(header, TABLE_REQUIREMENTS),
        .requirement_count = header->tables[TABLE_REQUIREMENTS].count,
        .limits = table_at(header, TABLE_LIMITS),
        .limit_count = header->tables[TABLE_LIMITS].count,
        .env_keep = list_at(header, TABLE_ENV_KEEP),
        .env_unset = list_at(header, TABLE_ENV_UNSET),
        .env_scrub = list_at(header, TABLE_ENV_SCRUB),
        .env_set = list_at(header, TABLE_ENV_SET),
        .env_pass = list_at(header, TABLE_ENV_PASS),
        .keeps = table_at(header, TABLE_KEEP_DESCRIPTORS),
        .keep_count = header->tables[TABLE_KEEP_DESCRIPTORS].count,
    };
    return plan_decode_rows(plan);
}
