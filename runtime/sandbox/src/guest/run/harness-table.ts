/**
 * The harness: our code in the guest's realm. `openHarness` runs before the bundle does; what it answers is held by the
 * sandbox process alone and never by the guest. Between the two, only strings, numbers and ArrayBuffers pass.
 */
export interface Harness {
  /** Takes what a codec text evaluated to. */
  readonly define: (kind: string, name: string, make: unknown) => void
  /** Answers "" or a failure as JSON text. */
  readonly open: (settingsJson: string) => string
  readonly table: (handle: string, frame: ArrayBuffer) => string
  readonly feed: (
    input: string,
    topic: string,
    partition: number,
    baseOffset: string,
    frame: ArrayBuffer,
    origins: ArrayBuffer | undefined
  ) => string
  readonly heads: (topic: string, partition: number, baseOffset: string, count: number) => void
  /** Status text: its first character says which (see {@link Harness.poll}). */
  readonly start: (headJson: string, seed: ArrayBuffer, state: ArrayBuffer) => string
  /** `isRepeat`: the last status once more; it was lost to a stray rejection. `A` poll again · `W` waits for the worker: requests follow · `D` done: a report follows · `O` over budget · `F` a failure follows. */
  readonly poll: (isRepeat: boolean) => string
  readonly answer: (id: number, errorCode: string, text: string, bytes: ArrayBuffer | undefined) => void
  /** A frame or bytes that the last status spoke of. */
  readonly take: (index: number) => ArrayBuffer | undefined
  readonly drop: () => void
  /** `manifest()` or `derive()` of the bundle: "=" and the text, or a failure as JSON text. */
  readonly inspect: (plugin: string, requestJson: string, isDerive: boolean) => string
}
