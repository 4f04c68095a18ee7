// Preloaded into nuwad (LD_PRELOAD), sees every call by which a file below one directory is changed or made durable, SQLite's among
// them, and lets one of them be where the process dies, hangs, or is refused by the system. Knows nothing of nuwa.
//
//   FAULTS_ROOT     the directory
//   FAULTS_AT       which operation, counted from 1
//   FAULTS_DO       what happens there: "kill" before it is done; "tear", kill after half of a write; "hang" for ever; "short", half a
//                   write that says so; or the errno with which it fails, as a number. Nothing without FAULTS_AT
//   FAULTS_OF       which operations count: "durable" (the default) or "open", every opening of a file
//   FAULTS_MATCH    only operations on paths with this in them count
//   FAULTS_JOURNAL  a file to which every operation that counts is appended once it is done: "NUMBER NAME OFFSET LENGTH PATH\tOTHER PATH\n" and, for
//                   a write, its LENGTH bytes. `powercut.py` reads it
//   FAULTS_CLOCK    a file of 8 bytes, a signed number of seconds that is added to the time of day whenever it is asked for
//
// Real operations go straight to the kernel by syscall(2), so that nothing here depends on what else is preloaded.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum action { NOTHING, KILL, TEAR, HANG, SHORT, FAIL };

static const char *root, *match;
static long at, count;
static int counts_opens, journal = -1;
static enum action action;
static int failure;
static const volatile int64_t *clock_offset;
// One operation at a time, so that the journal has them in the order in which they happened.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    root = getenv("FAULTS_ROOT");
    match = getenv("FAULTS_MATCH");
    const char *text = getenv("FAULTS_AT");
    at = text ? atol(text) : 0;
    text = getenv("FAULTS_OF");
    counts_opens = text && !strcmp(text, "open");
    text = getenv("FAULTS_DO");
    if (!text || !at) action = NOTHING;
    else if (!strcmp(text, "kill")) action = KILL;
    else if (!strcmp(text, "tear")) action = TEAR;
    else if (!strcmp(text, "hang")) action = HANG;
    else if (!strcmp(text, "short")) action = SHORT;
    else { action = FAIL; failure = atoi(text); }
    text = getenv("FAULTS_JOURNAL");
    if (text) journal = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    text = getenv("FAULTS_CLOCK");
    int file = text ? syscall(SYS_openat, AT_FDCWD, text, O_RDONLY | O_CLOEXEC, 0) : -1;
    if (file >= 0) {
        void *page = mmap(NULL, 8, PROT_READ, MAP_SHARED, file, 0);
        if (page != MAP_FAILED) clock_offset = page;
        syscall(SYS_close, file);
    }
}

// --- What an operation is about

struct operation {
    const char *name;
    int is_open;               // counted as an opening, and durable only where it makes the file
    int is_durable;
    char path[PATH_MAX], other[PATH_MAX];
    off_t offset;
    const void *data;
    size_t length;
};

static void path_of(int descriptor, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

static void path_at(int folder, const char *name, char *path) {
    path[0] = 0;
    if (name[0] == '/') { snprintf(path, PATH_MAX, "%s", name); return; }
    char base[PATH_MAX] = "";
    if (folder != AT_FDCWD) path_of(folder, base);
    else if (syscall(SYS_getcwd, base, sizeof base) < 0) return;
    if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) path[0] = 0;
}

static int concerns(const char *path) {
    size_t length = strlen(root), own = strlen(path);
    if (strncmp(path, root, length) || (path[length] != '/' && path[length])) return 0;
    // SQLite's shared memory is made anew after a crash: nothing in it is meant to last.
    if (own > 4 && !strcmp(path + own - 4, "-shm")) return 0;
    if (own > 10 && !strcmp(path + own - 10, " (deleted)")) return 0;
    return !match || strstr(path, match);
}

// Takes the lock where the operation counts. Returns whether it does, and in `*strikes` whether it is the one.
static int enter(const struct operation *operation, int *strikes) {
    *strikes = 0;
    if (!root || (!concerns(operation->path) && !(operation->other[0] && concerns(operation->other)))) return 0;
    if (counts_opens ? !operation->is_open : !operation->is_durable) return 0;
    pthread_mutex_lock(&lock);
    *strikes = ++count == at && action != NOTHING;
    if (!*strikes) return 1;
    if (action == KILL) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    if (action == HANG) {
        pthread_mutex_unlock(&lock);
        for (;;) pause();
    }
    return 1;
}

static void leave(const struct operation *operation, long result) {
    if (journal >= 0 && result >= 0) {
        size_t length = operation->data ? (size_t)result : 0;
        char head[3 * PATH_MAX];
        int bytes = snprintf(head, sizeof head, "%ld %s %ld %zu %s\t%s\n", count, operation->name,
            (long)operation->offset, length, operation->path, operation->other);
        struct iovec parts[2] = {{head, bytes}, {(void *)operation->data, length}};
        syscall(SYS_writev, journal, parts, 2);
    }
    int code = errno;
    pthread_mutex_unlock(&lock);
    errno = code;
}

// An operation other than a write: `real` is done, unless it is the one that fails.
#define OPERATE(operation, real) \
    do { \
        int strikes, counted = enter(&(operation), &strikes); \
        long result; \
        if (strikes && action == TEAR) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); \
        if (strikes && action == FAIL) { errno = failure; result = -1; } \
        else result = (real); \
        if (counted) leave(&(operation), result); \
        return result; \
    } while (0)

// A write of `size` bytes, of which `real` does only `amount`.
#define WRITE(operation, size, real) \
    do { \
        int strikes, counted = enter(&(operation), &strikes); \
        size_t amount = strikes && (action == TEAR || action == SHORT) && (size) > 1 ? (size) / 2 : (size); \
        long result; \
        if (strikes && action == FAIL) { errno = failure; result = -1; } \
        else result = (real); \
        if (strikes && action == TEAR) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); \
        if (counted) leave(&(operation), result); \
        return result; \
    } while (0)

// --- The calls

ssize_t write(int file, const void *data, size_t size) {
    struct operation it = {.name = "write", .is_durable = 1, .data = data};
    if (root) {
        path_of(file, it.path);
        if (concerns(it.path)) {
            struct stat facts;
            int appends = syscall(SYS_fcntl, file, F_GETFL) & O_APPEND;
            it.offset = appends && !fstat(file, &facts) ? facts.st_size : syscall(SYS_lseek, file, 0, SEEK_CUR);
        }
    }
    WRITE(it, size, syscall(SYS_write, file, data, amount));
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) {
    struct operation it = {.name = "write", .is_durable = 1, .data = data, .offset = offset};
    if (root) path_of(file, it.path);
    WRITE(it, size, syscall(SYS_pwrite64, file, data, amount, offset));
}
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return pwrite64(file, data, size, offset); }

// Piece by piece, which is as good: a short count is something that callers must be ready for.
ssize_t writev(int file, const struct iovec *pieces, int number) {
    char path[PATH_MAX] = "";
    if (root) path_of(file, path);
    if (!root || !concerns(path)) return syscall(SYS_writev, file, pieces, number);
    for (int i = 0; i < number; i++)
        if (pieces[i].iov_len) return write(file, pieces[i].iov_base, pieces[i].iov_len);
    return 0;
}

#define SYNC(call, number) \
    int call(int file) { \
        struct operation it = {.name = "sync", .is_durable = 1}; \
        if (root) path_of(file, it.path); \
        OPERATE(it, syscall(number, file)); \
    }
SYNC(fsync, SYS_fsync)
SYNC(fdatasync, SYS_fdatasync)

int ftruncate64(int file, off64_t size) {
    struct operation it = {.name = "truncate", .is_durable = 1, .offset = size};
    if (root) path_of(file, it.path);
    OPERATE(it, syscall(SYS_ftruncate, file, size));
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int renameat2(int from, const char *name, int to, const char *new_name, unsigned flags) {
    struct operation it = {.name = "rename", .is_durable = 1};
    if (root) { path_at(from, name, it.path); path_at(to, new_name, it.other); }
    OPERATE(it, syscall(SYS_renameat2, from, name, to, new_name, flags));
}
int renameat(int from, const char *name, int to, const char *new_name) { return renameat2(from, name, to, new_name, 0); }
int rename(const char *name, const char *new_name) { return renameat2(AT_FDCWD, name, AT_FDCWD, new_name, 0); }

int linkat(int from, const char *name, int to, const char *new_name, int flags) {
    struct operation it = {.name = "link", .is_durable = 1};
    if (root) { path_at(from, name, it.path); path_at(to, new_name, it.other); }
    OPERATE(it, syscall(SYS_linkat, from, name, to, new_name, flags));
}
int link(const char *name, const char *new_name) { return linkat(AT_FDCWD, name, AT_FDCWD, new_name, 0); }

int unlinkat(int folder, const char *name, int flags) {
    struct operation it = {.name = "unlink", .is_durable = 1};
    if (root) path_at(folder, name, it.path);
    OPERATE(it, syscall(SYS_unlinkat, folder, name, flags));
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int mkdirat(int folder, const char *name, mode_t mode) {
    struct operation it = {.name = "mkdir", .is_durable = 1};
    if (root) path_at(folder, name, it.path);
    OPERATE(it, syscall(SYS_mkdirat, folder, name, mode));
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

static int open_file(int folder, const char *name, int flags, mode_t mode) {
    struct operation it = {.name = flags & O_TRUNC ? "replace" : flags & O_CREAT ? "create" : "open", .is_open = 1};
    if (root) {
        path_at(folder, name, it.path);
        // Where the file is there already, nothing is made.
        it.is_durable = (flags & O_CREAT) && (flags & O_TRUNC || syscall(SYS_faccessat, folder, name, F_OK) != 0);
    }
    OPERATE(it, syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE_AFTER(last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, last); mode = va_arg(list, mode_t); va_end(list); }

int open64(const char *name, int flags, ...) { MODE_AFTER(flags) return open_file(AT_FDCWD, name, flags, mode); }
int open(const char *name, int flags, ...) { MODE_AFTER(flags) return open_file(AT_FDCWD, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE_AFTER(flags) return open_file(folder, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE_AFTER(flags) return open_file(folder, name, flags, mode); }

// --- The time of day

int clock_gettime(clockid_t which, struct timespec *time) {
    int result = syscall(SYS_clock_gettime, which, time);
    if (!result && clock_offset && which == CLOCK_REALTIME) time->tv_sec += *clock_offset;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    int result = syscall(SYS_gettimeofday, time, zone);
    if (!result && clock_offset) time->tv_sec += *clock_offset;
    return result;
}
