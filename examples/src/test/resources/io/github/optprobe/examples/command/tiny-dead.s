# A function with code behind its return that nothing leads to.
        .text
        .globl  dead
        .type   dead, @function
dead:
        .cfi_startproc
        ret
        xorl    %eax, %eax
        xorl    %ecx, %ecx
        ret
        .cfi_endproc
        .size   dead, .-dead
        .section .note.GNU-stack,"",@progbits
