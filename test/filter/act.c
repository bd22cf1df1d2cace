/*
 * act FEATURES WAY NUMBER [ARGUMENT...]   installs the filter, makes one system call, prints what the kernel
 * returned act FEATURES exec COMMAND [ARG...]      installs the filter, then becomes COMMAND
 *
 * FEATURES 0 installs nothing: the control. WAY is how the call is made: `syscall` or, on x86-64, `int80`
 * (i386's numbers from a 64-bit program). An argument is a number; `s:TEXT`, a string; `h:PATH`, a file
 * handle; `w:1,2,...`, 32-bit words; or what is prepared before the filter: `tcp` `udp` (sockets), `pty` (a
 * terminal), `child` (a process), `limit` (none at all), `address` (of a TCP server on loopback), `message`,
 * `messages` (for sendmsg and sendmmsg, to that server, laid out for the way). Everything lies in the first 4
 * GiB, where i386 calls reach it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* native/core/filter.h, which takes no libc header beside it. */
int filter_install(uint64_t features);

static char *memory, *memory_end;
static pid_t child;

static void fail(const char *what) {
    perror(what);
    if (child > 0)
        kill(child, SIGKILL);
    exit(125);
}

static void *take(size_t size) {
    char *at = memory;
    memory += (size + 15) & ~(size_t)15;
    if (memory > memory_end)
        fail("memory");
    return memset(at, 0, size);
}

static struct sockaddr_in *serve(void) {
    struct sockaddr_in *address = take(sizeof *address);
    socklen_t size = sizeof *address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (server < 0 || bind(server, (void *)address, size) != 0 || listen(server, 1) != 0 ||
        getsockname(server, (void *)address, &size) != 0)
        fail("server");
    return address;
}

/* struct mmsghdr with one message of one byte; struct msghdr is its beginning. */
static void *messages(int compat) {
    struct sockaddr_in *address = serve();
    char *byte = take(1);
    if (compat) {
        uint32_t *vector = take(8), *header = take(32);
        vector[0] = (uint32_t)(uintptr_t)byte;
        vector[1] = 1;
        header[0] = (uint32_t)(uintptr_t)address;
        header[1] = sizeof *address;
        header[2] = (uint32_t)(uintptr_t)vector;
        header[3] = 1;
        return header;
    }
    struct iovec *vector = take(sizeof *vector);
    struct mmsghdr *header = take(sizeof *header);
    *vector = (struct iovec){byte, 1};
    header->msg_hdr.msg_name = address;
    header->msg_hdr.msg_namelen = sizeof *address;
    header->msg_hdr.msg_iov = vector;
    header->msg_hdr.msg_iovlen = 1;
    return header;
}

static long checked(const char *what, long value) {
    if (value < 0)
        fail(what);
    return value;
}

static long terminal(void) {
    long master = checked("posix_openpt", posix_openpt(O_RDWR | O_NOCTTY));
    checked("unlockpt", unlockpt((int)master));
    return checked("pty", open(ptsname((int)master), O_RDWR | O_NOCTTY));
}

static long start_child(void) {
    child = (pid_t)checked("fork", fork());
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    return child;
}

static long argument(const char *word, int compat) {
    if (strncmp(word, "s:", 2) == 0)
        return (long)strcpy(take(strlen(word)), word + 2);
    if (strncmp(word, "w:", 2) == 0) {
        uint32_t *words = take(256); /* io_uring_setup fills in 120 bytes */
        char *at = (char *)word + 1;
        for (int i = 0; *at != '\0' && i < 16; i++)
            words[i] = (uint32_t)strtoul(at + 1, &at, 0);
        return (long)words;
    }
    if (strncmp(word, "h:", 2) == 0) {
        struct file_handle *handle = take(sizeof *handle + MAX_HANDLE_SZ);
        int mount;
        handle->handle_bytes = MAX_HANDLE_SZ;
        checked("name_to_handle_at", name_to_handle_at(AT_FDCWD, word + 2, handle, &mount, 0));
        return (long)handle;
    }
    if (strcmp(word, "tcp") == 0)
        return checked(word, socket(AF_INET, SOCK_STREAM, 0));
    if (strcmp(word, "udp") == 0)
        return checked(word, socket(AF_INET, SOCK_DGRAM, 0));
    if (strcmp(word, "pty") == 0)
        return terminal();
    if (strcmp(word, "child") == 0)
        return start_child();
    if (strcmp(word, "limit") == 0)
        return (long)memset(take(sizeof(struct rlimit)), 0xff, sizeof(struct rlimit));
    if (strcmp(word, "address") == 0)
        return (long)serve();
    if (strcmp(word, "message") == 0 || strcmp(word, "messages") == 0)
        return (long)messages(compat);
    char *end;
    long value = (long)strtoull(word, &end, 0);
    if (*word == '\0' || *end != '\0') {
        errno = EINVAL;
        fail(word);
    }
    return value;
}

static long make_call(int compat, long number, const long a[6]) {
    if (!compat) {
        long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
        return result == -1 ? -errno : result;
    }
#if defined(__x86_64__)
    long result; /* the sixth argument is rbp's, which the compiler may be using: swapped in for the call */
    __asm__ volatile("xchg %%rbp, %[last]\n\tint $0x80\n\txchg %%rbp, %[last]"
                     : "=a"(result)
                     : "a"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), [last] "r"(a[5])
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
#else
    errno = ENOTSUP;
    fail("int80");
    return 0;
#endif
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 10 + 64)
        return 125;
    uint64_t features = strtoull(argv[1], NULL, 0);
    int exec = strcmp(argv[2], "exec") == 0, compat = strcmp(argv[2], "int80") == 0;
    size_t size = 1 << 16;
    int where = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(__x86_64__)
    where |= MAP_32BIT;
#endif
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, where, -1, 0);
    if (memory == MAP_FAILED)
        fail("mmap");
    memory_end = memory + size;

    long arguments[6] = {0};
    for (int i = 4; !exec && i < argc && i < 10; i++)
        arguments[i - 4] = argument(argv[i], compat);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail("no_new_privs");
    errno = -filter_install(features);
    if (errno != 0)
        fail("filter");
    if (exec) {
        execvp(argv[3], argv + 3);
        fail(argv[3]);
    }
    long result = make_call(compat, strtol(argv[3], NULL, 0), arguments);
    if (child > 0)
        kill(child, SIGKILL);
    printf("%ld\n", result);
    return 0;
}
