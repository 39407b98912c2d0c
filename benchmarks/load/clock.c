#include <time.h>
#include "generator.h"

static uint64_t random_state = 0x9e3779b97f4a7c15ULL;

int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * NS_PER_S + time.tv_nsec;
}

void seed_random(uint64_t seed) {
  random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

/* splitmix64 */
uint64_t random_bits(void) {
  uint64_t value = (random_state += 0x9e3779b97f4a7c15ULL);
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

double random_share(void) {
  return ((double)(random_bits() >> 11) + 1) / 9007199254740992.0;
}
