#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CImages.h"

// More scans than any encoder writes: a few kilobytes can otherwise ask for hours of work.
enum { MAXIMUM_SCANS = 500 };

// Everything that lives across the setjmp; its address is the address of the libjpeg object.
typedef struct {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failure;
  uint8_t *row;
  int data_ended;
  cimages_status status;
  char *message;
} decoder;

static void fail(decoder *self, cimages_status status) {
  self->status = status;
  longjmp(self->failure, 1);
}

static void fail_with(decoder *self, cimages_status status, const char *text) {
  snprintf(self->message, CIMAGES_MESSAGE_SIZE, "%s", text);
  fail(self, status);
}

static void on_error(j_common_ptr jpeg) {
  decoder *self = (decoder *)jpeg;
  int code = jpeg->err->msg_code;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  snprintf(self->message, CIMAGES_MESSAGE_SIZE, "%s", text);
  switch (code) {
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY: fail(self, CIMAGES_TRUNCATED); break;
    case JERR_OUT_OF_MEMORY: fail(self, CIMAGES_OUT_OF_MEMORY); break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL: fail(self, CIMAGES_UNSUPPORTED); break;
    default: fail(self, CIMAGES_BROKEN);
  }
}

// libjpeg paints what is missing of a truncated file grey and only warns. A file that lacks nothing
// but its end marker is complete; one in which the decoder then asks for more bits is not. Other
// warnings (stray bytes between markers and the like) are frequent in photographs that every viewer
// shows, and harmless.
static void on_message(j_common_ptr jpeg, int level) {
  decoder *self = (decoder *)jpeg;
  if (level >= 0) return;
  if (jpeg->err->msg_code == JWRN_JPEG_EOF) {
    self->data_ended = 1;
    if (self->jpeg.progressive_mode || self->jpeg.arith_code || jpeg_has_multiple_scans(&self->jpeg)) {
      fail(self, CIMAGES_TRUNCATED);
    }
  } else if (self->data_ended) {
    fail(self, CIMAGES_TRUNCATED);
  }
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
  decoder *self = (decoder *)jpeg;
  if (self->jpeg.input_scan_number > MAXIMUM_SCANS) {
    fail_with(self, CIMAGES_BROKEN, "more than 500 scans");
  }
}

// Adobe's programs, and after them all others, store the inverse of the ink in CMYK files.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t pixels, int inverted) {
  uint8_t flip = inverted ? 0 : 255;
  for (size_t i = 0; i < pixels; i++) {
    int light = cmyk[4 * i + 3] ^ flip;
    for (int channel = 0; channel < 3; channel++) {
      rgb[3 * i + channel] = (uint8_t)(((cmyk[4 * i + channel] ^ flip) * light + 127) / 255);
    }
  }
}

static void decode(
  decoder *self, const uint8_t *data, size_t count, int reduction, cimages_region region, uint8_t *pixels) {
  struct jpeg_decompress_struct *jpeg = &self->jpeg;
  jpeg_create_decompress(jpeg);
  self->progress.progress_monitor = on_progress;
  jpeg->progress = &self->progress;
  jpeg_mem_src(jpeg, data, count);
  jpeg_read_header(jpeg, TRUE);

  int is_cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
  jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg->scale_num = 1;
  jpeg->scale_denom = (unsigned int)reduction;
  jpeg_calc_output_dimensions(jpeg);
  if (
    region.left < 0 || region.top < 0 || region.width < 1 || region.height < 1
    || (int64_t)region.left + region.width > (int64_t)jpeg->output_width
    || (int64_t)region.top + region.height > (int64_t)jpeg->output_height) {
    fail_with(self, CIMAGES_BROKEN, "the size found in the header is not the size of the picture");
  }
  jpeg_start_decompress(jpeg);

  // The smooth upsampling of chroma looks at neighbouring samples, so one more block on either side
  // makes the pixels of a region equal to those of the whole picture.
  JDIMENSION first = 0, columns = jpeg->output_width;
  if ((JDIMENSION)region.width < jpeg->output_width) {
    JDIMENSION margin = 32;
    first = (JDIMENSION)region.left > margin ? (JDIMENSION)region.left - margin : 0;
    JDIMENSION end = (JDIMENSION)(region.left + region.width) + margin;
    columns = (end < jpeg->output_width ? end : jpeg->output_width) - first;
    if (columns < jpeg->output_width) jpeg_crop_scanline(jpeg, &first, &columns);
  }
  if (region.top > 0) jpeg_skip_scanlines(jpeg, (JDIMENSION)region.top);

  size_t row_size = 3 * (size_t)region.width;
  size_t samples = is_cmyk ? 4 : 3;
  int needs_row = is_cmyk || columns != (JDIMENSION)region.width;
  if (needs_row) {
    self->row = malloc(samples * jpeg->output_width);
    if (!self->row) fail_with(self, CIMAGES_OUT_OF_MEMORY, "no memory for a row of pixels");
  }
  for (int y = 0; y < region.height; y++) {
    uint8_t *output = pixels + (size_t)y * row_size;
    JSAMPROW target = needs_row ? self->row : output;
    jpeg_read_scanlines(jpeg, &target, 1);
    if (!needs_row) continue;
    const uint8_t *start = self->row + samples * ((JDIMENSION)region.left - first);
    if (is_cmyk) {
      cmyk_to_rgb(start, output, (size_t)region.width, jpeg->saw_Adobe_marker);
    } else {
      memcpy(output, start, row_size);
    }
  }
}

cimages_status cimages_decode_jpeg(
  const uint8_t *data, size_t count, int reduction, cimages_region region, uint8_t *pixels, char *message) {
  message[0] = 0;
  decoder *self = calloc(1, sizeof(decoder));
  if (!self) return CIMAGES_OUT_OF_MEMORY;
  self->message = message;
  self->jpeg.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = on_error;
  self->errors.emit_message = on_message;
  self->errors.output_message = on_output;
  if (!setjmp(self->failure)) decode(self, data, count, reduction, region, pixels);
  jpeg_destroy_decompress(&self->jpeg);
  free(self->row);
  cimages_status status = self->status;
  free(self);
  return status;
}
