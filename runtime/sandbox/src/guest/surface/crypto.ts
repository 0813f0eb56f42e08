import { ErrorOf, ObjectDefineProperty, TypeErrorOf, Uint8ArrayOf } from "../realm/primordials.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { offer } from "./timers.ts"

/** W3C Web Cryptography §10.1.1: no more bytes in one call. */
const maxBytes = 65_536

/**
 * `crypto.getRandomValues` and `crypto.randomUUID`, from the record's own randomness: a record that is run again draws the same
 * bytes. They are HMACs under the pipeline's key, so that nobody without it foretells them; real randomness is a permission.
 * There is no `crypto.subtle`.
 */
export function installCrypto(clock: RunClock): void {
  const draw = (bytes: Uint8Array): void => {
    for (let i = 0; i < bytes.length; i += 4) {
      const word = Math.floor(clock.random() * 4_294_967_296)
      for (let j = i; j < i + 4 && j < bytes.length; j++) bytes[j] = word >>> (8 * (j - i))
    }
  }
  offer("crypto", {
    getRandomValues: (target: unknown) => {
      if (!isIntegerArray(target)) throw new TypeErrorOf("the argument must be an array of integers")
      if (target.byteLength > maxBytes) throw quotaExceeded()
      draw(new Uint8ArrayOf(target.buffer, target.byteOffset, target.byteLength))
      return target
    },
    randomUUID: () => {
      const bytes = new Uint8ArrayOf(16)
      draw(bytes)
      return uuidOf(bytes)
    }
  })
}

/** RFC 9562 §5.4. */
function uuidOf(bytes: Uint8Array): string {
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  let text = ""
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-"
    text += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16)
  }
  return text
}

function isIntegerArray(value: unknown): value is Uint8Array {
  if (!ArrayBuffer.isView(value)) return false
  return /^\[object (?:Big)?(?:Int|Uint)[0-9]+(?:Clamped)?Array\]$/.test(
    Object.prototype.toString.call(value)
  )
}

function quotaExceeded(): Error {
  const error = new ErrorOf("more than 65,536 random bytes in one call")
  ObjectDefineProperty(error, "name", { value: "QuotaExceededError" })
  return error
}
