// Convolutions and what else SSD's forward pass needs, on the CPU. A C interface, so that Swift needs no C++ mode.
//
// Maps lie in blocks of 64 bytes: for every block of channels (16 float32, 32 bfloat16 or 64 bytes), for every row,
// for every column, the block's channels. Zeros surround the map, so that no kernel has to look where an edge is;
// channels beyond the last are zero too.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// -- Instruction sets

typedef enum {
  CK_PORTABLE = 0,
  CK_NEON = 1,
  CK_AVX2 = 2,
  CK_AVX512 = 3,
  // With `vdpbf16ps` and `vpdpbusd`.
  CK_AVX512_BF16 = 4,
} ck_instruction_set;

// Whether this build and this processor have it.
bool ck_instruction_set_is_available(ck_instruction_set set);

// -- Elements and maps

typedef enum { CK_FLOAT32 = 0, CK_BFLOAT16 = 1, CK_UINT8 = 2 } ck_element;

// What is multiplied: elements, or the words of sixteen bits that bytes become in Winograd's tiles.
typedef enum {
  CK_FLOAT32_OPERAND = CK_FLOAT32,
  CK_BFLOAT16_OPERAND = CK_BFLOAT16,
  CK_BYTE_OPERAND = CK_UINT8,
  CK_WORD_OPERAND = 3,
} ck_operand;

// Whether an instruction set multiplies that, and faster than float32. The portable one does all.
bool ck_has_operand(ck_instruction_set set, ck_operand operand);

// The greatest quantised activation that the set's products of bytes take without saturating: 255 or 127.
int32_t ck_activation_limit(ck_instruction_set set);

typedef struct {
  ck_element element;
  int32_t channels, height, width;
  // Zero pixels before the first row and column, and after the last.
  int32_t before, after;
  // Of bytes: what one step is worth.
  float scale;
  // Whether each pixel's channels lie together instead, as in a tensor (images, height, width, channels): without a
  // border, and whole blocks of channels only. A convolution writes such maps; `ck_map_load` makes them readable.
  bool is_channels_last;
} ck_map;

// Bytes of one image's map with its border.
size_t ck_map_bytes(const ck_map *map);

// -- Threads

typedef struct ck_threads ck_threads;

// `count` threads, the caller's among them. One call at a time may use them.
ck_threads *ck_threads_create(int32_t count);
void ck_threads_destroy(ck_threads *threads);
// Somebody else's threads: `run` calls function(body, thread) for every thread 0 ..< count, and returns when all are
// done.
typedef void (*ck_thread_function)(const void *body, int32_t thread);
ck_threads *ck_threads_borrow(
  int32_t count, void (*run)(ck_thread_function function, const void *body, int32_t count));
int32_t ck_threads_count(const ck_threads *threads);

// -- Memory

// Zeroed, aligned to the huge pages it asks for: weights and maps are streamed, and every page missed costs.
void *ck_allocate(size_t bytes);
void ck_free(void *memory, size_t bytes);

// -- Convolution

typedef enum {
  CK_DIRECT = 0,
  CK_WINOGRAD_2 = 2,
  CK_WINOGRAD_4 = 4,
  CK_WINOGRAD_6 = 6,
} ck_algorithm;

// How Winograd's transformed tiles are cut: see WinogradConvolution.h.
typedef enum { CK_SCHEDULE_AUTOMATIC = 0, CK_SCHEDULE_PER_THREAD, CK_SCHEDULE_SHARED } ck_schedule;

typedef struct {
  // `input.channels` 3 is the image: see `ck_image`.
  ck_map input, output;
  int32_t kernel, stride, dilation, padding;
  bool has_relu;
  ck_algorithm algorithm;
  ck_schedule schedule;
  // Tiles that are transformed together; 0 lets the caches' sizes decide.
  int32_t tiles;
  // Whether a maximum over 2x2 with stride 2, rounding up, follows; `pooled` is its map.
  bool has_pool;
  ck_map pooled;
  // Whether `output` itself is wanted where a pool follows.
  bool keeps_output;
  // Instead of a map, `segment_count` matrices of float32: for each pixel, row-major, `segments` channels of it.
  int32_t segment_count;
  int32_t segments[2];
} ck_convolution_shape;

typedef struct ck_convolution ck_convolution;

// A convolution for an instruction set, without weights. bias: (outputs).
ck_convolution *ck_convolution_create(
  const ck_convolution_shape *shape, const float *bias, ck_instruction_set set);
void ck_convolution_destroy(ck_convolution *convolution);

// Bytes of packed weights, and of what may be fetched beyond them.
size_t ck_convolution_weight_bytes(const ck_convolution *convolution);

// Packs weights, (outputs, inputs, kernel, kernel), in an array for each segment if there are any, into `memory`, which
// has to stay as it is as long as the convolution runs; null lets the convolution keep them itself. False when a weight
// is not finite.
bool ck_convolution_pack(
  ck_convolution *convolution, const float *const *weights, void *memory, ck_threads *threads);

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

// False when it packed weights and one was not finite.
bool ck_convolution_run(
  ck_convolution *convolution, const ck_convolution_run_arguments *arguments, ck_threads *threads);

// -- What is no convolution

// The image as the first convolution wants it: rows of red, green, blue, `element`, with a border of one zero pixel
// and a few bytes more, so that reading beyond a row's end does no harm.
size_t ck_image_bytes(ck_element element, int32_t size);

// Bytes (images, size, size, 3) to images: value * factors[channel] + shifts[channel].
void ck_image_normalize(
  ck_instruction_set set, const uint8_t *pixels, int32_t images, int32_t size, const float factors[3],
  const float shifts[3], ck_element element, void *output, ck_threads *threads);

// Images of floats (images, 3, size, size), normalised already.
void ck_image_load(
  const float *values, int32_t images, int32_t size, ck_element element, void *output, ck_threads *threads);

// The maximum over `kernel` x `kernel`. Values must not be negative: the border counts as zero.
void ck_maximum_pool(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t kernel, int32_t stride,
  int32_t padding, int32_t images, const void *source, void *target, ck_threads *threads);

// Every pixel's channels divided by their Euclidean length, times `factors`: one for each channel of the output's
// blocks, beyond the last channel 0.
void ck_normalize_length(
  ck_instruction_set set, const ck_map *input, const ck_map *output, const float *factors, int32_t images,
  const void *source, void *target, ck_threads *threads);

// Zeros around a map, where it lies in memory that something else has been in.
void ck_clear_border(const ck_map *map, int32_t images, void *data, ck_threads *threads);

// A map's values as floats (images, channels, height, width).
void ck_map_read(const ck_map *map, int32_t images, const void *data, float *values);
// Floats (images, channels, height, width) as a map whose border is zero.
void ck_map_write(const ck_map *map, int32_t images, const float *values, void *data);

// A channels-last map as one in blocks, of the same element, whose border is zero.
void ck_map_load(
  const ck_map *source_map, const ck_map *target_map, int32_t images, const void *source, void *target,
  ck_threads *threads);

// -- Measurement

// Multiply-adds a second, times two, that independent multiply-add instructions reach.
double ck_peak(ck_instruction_set set, ck_operand operand, ck_threads *threads);

#ifdef __cplusplus
}
#endif
