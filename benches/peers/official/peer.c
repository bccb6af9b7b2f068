/* The official runtime, by the C functions of libextism, in a process of its own. It does what `benches/peers` tells it:
 *
 *   peer serve SOCKET       takes turns with the other peers, as `work/src/wire.rs` describes
 *   peer hold WORK          prints what an idle instance takes: KiB resident (shared pages counted once), resident, page
 *                           tables
 *   peer repeat WORK TIMES  is for profilers
 *
 * In the folder PEERS_DIRECTORY, each work has a file WORK.plugin, the module or manifest, and a file WORK.input;
 * `cache.toml` configures the cache on disk. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* What is used of libextism 1.41. */
typedef struct CompiledPlugin CompiledPlugin;
typedef struct Plugin Plugin;
typedef struct CurrentPlugin CurrentPlugin;
typedef struct Function Function;
typedef struct {
  int type;
  union {
    int64_t i64;
    double f64;
  } value;
} Value;
typedef void (*Callback)(CurrentPlugin *, const Value *, uint64_t, Value *, uint64_t, void *);
enum { I64 = 1 };
CompiledPlugin *extism_compiled_plugin_new(const uint8_t *, uint64_t, const Function **, uint64_t, bool, char **);
void extism_compiled_plugin_free(CompiledPlugin *);
Plugin *extism_plugin_new(const uint8_t *, uint64_t, const Function **, uint64_t, bool, char **);
Plugin *extism_plugin_new_from_compiled(const CompiledPlugin *, char **);
void extism_plugin_free(Plugin *);
int32_t extism_plugin_call(Plugin *, const char *, const uint8_t *, uint64_t);
const char *extism_plugin_error(Plugin *);
uint64_t extism_plugin_output_length(Plugin *);
const uint8_t *extism_plugin_output_data(Plugin *);
Function *extism_function_new(const char *, const int *, uint64_t, const int *, uint64_t, Callback, void *,
                              void (*)(void *));
uint8_t *extism_current_plugin_memory(CurrentPlugin *);
uint64_t extism_current_plugin_memory_alloc(CurrentPlugin *, uint64_t);
uint64_t extism_current_plugin_memory_length(CurrentPlugin *, uint64_t);

enum { NAME = 128, TEXT = 512, HELD = 1000, WORKS = 64 };

typedef enum { CALL, INSTANCE, BUILD, COMPILE, LOAD } Kind;

typedef struct {
  uint8_t *bytes;
  uint64_t length;
} Bytes;

/* Work of a name, prepared once for all threads. */
typedef struct {
  char name[NAME];
  Kind kind;
  char export[NAME];
  Bytes plugin, input;
  const Function *function;
  CompiledPlugin *compiled;
} Work;

/* Keeps the compiler from leaving reads out. */
static volatile uint8_t seen;

static bool failed(char *error, const char *what, const char *why) {
  snprintf(error, TEXT, "%s: %s", what, why ? why : "no reason");
  return false;
}

/* Returns its input, from a copy of it, as a host function in Rust gets one. */
static void reflect(CurrentPlugin *plugin, const Value *inputs, uint64_t n, Value *outputs, uint64_t m, void *data) {
  (void)n, (void)m, (void)data;
  uint64_t length = extism_current_plugin_memory_length(plugin, (uint64_t)inputs[0].value.i64);
  uint8_t *copy = malloc(length ? length : 1);
  memcpy(copy, extism_current_plugin_memory(plugin) + inputs[0].value.i64, length);
  uint64_t block = extism_current_plugin_memory_alloc(plugin, length);
  /* The memory may have moved. */
  memcpy(extism_current_plugin_memory(plugin) + block, copy, length);
  free(copy);
  outputs[0].type = I64;
  outputs[0].value.i64 = (int64_t)block;
}

static const char *directory(void) {
  const char *path = getenv("PEERS_DIRECTORY");
  return path ? path : ".";
}

static bool read_file(Bytes *into, const char *name, const char *ending, char *error) {
  char path[TEXT];
  snprintf(path, sizeof path, "%s/%s.%s", directory(), name, ending);
  FILE *file = fopen(path, "rb");
  if (!file) return failed(error, "has no file", name);
  fseek(file, 0, SEEK_END);
  into->length = (uint64_t)ftell(file);
  rewind(file);
  into->bytes = malloc(into->length + 1);
  bool whole = fread(into->bytes, 1, into->length, file) == into->length;
  fclose(file);
  return whole || failed(error, "cannot be read", name);
}

/* The cache on disk is on for plug-ins that are built or loaded, and off for all other work. */
static void set_cache(Kind kind) {
  char path[TEXT];
  snprintf(path, sizeof path, "%s/cache.toml", directory());
  setenv("EXTISM_CACHE_CONFIG", kind == BUILD || kind == LOAD ? path : "", 1);
}

static bool compile(Work *work, CompiledPlugin **into, char *error) {
  char *why = NULL;
  bool calls = work->function != NULL;
  *into = extism_compiled_plugin_new(work->plugin.bytes, work->plugin.length, &work->function, calls, false, &why);
  return *into || failed(error, "compiling", why);
}

/* The work of a name such as `call:pdk:echo:64` or `instance:c`. */
static bool prepare(Work *work, const char *name, char *error) {
  memset(work, 0, sizeof *work);
  snprintf(work->name, NAME, "%s", name);
  snprintf(work->export, NAME, "echo");
  char guest[NAME];
  if (sscanf(name, "call:%127[^:]:%127[^:]:", guest, work->export) == 2) work->kind = CALL;
  else if (!strncmp(name, "instance:", 9)) work->kind = INSTANCE;
  else if (!strncmp(name, "build:", 6)) work->kind = BUILD;
  else if (!strcmp(name, "compile") || !strcmp(name, "compile-endless")) work->kind = COMPILE;
  else if (!strcmp(name, "load")) work->kind = LOAD;
  else return failed(error, "unknown work", work->name);
  /* A record is JSON here. */
  if (!strcmp(work->export, "count_vowels_record")) work->export[strlen("count_vowels")] = 0;
  if (!read_file(&work->plugin, name, "plugin", error) || !read_file(&work->input, name, "input", error)) return false;
  int type = I64;
  /* A function is of one plug-in only, so what is compiled several times has none. */
  if (work->kind == CALL || work->kind == INSTANCE)
    work->function = extism_function_new("reflect", &type, 1, &type, 1, reflect, NULL, NULL);
  set_cache(work->kind);
  CompiledPlugin *once;
  switch (work->kind) {
  case CALL:
  case INSTANCE: return compile(work, &work->compiled, error);
  case LOAD: /* The measurement begins when the files exist. */
    if (!compile(work, &once, error)) return false;
    extism_compiled_plugin_free(once);
    return true;
  default: return true;
  }
}

static Work *find(const char *name, char *error) {
  static Work works[WORKS];
  static int count;
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  Work *found = NULL;
  pthread_mutex_lock(&lock);
  for (int at = 0; at < count && !found; at++)
    if (!strcmp(works[at].name, name)) found = &works[at];
  if (!found && count == WORKS) failed(error, "too many works", NULL);
  else if (!found && prepare(&works[count], name, error)) found = &works[count++];
  pthread_mutex_unlock(&lock);
  return found;
}

static bool call(const Work *work, Plugin *plugin, char *error) {
  if (extism_plugin_call(plugin, work->export, work->input.bytes, work->input.length))
    return failed(error, work->export, extism_plugin_error(plugin));
  uint64_t length = extism_plugin_output_length(plugin);
  const uint8_t *output = extism_plugin_output_data(plugin);
  if (length) seen = output[length - 1];
  return true;
}

static bool once(Work *work, Plugin *plugin, char *error) {
  char *why = NULL;
  CompiledPlugin *compiled;
  switch (work->kind) {
  case CALL: return call(work, plugin, error);
  case COMPILE:
  case LOAD:
    if (!compile(work, &compiled, error)) return false;
    extism_compiled_plugin_free(compiled);
    return true;
  case INSTANCE: plugin = extism_plugin_new_from_compiled(work->compiled, &why); break;
  case BUILD: plugin = extism_plugin_new(work->plugin.bytes, work->plugin.length, NULL, 0, false, &why); break;
  }
  if (!plugin) return failed(error, "a new instance", why);
  bool called = call(work, plugin, error);
  extism_plugin_free(plugin);
  return called;
}

/* The instance that calls are made of; none for other work. */
static bool start(Work *work, Plugin **plugin, char *error) {
  char *why = NULL;
  *plugin = work->kind == CALL ? extism_plugin_new_from_compiled(work->compiled, &why) : NULL;
  return *plugin || work->kind != CALL || failed(error, "a new instance", why);
}

static bool times(Work *work, Plugin *plugin, long count, char *error) {
  for (long at = 0; at < count; at++)
    if (!once(work, plugin, error)) return false;
  return true;
}

/* One connection: an instance on a thread of its own. */
static void *answer(void *argument) {
  FILE *stream = fdopen((int)(intptr_t)argument, "r+"), *out = fdopen(dup((int)(intptr_t)argument), "w");
  char line[NAME], error[TEXT];
  Work *work = NULL;
  Plugin *plugin = NULL;
  while (fgets(line, sizeof line, stream)) {
    line[strcspn(line, "\n")] = 0;
    if (!work) {
      work = find(line, error);
      if (work && !start(work, &plugin, error)) work = NULL;
      if (work) set_cache(work->kind);
      fprintf(out, work ? "ready\n" : "error %s\n", error);
    } else {
      struct timespec before, after;
      clock_gettime(CLOCK_MONOTONIC, &before);
      bool done = times(work, plugin, atol(line), error);
      clock_gettime(CLOCK_MONOTONIC, &after);
      long took = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
      if (done) fprintf(out, "%ld\n", took);
      else fprintf(out, "error %s\n", error);
    }
    fflush(out);
  }
  if (plugin) extism_plugin_free(plugin);
  fclose(stream), fclose(out);
  return NULL;
}

static void *accept_all(void *argument) {
  for (int listener = (int)(intptr_t)argument, stream; (stream = accept(listener, NULL, NULL)) >= 0;) {
    pthread_t thread;
    if (!pthread_create(&thread, NULL, answer, (void *)(intptr_t)stream)) pthread_detach(thread);
  }
  return NULL;
}

/* Answers until the standard input ends, which the process that started this one keeps open. */
static int serve(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  pthread_t thread;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) return perror(path), 1;
  if (pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener)) return perror("a thread"), 1;
  puts("ready");
  fflush(stdout);
  for (char byte; read(0, &byte, 1) > 0;) {
  }
  return 0;
}

/* The KiB in the line of a file that begins with `name`. */
static double field(const char *path, const char *name) {
  char line[TEXT];
  double number = 0;
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, name, strlen(name))) number = atof(line + strlen(name));
  if (file) fclose(file);
  return number;
}

static void memory(double into[3]) {
  into[0] = field("/proc/self/smaps_rollup", "Pss:");
  into[1] = field("/proc/self/smaps_rollup", "Rss:");
  into[2] = field("/proc/self/status", "VmPTE:");
}

static bool hold(Work *work, char *error) {
  Plugin *plugin;
  double before[3], after[3];
  /* What is created once is there before. */
  for (int held = -1; held < HELD; held++) {
    if (held == 0) memory(before);
    if (!start(work, &plugin, error) || !once(work, plugin, error)) return false;
  }
  memory(after);
  for (int at = 0; at < 3; at++) printf("%f ", (after[at] - before[at]) / HELD);
  return true;
}

static bool repeat(Work *work, long count, char *error) {
  Plugin *plugin;
  return start(work, &plugin, error) && times(work, plugin, count, error);
}

int main(int count, char **arguments) {
  char error[TEXT] = "the arguments are `serve SOCKET`, `hold WORK`, or `repeat WORK TIMES`";
  const char *command = count > 2 ? arguments[1] : "";
  if (!strcmp(command, "serve")) return serve(arguments[2]);
  Work *work = *command ? find(arguments[2], error) : NULL;
  bool done = false;
  if (work && !strcmp(command, "hold")) done = hold(work, error);
  if (work && !strcmp(command, "repeat") && count > 3) done = repeat(work, atol(arguments[3]), error);
  if (!done) fprintf(stderr, "%s\n", error);
  return !done;
}
