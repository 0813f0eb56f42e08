import type { Draft } from "./options.ts"

/**
 * A copy of an event with the fields filled in that it left out. The cast is sound because `Filled` names those fields, and
 * what they are filled with is checked by the contract like all else.
 */
export const filled = <Event, Filled extends keyof Event>(
  draft: Draft<Event, Filled>,
  fields: { readonly [field: string]: () => unknown }
): Event => {
  const whole: { [field: string]: unknown } = { ...draft }
  for (const [field, make] of Object.entries(fields)) whole[field] ??= make()
  return whole as Event
}
