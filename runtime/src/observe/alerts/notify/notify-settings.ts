import type { RuleInForce } from "../../rules/rules-in-force.ts"

/** Where alerts are told, by owner; secrets are filled in. */
export interface NotifySettings {
  /** Of owners that `owners` does not name, and of what belongs to nobody. */
  readonly default: readonly Receiver[]
  readonly owners: { readonly [owner: string]: readonly Receiver[] }
  readonly smtp: SmtpSettings | undefined
  readonly waits: NotifyWaits
}

export type Receiver =
  | { readonly by: "webhook"; readonly url: string; readonly headers: { readonly [name: string]: string } }
  | { readonly by: "slack"; readonly url: string }
  | { readonly by: "email"; readonly to: readonly string[] }

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** `starttls`: begun in the clear and made secret before anything is said; `tls`: secret from the start. */
  readonly security: "starttls" | "tls" | "none"
  readonly from: string
  readonly credentials: { readonly user: string; readonly password: string } | undefined
}

/** Seconds, as Alertmanager has them. */
export interface NotifyWaits {
  /** From the first alert of a group to its first message, so that what belongs together is told at once. */
  readonly group: number
  /** From a message to the next when the group changed. */
  readonly interval: number
  /** From a message to the next when nothing changed and it still fires. */
  readonly repeat: number
}

export const defaultWaits: NotifyWaits = { group: 30, interval: 300, repeat: 14_400 }

/** Nobody is told anything. */
export const noNotifications: NotifySettings = {
  default: [],
  owners: {},
  smtp: undefined,
  waits: defaultWaits
}

/** Who is told of a rule's alerts. */
export const receiversOf = (settings: NotifySettings, owner: RuleInForce["owner"]): readonly Receiver[] =>
  Object.hasOwn(settings.owners, owner) ? (settings.owners[owner] ?? []) : settings.default
