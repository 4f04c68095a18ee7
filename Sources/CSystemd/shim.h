// What nuwa uses of libsystemd: readiness, status and watchdog messages, and the journal.
#pragma once

#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
