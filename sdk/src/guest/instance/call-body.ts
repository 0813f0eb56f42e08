import type { AnyBody } from "../../plugin/definition.ts"
import type { GuestResult } from "../abi.ts"
import { drive } from "./drive.ts"

/** Calls a body of a source or a sink: plain functions answer, generators are driven. */
export const callBody = (body: AnyBody, ...args: readonly unknown[]): GuestResult => {
  const result = body(...args)
  return isRunning(result) ? drive(result) : result
}

/** True for a generator in progress. */
export const isRunning = (value: unknown): value is Generator<unknown, unknown, unknown> =>
  typeof value === "object" &&
  value !== null &&
  "next" in value &&
  typeof value.next === "function" &&
  Symbol.iterator in value
