import type * as Effect from "effect/Effect"

/**
 * Bodies and how a generator is judged. What a generator yields (`Eff`) and returns (`Res`) is inferred freely and then
 * judged by a conditional type that answers the body's type or a message: one line of error instead of ten.
 * A message is a string literal type, which the compiler prints. Pinned by `processor.types.test.ts`.
 */

/** A plain function returns `Out`; a generator yields effects and returns it. `Res | Out` keeps returned literals narrow. */
export type Returns<Out, Eff, Res> = Out | Generator<Eff, Res | Out, never>

/** An effect that any body may yield: its failures are tagged, and it needs no service. */
export type BodyEffect = Effect.Effect<unknown, { readonly _tag: string }>

/** A body where nothing has to be inferred from it. */
export type Body<Value, Context, Out> = (
  value: Value,
  context: Context
) => Out | Generator<BodyEffect, Out, never>

type FailureOf<Eff> = Eff extends Effect.Effect<infer _A, infer E, infer _R> ? E : never
type ServiceOf<Eff> = Eff extends Effect.Effect<infer _A, infer _E, infer R> ? R : never
type Untagged<E> = E extends { readonly _tag: string } ? never : E

/** `Body`, or why the generator that was given is none. With the defaults (`never`) it is `Body`: a plain function. */
export type Judged<Eff, Res, Expected, Body> = [Res] extends [never]
  ? Body
  : [ServiceOf<Eff>] extends [never]
    ? [Untagged<FailureOf<Eff>>] extends [never]
      ? [Res] extends [Expected]
        ? Body
        : Complaint<Res, Expected>
      : "a failure has no _tag: use Schema.TaggedError"
    : "an effect needs a service: provide it, or use a capability"

/** What is wrong with a returned value, in one sentence. */
type Complaint<Res, Expected> = Expected extends readonly (infer Item)[]
  ? Res extends readonly (infer Given)[]
    ? Given extends Item
      ? never
      : Missing<Given, Item>
    : "process answers an array of outputs"
  : Expected extends boolean
    ? "filter answers true or false"
    : Missing<Res, Expected>

type Missing<Given, Expected> =
  Exclude<keyof Expected & string, keyof Given> extends infer Name extends string
    ? [Name] extends [never]
      ? Wrong<Given, Expected>
      : `the output lacks '${Name}'`
    : never

type Wrong<Given, Expected> = {
  [K in keyof Expected & keyof Given & string]: Given[K] extends Expected[K] ? never : K
}[keyof Expected & keyof Given & string] extends infer Name extends string
  ? [Name] extends [never]
    ? "the output is of another contract: spread it, or make it anew"
    : `the output has another type than its contract in '${Name}'`
  : never
