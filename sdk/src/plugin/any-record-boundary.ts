import * as Schema from "effect/Schema"
import { contractClass } from "./contract-boundary.ts"
import type { AnyContract, ContractParts } from "./contract.ts"
import type { DerivedRow } from "./derive.ts"

/** Records whose schema is known only when a pipeline is planned. */
export type AnyRecord = Schema.Codec<DerivedRow> & ContractParts

const subject = "millrace.AnyRecord"

/**
 * Takes the place of a contract where there is none yet: each of several inputs of a derived processor
 * (`inputs: { left: anyRecord, right: anyRecord }`), and rows in the state of one, whose schema `derive` then answers under
 * `state`.
 */
export const anyRecord = contractClass<AnyRecord>({ subject, schema: Schema.Struct({}) })

/** By its subject, for two copies of the SDK may meet in one bundle. */
export const isAnyRecord = (contract: AnyContract): boolean => contract.subject === subject
