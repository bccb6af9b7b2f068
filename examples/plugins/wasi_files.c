/* Operations of a guest with WASI (preview 1): files, standard streams, clocks, sleep, random numbers,
 * environment, exit. A reactor: `_initialize` runs once, then any export can be called.
 *
 * An export that fails returns the errno and sets the kernel's error to "what: why". */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "extism_env.h"

extern char **environ;

static handle to_kernel(const char *bytes, size_t length) {
    handle block = env_alloc(length);
    for (size_t i = 0; i < length; i++) {
        env_store_u8(block + i, (uint8_t)bytes[i]);
    }
    return block;
}

static int32_t answer(const char *bytes, size_t length) {
    env_output_set(to_kernel(bytes, length), length);
    return 0;
}

static int32_t fail(const char *what, int code) {
    char message[256];
    int length = snprintf(message, sizeof message, "%s: %s", what, strerror(code));
    env_error_set(to_kernel(message, (size_t)length < sizeof message ? (size_t)length : sizeof message - 1));
    return code;
}

/* The input as a string that ends with a NUL and lives until the next call. */
static char *input_text(size_t *length) {
    static char *text;
    size_t n = (size_t)env_input_length();
    char *grown = realloc(text, n + 1);
    if (grown == NULL) {
        abort();
    }
    text = grown;
    for (size_t i = 0; i < n; i++) {
        text[i] = (char)env_input_load_u8(i);
    }
    text[n] = '\0';
    if (length != NULL) {
        *length = n;
    }
    return text;
}

/* Splits "first\nrest" at the first line feed; the rest is empty when there is none. */
static char *split(char *text, size_t *rest_length, size_t length) {
    char *end = memchr(text, '\n', length);
    if (end == NULL) {
        *rest_length = 0;
        return text + length;
    }
    *end = '\0';
    *rest_length = length - (size_t)(end + 1 - text);
    return end + 1;
}

/* Path in, the file's bytes out. */
EXPORT(read_file) int32_t read_file(void) {
    FILE *file = fopen(input_text(NULL), "rb");
    if (file == NULL) {
        return fail("read_file", errno);
    }
    char *bytes = NULL;
    size_t length = 0, room = 0, n;
    do {
        if (length == room) {
            room = room == 0 ? 4096 : room * 2;
            char *grown = realloc(bytes, room);
            if (grown == NULL) {
                abort();
            }
            bytes = grown;
        }
        n = fread(bytes + length, 1, room - length, file);
        length += n;
    } while (n != 0);
    int bad = ferror(file) ? errno : 0;
    fclose(file);
    int32_t code = bad != 0 ? fail("read_file", bad) : answer(bytes, length);
    free(bytes);
    return code;
}

static int32_t put(const char *what, const char *mode) {
    size_t length, rest_length;
    char *path = input_text(&length);
    char *rest = split(path, &rest_length, length);
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        return fail(what, errno);
    }
    int short_write = fwrite(rest, 1, rest_length, file) != rest_length;
    if (fclose(file) != 0 || short_write) {
        return fail(what, errno);
    }
    return 0;
}

/* "path\ncontent" in: creates the file, or replaces its content. */
EXPORT(write_file) int32_t write_file(void) {
    return put("write_file", "wb");
}

/* "path\ncontent" in: adds to the file's end. */
EXPORT(append_file) int32_t append_file(void) {
    return put("append_file", "ab");
}

/* Path of a file in. */
EXPORT(remove_file) int32_t remove_file(void) {
    return unlink(input_text(NULL)) == 0 ? 0 : fail("remove_file", errno);
}

/* "from\nto" in. */
EXPORT(rename_file) int32_t rename_file(void) {
    size_t length, rest_length;
    char *from = input_text(&length);
    char *to = split(from, &rest_length, length);
    return rename(from, to) == 0 ? 0 : fail("rename_file", errno);
}

/* Path in. */
EXPORT(make_dir) int32_t make_dir(void) {
    return mkdir(input_text(NULL), 0777) == 0 ? 0 : fail("make_dir", errno);
}

/* Path of an empty directory in. */
EXPORT(remove_dir) int32_t remove_dir(void) {
    return rmdir(input_text(NULL)) == 0 ? 0 : fail("remove_dir", errno);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Path of a directory in; out, its entries' names without "." and "..", sorted, one per line. */
EXPORT(list_dir) int32_t list_dir(void) {
    DIR *dir = opendir(input_text(NULL));
    if (dir == NULL) {
        return fail("list_dir", errno);
    }
    char *names[256];
    size_t count = 0, length = 0;
    struct dirent *entry;
    while (count < 256 && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            length += strlen(entry->d_name) + 1;
            names[count++] = strdup(entry->d_name);
        }
    }
    closedir(dir);
    qsort(names, count, sizeof names[0], by_name);
    char *lines = malloc(length + 1);
    char *end = lines;
    for (size_t i = 0; i < count; i++) {
        end += sprintf(end, "%s\n", names[i]);
        free(names[i]);
    }
    int32_t code = answer(lines, length);
    free(lines);
    return code;
}

static int32_t print_to(FILE *stream, const char *what) {
    size_t length;
    char *text = input_text(&length);
    if (fwrite(text, 1, length, stream) != length || fflush(stream) != 0) {
        return fail(what, errno);
    }
    return 0;
}

/* Text in: writes it to standard output. */
EXPORT(print) int32_t print(void) {
    return print_to(stdout, "print");
}

/* Text in: writes it to standard error. */
EXPORT(print_error) int32_t print_error(void) {
    return print_to(stderr, "print_error");
}

/* Out: up to 4096 bytes of standard input. */
EXPORT(read_stdin) int32_t read_stdin(void) {
    char bytes[4096];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    return n < 0 ? fail("read_stdin", errno) : answer(bytes, (size_t)n);
}

/* Milliseconds in, as decimal text: sleeps that long. */
EXPORT(sleep_ms) int32_t sleep_ms(void) {
    long ms = strtol(input_text(NULL), NULL, 10);
    struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    return nanosleep(&span, NULL) == 0 ? 0 : fail("sleep_ms", errno);
}

/* Code in, as decimal text: ends the instance. The output, "leaving", is set before. */
EXPORT(exit_with) int32_t exit_with(void) {
    int code = (int)strtol(input_text(NULL), NULL, 10);
    answer("leaving", 7);
    _Exit(code);
}

/* Out: "SECONDS NANOSECONDS", the time since 1970 and the monotonic clock. */
EXPORT(clocks) int32_t clocks(void) {
    struct timespec now, monotonic;
    char text[64];
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || clock_gettime(CLOCK_MONOTONIC, &monotonic) != 0) {
        return fail("clocks", errno);
    }
    int n = snprintf(text, sizeof text, "%lld %lld", (long long)now.tv_sec,
                     (long long)monotonic.tv_sec * 1000000000 + monotonic.tv_nsec);
    return answer(text, (size_t)n);
}

/* Out: 16 random bytes. */
EXPORT(random_bytes) int32_t random_bytes(void) {
    char bytes[16];
    return getentropy(bytes, sizeof bytes) == 0 ? answer(bytes, sizeof bytes) : fail("random_bytes", errno);
}

/* Out: the environment, one "NAME=value" per line. */
EXPORT(environment) int32_t environment(void) {
    char lines[4096];
    size_t length = 0;
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        int n = snprintf(lines + length, sizeof lines - length, "%s\n", *entry);
        if (n < 0 || (size_t)n >= sizeof lines - length) {
            return fail("environment", E2BIG);
        }
        length += (size_t)n;
    }
    return answer(lines, length);
}

/* Out: how many calls of this export the instance has seen, as decimal text. It restarts with
 * each instance. */
EXPORT(calls) int32_t calls(void) {
    static unsigned count;
    char text[16];
    int n = snprintf(text, sizeof text, "%u", ++count);
    return answer(text, (size_t)n);
}
