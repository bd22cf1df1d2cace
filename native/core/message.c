#include "message.h"

#include "errno-names.h"
#include "memory.h"
#include "sys.h"
#include "text.h"

static const struct {
    const char *code;
    enum message_level level;
    int exit;
    const char *what;
    const char *remedy;
} messages[MESSAGE_COUNT] = {
#define MESSAGE(name, code, level, exit, what, remedy) {code, level, exit, what, remedy},
#include "messages.inc"
#undef MESSAGE
};

static const char *const level_names[] = {"note", "warning", "error"};

/* A line of this size would weigh on the stack; the core has one thread, and never tells two things at once.
 */
static struct text_line line;

/* The compiled launcher that this program is, as it was called; NULL in every other program. */
static const char *launcher;

void message_set_launcher(const char *path) {
    bool nameless =
        path == NULL || *path == '\0' || text_begins(path, "/dev/fd/") || text_begins(path, "/proc/");
    launcher = nameless ? "OUT" : path;
}

static bool is_given(const char *text) { return text != NULL && *text != '\0'; }

/** WHAT "SUBJECT" (DETAIL): ERRNO (words) */
static void put_sentence(const char *what, const struct message_facts *facts) {
    text_put(&line, what);
    if (facts->subject != NULL) {
        text_put_raw(&line, " ");
        text_put_quoted(&line, facts->subject);
    }
    if (is_given(facts->detail)) {
        text_put_raw(&line, " (");
        text_put(&line, facts->detail);
        text_put_raw(&line, ")");
    }
    long error = facts->error < 0 ? -facts->error : facts->error;
    if (error == 0)
        return;
    const char *name = errno_name(error);
    if (name == NULL) {
        text_put_raw(&line, ": errno ");
        text_put_number(&line, (uint64_t)error);
        return;
    }
    text_put_raw(&line, ": ");
    text_put_raw(&line, name);
    text_put_raw(&line, " (");
    text_put_raw(&line, errno_words(error));
    text_put_raw(&line, ")");
}

/**
 * Whoever meets a launcher's refusals did not see the options that it was made with: each ends by naming who
 * can tell. Notes are told by the dozen, and ask for nothing.
 */
static void put_remedy(enum message_level level, const char *remedy, const char *before) {
    bool pointed = launcher != NULL && level != LEVEL_NOTE;
    if (!is_given(remedy) && !pointed)
        return;
    text_put_raw(&line, before);
    if (is_given(remedy))
        text_put(&line, remedy);
    if (!pointed)
        return;
    text_put_raw(&line, is_given(remedy) ? "; see landlock-run --explain --compiled "
                                         : "see landlock-run --explain --compiled ");
    text_put_word(&line, launcher);
}

static void put_text(enum message_level level, const char *what, const struct message_facts *facts) {
    text_put_raw(&line, "landlock-run: ");
    if (is_given(facts->origin)) {
        text_put(&line, facts->origin);
        text_put_raw(&line, ": ");
    }
    put_sentence(what, facts);
    put_remedy(level, facts->remedy, "; ");
}

static void put_member(const char *name, const char *value) {
    line.json = false;
    text_put_raw(&line, name);
    line.json = true;
    text_put(&line, value);
    line.json = false;
    text_put_raw(&line, "\"");
}

static void put_json(enum message_level level, const char *code, const char *what,
                     const struct message_facts *facts) {
    put_member("{\"code\":\"", code);
    put_member(",\"level\":\"", level_names[level]);
    if (is_given(facts->origin))
        put_member(",\"origin\":\"", facts->origin);
    text_put_raw(&line, ",\"message\":\"");
    line.json = true;
    put_sentence(what, facts);
    line.json = false;
    text_put_raw(&line, "\",\"remedy\":\"");
    line.json = true;
    put_remedy(level, facts->remedy, "");
    line.json = false;
    text_put_raw(&line, "\"}");
}

/** Writes the line. Returns whether all of it was written. */
static bool write_all(int descriptor) {
    size_t done = 0;
    while (done < line.length) {
        long written = sys_write(descriptor, line.bytes + done, line.length - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == -EAGAIN) {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            long polled = sys_call(SYS_ppoll, (long)&ready, 1, 0, 0, SIGNAL_SET_SIZE, 0);
            if (polled < 0 && polled != -EINTR)
                break;
        } else if (written != -EINTR) {
            break;
        }
    }
    return done == line.length;
}

/**
 * The same for a message that changes nothing about the run where nobody can receive it (the descriptor is
 * closed, its reader is gone): the exit code tells the same. SIGPIPE is ignored meanwhile, so that the exit
 * code stays ours.
 */
static void write_line(int descriptor) {
    struct sigaction ignore = {.handler = SIG_IGN}, before;
    long saved = sys_sigaction(SIGPIPE, &ignore, &before);
    write_all(descriptor);
    if (saved == 0)
        sys_sigaction(SIGPIPE, &before, NULL);
}

static void tell(const struct reporter *reporter, enum message_level level, const char *code,
                 const char *what, const struct message_facts *facts) {
    line.length = 0;
    line.json = false;
    if (reporter->json)
        put_json(level, code, what, facts);
    else
        put_text(level, what, facts);
    text_put_raw(&line, "\n");
    write_line(reporter->descriptor);
}

void message_tell(const struct reporter *reporter, enum message_code code, struct message_facts facts) {
    if (!is_given(facts.remedy))
        facts.remedy = messages[code].remedy;
    tell(reporter, messages[code].level, messages[code].code, messages[code].what, &facts);
}

void message_tell_requirement(const struct reporter *reporter, enum message_level level, const char *code,
                              const char *text, struct message_facts facts) {
    tell(reporter, level, code, text, &facts);
}

/** {"v":1,"event":"refused","code":"..."} or {"v":1,"event":"exec-failed","code":"...","exit":126} */
static void write_status(const struct reporter *reporter, const char *code, int exit) {
    if (reporter->status_descriptor < 0)
        return;
    line.length = 0;
    line.json = false;
    text_put_raw(&line, "{\"v\":1,\"event\":\"");
    text_put_raw(&line, exit == 125 ? "refused" : "exec-failed");
    put_member("\",\"code\":\"", code);
    if (exit != 125) {
        text_put_raw(&line, ",\"exit\":");
        text_put_number(&line, (uint64_t)exit);
    }
    text_put_raw(&line, "}\n");
    write_line(reporter->status_descriptor);
}

static void put_count(const char *name, uint64_t value) {
    text_put_raw(&line, name);
    text_put_number(&line, value);
}

void message_tell_exec(const struct reporter *reporter, uint64_t fs, uint64_t net, uint64_t scope,
                       uint64_t filter) {
    line.length = 0;
    line.json = false;
    text_put_raw(&line, "{\"v\":1,\"event\":\"exec\"");
    put_count(",\"fs\":", fs);
    put_count(",\"net\":", net);
    put_count(",\"scope\":", scope);
    put_count(",\"filter\":", filter);
    text_put_raw(&line, "}\n");
    /* SIGPIPE is COMMAND's by now, and may end this process as well as the exit code does. */
    if (!write_all(reporter->status_descriptor))
        sys_exit(125);
}

_Noreturn void message_end_refused(const struct reporter *reporter, const char *code) {
    write_status(reporter, code, 125);
    sys_exit(125);
}

_Noreturn void message_refuse(const struct reporter *reporter, enum message_code code,
                              struct message_facts facts) {
    message_tell(reporter, code, facts);
    write_status(reporter, messages[code].code, messages[code].exit);
    sys_exit(messages[code].exit);
}
