/** Memory that several processes map: what one writes there the other reads, without a copy (native/shared-pages.c). */
export interface SharedPages {
  /** A descriptor of so many bytes, which nobody can make fewer or more. */
  readonly create: (bytes: number) => number
  /** A part of a descriptor's bytes, at a multiple of a page. It is unmapped once nobody holds the buffer, in whichever isolate, by this thread's event loop. */
  readonly map: (descriptor: number, at: number, bytes: number) => ArrayBuffer
}

/** The module of `native/`, which npm compiles. */
export interface NativeModule extends SharedPages {
  /** Makes a frame that edits tell of one other; false: they do not make one of its length (native/edits.c). */
  readonly applyEdits: (frame: Uint8Array, edits: Uint8Array, source: Uint8Array) => boolean
  /** Gives back what malloc has free (native/trim.c). */
  readonly trim: () => void
}

/** Undefined where the module is not there, as where it could not be compiled. */
export function loadNative(path: string): NativeModule | undefined {
  const module: { exports: Partial<NativeModule> } = { exports: {} }
  try {
    process.dlopen(module, path)
  } catch {
    return undefined
  }
  const { applyEdits, create, map, trim } = module.exports
  return applyEdits === undefined || create === undefined || map === undefined || trim === undefined
    ? undefined
    : { applyEdits, create, map, trim }
}
