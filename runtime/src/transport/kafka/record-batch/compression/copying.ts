/** Spare bytes that an output has behind its end, for copies that go eight bytes at a time. */
export const spareBytes = 8

const nativeBytes = 256

/**
 * Copies `size` bytes; `toView` spans `to`, `fromView` spans `from`. What stands in the seven bytes behind the copy is not kept:
 * they must be there in `to`, and be written later or be spare.
 */
export function copyOver(
  from: Uint8Array,
  fromView: DataView,
  start: number,
  to: Uint8Array,
  toView: DataView,
  at: number,
  size: number
): void {
  if (size > nativeBytes || start + size + spareBytes > from.length) {
    to.set(from.subarray(start, start + size), at)
    return
  }
  for (let i = 0; i < size; i += 8) toView.setBigInt64(at + i, fromView.getBigInt64(start + i, true), true)
}

/**
 * Copies `size` bytes that begin `back` before `at` to `at`: where they overlap, what was just written is repeated. The seven bytes
 * behind are not kept, as with {@link copyOver}.
 */
export function copyBack(bytes: Uint8Array, view: DataView, at: number, back: number, size: number): void {
  if (back < 8) for (let i = at; i < at + size; i++) bytes[i] = bytes[i - back]!
  else for (let i = at; i < at + size; i += 8) view.setBigInt64(i, view.getBigInt64(i - back, true), true)
}
