#include "filter-assembler.h"

/* Instruction codes, Documentation/networking/filter.rst in the kernel. */
enum {
    LOAD_ABSOLUTE = 0x20, /* BPF_LD | BPF_W | BPF_ABS */
    AND_CONSTANT = 0x54,  /* BPF_ALU | BPF_AND | BPF_K */
    JUMP_ALWAYS = 0x05,   /* BPF_JMP | BPF_JA */
    JUMP_EQUAL = 0x15,    /* BPF_JMP | BPF_JEQ | BPF_K */
    JUMP_AT_LEAST = 0x35, /* BPF_JMP | BPF_JGE | BPF_K */
    JUMP_BITS = 0x45,     /* BPF_JMP | BPF_JSET | BPF_K */
    RETURN = 0x06,        /* BPF_RET | BPF_K */
};

static void emit(struct assembler *a, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k) {
    if (a->broken || a->length >= a->capacity) {
        a->broken = 1;
        return;
    }
    struct sock_filter *instruction = &a->out[a->length++];
    instruction->code = code;
    instruction->jt = jt; /* until assembler_finish(), jt, jf and the k of JUMP_ALWAYS are labels */
    instruction->jf = jf;
    instruction->k = k;
}

static uint32_t verdict(uint8_t label) {
    if (label == ALLOW)
        return SECCOMP_RET_ALLOW;
    if (label == KILL)
        return SECCOMP_RET_KILL_PROCESS;
    return SECCOMP_RET_ERRNO | (uint32_t)(label - DENY(0));
}

void assembler_start(struct assembler *a, struct sock_filter *out, size_t capacity) {
    *a = (struct assembler){.out = out, .capacity = capacity};
}

void put_mark(struct assembler *a, uint8_t label) {
    if (label == NEXT || a->position[label] != 0 || a->length == 0 || a->length > 0xffff) {
        a->broken = 1;
        return;
    }
    a->position[label] = (uint16_t)a->length;
}

void put_load(struct assembler *a, uint32_t offset) { emit(a, LOAD_ABSOLUTE, 0, 0, offset); }

void put_and(struct assembler *a, uint32_t mask) { emit(a, AND_CONSTANT, 0, 0, mask); }

void put_if_equal(struct assembler *a, uint32_t value, uint8_t label) {
    emit(a, JUMP_EQUAL, label, NEXT, value);
}

void put_unless_equal(struct assembler *a, uint32_t value, uint8_t label) {
    emit(a, JUMP_EQUAL, NEXT, label, value);
}

void put_if_at_least(struct assembler *a, uint32_t value, uint8_t label) {
    emit(a, JUMP_AT_LEAST, label, NEXT, value);
}

void put_unless_at_least(struct assembler *a, uint32_t value, uint8_t label) {
    emit(a, JUMP_AT_LEAST, NEXT, label, value);
}

void put_unless_bits(struct assembler *a, uint32_t bits, uint8_t label) {
    emit(a, JUMP_BITS, NEXT, label, bits);
}

static int is_conditional(const struct sock_filter *instruction) {
    return instruction->code == JUMP_EQUAL || instruction->code == JUMP_AT_LEAST ||
           instruction->code == JUMP_BITS;
}

void put_go(struct assembler *a, uint8_t label) {
    if (label >= FIRST_VERDICT)
        emit(a, RETURN, 0, 0, verdict(label));
    else
        emit(a, JUMP_ALWAYS, 0, 0, label);
}

/* Puts a verdict that is jumped to behind the program, once. */
static void place_verdict(struct assembler *a, uint8_t label) {
    if (label < FIRST_VERDICT || a->position[label] != 0)
        return;
    put_mark(a, label);
    put_go(a, label);
}

/* Turns a label into the distance from the instruction at this index; 0 for NEXT. Breaks the program where it
 * is not a forward jump of at most `reach` instructions. */
static uint32_t distance(struct assembler *a, size_t index, uint32_t label, uint32_t reach) {
    if (label == NEXT)
        return 0;
    size_t position = a->position[(uint8_t)label];
    if (position <= index || position >= a->length || position - index - 1 > reach) {
        a->broken = 1;
        return 0;
    }
    return (uint32_t)(position - index - 1);
}

size_t assembler_finish(struct assembler *a) {
    size_t body = a->length;
    for (size_t i = 0; i < body; i++) {
        if (!is_conditional(&a->out[i]))
            continue;
        place_verdict(a, a->out[i].jt);
        place_verdict(a, a->out[i].jf);
    }
    for (size_t i = 0; i < body && !a->broken; i++) {
        struct sock_filter *instruction = &a->out[i];
        if (instruction->code == JUMP_ALWAYS) {
            instruction->k = distance(a, i, instruction->k, 0xffff);
        } else {
            instruction->jt = (uint8_t)distance(a, i, instruction->jt, 0xff);
            instruction->jf = (uint8_t)distance(a, i, instruction->jf, 0xff);
        }
    }
    return a->broken ? 0 : a->length;
}
