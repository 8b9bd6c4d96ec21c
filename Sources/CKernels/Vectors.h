// Vectors of the width that the including file names in `vectorLanes`; see VectorKernels.h.

#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float Vector __attribute__((vector_size(4 * vectorLanes), aligned(4 * vectorLanes)));
typedef uint32_t BitVector __attribute__((vector_size(4 * vectorLanes)));
typedef int32_t IntVector __attribute__((vector_size(4 * vectorLanes)));
typedef uint16_t HalfVector __attribute__((vector_size(2 * vectorLanes)));
typedef uint8_t ByteVector __attribute__((vector_size(vectorLanes)));

// A block of channels, by the size of an element.
typedef int32_t Block32 __attribute__((vector_size(blockBytes)));
typedef int16_t Block16 __attribute__((vector_size(blockBytes)));
typedef uint8_t Block8 __attribute__((vector_size(blockBytes)));

// The upper half of each float, rounded to the nearest, ties to even.
INLINE HalfVector roundedToBFloat16(Vector value) {
  const BitVector bits = (BitVector)value;
  return __builtin_convertvector((bits + 0x7fff + (bits >> 16 & 1)) >> 16, HalfVector);
}
