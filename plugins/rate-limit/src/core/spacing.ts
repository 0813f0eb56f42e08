/** Records pass `per / records` ms after one another. */
export interface SpacingOptions {
  readonly records: number
  readonly per: number
  /** Records that wait at most. */
  readonly maxWaiting: number
}

/** What one key keeps. */
export interface SpacingState<Waiting> {
  /** When a record may pass if none waits, ms since 1970. */
  readonly free: { get(): number; set(time: number): void }
  /** By the order of arrival: what waits. */
  readonly waiting: {
    get(number: number): Waiting | undefined
    set(number: number, one: Waiting): void
    delete(number: number): unknown
  }
  /** The numbers of the first that waits, and of the next that will. */
  readonly line: {
    get(): { readonly first: number; readonly next: number }
    set(line: { readonly first: number; readonly next: number }): void
    delete(): unknown
  }
  /** Asks for {@link release} of this number at a time of the clock. */
  readonly wake: (time: number, number: number) => void
}

/** What becomes of a record that arrives: it passes at once, it waits, or too many do already. */
export const arrive = <Waiting>(
  one: Waiting,
  now: number,
  { free, line, waiting, wake }: SpacingState<Waiting>,
  { maxWaiting, per, records }: SpacingOptions
): "passes" | "waits" | "full" => {
  const { first, next } = line.get()
  const at = Math.max(now, free.get())
  if (first === next && at <= now) {
    free.set(now + per / records)
    return "passes"
  }
  if (next - first >= maxWaiting) return "full"
  waiting.set(next, one)
  line.set({ first, next: next + 1 })
  wake(Math.ceil(at), next)
  free.set(at + per / records)
  return "waits"
}

/**
 * What passes when the time of a number has come, in the order of arrival. Of several timers of one moment the later one may
 * come first: those before it pass with it.
 */
export const release = <Waiting>(
  number: number,
  { line, waiting }: SpacingState<Waiting>
): readonly Waiting[] => {
  const { first, next } = line.get()
  const given: Waiting[] = []
  for (let at = first; at <= number; at++) {
    const one = waiting.get(at)
    waiting.delete(at)
    if (one !== undefined) given.push(one)
  }
  const passed = Math.max(first, number + 1)
  if (passed >= next) line.delete()
  else line.set({ first: passed, next })
  return given
}
