import type { LinkedStep } from "./pass-step.ts"

/** Of a call's inputs: a name, a buffer that is moved, a place in the window, a number of bytes or of parts, or a part of a frame as text. */
export type Given = string | number | ArrayBuffer

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
  /** Where frames of calls stand, by number, and those of done calls are put, which the realms of the isolate have in common; another one when it is too small. */
  readonly window: (number: number, buffer: ArrayBuffer | SharedArrayBuffer) => void
  /**
   * A call, with its head as JSON text and its state entries. A segment's first node is given a frame for each of the head's inputs;
   * a later one the name of its input, its frame and the origins of the frame's records: each as a buffer or as its place in the
   * window, and its bytes; after them maybe each frame again as text, a
   * character for each byte: the number of its parts, and these, of one length but for the last. Answers a status text, whose first character says which (see {@link Harness.poll}).
   */
  readonly run: (
    headJson: string,
    wantsOrigins: boolean,
    state: ArrayBuffer | undefined,
    window: number,
    ...given: readonly Given[]
  ) => string
  /** The node as a step of a pass, for {@link Harness.link} of the pass's first node, in whose realm it is called; undefined: it cannot be one. */
  readonly step: () => LinkedStep | undefined
  readonly link: (step: LinkedStep) => void
  /**
   * As {@link Harness.run}, of the pass that the node is the first of, whose steps were all linked: `P` is followed by what follows `D`,
   * with a report for each of its nodes, one a line; `M`: nothing was done, and the call has to be made node by node.
   */
  readonly pass: (
    headJson: string,
    wantsOrigins: boolean,
    window: number,
    ...given: readonly Given[]
  ) => string
  /** `isRepeat`: the last status once more; it was lost to a stray rejection. `A` poll again · `W` waits for the worker: requests follow · `D` done: its frames and a report follow (docs of `CallReport`) · `O` over budget · `F` a failure follows. */
  readonly poll: (isRepeat: boolean, window: number) => string
  readonly answer: (id: number, errorCode: string, text: string, bytes: ArrayBuffer | undefined) => void
  /** A frame or bytes that the last status spoke of. */
  readonly take: (index: number) => ArrayBuffer | undefined
  readonly drop: () => void
  /** `manifest()` or `derive()` of the bundle: "=" and the text, or a failure as JSON text. */
  readonly inspect: (plugin: string, requestJson: string, isDerive: boolean) => string
}
