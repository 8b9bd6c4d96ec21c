#include "Parallel.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/ops/empty.h>

namespace ctorch {

void parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t begin, int64_t end)> body) {
  const int64_t parts = std::min<int64_t>(at::get_num_threads(), (count + grain - 1) / grain);
  if (parts <= 1) {
    if (count > 0) body(0, count);
    return;
  }
  // An iteration over a tensor's elements is parallel in libtorch itself; each element's place is a part's number.
  const at::Tensor numbers = at::empty({parts}, at::kByte);
  const char *first = static_cast<const char *>(numbers.const_data_ptr());
  at::TensorIterator iterator = at::TensorIterator::borrowing_nullary_op(numbers);
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t length) {
        for (int64_t part = data[0] - first, end = part + length; part < end; part++) {
          body(count * part / parts, count * (part + 1) / parts);
        }
      },
      /*grain_size=*/1);
}

}  // namespace ctorch
