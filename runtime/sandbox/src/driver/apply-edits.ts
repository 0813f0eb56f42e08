import { copyWords, FrameFault, frameHeaderBytes, maxFrameBytes, wordCopyBytes } from "@millrace/sdk/record"
import { nativeModule } from "../pool/native-module.ts"
import { editsHeadBytes, patchPlaceBits, patchPlaceMask, writtenPiece } from "../guest/data/edits-layout.ts"

/** Below it a loop copies faster than a native call. */
const loopCopyBytes = 16

/**
 * The frame that edits make of the frames that a call was given. INVARIANT: nothing is allocated before all that the edits say of
 * pieces and sizes adds up, and nothing is patched before the patches do. That what comes of them is a sound frame is not known yet: it is to be checked like any other. Throws a
 * {@link FrameFault}, `TOO_LARGE` where it would have more than `mostBytes`. `native`: of one frame the same, by native copies, where the module is.
 */
export function applyEdits(
  edits: Uint8Array,
  inputs: readonly { readonly frame: Uint8Array }[],
  mostBytes: number,
  native = nativeModule()?.applyEdits
): Uint8Array {
  const parts = partsOf(edits)
  const sources = inputs.map(({ frame }) => bufferOf(frame))
  const length = lengthOf(parts, sources)
  if (length > mostBytes || length > maxFrameBytes)
    throw new FrameFault("TOO_LARGE", 0, `edits that make ${length} bytes`)
  // Not zeroed: INVARIANT: the pieces make up its whole length.
  const frame = Buffer.allocUnsafeSlow(length)
  const [only, ...others] = sources
  if (native !== undefined && only !== undefined && others.length === 0 && native(frame, edits, only))
    return new Uint8Array(frame.buffer)
  checkPatches(parts, length)
  parts.edits.copy(frame, 0, 0, frameHeaderBytes)
  putPieces(parts, sources, frame)
  putPatches(parts, frame)
  return new Uint8Array(frame.buffer)
}

/** Where the parts of edits begin; each ends where the next begins. */
interface Parts {
  readonly edits: Buffer
  readonly view: DataView
  readonly patches: number
  readonly written: number
  readonly patched: number
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function partsOf(bytes: Uint8Array): Parts {
  if (bytes.length < editsHeadBytes) throw new FrameFault("BAD_LENGTH", 0, "edits without their head")
  const view = viewOf(bytes)
  const [pieces, patches, written, patched] = [80, 84, 88, 92].map((at) => view.getUint32(at, true))
  const parts = {
    edits: bufferOf(bytes),
    view,
    patches: editsHeadBytes + 8 * pieces,
    written: editsHeadBytes + 8 * pieces + 4 * patches,
    patched: editsHeadBytes + 8 * pieces + 4 * patches + written
  }
  if (parts.patched + patched !== bytes.length)
    throw new FrameFault("BAD_LENGTH", 80, "edits whose parts do not add up")
  return parts
}

/** Bytes of the frame that the pieces make up. */
function lengthOf({ patched, patches, view, written }: Parts, sources: readonly Buffer[]): number {
  let length = frameHeaderBytes
  let used = written
  for (let at = editsHeadBytes; at < patches; at += 8) {
    const start = view.getUint32(at, true)
    const bytes = view.getUint32(at + 4, true)
    if (start === writtenPiece) used += bytes
    else if (!isWithin(sources, start, bytes))
      throw new FrameFault("BAD_LENGTH", at, "a piece that is in no frame")
    length += bytes
  }
  if (used !== patched) throw new FrameFault("BAD_LENGTH", 88, "bytes written that are in no piece")
  return length
}

function isWithin(sources: readonly Buffer[], start: number, bytes: number): boolean {
  let at = start
  for (let i = 0; i < sources.length; i++) {
    if (at < sources[i].length) return bytes <= sources[i].length - at
    at -= sources[i].length
  }
  return false
}

function checkPatches({ edits, patched, patches, view, written }: Parts, length: number): void {
  let used = patched
  for (let at = patches; at < written; at += 4) {
    const word = view.getUint32(at, true)
    const bytes = word >>> patchPlaceBits
    if ((word & patchPlaceMask) + bytes > length)
      throw new FrameFault("BAD_LENGTH", at, "a patch beyond the frame")
    used += bytes
  }
  if (used !== edits.length) throw new FrameFault("BAD_LENGTH", 92, "bytes patched that are in no patch")
}

function putPieces(
  { edits, patches, view, written }: Parts,
  sources: readonly Buffer[],
  frame: Buffer
): void {
  const frameView = viewOf(frame)
  const views = sources.map(viewOf)
  let place = frameHeaderBytes
  let used = written
  for (let at = editsHeadBytes; at < patches; at += 8) {
    let start = view.getUint32(at, true)
    const bytes = view.getUint32(at + 4, true)
    if (start === writtenPiece) {
      edits.copy(frame, place, used, used + bytes)
      used += bytes
    } else {
      let source = 0
      while (start >= sources[source].length) start -= sources[source++].length
      const end = start + bytes
      if (bytes > wordCopyBytes) sources[source].copy(frame, place, start, end)
      else copyWords(sources[source], views[source], start, end, frame, frameView, place)
    }
    place += bytes
  }
}

function putPatches({ edits, patched, patches, view, written }: Parts, frame: Buffer): void {
  let used = patched
  for (let at = patches; at < written; at += 4) {
    const word = view.getUint32(at, true)
    const place = word & patchPlaceMask
    const bytes = word >>> patchPlaceBits
    if (bytes > loopCopyBytes) edits.copy(frame, place, used, used + bytes)
    else for (let i = 0; i < bytes; i++) frame[place + i] = edits[used + i]
    used += bytes
  }
}
