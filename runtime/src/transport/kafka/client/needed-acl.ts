import type { CoordinatorKind } from "./protocol/metadata.ts"

/** What a coordinator was asked about, as far as an ACL may be missing for it. */
export interface AskedOf<Answer> {
  readonly kind: CoordinatorKind
  /** Whose coordinator it is. */
  readonly key: string
  /** Whose transaction it is about, where a group's coordinator is asked. */
  readonly transactionalId?: string
  /** The group that a transaction's coordinator is asked of. */
  readonly group?: string
  /** What the user needs where topics are refused. */
  readonly topicNeeds?: (answer: Answer) => string
}

export const topicDenied = 29
const groupDenied = 30
const transactionalIdDenied = 53

/** What a user has to be allowed, as an ACL says it, where that is why a coordinator refused. */
export function neededAcl<Answer>(
  { group, key, kind, topicNeeds, transactionalId }: AskedOf<Answer>,
  code: number,
  answer: Answer
): string {
  if (code === topicDenied && topicNeeds !== undefined) return topicNeeds(answer)
  if (code === transactionalIdDenied) return `Write on transactional id ${transactionalId ?? key}`
  if (code === groupDenied || kind === "group") return `Read on group ${group ?? key}`
  return `Write on transactional id ${key}`
}
