/* A WASI command: a program with `main`, which the host runs by calling `_start`. Copies the input
 * to the output in capitals, unless the input says how to end:
 *   "exit N"   ends with code N
 *   "abort"    traps
 * It prints the program's number of arguments to standard output. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extism_env.h"

int main(int argc, char **argv) {
    (void)argv;
    printf("arguments: %d\n", argc);
    size_t length = (size_t)env_input_length();
    char *text = malloc(length + 1);
    if (text == NULL) {
        return 100;
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)env_input_load_u8(i);
    }
    text[length] = '\0';

    handle output = env_alloc(length);
    for (size_t i = 0; i < length; i++) {
        env_store_u8(output + i, (uint8_t)toupper((unsigned char)text[i]));
    }
    env_output_set(output, length);

    if (strncmp(text, "exit ", 5) == 0) {
        exit(atoi(text + 5));
    }
    if (strcmp(text, "abort") == 0) {
        abort();
    }
    free(text);
    return 0;
}
