#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "CImages.h"

// Everything that lives across the setjmp; its address is the address of the libjpeg object.
typedef struct {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  jmp_buf failure;
  unsigned char *output;
  unsigned long count;
  char *message;
} encoder;

static void on_error(j_common_ptr jpeg) {
  encoder *self = (encoder *)jpeg;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  snprintf(self->message, CIMAGES_MESSAGE_SIZE, "%s", text);
  longjmp(self->failure, 1);
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void encode(encoder *self, const uint8_t *pixels, int width, int height, int quality) {
  struct jpeg_compress_struct *jpeg = &self->jpeg;
  jpeg_create_compress(jpeg);
  jpeg_mem_dest(jpeg, &self->output, &self->count);
  jpeg->image_width = (JDIMENSION)width;
  jpeg->image_height = (JDIMENSION)height;
  jpeg->input_components = 3;
  jpeg->in_color_space = JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
  jpeg->optimize_coding = TRUE;
  jpeg_start_compress(jpeg, TRUE);
  while (jpeg->next_scanline < jpeg->image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg->next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_compress(jpeg);
}

cimages_status cimages_encode_jpeg(
  const uint8_t *pixels, int width, int height, int quality, uint8_t **output, size_t *count, char *message) {
  message[0] = 0;
  *output = NULL;
  *count = 0;
  encoder *self = calloc(1, sizeof(encoder));
  if (!self) return CIMAGES_OUT_OF_MEMORY;
  self->message = message;
  self->jpeg.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = on_error;
  self->errors.output_message = on_output;
  cimages_status status = CIMAGES_OK;
  if (setjmp(self->failure)) {
    status = CIMAGES_BROKEN;
  } else {
    encode(self, pixels, width, height, quality);
  }
  jpeg_destroy_compress(&self->jpeg);
  if (status == CIMAGES_OK) {
    *output = self->output;
    *count = self->count;
  } else {
    free(self->output);
  }
  free(self);
  return status;
}

void cimages_free(uint8_t *output) { free(output); }
