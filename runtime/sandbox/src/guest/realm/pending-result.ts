import { isFunction, isObject, ReflectApply } from "./primordials.ts"

/** Waits for a body's answer: at once when it is plain, else by its `settle`. One of the two is called, once. */
export function whenSettled(
  result: unknown,
  done: (value: unknown) => void,
  failed: (error: unknown) => void
): boolean {
  if (!isPending(result)) {
    done(result)
    return true
  }
  let isOver = false
  ReflectApply(result.settle, result, [
    (value: unknown) => {
      if (isOver) return
      isOver = true
      done(value)
    },
    (error: unknown) => {
      if (isOver) return
      isOver = true
      failed(error)
    }
  ])
  return isOver
}

export function isPending(
  result: unknown
): result is { readonly settle: (...given: readonly unknown[]) => unknown } {
  return isObject(result) && result["__millrace_pending"] === true && isFunction(result["settle"])
}

/** Stops a body; what its `finally` blocks throw is dropped. */
export function cancelPending(result: unknown): void {
  try {
    if (isObject(result) && isFunction(result["cancel"])) ReflectApply(result["cancel"], result, [])
  } catch {
    // A body that fails while it is stopped has nothing more to say.
  }
}
