import type { AnyRecord } from "./any-record-boundary.ts"
import { pointerOf } from "./open-field.ts"

/** Outputs whose names stand in the config. */
export interface OutputsFromConfig {
  readonly [output: string]: AnyRecord
}

/** A plain string: two copies of the SDK may meet in one bundle. */
const mark = "~millrace/outputs-from"

/**
 * Outputs that a pipeline names: `outputs: outputsFrom("routes", "otherwise")`. A key of the config holds a map, whose keys
 * are the names, a list of names, or one name; a path of keys has dots. `derive` answers their contracts.
 */
export const outputsFrom = (...keys: readonly string[]): OutputsFromConfig => {
  const marked: unknown = { [mark]: keys.map(pointerOf) }
  return marked as OutputsFromConfig
}

/** The pointers of {@link outputsFrom}; undefined for outputs that the plugin names itself. */
export const outputPointers = (outputs: object | undefined): readonly string[] | undefined =>
  outputs !== undefined && Object.hasOwn(outputs, mark)
    ? (Reflect.get(outputs, mark) as readonly string[])
    : undefined
