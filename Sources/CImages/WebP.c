#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/encode.h>

#include "CImages.h"
#include "Composite.h"

static cimages_status failure(VP8StatusCode code, char *message) {
  const char *text = "the WebP data is broken";
  cimages_status status = CIMAGES_BROKEN;
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
      text = "no memory for the WebP decoder";
      status = CIMAGES_OUT_OF_MEMORY;
      break;
    case VP8_STATUS_NOT_ENOUGH_DATA:
      text = "the file ends before the picture does";
      status = CIMAGES_TRUNCATED;
      break;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      text = "a WebP feature that is not supported";
      status = CIMAGES_UNSUPPORTED;
      break;
    default: break;
  }
  snprintf(message, CIMAGES_MESSAGE_SIZE, "%s", text);
  return status;
}

cimages_status cimages_webp_size(
  const uint8_t *data, size_t count, int *width, int *height, int *is_animated, char *message) {
  message[0] = 0;
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(data, count, &features);
  if (code != VP8_STATUS_OK) return failure(code, message);
  *width = features.width;
  *height = features.height;
  *is_animated = features.has_animation;
  return CIMAGES_OK;
}

cimages_status cimages_decode_webp(
  const uint8_t *data, size_t count, int width, int height, uint8_t *pixels, char *message) {
  message[0] = 0;
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return CIMAGES_UNSUPPORTED;
  VP8StatusCode code = WebPGetFeatures(data, count, &config.input);
  if (code != VP8_STATUS_OK) return failure(code, message);
  if (config.input.width != width || config.input.height != height) {
    return failure(VP8_STATUS_BITSTREAM_ERROR, message);
  }
  int has_alpha = config.input.has_alpha;
  size_t channels = has_alpha ? 4 : 3;
  size_t size = channels * (size_t)width * (size_t)height;
  uint8_t *target = has_alpha ? malloc(size) : pixels;
  if (!target) return failure(VP8_STATUS_OUT_OF_MEMORY, message);
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = target;
  config.output.u.RGBA.stride = (int)channels * width;
  config.output.u.RGBA.size = size;
  code = WebPDecode(data, count, &config);
  WebPFreeDecBuffer(&config.output);
  if (has_alpha) {
    if (code == VP8_STATUS_OK) {
      composite_over_white(target, pixels, (size_t)width * (size_t)height);
    }
    free(target);
  }
  return code == VP8_STATUS_OK ? CIMAGES_OK : failure(code, message);
}

cimages_status cimages_encode_webp(
  const uint8_t *pixels, int width, int height, float quality, uint8_t **output, size_t *count, char *message) {
  message[0] = 0;
  *output = NULL;
  *count = 0;
  uint8_t *encoded = NULL;
  size_t size = WebPEncodeRGB(pixels, width, height, 3 * width, quality, &encoded);
  if (size == 0) {
    WebPFree(encoded);
    snprintf(message, CIMAGES_MESSAGE_SIZE, "WebP cannot hold a picture of %d x %d pixels", width, height);
    return CIMAGES_UNSUPPORTED;
  }
  *output = malloc(size);
  if (*output) {
    memcpy(*output, encoded, size);
    *count = size;
  }
  WebPFree(encoded);
  return *output ? CIMAGES_OK : CIMAGES_OUT_OF_MEMORY;
}
