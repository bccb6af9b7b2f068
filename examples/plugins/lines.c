/* Traps at known lines: built with -g, for backtraces with files and lines. The tests name these
 * lines, so keep them where they are. No PDK, no libc. */
#include "extism_env.h"

static inline __attribute__((always_inline)) uint32_t divided(uint32_t number, uint32_t divisor) {
    if (divisor == 0) {
        __builtin_trap();
    }
    return number / divisor;
}

static __attribute__((noinline)) uint32_t outer(uint32_t divisor) {
    uint32_t quotient = divided(420, divisor);
    return quotient + divisor;
}

/* Digits in; 420 divided by that number, plus the number, out. */
EXPORT(divide) int32_t divide(void) {
    uint32_t divisor = 0;
    uint64_t length = env_input_length();
    for (uint64_t i = 0; i < length; i++) {
        divisor = divisor * 10 + env_input_load_u8(i) - '0';
    }
    uint32_t result = outer(divisor);
    handle output = env_alloc(10);
    uint64_t end = 10;
    do {
        env_store_u8(output + --end, '0' + result % 10);
        result /= 10;
    } while (result != 0);
    env_output_set(output + end, 10 - end);
    return 0;
}
