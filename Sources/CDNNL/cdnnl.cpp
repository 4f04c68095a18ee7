#include "CDNNL.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

// oneDNN's Debian build runs on libgomp; its header is not needed for one function.
extern "C" void omp_set_num_threads(int);

using dnnl::memory;
using dims = memory::dims;
using tag = memory::format_tag;

struct cdnnl_stream {
    dnnl::stream stream;
};

struct cdnnl_packed {
    memory::desc desc;
    /// The layout that they were packed from. A square matrix and its transpose look alike once packed.
    memory::desc plain;
    memory data;
};

namespace {

/// One operand of a primitive: what the caller passes (`outer`) and, where oneDNN wants another layout, a copy of it in
/// the workspace (`inner`) with the reorder between both.
struct operand {
    memory outer;
    memory inner;
    size_t offset = 0;
    dnnl::reorder reorder;
    bool reordered = false;
    bool output = false;
};

size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

/// CPU engines of oneDNN hold no state; one for the process lets packed weights be shared by all threads.
dnnl::engine &engine() {
    static dnnl::engine shared(dnnl::engine::kind::cpu, 0);
    return shared;
}

memory::data_type data_type(int32_t type) {
    return type == CDNNL_BF16 ? memory::data_type::bf16 : memory::data_type::f32;
}

cdnnl_message copy_of(const char *text) {
    char *copy = static_cast<char *>(std::malloc(std::strlen(text) + 1));
    if (copy) std::strcpy(copy, text);
    return copy;
}

void report(cdnnl_message *error, const std::string &text) {
    if (error) *error = copy_of(text.c_str());
}

/// Runs `body`; turns every exception into a message and the value `failed`.
template <typename Result, typename Body>
Result guarded(cdnnl_message *error, Result failed, Body body) {
    try {
        return body();
    } catch (const dnnl::error &e) {
        report(error, std::string("oneDNN: ") + e.what() + " (status " + std::to_string(int(e.status)) + ")");
    } catch (const std::exception &e) {
        report(error, e.what());
    } catch (...) {
        report(error, "unknown C++ exception");
    }
    return failed;
}

dnnl::primitive_attr attributes() {
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attr;
}

/// Descriptors of a convolution's operands. `any` lets oneDNN choose the layout of activations too.
struct convolution_descs {
    memory::desc x, y, w, bias, x_any, y_any, w_plain;
    dims strides, padding, padding_right;

    explicit convolution_descs(const cdnnl_convolution &s) {
        const int64_t oh = (s.h + 2 * s.ph - s.kh) / s.stride + 1, ow = (s.w + 2 * s.pw - s.kw) / s.stride + 1;
        const auto type = data_type(s.type);
        const dims xd{s.n, s.ic, s.h, s.w}, yd{s.n, s.oc, oh, ow}, wd{s.oc, s.ic, s.kh, s.kw};
        x = memory::desc(xd, type, tag::nhwc);
        y = memory::desc(yd, data_type(s.y_type), tag::nhwc);
        x_any = memory::desc(xd, type, tag::any);
        y_any = memory::desc(yd, data_type(s.y_type), tag::any);
        w = memory::desc(wd, type, tag::any);
        w_plain = memory::desc(wd, memory::data_type::f32, tag::oihw);
        bias = memory::desc({s.oc}, memory::data_type::f32, tag::x);
        strides = {s.stride, s.stride};
        padding = {s.ph, s.pw};
        padding_right = {(oh - 1) * s.stride + s.kh - s.h - s.ph, (ow - 1) * s.stride + s.kw - s.w - s.pw};
    }
};

dnnl::convolution_forward::primitive_desc convolution_pd(
    const convolution_descs &d, dnnl::algorithm algorithm, const memory::desc &x, const memory::desc &y,
    bool training) {
    const auto kind = training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), kind, algorithm, x, d.w, d.bias, y, d.strides, d.padding, d.padding_right, attributes()};
#else
    return {{kind, algorithm, x, d.w, d.bias, y, d.strides, d.padding, d.padding_right}, attributes(), engine()};
#endif
}

dnnl::matmul::primitive_desc matmul_pd(
    const memory::desc &a, const memory::desc &b, const memory::desc &bias, const memory::desc &c) {
#if DNNL_VERSION_MAJOR >= 3
    if (bias.get_ndims() == 0) return {engine(), a, b, c, attributes()};
    return {engine(), a, b, bias, c, attributes()};
#else
    if (bias.data.ndims == 0) return {{a, b, c}, attributes(), engine()};
    return {{a, b, bias, c}, attributes(), engine()};
#endif
}

}  // namespace

struct cdnnl_primitive {
    dnnl::primitive primitive;
    std::string implementation;
    std::vector<operand> operands;
    std::vector<dnnl_exec_arg_t> arguments;
    memory scratchpad;
    size_t workspace = 0;
    int weights_argument = -1;
    memory::desc weights, weights_plain;

    template <typename PrimitiveDesc>
    void setup(const dnnl::primitive &made, const PrimitiveDesc &pd) {
        primitive = made;
        implementation = pd.impl_info_str();
        const auto desc = pd.scratchpad_desc();
        if (desc.get_size() > 0) {
            scratchpad = memory(desc, engine(), DNNL_MEMORY_NONE);
            arguments.push_back({DNNL_ARG_SCRATCHPAD, scratchpad.get()});
            workspace += aligned(desc.get_size());
        }
    }

    void takes_weights(int argument, const memory::desc &wanted, const memory::desc &plain) {
        weights_argument = argument;
        weights = wanted;
        weights_plain = plain;
        arguments.push_back({argument, nullptr});
    }

    /// The next buffer of cdnnl_execute is this operand, held by the caller as `outer` while oneDNN wants `inner`.
    void add(int argument, const memory::desc &outer, const memory::desc &inner, bool output) {
        operand o;
        o.output = output;
        o.outer = memory(outer, engine(), DNNL_MEMORY_NONE);
        o.reordered = outer != inner;
        if (o.reordered) {
            o.inner = memory(inner, engine(), DNNL_MEMORY_NONE);
            o.offset = workspace;
            workspace += aligned(inner.get_size());
            o.reorder = output ? dnnl::reorder(o.inner, o.outer) : dnnl::reorder(o.outer, o.inner);
        }
        arguments.push_back({argument, (o.reordered ? o.inner : o.outer).get()});
        operands.push_back(std::move(o));
    }

    /// A buffer position that this primitive has no use for (a bias that is not there).
    void skip() { operands.push_back(operand()); }
};

const char *cdnnl_version(void) {
    static const std::string text = [] {
        const auto *v = dnnl::version();
        return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
    }();
    return text.c_str();
}

int32_t cdnnl_isa(void) { return static_cast<int32_t>(dnnl::get_effective_cpu_isa()); }

bool cdnnl_native_bf16(void) {
    const int isa = cdnnl_isa();
    const int wanted = static_cast<int>(dnnl::cpu_isa::avx512_core_bf16);
    return (isa & wanted) == wanted;
}

void cdnnl_set_threads(int32_t threads) { omp_set_num_threads(threads); }

cdnnl_stream *cdnnl_stream_create(cdnnl_message *error) {
    return guarded<cdnnl_stream *>(error, nullptr, [] { return new cdnnl_stream{dnnl::stream(engine())}; });
}

void cdnnl_stream_destroy(cdnnl_stream *stream) { delete stream; }

cdnnl_primitive *cdnnl_convolution_forward(const cdnnl_convolution *shape, bool winograd, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&]() -> cdnnl_primitive * {
        const convolution_descs d(*shape);
        dnnl::convolution_forward::primitive_desc pd;
        if (winograd) {
            try {
                pd = convolution_pd(d, dnnl::algorithm::convolution_winograd, d.x_any, d.y_any, false);
            } catch (const dnnl::error &) {
                return nullptr;
            }
        } else {
            pd = convolution_pd(d, dnnl::algorithm::convolution_direct, d.x, d.y, false);
        }
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::convolution_forward(pd), pd);
        made->takes_weights(DNNL_ARG_WEIGHTS, pd.weights_desc(), d.w_plain);
        made->add(DNNL_ARG_SRC, d.x, pd.src_desc(), false);
        made->add(DNNL_ARG_BIAS, d.bias, pd.bias_desc(), false);
        made->add(DNNL_ARG_DST, d.y, pd.dst_desc(), true);
        return made.release();
    });
}

cdnnl_primitive *cdnnl_convolution_backward_data(const cdnnl_convolution *shape, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&] {
        const convolution_descs d(*shape);
        const auto direct = dnnl::algorithm::convolution_direct;
        const auto forward = convolution_pd(d, direct, d.x, d.y, true);
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::convolution_backward_data::primitive_desc pd(
            engine(), direct, d.x, d.w, d.y, d.strides, d.padding, d.padding_right, forward, attributes());
#else
        const dnnl::convolution_backward_data::primitive_desc pd(
            {direct, d.x, d.w, d.y, d.strides, d.padding, d.padding_right}, attributes(), engine(), forward);
#endif
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::convolution_backward_data(pd), pd);
        made->takes_weights(DNNL_ARG_WEIGHTS, pd.weights_desc(), d.w_plain);
        made->add(DNNL_ARG_DIFF_DST, d.y, pd.diff_dst_desc(), false);
        made->add(DNNL_ARG_DIFF_SRC, d.x, pd.diff_src_desc(), true);
        return made.release();
    });
}

cdnnl_primitive *cdnnl_convolution_backward_weights(const cdnnl_convolution *shape, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&] {
        const convolution_descs d(*shape);
        const auto direct = dnnl::algorithm::convolution_direct;
        const auto forward = convolution_pd(d, direct, d.x, d.y, true);
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::convolution_backward_weights::primitive_desc pd(
            engine(), direct, d.x, d.w, d.bias, d.y, d.strides, d.padding, d.padding_right, forward, attributes());
#else
        const dnnl::convolution_backward_weights::primitive_desc pd(
            {direct, d.x, d.w, d.bias, d.y, d.strides, d.padding, d.padding_right}, attributes(), engine(), forward);
#endif
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::convolution_backward_weights(pd), pd);
        made->add(DNNL_ARG_SRC, d.x, pd.src_desc(), false);
        made->add(DNNL_ARG_DIFF_DST, d.y, pd.diff_dst_desc(), false);
        made->add(DNNL_ARG_DIFF_WEIGHTS, d.w_plain, pd.diff_weights_desc(), true);
        made->add(DNNL_ARG_DIFF_BIAS, d.bias, pd.diff_bias_desc(), true);
        return made.release();
    });
}

cdnnl_primitive *cdnnl_linear_forward(
    int32_t type, int32_t y_type, int64_t m, int64_t k, int64_t n, bool bias, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&] {
        const memory::desc x({m, k}, data_type(type), tag::ab), y({m, n}, data_type(y_type), tag::ab);
        const memory::desc w({k, n}, data_type(type), tag::any);
        const memory::desc b = bias ? memory::desc({1, n}, memory::data_type::f32, tag::ab) : memory::desc();
        const auto pd = matmul_pd(x, w, b, y);
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::matmul(pd), pd);
        made->takes_weights(DNNL_ARG_WEIGHTS, pd.weights_desc(), memory::desc({k, n}, memory::data_type::f32, tag::ba));
        made->add(DNNL_ARG_SRC, x, x, false);
        bias ? made->add(DNNL_ARG_BIAS, b, b, false) : made->skip();
        made->add(DNNL_ARG_DST, y, y, true);
        return made.release();
    });
}

cdnnl_primitive *cdnnl_linear_backward_data(int32_t type, int64_t m, int64_t k, int64_t n, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&] {
        const memory::desc dy({m, n}, data_type(type), tag::ab), dx({m, k}, data_type(type), tag::ab);
        const memory::desc w({n, k}, data_type(type), tag::any);
        const auto pd = matmul_pd(dy, w, memory::desc(), dx);
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::matmul(pd), pd);
        made->takes_weights(DNNL_ARG_WEIGHTS, pd.weights_desc(), memory::desc({n, k}, memory::data_type::f32, tag::ab));
        made->add(DNNL_ARG_SRC, dy, dy, false);
        made->add(DNNL_ARG_DST, dx, dx, true);
        return made.release();
    });
}

cdnnl_primitive *cdnnl_matmul_create(const cdnnl_matmul *s, cdnnl_message *error) {
    return guarded<cdnnl_primitive *>(error, nullptr, [&] {
        const auto strides = [](const int64_t *v) { return dims(v, v + 4); };
        const memory::desc a({s->b0, s->b1, s->m, s->k}, data_type(s->a_type), strides(s->a_strides));
        const memory::desc b({s->b0, s->b1, s->k, s->n}, data_type(s->b_type), strides(s->b_strides));
        const memory::desc c({s->b0, s->b1, s->m, s->n}, data_type(s->c_type), strides(s->c_strides));
        const auto pd = matmul_pd(a, b, memory::desc(), c);
        auto made = std::make_unique<cdnnl_primitive>();
        made->setup(dnnl::matmul(pd), pd);
        made->add(DNNL_ARG_SRC, a, a, false);
        made->add(DNNL_ARG_WEIGHTS, b, b, false);
        made->add(DNNL_ARG_DST, c, c, true);
        return made.release();
    });
}

void cdnnl_primitive_destroy(cdnnl_primitive *primitive) { delete primitive; }

const char *cdnnl_primitive_implementation(const cdnnl_primitive *primitive) {
    return primitive->implementation.c_str();
}

size_t cdnnl_primitive_workspace(const cdnnl_primitive *primitive) { return primitive->workspace; }

cdnnl_packed *cdnnl_pack(
    cdnnl_stream *stream, const cdnnl_primitive *primitive, const float *weights, cdnnl_message *error) {
    return guarded<cdnnl_packed *>(error, nullptr, [&] {
        auto packed = std::make_unique<cdnnl_packed>();
        packed->desc = primitive->weights;
        packed->plain = primitive->weights_plain;
        packed->data = memory(primitive->weights, engine());
        memory plain(primitive->weights_plain, engine(), const_cast<float *>(weights));
        dnnl::reorder(plain, packed->data).execute(stream->stream, plain, packed->data);
        stream->stream.wait();
        return packed.release();
    });
}

bool cdnnl_packed_fits(const cdnnl_packed *packed, const cdnnl_primitive *primitive) {
    return packed->desc == primitive->weights && packed->plain == primitive->weights_plain;
}

void cdnnl_packed_destroy(cdnnl_packed *packed) { delete packed; }

bool cdnnl_execute(
    cdnnl_stream *stream, cdnnl_primitive *primitive, const cdnnl_packed *weights, void *const *buffers,
    void *workspace, cdnnl_message *error) {
    return guarded<bool>(error, false, [&] {
        auto *work = static_cast<char *>(workspace);
        // The scratchpad lies first in the workspace (see setup).
        if (primitive->scratchpad) primitive->scratchpad.set_data_handle(work);
        for (size_t i = 0; i < primitive->operands.size(); i++) {
            auto &o = primitive->operands[i];
            if (!o.outer) continue;
            o.outer.set_data_handle(buffers[i]);
            if (!o.reordered) continue;
            o.inner.set_data_handle(work + o.offset);
            if (!o.output) o.reorder.execute(stream->stream, o.outer, o.inner);
        }
        if (primitive->weights_argument >= 0) {
            for (auto &argument : primitive->arguments)
                if (argument.arg == primitive->weights_argument) argument.memory = weights->data.get();
        }
        dnnl::error::wrap_c_api(
            dnnl_primitive_execute(
                primitive->primitive.get(), stream->stream.get(), int(primitive->arguments.size()),
                primitive->arguments.data()),
            "could not execute a primitive");
        for (auto &o : primitive->operands)
            if (o.reordered && o.output) o.reorder.execute(stream->stream, o.inner, o.outer);
        return true;
    });
}
