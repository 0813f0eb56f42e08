/** Samples that lie together in one block. */
export const blockLength = 120

/**
 * A block of samples that no more are added to, as a text of bytes (U+0000 to U+00FF): a text costs 16 bytes beside its own where an
 * array costs 200, and of a thousand pipelines there are a million such blocks in four hours. NaN stands where there was no sample.
 *
 * It is a row of parts. Each begins with a varint, a form in its lowest three bits and above them how many samples it has, and goes
 * on with what the form needs. Numbers that are whole are told by the zigzag varint of their difference from the last whole one
 * before, at first from 0; others by the eight bytes of a double, little-endian.
 */
export type Block = string

/** Nothing more. */
const absent = 0
/** One whole number. */
const sameWhole = 1
/** One double. */
const same = 2
/** A whole number for each sample. */
const wholes = 3
/** A double for each sample. */
const plain = 4

/** Of a series that was not measured at all. */
export const missing: Block = ""

/** Differences are told up to here, for their zigzag form has one bit more. */
const mostDifference = 2 ** 51

/** A head of two bytes and a double for each sample are the most that is written. */
const scratch = Buffer.allocUnsafe(blockLength * 10)
let length = 0
let last = 0

/** Makes a block of {@link blockLength} samples; `values` may be used again afterwards. */
export const sealBlock = (values: Float64Array): Block => {
  length = 0
  last = 0
  for (let from = 0; from < blockLength;) {
    let to = endOfSame(values, from)
    if (to - from > 1 || Number.isNaN(values[from])) {
      putSame(values[from] ?? Number.NaN, to - from)
    } else {
      // Others that differ from their neighbours and are of the same kind come with it.
      const isWhole = isTold(values[from], last)
      let before = values[from] ?? 0
      while (to < blockLength && endOfSame(values, to) === to + 1 && isAlike(values[to], before, isWhole))
        before = values[to++] ?? 0
      putEach(values.subarray(from, to), isWhole)
    }
    from = to
  }
  const sealed = scratch.toString("latin1", 0, length)
  return sealed === allAbsent ? missing : sealed
}

/** Where the samples end that are as the one at `from`. */
const endOfSame = (values: Float64Array, from: number): number => {
  let to = from + 1
  while (to < blockLength && Object.is(values[to], values[from])) to += 1
  return to
}

const isAlike = (value: number | undefined, before: number, isWhole: boolean): boolean =>
  !Number.isNaN(value) && isTold(value, isWhole ? before : last) === isWhole

/** Whether a sample can be told by its difference from another. A negative zero would come back as zero. */
const isTold = (value: number | undefined, from: number): boolean =>
  Number.isSafeInteger(value) && !Object.is(value, -0) && Math.abs((value ?? 0) - from) < mostDifference

const putSame = (value: number, count: number): void => {
  if (Number.isNaN(value)) {
    putVarint(count * 8 + absent)
  } else if (isTold(value, last)) {
    putVarint(count * 8 + sameWhole)
    putDifference(value)
  } else {
    putVarint(count * 8 + same)
    length = scratch.writeDoubleLE(value, length)
  }
}

const putEach = (values: Float64Array, isWhole: boolean): void => {
  putVarint(values.length * 8 + (isWhole ? wholes : plain))
  for (const value of values) {
    if (isWhole) putDifference(value)
    else length = scratch.writeDoubleLE(value, length)
  }
}

const putDifference = (value: number): void => {
  const difference = value - last
  putVarint(difference < 0 ? -2 * difference - 1 : 2 * difference)
  last = value
}

/** Up to 2^53: not by bit operations, which have 32. */
const putVarint = (value: number): void => {
  let rest = value
  while (rest > 127) {
    scratch[length++] = (rest % 128) + 128
    rest = Math.floor(rest / 128)
  }
  scratch[length++] = rest
}

const allAbsent = String.fromCharCode(((blockLength * 8) % 128) + 128, Math.floor((blockLength * 8) / 128))

/** Where a block is read. */
let at = 0

/** Writes a block's samples into `into`, which is {@link blockLength} long. */
export const openBlock = (block: Block, into: Float64Array): void => {
  if (block === missing) {
    into.fill(Number.NaN)
    return
  }
  at = 0
  let value = 0
  for (let place = 0; place < blockLength;) {
    const head = varintOf(block)
    const end = place + Math.floor(head / 8)
    const form = head % 8
    if (form === wholes) {
      while (place < end) into[place++] = value += differenceOf(block)
    } else if (form === plain) {
      while (place < end) into[place++] = doubleOf(block)
    } else {
      if (form === sameWhole) value += differenceOf(block)
      into.fill(form === absent ? Number.NaN : form === same ? doubleOf(block) : value, place, end)
      place = end
    }
  }
}

/** The one value that all samples of a block have, NaN where it has none; undefined where they differ. */
export const constantOf = (block: Block): number | undefined => {
  if (block === missing) return Number.NaN
  at = 0
  const head = varintOf(block)
  if (Math.floor(head / 8) < blockLength) return undefined
  return head % 8 === sameWhole ? differenceOf(block) : head % 8 === same ? doubleOf(block) : undefined
}

const differenceOf = (block: Block): number => {
  const zigzag = varintOf(block)
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
}

const varintOf = (block: Block): number => {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = block.charCodeAt(at++)
    if (byte < 128) return value + byte * scale
    value += (byte - 128) * scale
  }
}

const doubleBytes = new DataView(new ArrayBuffer(8))

const doubleOf = (block: Block): number => {
  for (let index = 0; index < 8; index++) doubleBytes.setUint8(index, block.charCodeAt(at++))
  return doubleBytes.getFloat64(0, true)
}

/** Bytes of a block's samples, without what a text costs. */
export const blockBytes = (block: Block): number => block.length
