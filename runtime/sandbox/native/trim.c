// Gives free memory of malloc back to the system, also what lies between what is used: glibc does so of its own accord at the end of its heap alone.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "module.h"

/* trim(): nothing, where the C library has no such thing. */
static napi_value trim(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return NULL;
}

napi_status define_trim(napi_env env, napi_value exports) { return define(env, exports, "trim", trim); }
