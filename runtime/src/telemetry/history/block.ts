/** Samples that lie together in one block. */
export const blockLength = 120

/**
 * A block of samples that no more are added to, as small as its values allow: most series do not change, most others count.
 * NaN stands where there was no sample.
 */
export type Block =
  | { readonly form: "constant"; readonly value: number }
  | {
      readonly form: "steps"
      readonly first: number
      /** From each sample to the next. */
      readonly steps: Int8Array | Int16Array | Int32Array
    }
  | { readonly form: "plain"; readonly values: Float64Array }

/** Of a series that was not measured at all. */
export const missing: Block = { form: "constant", value: Number.NaN }

/** Makes a block of {@link blockLength} samples; `values` may be used again afterwards. */
export const sealBlock = (values: Float64Array): Block => {
  const first = values[0] ?? Number.NaN
  if (values.every((value) => Object.is(value, first)))
    return Number.isNaN(first) ? missing : { form: "constant", value: first }
  const most = greatestStep(values)
  if (most === undefined) return { form: "plain", values: values.slice() }
  const steps =
    most < 2 ** 7
      ? new Int8Array(blockLength - 1)
      : most < 2 ** 15
        ? new Int16Array(blockLength - 1)
        : new Int32Array(blockLength - 1)
  for (let index = 1; index < blockLength; index++)
    steps[index - 1] = (values[index] ?? 0) - (values[index - 1] ?? 0)
  return { form: "steps", first, steps }
}

/** Undefined where a value is no whole number, or a step too great for 32 bits. */
const greatestStep = (values: Float64Array): number | undefined => {
  let most = 0
  let before = values[0] ?? Number.NaN
  for (const value of values) {
    // A negative zero would come back as zero.
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return undefined
    most = Math.max(most, Math.abs(value - before))
    before = value
  }
  return most < 2 ** 31 ? most : undefined
}

/** Writes a block's samples into `into`, which is {@link blockLength} long. */
export const openBlock = (block: Block, into: Float64Array): void => {
  if (block.form === "constant") {
    into.fill(block.value)
  } else if (block.form === "plain") {
    into.set(block.values)
  } else {
    let value = block.first
    into[0] = value
    for (let index = 1; index < blockLength; index++) {
      value += block.steps[index - 1] ?? 0
      into[index] = value
    }
  }
}

/** Bytes of a block's samples, without what objects cost. */
export const blockBytes = (block: Block): number =>
  block.form === "constant"
    ? 8
    : block.form === "plain"
      ? block.values.byteLength
      : 8 + block.steps.byteLength
