#ifndef NUWA_CINOTIFYTOOLS_SHIM_H
#define NUWA_CINOTIFYTOOLS_SHIM_H

#include <sys/inotify.h>
#include <sys/vfs.h>
#include <inotifytools/inotifytools.h>

#endif
