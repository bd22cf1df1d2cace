#include "requirements.h"

#include "filter.h"
#include "probe.h"

/** What the kernel gives of what the plan asks for, by kind of requirement. */
struct offer {
    long abi; /* or a negative errno */
    uint64_t bits[KIND_COUNT];
    uint64_t features;
};

static uint64_t asked(const struct plan *plan, enum requirement_kind kind) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < plan->requirement_count; i++)
        if (plan->requirements[i].kind == kind)
            bits |= plan->requirements[i].bits;
    return bits;
}

/** Which bits the kernel takes, where it doesn't take all of them. */
static long ask_bits(const struct plan *plan, struct offer *offer) {
    long error = 0;
    offer->bits[KIND_FS] = probe_fs(asked(plan, KIND_FS), &error);
    offer->bits[KIND_NET] = probe_net(asked(plan, KIND_NET), &error);
    offer->bits[KIND_SCOPE] = probe_scope(asked(plan, KIND_SCOPE), &error);
    return error;
}

/**
 * Asks for what the requirements ask for. Where the kernel takes all of it, which it most often does, every
 * requirement is met, and what it was asked with is the very ruleset of this run.
 */
static long ask_ruleset(struct context *context, struct offer *offer) {
    const struct plan *plan = &context->plan;
    static const enum requirement_kind kinds[] = {KIND_FS, KIND_NET, KIND_SCOPE};
    for (int i = 0; i < 3; i++)
        offer->bits[kinds[i]] = asked(plan, kinds[i]);
    if ((offer->bits[KIND_FS] | offer->bits[KIND_NET] | offer->bits[KIND_SCOPE]) == 0)
        return 0;
    long ruleset = probe_ruleset(offer->bits[KIND_FS], offer->bits[KIND_NET], offer->bits[KIND_SCOPE]);
    if (ruleset == -EINVAL || ruleset == -E2BIG)
        return ask_bits(plan, offer);
    if (ruleset >= 0)
        context->ruleset = (int)ruleset;
    return ruleset < 0 ? ruleset : 0;
}

static struct offer ask_kernel(struct context *context) {
    const struct plan *plan = &context->plan;
    long error = 0;
    struct offer offer = {.abi = probe_abi(), .features = probe_seccomp() ? filter_supported() : 0};
    offer.bits[KIND_FILTER] = offer.features;
    if (offer.abi < 0)
        return offer;
    error = ask_ruleset(context, &offer);
    if (error < 0)
        message_refuse(&context->reporter, MESSAGE_RULESET_REFUSED, (struct message_facts){.error = error});
    offer.bits[KIND_RESTRICT] = probe_restrict((uint32_t)asked(plan, KIND_RESTRICT), &error);
    if (error < 0)
        message_refuse(&context->reporter, MESSAGE_RESTRICT_REFUSED, (struct message_facts){.error = error});
    return offer;
}

static bool is_offered(const struct offer *offer, const struct requirement_row *row) {
    if (row->kind == KIND_ABI)
        return offer->abi >= 0 && (uint64_t)offer->abi >= row->bits;
    return (row->bits & ~offer->bits[row->kind]) == 0;
}

static bool has_alternative(const struct offer *offer, const struct requirement_row *row) {
    return row->alternative != 0 && (row->alternative & ~offer->features) == 0;
}

static bool is_met(const struct offer *offer, const struct requirement_row *row) {
    return is_offered(offer, row) || has_alternative(offer, row);
}

/** Adds to the run what a met requirement asks for. */
static void take(struct context *context, const struct offer *offer, const struct requirement_row *row) {
    if (!is_offered(offer, row)) {
        context->filter |= row->alternative;
        return;
    }
    switch ((enum requirement_kind)row->kind) {
    case KIND_FS:
        context->handled_fs |= row->bits;
        break;
    case KIND_NET:
        context->handled_net |= row->bits;
        break;
    case KIND_SCOPE:
        context->scoped |= row->bits;
        break;
    case KIND_RESTRICT:
        context->restrict_flags |= (uint32_t)row->bits;
        break;
    case KIND_FILTER:
        context->filter |= row->bits;
        break;
    case KIND_ABI:
    case KIND_COUNT:
        break;
    }
}

/** "this kernel has Landlock ABI 3" */
static const char *describe_kernel(const struct offer *offer, uint32_t kind) {
    static char words[64];
    if (kind == KIND_FILTER)
        return "this kernel, or a filter around this run, takes no such seccomp filter";
    if (offer->abi < 0)
        return "this kernel has no Landlock";
    static const char prefix[] = "this kernel has Landlock ABI ";
    memcpy(words, prefix, sizeof prefix);
    *text_decimal(words + sizeof prefix - 1, (uint64_t)offer->abi) = '\0';
    return words;
}

static void tell(const struct context *context, const struct offer *offer, const struct requirement_row *row,
                 enum message_level level) {
    message_tell_requirement(&context->reporter, level, context_string(context, row->code),
                             context_string(context, row->text),
                             (struct message_facts){.origin = context_string(context, row->origin),
                                                    .detail = describe_kernel(offer, row->kind),
                                                    .remedy = context_string(context, row->remedy)});
}

/** Kinds that need Landlock itself. */
static bool needs_landlock(const struct requirement_row *row) { return row->kind <= KIND_RESTRICT; }

/** Landlock is absent altogether: one diagnostic instead of one for each requirement. Returns whether those
 * are dropped by consent. */
static bool settle_absence(const struct context *context, const struct offer *offer) {
    const struct plan *plan = &context->plan;
    bool missed = false;
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct requirement_row *row = &plan->requirements[i];
        bool told = row->action != ACTION_DROP || (row->flags & REQUIREMENT_STATED) != 0;
        missed = missed || (needs_landlock(row) && told && !is_met(offer, row));
    }
    if (!missed)
        return false;
    if (context_has(context, PLAN_ALLOW_UNSANDBOXED)) {
        message_tell(&context->reporter, MESSAGE_UNSANDBOXED, (struct message_facts){.error = offer->abi});
        return true;
    }
    enum message_code code = offer->abi == -ENOSYS       ? MESSAGE_LANDLOCK_NOT_BUILT
                             : offer->abi == -EOPNOTSUPP ? MESSAGE_LANDLOCK_OFF_AT_BOOT
                                                         : MESSAGE_LANDLOCK_BLOCKED;
    message_refuse(&context->reporter, code, (struct message_facts){.error = offer->abi});
}

/** Tells every requirement that refuses, and ends the run if there is one. */
static void settle_refusals(const struct context *context, const struct offer *offer, bool consented) {
    const struct plan *plan = &context->plan;
    const char *code = NULL;
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct requirement_row *row = &plan->requirements[i];
        if (row->action != ACTION_REFUSE || is_met(offer, row) || (consented && needs_landlock(row)))
            continue;
        tell(context, offer, row, LEVEL_ERROR);
        if (code == NULL)
            code = context_string(context, row->code);
    }
    if (code != NULL)
        message_end_refused(&context->reporter, code);
}

static void settle_nothing(const struct context *context, const struct offer *offer, bool consented) {
    const struct plan *plan = &context->plan;
    bool stated = false, met = false;
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct requirement_row *row = &plan->requirements[i];
        bool is = is_met(offer, row);
        if ((row->flags & REQUIREMENT_STATED) == 0 || (!is && (row->flags & REQUIREMENT_STRICTER) != 0))
            continue;
        stated = true;
        met = met || is;
    }
    if (stated && !met && !consented)
        message_refuse(&context->reporter, MESSAGE_NOTHING_ENFORCED,
                       (struct message_facts){.detail = describe_kernel(offer, KIND_FS)});
}

void requirements_settle(struct context *context) {
    const struct plan *plan = &context->plan;
    context->ruleset = -1;
    struct offer offer = ask_kernel(context);
    bool consented = offer.abi < 0 && settle_absence(context, &offer);
    settle_refusals(context, &offer, consented);
    settle_nothing(context, &offer, consented);

    context->filter = plan->header->filter;
    if ((context->filter & ~offer.features) != 0)
        message_refuse(&context->reporter, MESSAGE_FILTER_REFUSED, (struct message_facts){0});
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct requirement_row *row = &plan->requirements[i];
        if (is_met(&offer, row))
            take(context, &offer, row);
        else if (row->action == ACTION_WARN && !(consented && needs_landlock(row)))
            tell(context, &offer, row, LEVEL_WARNING);
    }
}
