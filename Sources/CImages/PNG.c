#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CImages.h"
#include "Composite.h"

// Everything that lives across the setjmp.
typedef struct {
  const uint8_t *input;
  size_t remaining;
  uint8_t *output;
  size_t count;
  size_t capacity;
  uint8_t *rgba;
  png_bytep *rows;
  cimages_status status;
  char *message;
} coder;

static void on_error(png_structp png, png_const_charp text) {
  coder *self = png_get_error_ptr(png);
  if (self->status == CIMAGES_OK) self->status = CIMAGES_BROKEN;
  snprintf(self->message, CIMAGES_MESSAGE_SIZE, "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void fail(png_structp png, cimages_status status, const char *text) {
  coder *self = png_get_error_ptr(png);
  self->status = status;
  png_error(png, text);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  coder *self = png_get_io_ptr(png);
  if (count > self->remaining) {
    fail(png, CIMAGES_TRUNCATED, "the file ends before the picture does");
  }
  memcpy(target, self->input, count);
  self->input += count;
  self->remaining -= count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  coder *self = png_get_io_ptr(png);
  if (count > self->capacity - self->count) {
    size_t capacity = 2 * self->capacity + count + 4096;
    uint8_t *output = realloc(self->output, capacity);
    if (!output) fail(png, CIMAGES_OUT_OF_MEMORY, "no memory for the encoded picture");
    self->output = output;
    self->capacity = capacity;
  }
  memcpy(self->output + self->count, source, count);
  self->count += count;
}

static void flush_bytes(png_structp png) { (void)png; }

static void decode(coder *self, png_structp png, png_infop info, size_t width, size_t height, uint8_t *pixels) {
  png_set_read_fn(png, self, read_bytes);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
    fail(png, CIMAGES_BROKEN, "the size found in the header is not the size of the picture");
  }
  int has_alpha =
    (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);

  size_t channels = has_alpha ? 4 : 3;
  if (png_get_rowbytes(png, info) != channels * width) {
    fail(png, CIMAGES_UNSUPPORTED, "unexpected layout of rows");
  }
  uint8_t *target = pixels;
  if (has_alpha) {
    target = self->rgba = malloc(channels * width * height);
    if (!target) fail(png, CIMAGES_OUT_OF_MEMORY, "no memory for the transparent picture");
  }
  self->rows = malloc(height * sizeof(png_bytep));
  if (!self->rows) fail(png, CIMAGES_OUT_OF_MEMORY, "no memory for the rows");
  for (size_t y = 0; y < height; y++) self->rows[y] = target + y * channels * width;
  png_read_image(png, self->rows);
  if (has_alpha) composite_over_white(self->rgba, pixels, width * height);
}

cimages_status cimages_decode_png(
  const uint8_t *data, size_t count, int width, int height, uint8_t *pixels, char *message) {
  message[0] = 0;
  coder *self = calloc(1, sizeof(coder));
  if (!self) return CIMAGES_OUT_OF_MEMORY;
  self->input = data;
  self->remaining = count;
  self->message = message;
  png_structp volatile png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  png_infop volatile info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    self->status = CIMAGES_OUT_OF_MEMORY;
  } else if (!setjmp(png_jmpbuf(png))) {
    decode(self, png, info, (size_t)width, (size_t)height, pixels);
  }
  png_structp used_png = png;
  png_infop used_info = info;
  png_destroy_read_struct(&used_png, &used_info, NULL);
  free(self->rgba);
  free(self->rows);
  cimages_status status = self->status;
  free(self);
  return status;
}

static void encode(coder *self, png_structp png, png_infop info, const uint8_t *pixels, int width, int height) {
  png_set_write_fn(png, self, write_bytes, flush_bytes);
  png_set_IHDR(
    png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * (size_t)width * 3);
  png_write_end(png, NULL);
}

cimages_status cimages_encode_png(
  const uint8_t *pixels, int width, int height, uint8_t **output, size_t *count, char *message) {
  message[0] = 0;
  *output = NULL;
  *count = 0;
  coder *self = calloc(1, sizeof(coder));
  if (!self) return CIMAGES_OUT_OF_MEMORY;
  self->message = message;
  png_structp volatile png = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  png_infop volatile info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    self->status = CIMAGES_OUT_OF_MEMORY;
  } else if (!setjmp(png_jmpbuf(png))) {
    encode(self, png, info, pixels, width, height);
  }
  png_structp used_png = png;
  png_infop used_info = info;
  png_destroy_write_struct(&used_png, &used_info);
  cimages_status status = self->status;
  if (status == CIMAGES_OK) {
    *output = self->output;
    *count = self->count;
  } else {
    free(self->output);
  }
  free(self);
  return status;
}
