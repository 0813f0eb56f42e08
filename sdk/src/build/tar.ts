/** A file of an archive; its name is relative, of at most 100 bytes of ASCII. */
export interface ArchiveFile {
  readonly name: string
  readonly content: Uint8Array
}

const block = 512

/** A ustar archive (POSIX.1-1988) of regular files: sorted by name, mode 644, owner and times 0, so that the same files give the same bytes. */
export const writeTar = (files: readonly ArchiveFile[]): Uint8Array => {
  const sorted = files.toSorted((left, right) => (left.name < right.name ? -1 : 1))
  const size = sorted.reduce((sum, { content }) => sum + block + padded(content.length), 2 * block)
  const tar = new Uint8Array(size)
  let at = 0
  for (const { name, content } of sorted) {
    tar.set(header(name, content.length), at)
    tar.set(content, at + block)
    at += block + padded(content.length)
  }
  return tar
}

const padded = (length: number): number => Math.ceil(length / block) * block

const header = (name: string, size: number): Uint8Array => {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new Error(`no name for an archive: ${JSON.stringify(name)}`)
  const bytes = new Uint8Array(block)
  const put = (text: string, at: number) => bytes.set(new TextEncoder().encode(text), at)
  put(name, 0)
  put("0000644\0", 100)
  put("0000000\0", 108)
  put("0000000\0", 116)
  put(`${size.toString(8).padStart(11, "0")}\0`, 124)
  put("00000000000\0", 136)
  // The checksum is taken with its own field full of spaces.
  put("        ", 148)
  put("0", 156)
  put("ustar\x0000", 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return bytes
}
