import * as Schema from "effect/Schema"
import { emptyLayout, nextLayout } from "../../state/layout.ts"
import { canResolve } from "../../state/value-upgrade.ts"

/** A state as its node's changelog has it. */
export interface KeptState {
  readonly name: string
  readonly kind: string
  readonly mapKey?: string
  /** What stands for it in the changelog; no other state of the changelog ever has it. */
  readonly slot: number
  /** Avro schema texts of its values, oldest first; the last is in force. Empty: values of no schema. */
  readonly schemas: readonly string[]
}

/** How a node's states are kept in Kafka (docs/formats/kafka.md): the same for all workers. */
export interface KeptLayout {
  /** Of the changelog: one that follows begins anew. */
  readonly generation: number
  /** What the node's records are keyed by. */
  readonly key: string
  readonly states: readonly KeptState[]
  readonly retired: readonly number[]
}

/** A state as a plan wants it, with the text of its schema. */
export interface WantedText extends Pick<KeptState, "kind" | "mapKey" | "name"> {
  readonly schema: string
}

const LayoutText = Schema.fromJsonString(
  Schema.Struct({
    generation: Schema.Int,
    key: Schema.String,
    states: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        kind: Schema.String,
        mapKey: Schema.optionalKey(Schema.String),
        slot: Schema.Int,
        schemas: Schema.Array(Schema.String)
      })
    ),
    retired: Schema.Array(Schema.Int)
  })
)

/** Throws a SchemaError for what is no layout. */
export const readLayout: (text: string) => KeptLayout = Schema.decodeUnknownSync(LayoutText)
export const layoutText: (layout: KeptLayout) => string = Schema.encodeSync(LayoutText)

/** The layout for what a plan wants, on top of the one that is there: the rules of `state/layout.ts`; another generation where nothing can be kept. */
export function nextKept(
  before: KeptLayout | undefined,
  key: string,
  wanted: readonly WantedText[]
): KeptLayout {
  const texts: string[] = [""]
  const idOf = (text: string): number => {
    const known = texts.indexOf(text)
    return known < 0 ? texts.push(text) - 1 : known
  }
  const textOf = (id: number): string => texts[id] ?? ""
  const current =
    before === undefined
      ? emptyLayout
      : { ...before, states: before.states.map((each) => ({ ...each, schemas: each.schemas.map(idOf) })) }
  const states = wanted.map((each) => ({ ...each, schema: idOf(each.schema) }))
  const canRead = (writer: number, reader: number): boolean =>
    writer === reader || (writer > 0 && reader > 0 && canResolve(textOf(writer), textOf(reader)))
  const next = nextLayout(current, { key, states }, canRead)
  if (next === undefined)
    return { ...nextKept(undefined, key, wanted), generation: (before?.generation ?? 0) + 1 }
  return {
    generation: before?.generation ?? 0,
    key,
    states: next.states.map((each) => ({ ...each, schemas: each.schemas.map(textOf) })),
    retired: next.retired
  }
}
