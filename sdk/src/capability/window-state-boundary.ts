import type { GuestState } from "../guest/abi.ts"
import type { Window, WindowState } from "./window-state.ts"

/** The handle over a map by bounds. The one place where its values get their type, for the codec decoded them by their schema. */
class WindowHandle<A> implements WindowState<A> {
  readonly #state: GuestState
  constructor(state: GuestState) {
    this.#state = state
  }
  get(window: Window): A | undefined {
    return this.#state.get(nameOf(window)) as A | undefined
  }
  set(window: Window, value: A): void {
    this.#state.set(value, nameOf(window))
  }
  delete(window: Window): void {
    this.#state.delete(nameOf(window))
  }
  entries(): Iterable<readonly [Window, A]> {
    const entries = [...this.#state.entries()] as readonly (readonly [string, A])[]
    return entries.map(([name, value]) => [windowOf(name), value] as const).toSorted(byBounds)
  }
}

/** Text, so that it can be read where state is shown. Throws a RangeError for bounds that are no times. */
const nameOf = ({ end, start }: Window): string => {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end))
    throw new RangeError(`a window's bounds are whole milliseconds, not ${start} and ${end}`)
  return `${start}/${end}`
}

const windowOf = (name: string): Window => {
  const slash = name.indexOf("/")
  return { start: Number(name.slice(0, slash)), end: Number(name.slice(slash + 1)) }
}

const byBounds = ([left]: readonly [Window, unknown], [right]: readonly [Window, unknown]): number =>
  left.start - right.start || left.end - right.end

export const windowHandle = <A>(state: GuestState): WindowState<A> => new WindowHandle(state)
