/**
 * Why bytes are not a frame of ours, or cannot become one. Stable codes:
 * `BAD_MAGIC` not such a frame, or of another version · `BAD_LENGTH` truncated, or a length or count that does not add up ·
 * `BAD_VALUE` a field holds what its format forbids · `TOO_LARGE` over a limit of the format.
 */
export type FrameFaultCode = "BAD_MAGIC" | "BAD_LENGTH" | "BAD_VALUE" | "TOO_LARGE"

/**
 * Thrown by the readers and writers of frames, state entries and stored keys. `at` is the byte offset of the fault.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export class FrameFault extends Error {
  readonly _tag: "FrameFault"
  readonly code: FrameFaultCode
  readonly at: number

  constructor(code: FrameFaultCode, at: number, detail: string) {
    super("byte " + at + ": " + detail)
    this._tag = "FrameFault"
    this.code = code
    this.at = at
  }
}
