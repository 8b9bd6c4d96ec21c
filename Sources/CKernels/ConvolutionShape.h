// Which shapes there are convolutions for.
#pragma once

#include "KernelTable.h"

namespace ck {

// What is wrong with a shape, whose `groups` are at least 1; a convolution can be made of it if nothing is.
ck_status checkShape(const ck_convolution_shape &shape, const KernelTable &kernels);

}  // namespace ck
