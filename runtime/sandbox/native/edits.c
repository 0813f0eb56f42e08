// Makes the frame that edits tell (docs/formats/sandbox.md): thousands of short copies, which from JavaScript cost more than their bytes.
// The edits are a guest's, and hostile: each place is checked before it is read or written. src/driver/apply-edits.ts does the same where
// this was not compiled, and says what is wrong where this says no.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "module.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "edits are little-endian"
#endif

enum { header_bytes = 80, head_bytes = 96, place_bits = 23 };
static const uint32_t place_mask = (1u << place_bits) - 1;
static const uint32_t written_piece = 0xffffffff;

struct bytes {
  uint8_t *at;
  size_t length;
};

static uint32_t word_at(const uint8_t *at) {
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

static bool put_pieces(struct bytes frame, struct bytes source, const uint8_t *pieces, size_t count, struct bytes written) {
  size_t place = header_bytes, used = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t start = word_at(pieces + 8 * i), length = word_at(pieces + 8 * i + 4);
    const uint8_t *from;
    if (length > frame.length - place) return false;
    if (start == written_piece) {
      if (length > written.length - used) return false;
      from = written.at + used;
      used += length;
    } else {
      if (start >= source.length || length > source.length - start) return false;
      from = source.at + start;
    }
    memmove(frame.at + place, from, length);
    place += length;
  }
  return place == frame.length && used == written.length;
}

static bool put_patches(struct bytes frame, const uint8_t *patches, size_t count, struct bytes patched) {
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t word = word_at(patches + 4 * i);
    size_t place = word & place_mask, length = word >> place_bits;
    if (length > patched.length - used || place > frame.length || length > frame.length - place) return false;
    for (size_t b = 0; b < length; b++) frame.at[place + b] = patched.at[used + b];
    used += length;
  }
  return used == patched.length;
}

static bool apply(struct bytes frame, struct bytes edits, struct bytes source) {
  if (edits.length < head_bytes || frame.length < header_bytes) return false;
  /* Of 32 bits each, so that no sum of sizes overflows 64. */
  uint64_t pieces = word_at(edits.at + 80), patches = word_at(edits.at + 84);
  uint64_t written = word_at(edits.at + 88), patched = word_at(edits.at + 92);
  if (head_bytes + 8 * pieces + 4 * patches + written + patched != edits.length) return false;
  uint8_t *first_patch = edits.at + head_bytes + 8 * pieces;
  uint8_t *first_written = first_patch + 4 * patches;
  memmove(frame.at, edits.at, header_bytes);
  return put_pieces(frame, source, edits.at + head_bytes, pieces, (struct bytes){first_written, written}) &&
         put_patches(frame, first_patch, patches, (struct bytes){first_written + written, patched});
}

static bool take_bytes(napi_env env, napi_value value, struct bytes *bytes) {
  napi_typedarray_type type;
  void *at = NULL;
  return napi_get_typedarray_info(env, value, &type, &bytes->length, &at, NULL, NULL) == napi_ok &&
         type == napi_uint8_array && ((bytes->at = at) != NULL || bytes->length == 0);
}

/* applyEdits(frame, edits, source): whether they make a frame of that length; what is in it else is of no worth. */
static napi_value apply_edits(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3], made;
  struct bytes frame, edits, source;
  if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok || count < 3 || !take_bytes(env, given[0], &frame) ||
      !take_bytes(env, given[1], &edits) || !take_bytes(env, given[2], &source))
    return refuse(env, "applyEdits takes three byte arrays");
  if (napi_get_boolean(env, apply(frame, edits, source), &made) != napi_ok) return refuse(env, "no answer");
  return made;
}

napi_status define_edits(napi_env env, napi_value exports) { return define(env, exports, "applyEdits", apply_edits); }
