// The parts of FFmpeg's libraries that Sources/Video and Sources/Digest use, and the macros that Swift cannot import.
#ifndef NUWA_CLIBAV_SHIM_H
#define NUWA_CLIBAV_SHIM_H

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <libswscale/swscale.h>

static const int nuwa_AVERROR_EOF = AVERROR_EOF;
static const int nuwa_AVERROR_EAGAIN = AVERROR(EAGAIN);
static const int nuwa_AVERROR_ENOMEM = AVERROR(ENOMEM);
static const int nuwa_AVERROR_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;
static const int nuwa_AVERROR_OPTION_NOT_FOUND = AVERROR_OPTION_NOT_FOUND;
static const int64_t nuwa_AV_NOPTS_VALUE = AV_NOPTS_VALUE;

#endif
