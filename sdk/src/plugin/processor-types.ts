import type * as Schema from "effect/Schema"
import type { Body, Judged, Returns } from "./body-types.ts"
import type { AnyContract } from "./contract.ts"
import type { Derive, DerivedRow } from "./derive.ts"
import type { FieldFromConfig, RowOf } from "./open-field.ts"
import type { Context, RecordContext } from "./record-context.ts"

/**
 * The types of `defineProcessor`. One idea carries them: `G`, *the keys that were given*, is inferred from the options by
 * `{ [P in G]: … }`, and every other type is a conditional on it. Three rules rest on how inference behaves:
 * 1. a check depends on G and on schemas only, or passes on the defaults (TypeScript judges once before it sees functions);
 * 2. a body's type stands in a conditional on G, so that it is instantiated before the body is typed and literals stay
 *    narrow;
 * 3. a generator's yield and return are inferred freely (`Eff`, `Res`), then judged (body-types.ts).
 * `processor.types.test.ts` pins what an author sees; change nothing here without it.
 */

// ---- What the options may hold -------------------------------------------------------------------------------------

/** Inputs or outputs by name. */
export interface Contracts {
  readonly [name: string]: AnyContract
}
/** The schema of a plugin's config. */
export type AnyConfig = Schema.Struct<Schema.Struct.Fields>
export type ConfigOf<C> = C extends { readonly Type: infer A } ? A : {}
export type ValueOf<C> = C extends { readonly Type: infer A } ? A : never

type BodyKey = "filter" | "map" | "process"

/** The options with a type of their own, from which the type parameters are inferred. */
export interface ProcessorParts<I, O, Ins, Outs, R, A, Up, C, U> {
  /** Unique in its package; letters, digits and hyphens. */
  readonly name: string
  readonly description?: string
  /** Closed: whole records in. */
  readonly input?: I
  /** Closed: whole records out; default: `input`. */
  readonly output?: O
  /** Closed: several inputs; `process` then has a body for each, and state is shared by key. */
  readonly inputs?: Ins
  /** Closed: several outputs; `process` then answers `{ [output]: [...] }`. */
  readonly outputs?: Outs
  /** Open: runs on any record that has these fields; all others pass through as bytes. */
  readonly reads?: R
  /** Open: fields that every output gains. */
  readonly adds?: A
  /** Open: names of `reads` whose value the body gives anew. */
  readonly updates?: readonly Up[]
  /** Open: fields that the output loses. */
  readonly drops?: readonly (string | FieldFromConfig<unknown>)[]
  /** Derived: answers the contract when a pipeline is planned. */
  readonly derive?: Derive<ConfigOf<C>>
  /** The one input may be fed by several streams of the same schema, in order of arrival. */
  readonly many?: boolean
  readonly config?: C
  /** At once the permissions and the typed handles. */
  readonly uses?: U
}

// ---- What a body gets and gives ------------------------------------------------------------------------------------

type Row<G, I, R> = "reads" extends G ? RowOf<R> : "derive" extends G ? DerivedRow : ValueOf<I>

/** What a body gives per output record. `?: never`: an open body returns nothing undeclared, so that lineage is exact. */
type Out<G, O, R, A, Up extends PropertyKey> = "reads" extends G
  ? OpenOut<R, NoInfer<A>, NoInfer<Up>>
  : "derive" extends G
    ? DerivedRow
    : ValueOf<O>
type OpenOut<R, A, Up extends PropertyKey> = {
  readonly [K in keyof A | Up]: K extends keyof A ? RowOf<A>[K] : K extends keyof R ? RowOf<R>[K] : never
} & { readonly [K in Exclude<keyof R, keyof A | Up>]?: never }

type OutputsOf<Outs> = { readonly [K in keyof Outs]?: readonly ValueOf<Outs[K]>[] }
type Answers<G, O, Outs, R, A, Up extends PropertyKey> = "outputs" extends G
  ? OutputsOf<Outs>
  : readonly Out<G, O, R, A, Up>[]

/** What a delete gives: null is the delete itself. */
type Deleted<Given> = Given extends readonly (infer Value)[]
  ? readonly (Value | null)[]
  : { readonly [K in keyof Given]: Deleted<Given[K]> }

type BodyOf<P, Value, Ctx, Mapped, Processed, Eff, Res> = P extends "filter"
  ? Judged<Eff, Res, boolean, (value: Value, context: Ctx) => Returns<boolean, Eff, Res>>
  : P extends "map"
    ? Judged<Eff, Res, Mapped, (value: Value, context: Ctx) => Returns<Mapped, Eff, Res>>
    : Judged<Eff, Res, Processed, (value: Value, context: Ctx) => Returns<Processed, Eff, Res>>

/** With `inputs`: a body for each. */
type Bodies<Ins, Ctx, Processed> = { readonly [K in keyof Ins]: Body<ValueOf<Ins[K]>, Ctx, Processed> }

// ---- Checks --------------------------------------------------------------------------------------------------------

type OneBody<G, P> = [Exclude<G & BodyKey, P>] extends [never]
  ? unknown
  : "give one of filter, map and process"
type HasBody<G> = [G & BodyKey] extends [never] ? "give one of filter, map and process" : string

type KeyNames<Row> =
  | (keyof Row & string)
  | FieldFromConfig<undefined>
  | readonly ((keyof Row & string) | FieldFromConfig<undefined>)[]
/** An open contract may be keyed by any field: whether it is there is known when a pipeline is planned. */
type KeyBy<G, I, Ins> = "inputs" extends G
  ? { readonly [K in keyof Ins]: KeyNames<ValueOf<Ins[K]>> }
  : "input" extends G
    ? KeyNames<ValueOf<I>>
    : string | FieldFromConfig<undefined> | readonly (string | FieldFromConfig<undefined>)[]

type UsesCheck<G, U> = {
  readonly [K in keyof U]: K extends keyof RecordContext<unknown>
    ? `'${K}' is the context's own: take another name`
    : "keyBy" extends G
      ? unknown
      : U[K] extends { readonly keyed: true }
        ? "state is kept by key: give keyBy"
        : unknown
}

/** Each given key's type; an intersection with {@link ProcessorParts} where that has a type of its own. */
export type GivenOptions<G extends string, I, O, Ins, Outs, R, A, Up extends PropertyKey, C, U, Eff, Res> = {
  readonly [P in G]: P extends BodyKey
    ? ["inputs", P] extends [G, "process"]
      ? Bodies<Ins, Context<ConfigOf<C>, U>, Answers<G, O, Outs, R, A, Up>>
      : BodyOf<
          P,
          Row<G, I, R>,
          Context<ConfigOf<C>, U>,
          Out<G, O, R, A, Up>,
          Answers<G, O, Outs, R, A, Up>,
          Eff,
          Res
        > &
          OneBody<G, P>
    : P extends "onTimer"
      ? Body<string, Context<ConfigOf<C>, U>, Answers<G, O, Outs, R, A, Up>>
      : P extends "onDelete"
        ? (input: string, context: Context<ConfigOf<C>, U>) => Deleted<Answers<G, O, Outs, R, A, Up>>
        : P extends "name"
          ? HasBody<G>
          : P extends "keyBy"
            ? KeyBy<G, I, Ins>
            : P extends "uses"
              ? UsesCheck<G, U>
              : P extends keyof ProcessorParts<I, O, Ins, Outs, R, A, Up, C, U>
                ? unknown
                : "there is no such option"
}

// ---- The result ----------------------------------------------------------------------------------------------------

/** What a processor takes: its value, or the values of its inputs by name. */
export type InputOf<G, I, Ins, R> = "inputs" extends G
  ? { readonly [K in keyof Ins]: ValueOf<Ins[K]> }
  : Row<G, I, R>
export type OutputOf<G, I, O, Outs, R, A, Up extends PropertyKey> = "outputs" extends G
  ? { readonly [K in keyof Outs]: ValueOf<Outs[K]> }
  : "filter" extends G
    ? Row<G, I, R>
    : Out<G, O, R, A, Up>
