// What is in the module: each file defines its functions.
#define NAPI_VERSION 8
#include <node_api.h>

napi_value refuse(napi_env env, const char *why);
napi_status define(napi_env env, napi_value exports, const char *name, napi_callback function);
napi_status define_shared_pages(napi_env env, napi_value exports);
napi_status define_edits(napi_env env, napi_value exports);
napi_status define_trim(napi_env env, napi_value exports);
