// Maps in and out of the layout that kernels read.
#pragma once

#include "Maps.h"
#include "Threads.h"

namespace ck {

void clearBorder(const ck_map &map, int images, void *data, Threads &threads);
void readMap(const ck_map &map, int images, const void *data, float *values);
void writeMap(const ck_map &map, int images, const float *values, void *data);
void loadMap(
  const ck_map &sourceMap, const ck_map &targetMap, int images, const void *source, void *target, Threads &threads);

}  // namespace ck
