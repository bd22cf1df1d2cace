/* The addon's bytes, as they are. ADDON is its path. */
        .section .rodata.addon, "a"
        .globl  addon_begin, addon_end
        .balign 16
addon_begin:
        .incbin ADDON
addon_end:
        .section .note.GNU-stack, "", @progbits
