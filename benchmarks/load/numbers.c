#include <stdlib.h>
#include "generator.h"

#define SUB_BUCKETS 64
#define SUB_BITS 6

static int bucket_of(int64_t ns) {
  if (ns < SUB_BUCKETS) return ns < 0 ? 0 : (int)ns;
  int exponent = 63 - __builtin_clzll((unsigned long long)ns);
  int bucket = (exponent - SUB_BITS + 1) * SUB_BUCKETS + (int)((ns >> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1));
  return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static double bucket_ns(int bucket) {
  if (bucket < SUB_BUCKETS) return bucket;
  int exponent = bucket / SUB_BUCKETS + SUB_BITS - 1;
  return (double)(((int64_t)SUB_BUCKETS + bucket % SUB_BUCKETS) << (exponent - SUB_BITS));
}

void histogram_add(struct histogram *histogram, int64_t ns) {
  histogram->counts[bucket_of(ns)] += 1;
  histogram->total += 1;
}

double histogram_ms(const struct histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->total), sum = 0;
  for (int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket += 1) {
    sum += histogram->counts[bucket];
    if (sum > wanted) return bucket_ns(bucket) / NS_PER_MS;
  }
  return 0;
}

static int ascending(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

double quantile_ms(int64_t *values, size_t count, double share) {
  if (count == 0) return 0;
  qsort(values, count, sizeof *values, ascending);
  double place = (double)(count - 1) * share;
  size_t below = (size_t)place, above = below + 1 < count ? below + 1 : below;
  double low = (double)values[below], high = (double)values[above];
  return (low + (high - low) * (place - (double)below)) / NS_PER_MS;
}
