// Convolutions, pooling and the other layers of a detector's forward pass, on the CPU. A C interface, so that Swift
// needs no C++ mode.
//
// Maps lie in blocks of 64 bytes: for every block of channels (16 float32, 32 bfloat16 or 64 uint8), for every row,
// for every column, the block's channels. Zeros surround the map, so that no kernel has to look where an edge is;
// channels beyond the last are zero too.
//
// What fails how: functions that make something return a `ck_status` or null. Functions that run something check
// nothing; what they are given has to be what their comments ask for. Nothing here throws.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// -- Status

typedef enum {
  CK_SUCCESS = 0,
  CK_OUT_OF_MEMORY,
  // The shape describes nothing that can be computed, or nothing that the chosen algorithm, element or instruction set
  // computes.
  CK_INVALID_SHAPE,
  // Offsets within the maps or the weights do not fit 32 bits, or positions do not fit 16.
  CK_TOO_LARGE,
} ck_status;

// What a status means, as a sentence without its full stop. The text is static.
const char *ck_status_message(ck_status status);

// -- Instruction sets

typedef enum {
  CK_PORTABLE = 0,
  CK_NEON = 1,
  CK_AVX2 = 2,
  CK_AVX512 = 3,
  // AVX-512 with `vdpbf16ps` and `vpdpbusd`.
  CK_AVX512_BF16 = 4,
} ck_instruction_set;

// Whether this build and this processor have the instruction set.
bool ck_instruction_set_is_available(ck_instruction_set set);

// -- Elements and maps

typedef enum { CK_FLOAT32 = 0, CK_BFLOAT16 = 1, CK_UINT8 = 2 } ck_element;

// What a convolution multiplies: elements, or the int16 that uint8 become in Winograd's tiles. Weights of uint8 maps
// are int8.
typedef enum {
  CK_FLOAT32_OPERAND = CK_FLOAT32,
  CK_BFLOAT16_OPERAND = CK_BFLOAT16,
  CK_INT8_OPERAND = CK_UINT8,
  CK_INT16_OPERAND = 3,
} ck_operand;

// Whether an instruction set multiplies the operand, and faster than float32. The portable one multiplies all.
bool ck_has_operand(ck_instruction_set set, ck_operand operand);

// The greatest quantized activation that the set's products of int8 take without saturating: 255 or 127.
int32_t ck_activation_limit(ck_instruction_set set);

typedef struct {
  ck_element element;
  int32_t channels, height, width;
  // Zero pixels before the first row and column, and after the last.
  int32_t before, after;
  // What one step of a uint8 is worth; of other elements it is ignored.
  float scale;
  // Whether each pixel's channels lie together instead, as in a tensor (images, height, width, channels): without a
  // border, and whole blocks of channels only. A convolution writes such maps; `ck_map_load` makes them readable.
  bool is_channels_last;
} ck_map;

// Bytes of one image's map with its border.
size_t ck_map_bytes(const ck_map *map);

// -- Threads

typedef struct ck_threads ck_threads;

// Makes `count` threads, the caller's among them. One call at a time may use them. Null when the system has none left.
ck_threads *ck_threads_create(int32_t count);
void ck_threads_destroy(ck_threads *threads);
typedef void (*ck_thread_function)(const void *body, int32_t thread);
// Borrows somebody else's threads: `run` calls function(body, thread) for every thread 0 ..< count, and returns when
// all are done. Null when memory is short.
ck_threads *ck_threads_borrow(int32_t count, void (*run)(ck_thread_function function, const void *body, int32_t count));
int32_t ck_threads_count(const ck_threads *threads);

// -- Memory

// Zeroed memory, aligned to the huge pages it asks for: weights and maps are streamed, and every page missed costs.
// Null when there is none.
void *ck_allocate(size_t bytes);
// Frees memory of `ck_allocate`; null is fine.
void ck_free(void *memory, size_t bytes);

// -- Convolution

// What happens to a sum at the end: min(max(x, 0), 6) is ReLU6, x * ReLU6(x + 3) / 6 the hard swish, and
// ReLU6(x + 3) / 6 the hard sigmoid.
typedef enum {
  CK_NO_ACTIVATION = 0,
  CK_RELU = 1,
  CK_RELU6 = 2,
  CK_HARD_SWISH = 3,
  CK_HARD_SIGMOID = 4,
} ck_activation;

typedef enum {
  CK_DIRECT = 0,
  CK_WINOGRAD_2 = 2,
  CK_WINOGRAD_4 = 4,
  CK_WINOGRAD_6 = 6,
} ck_algorithm;

// How Winograd's transformed tiles are cut: see WinogradConvolution.h.
typedef enum { CK_SCHEDULE_AUTOMATIC = 0, CK_SCHEDULE_PER_THREAD, CK_SCHEDULE_SHARED } ck_schedule;

typedef struct {
  ck_map input, output;
  // `padding` is what lies before the first row and column. How far the window reaches beyond the last follows from the
  // output's size, so the two ends may differ. The input's border has to hold both.
  int32_t kernel, stride, dilation, padding;
  // 0 and 1 both mean that every output sees every input.
  int32_t groups;
  // Whether the input is an image, three channels laid out as `ck_image_bytes` says.
  bool input_is_image;
  ck_activation activation;
  // Winograd's algorithms are for dense kernels 3x3 of stride 1; F(6x6) not for uint8.
  ck_algorithm algorithm;
  ck_schedule schedule;
  // How many tiles are transformed together; 0 lets the caches' sizes decide.
  int32_t tiles;
  // Whether a maximum over 2x2 with stride 2 follows, which Winograd's algorithms without dilation compute on the way;
  // `pooled` is its map, whose size says whether an odd row or column is dropped or kept.
  bool has_pool;
  ck_map pooled;
  // Whether `output` itself is wanted where a pool follows; both are of one element then.
  bool keeps_output;
  // Instead of a map, `segment_count` matrices of float32: for each pixel, row-major, `segments` channels of it.
  int32_t segment_count;
  int32_t segments[2];
} ck_convolution_shape;

typedef struct ck_convolution ck_convolution;

// Makes a convolution for an instruction set, without weights. bias: (outputs). `*result` is null unless it succeeds.
ck_status ck_convolution_create(
  const ck_convolution_shape *shape, const float *bias, ck_instruction_set set, ck_convolution **result);
void ck_convolution_destroy(ck_convolution *convolution);

// Bytes of packed weights, and of what may be prefetched beyond them.
size_t ck_convolution_weight_bytes(const ck_convolution *convolution);

// Packs weights, (outputs, inputs / groups, kernel, kernel), in an array for each segment if there are any, into
// `memory`, which has to stay as it is as long as the convolution runs; null lets the convolution keep them itself, and
// ends the process where memory is short. False when a weight is not finite.
bool ck_convolution_pack(ck_convolution *convolution, const float *const *weights, void *memory, ck_threads *threads);

// Bytes that a run needs for itself; `packs` when it packs weights.
size_t ck_convolution_scratch(const ck_convolution *convolution, int32_t images, int32_t threads, bool packs);

// Multiply-adds that a run of one image really does, padding included.
double ck_convolution_multiplications(const ck_convolution *convolution);

// What a run reads and writes. Images lie one after the other.
typedef struct {
  int32_t images;
  const void *input;
  void *output;
  void *pooled;
  // Of each segment: where the first image's first pixel goes, and the distance of images in floats.
  float *rows[2];
  size_t row_distances[2];
  void *scratch;
  // As for `ck_convolution_pack`: the run packs them, a panel at a time where each is wanted once. Null where they are
  // packed.
  const float *const *weights;
} ck_convolution_run_arguments;

// False when it packed weights and one was not finite. A convolution notes what it packs: one run of it at a time.
bool ck_convolution_run(
  ck_convolution *convolution, const ck_convolution_run_arguments *arguments, ck_threads *threads);

// -- Images

// Bytes of an image as a first convolution reads it: rows of red, green, blue, float32 or bfloat16, with the map's
// border of zeros and a few bytes more, so that reading beyond a row's end does no harm. `image` has three channels.
size_t ck_image_bytes(const ck_map *image);

// Bytes (images, height, width, 3) to images: value * factors[channel] + shifts[channel].
void ck_image_normalize(
  ck_instruction_set set, const uint8_t *pixels, int32_t images, const ck_map *image, const float factors[3],
  const float shifts[3], void *output, ck_threads *threads);

// Floats (images, 3, height, width), normalized already, to images.
void ck_image_load(const float *values, int32_t images, const ck_map *image, void *output, ck_threads *threads);

// -- Layers other than convolutions
//
// Inputs and outputs may differ in element and scale; maps of uint8 saturate at 0 and the set's activation limit.
// Channels of the output's last block beyond the map's become zero. Borders are left alone.

// The maximum over `kernel` x `kernel` pixels. Padding counts as minus infinity; a window that sees nothing else gives
// 0.
void ck_maximum_pool(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t kernel, int32_t stride, int32_t padding,
  int32_t images, const void *source, void *target, ck_threads *threads);

// L2 normalization: every pixel's channels x become x / sqrt(sum of squares + epsilon) * factor. `factors` has one for
// each channel of the output's blocks, beyond the last channel 0.
void ck_l2_normalize(
  ck_instruction_set set, const ck_map *input, const ck_map *output, const float *factors, float epsilon,
  int32_t images, const void *source, void *target, ck_threads *threads);

// The sum of two maps of one size.
void ck_add(
  ck_instruction_set set, const ck_map *first, const ck_map *second, const ck_map *output, ck_activation activation,
  int32_t images, const void *first_source, const void *second_source, void *target, ck_threads *threads);

// A map times one number for each image's channel; `scales` is a map of 1x1.
void ck_scale_channels(
  ck_instruction_set set, const ck_map *input, const ck_map *scales, const ck_map *output, ck_activation activation,
  int32_t images, const void *source, const void *scales_source, void *target, ck_threads *threads);

// The mean of every channel; `output` is a map of 1x1.
void ck_global_average(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t images, const void *source, void *target,
  ck_threads *threads);

// -- Maps in and out

// Writes the zeros around a map, where it lies in memory that something else has been in.
void ck_clear_border(const ck_map *map, int32_t images, void *data, ck_threads *threads);

// Reads a map's values as floats (images, channels, height, width).
void ck_map_read(const ck_map *map, int32_t images, const void *data, float *values);
// Writes floats (images, channels, height, width) as a map whose border is zero.
void ck_map_write(const ck_map *map, int32_t images, const float *values, void *data);

// Copies a channels-last map to one in blocks, of the same element, whose border is zero.
void ck_map_load(
  const ck_map *source_map, const ck_map *target_map, int32_t images, const void *source, void *target,
  ck_threads *threads);

// -- Measurement

// Multiply-adds a second, times two, that independent multiply-add instructions reach.
double ck_peak(ck_instruction_set set, ck_operand operand, ck_threads *threads);

#ifdef __cplusplus
}
#endif
