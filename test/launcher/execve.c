/*
 * execve PROGRAM WORD...: starts exactly this file. execvp(3), which everything else uses, gives a file that
 * the kernel does not know to the shell, and a damaged launcher would run as a script. Exit status of its
 * own: 99.
 */
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc > 1)
        execve(argv[1], argv + 1, environ);
    return 99;
}
