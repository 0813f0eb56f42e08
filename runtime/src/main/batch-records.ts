/**
 * `BATCH_RECORDS=N`, which a proof sets: the most records that a source is asked for at a time, and about as many for a task's
 * batch. Undefined without it: what the worker finds right. A text that is no such number is a mistake of the proof's.
 */
export function batchRecords(environment: {
  readonly [name: string]: string | undefined
}): number | undefined {
  const { BATCH_RECORDS: text } = environment
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new RangeError(`BATCH_RECORDS=${JSON.stringify(text)} is no number of records`)
  return Number(text)
}
