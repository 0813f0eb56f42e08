// Memory that a worker and a sandbox process both map: memfd_create(2) and mmap(2) for Node, which has neither.
// Only for Linux; elsewhere, and where this was not compiled, bytes go over by pwrite and pread (src/pool/shared-memory.ts).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "module.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

/* create(bytes): a descriptor. Sealed: a process that has it could else cut it off, and whoever reads beyond its end is killed. */
static napi_value create(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given[1], descriptor;
  int64_t bytes = 0;
  if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok || count < 1 ||
      napi_get_value_int64(env, given[0], &bytes) != napi_ok || bytes <= 0)
    return refuse(env, "create takes a number of bytes");
  unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = memfd_create("millrace", flags | MFD_NOEXEC_SEAL);
  /* Before Linux 6.3. */
  if (fd < 0 && errno == EINVAL) fd = memfd_create("millrace", flags);
  if (fd < 0) return refuse(env, strerror(errno));
  if (ftruncate(fd, bytes) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    int why = errno;
    close(fd);
    return refuse(env, strerror(why));
  }
  if (napi_create_int32(env, fd, &descriptor) != napi_ok) {
    close(fd);
    return refuse(env, "no number");
  }
  return descriptor;
}

/* Node calls it from the event loop, when the buffer is gone: who never comes back there has the mapping for good. */
static void unmap(napi_env env, void *at, void *bytes) {
  (void)env;
  munmap(at, (size_t)(uintptr_t)bytes);
}

/* map(descriptor, at, bytes): an ArrayBuffer, to be unmapped when it was detached or collected, in whichever isolate it is by then. */
static napi_value map(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3], buffer;
  int32_t fd = -1;
  int64_t at = -1, bytes = 0;
  if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok || count < 3 ||
      napi_get_value_int32(env, given[0], &fd) != napi_ok || napi_get_value_int64(env, given[1], &at) != napi_ok ||
      napi_get_value_int64(env, given[2], &bytes) != napi_ok || at < 0 || bytes <= 0)
    return refuse(env, "map takes a descriptor, a place and a number of bytes");
  /* Only what nobody can cut off: memory of a file that others may shorten kills whoever reads it. */
  int seals = fcntl(fd, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) return refuse(env, "the descriptor is not sealed");
  off_t end = lseek(fd, 0, SEEK_END);
  if (end < 0 || at > end || bytes > end - at) return refuse(env, "beyond the descriptor's bytes");
  void *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
  if (memory == MAP_FAILED) return refuse(env, strerror(errno));
  if (napi_create_external_arraybuffer(env, memory, (size_t)bytes, unmap, (void *)(uintptr_t)bytes, &buffer) != napi_ok) {
    munmap(memory, (size_t)bytes);
    return refuse(env, "no buffer");
  }
  return buffer;
}

napi_status define_shared_pages(napi_env env, napi_value exports) {
  napi_status status = define(env, exports, "create", create);
  return status == napi_ok ? define(env, exports, "map", map) : status;
}
