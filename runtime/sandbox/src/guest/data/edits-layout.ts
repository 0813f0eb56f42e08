/**
 * A frame as edits of the frames that a call was given (docs/formats/sandbox.md): its header, then u32 LE numbers of pieces, of
 * patches, of bytes written and of bytes patched; the pieces, two u32 LE each; the patches, one u32 LE each; the bytes written, and
 * those patched.
 * The worker reads by it what the guest writes.
 */
export const editsHeadBytes = 96
/** In place of where a piece begins in the call's frames: it is of the bytes written. */
export const writtenPiece = 0xffff_ffff
/** The low bits of a patch say where it begins in the frame, of at most 8 MiB; those above how many bytes it has. */
export const patchPlaceBits = 23
export const patchPlaceMask = 0x7f_ffff
export const mostPatchBytes = 511
