// Compressed pictures in memory to 8-bit RGB and back, over libjpeg-turbo, libpng and libwebp.
//
// libjpeg and libpng report errors by longjmp, which must not cross Swift: every function here
// returns a status and, where it is not CIMAGES_OK, a message. No type of those libraries appears
// in this header.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
  CIMAGES_OK = 0,
  CIMAGES_BROKEN = 1,       // the data contradicts its format
  CIMAGES_TRUNCATED = 2,    // the data ends before the picture does
  CIMAGES_UNSUPPORTED = 3,  // a legal file of a kind that is not read
  CIMAGES_OUT_OF_MEMORY = 4,
} cimages_status;

#define CIMAGES_MESSAGE_SIZE 256

// A rectangle of pixels of the (possibly reduced) stored picture.
typedef struct {
  int left;
  int top;
  int width;
  int height;
} cimages_region;

// Decodes a JPEG file, reduced by 1, 2, 4 or 8 in the DCT domain: a stored picture of W x H pixels
// becomes ceil(W / reduction) x ceil(H / reduction), of which `region` is written to `pixels` as
// region.height rows of region.width RGB pixels without gaps.
cimages_status cimages_decode_jpeg(
  const uint8_t *data, size_t count, int reduction, cimages_region region, uint8_t *pixels, char *message);

// Decodes a PNG file of exactly width x height pixels; transparency is composited over white.
cimages_status cimages_decode_png(
  const uint8_t *data, size_t count, int width, int height, uint8_t *pixels, char *message);

// Decodes a still WebP file of exactly width x height pixels; transparency is composited over
// white.
cimages_status cimages_decode_webp(
  const uint8_t *data, size_t count, int width, int height, uint8_t *pixels, char *message);

// The size in a WebP file's header, of which `data` may be just the beginning.
cimages_status cimages_webp_size(
  const uint8_t *data, size_t count, int *width, int *height, int *is_animated, char *message);

// Encodes width x height RGB pixels. `*output` is released with cimages_free.
cimages_status cimages_encode_jpeg(
  const uint8_t *pixels, int width, int height, int quality, uint8_t **output, size_t *count, char *message);
cimages_status cimages_encode_png(
  const uint8_t *pixels, int width, int height, uint8_t **output, size_t *count, char *message);
cimages_status cimages_encode_webp(
  const uint8_t *pixels, int width, int height, float quality, uint8_t **output, size_t *count, char *message);

void cimages_free(uint8_t *output);
