/** Memory that several processes map: what one writes there the other reads, without a copy (native/shared-pages.c). */
export interface SharedPages {
  /** A descriptor of so many bytes, which nobody can make fewer or more. */
  readonly create: (bytes: number) => number
  /** A part of a descriptor's bytes, at a multiple of a page. It is unmapped when nobody holds the buffer, in whichever isolate. */
  readonly map: (descriptor: number, at: number, bytes: number) => ArrayBuffer
}

/** Undefined where the module is not there, as where it could not be compiled. */
export function loadPages(path: string): SharedPages | undefined {
  const module: { exports: Partial<SharedPages> } = { exports: {} }
  try {
    process.dlopen(module, path)
  } catch {
    return undefined
  }
  const { create, map } = module.exports
  return create === undefined || map === undefined ? undefined : { create, map }
}
