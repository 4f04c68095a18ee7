// What Swift's Glibc leaves out: sched_setattr(2), for which Debian 12's glibc has no function either, pipe2(2), and of posix_spawn(3)
// what closes files.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Raises the calling thread's nice value by so much, to 19 at the most. Unlike setpriority(2), which Swift's runtime calls for each
/// of its threads, a service may be given this call alone in SystemCallFilter=.
/// Returns 0, or -1 with errno.
static inline int nuwa_raise_nice(int32_t by) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes}; // The policy is SCHED_OTHER, which is 0.
    int32_t nice = getpriority(PRIO_PROCESS, 0) + by;
    attributes.nice = nice < 19 ? nice : 19;
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

// Declared by glibc for _GNU_SOURCE alone.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/// A pipe whose ends no program inherits that is started meanwhile. Returns 0, or -1 with errno.
static inline int nuwa_pipe(int32_t ends[2]) { return pipe2(ends, O_CLOEXEC); }

/// The program that is started gets no file from this number on. Returns 0 or a code of errno.
static inline int nuwa_spawn_closes_from(posix_spawn_file_actions_t *actions, int32_t from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}
