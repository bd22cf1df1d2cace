/*
 * The entry point: hands the initial stack over. It stands in front of everything else in the file
 * (layout.ld), so that a file that is cut off behind it can still say so.
 */
#include "process.h"

#if defined(__x86_64__)
__asm__(".pushsection .text.start, \"ax\", @progbits\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call launcher_main\n"
        "    ud2\n"
        ".size _start, . - _start\n"
        ".popsection\n");
#else
__asm__(".pushsection .text.start, \"ax\", %progbits\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    mov x0, sp\n"
        "    bl launcher_main\n"
        "    brk #0\n"
        ".size _start, . - _start\n"
        ".popsection\n");
#endif
