import * as Effect from "effect/Effect"

/** Who waits for a partition to grow. Woken by the commit that makes it so; no polling. */
export interface Waiters {
  /** Answers when `isReady` holds: asked at once, and again at every notice for the partition. */
  readonly wait: (partition: string, isReady: () => boolean) => Effect.Effect<void>
  readonly notify: (partition: string) => void
}

export function makeWaiters(): Waiters {
  const waiting = new Map<string, (() => void)[]>()
  const remove = (partition: string, wake: () => void): void => {
    const all = waiting.get(partition) ?? []
    const place = all.indexOf(wake)
    if (place >= 0) all.splice(place, 1)
  }
  return {
    wait: (partition, isReady) =>
      Effect.callback<void>((resume) => {
        if (isReady()) return resume(Effect.void)
        const wake = (): void => {
          if (!isReady()) return
          remove(partition, wake)
          resume(Effect.void)
        }
        const all = waiting.get(partition) ?? []
        if (all.length === 0) waiting.set(partition, all)
        all.push(wake)
        return Effect.sync(() => {
          remove(partition, wake)
          if (all.length === 0 && waiting.get(partition) === all) waiting.delete(partition)
        })
      }),
    notify: (partition) => {
      Array.from(waiting.get(partition) ?? []).forEach((wake) => wake())
    }
  }
}
