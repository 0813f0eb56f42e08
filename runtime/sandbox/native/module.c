#include "module.h"

napi_value refuse(napi_env env, const char *why) {
  napi_throw_error(env, NULL, why);
  return NULL;
}

napi_status define(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value made;
  napi_status status = napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &made);
  return status == napi_ok ? napi_set_named_property(env, exports, name, made) : status;
}

NAPI_MODULE_INIT() {
  if (define_shared_pages(env, exports) != napi_ok || define_edits(env, exports) != napi_ok ||
      define_trim(env, exports) != napi_ok)
    return refuse(env, "no functions");
  return exports;
}
