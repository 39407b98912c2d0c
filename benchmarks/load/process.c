#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "generator.h"

/* The name of a program, in parentheses, may hold anything: the fields are counted from the last of them (proc(5)). */
static int64_t cpu_of(const char *path) {
  char text[1024];
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  size_t bytes = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[bytes] = 0;
  char *fields = strrchr(text, ')');
  long long user = 0, kernel = 0;
  if (fields == NULL || sscanf(fields + 2, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %lld", &user, &kernel) != 2) return 0;
  return (int64_t)(user + kernel) * (NS_PER_S / sysconf(_SC_CLK_TCK));
}

void read_usage(int pid, struct usage *usage) {
  memset(usage, 0, sizeof *usage);
  usage->at_ns = now_ns();
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  usage->own_cpu_ns = (int64_t)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) * NS_PER_S +
                      (int64_t)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) * 1000;
  if (pid == 0) return;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  usage->cpu_ns = cpu_of(path);
  snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, pid);
  usage->thread_ns = cpu_of(path);
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE *file = fopen(path, "r");
  long long pages = 0;
  if (file != NULL) {
    if (fscanf(file, "%*s %lld", &pages) != 1) pages = 0;
    fclose(file);
  }
  usage->rss_bytes = (int64_t)pages * sysconf(_SC_PAGESIZE);
}
