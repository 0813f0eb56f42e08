import { durationMs, durationPattern } from "@millrace/sdk/manifest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { isNode, LineCounter, parseDocument } from "yaml"
import { defaultWaits, type NotifySettings, type Receiver } from "./notify-settings.ts"

/** One thing that is wrong with a file of notifications. */
export interface NotifyProblem {
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly message: string
}

/** The file cannot be used. Holds every problem found, in the order of the text. */
export class NotifyFileError extends Schema.TaggedError<NotifyFileError>()("NotifyFileError", {
  problems: Schema.Array(Schema.Struct({ line: Schema.Int, column: Schema.Int, message: Schema.String }))
}) {
  override get message(): string {
    return this.problems.map(({ column, line, message }) => `${line}:${column} ${message}`).join("\n")
  }
}

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/

const Secret = Schema.String.check(
  Schema.isPattern(reference, {
    expected: "a variable of the environment, ${NAME}: a secret does not belong into a file"
  })
)
const Url = Schema.String.check(
  Schema.isPattern(/^(?:https?:\/\/\S+|\$\{[A-Za-z_][A-Za-z0-9_]*\})$/, {
    expected: "an http or https address, or ${NAME}"
  })
)
const Duration = Schema.String.check(
  Schema.isPattern(durationPattern, { expected: "a duration like 30s, 5m or 4h" })
)
/** What could end a line of SMTP, or a path in it, cannot be in an address. */
const Address = Schema.String.check(
  Schema.isPattern(/^[^\s<>@,;:"()[\]\\]+@[^\s<>@,;:"()[\]\\]+$/, { expected: "an email address" })
)

const Receivers = Schema.Array(
  Schema.Struct({
    webhook: Schema.optionalKey(Url),
    /** Of a webhook's requests. */
    headers: Schema.optionalKey(Schema.Record(Schema.String, Secret)),
    slack: Schema.optionalKey(Secret),
    email: Schema.optionalKey(Schema.Union([Address, Schema.NonEmptyArray(Address)]))
  })
)
type FileReceiver = (typeof Receivers.Type)[number]

/** `notify.yaml`. */
const NotifyFile = Schema.Struct({
  default: Receivers,
  owners: Schema.optionalKey(Schema.Record(Schema.String, Receivers)),
  smtp: Schema.optionalKey(
    Schema.Struct({
      host: Schema.String,
      port: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })),
      security: Schema.optionalKey(Schema.Literals(["starttls", "tls", "none"])),
      from: Address,
      user: Schema.optionalKey(Schema.String),
      password: Schema.optionalKey(Secret)
    })
  ),
  waits: Schema.optionalKey(
    Schema.Struct({
      group: Schema.optionalKey(Duration),
      interval: Schema.optionalKey(Duration),
      repeat: Schema.optionalKey(Duration)
    })
  )
})
type NotifyFile = typeof NotifyFile.Type

type Environment = { readonly [name: string]: string | undefined }
type Path = readonly PropertyKey[]

interface Problem {
  readonly path: Path
  readonly message: string
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Reads where alerts are told, with `${NAME}` filled in from the environment. Problems never show what a variable holds. */
export const readNotifyFile = (
  text: string,
  environment: Environment
): Result.Result<NotifySettings, NotifyFileError> => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, message: string): NotifyProblem => {
    const { col, line } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col), message }
  }
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    const problems = broken.map(({ message, pos }) => at(pos[0], message))
    return Result.fail(new NotifyFileError({ problems }))
  }
  const refused = (problems: readonly Problem[]) =>
    Result.fail(
      new NotifyFileError({
        problems: problems
          .map(({ message, path }) => at(offsetOf(document, path), `${pathText(path)}${message}`))
          .toSorted((left, right) => left.line - right.line || left.column - right.column)
      })
    )
  const decoded = Schema.decodeUnknownResult(NotifyFile)(document.toJS(), {
    errors: "all",
    onExcessProperty: "error"
  })
  if (Result.isFailure(decoded)) return refused(problemsOf(decoded.failure.issue))
  const problems = [...unsettled(decoded.success), ...missingVariables(decoded.success, environment)]
  return problems.length > 0 ? refused(problems) : Result.succeed(settingsOf(decoded.success, environment))
}

const problemsOf = (issue: SchemaIssue.Issue): readonly Problem[] =>
  issuesOf(issue).issues.map(({ message, path = [] }) => ({
    message: message === "Expected no excess property" ? "there is no such key" : message,
    path: path.map((segment) => (typeof segment === "object" ? segment.key : segment))
  }))

/** Where the value stands, or the nearest around it that does. */
const offsetOf = (document: ReturnType<typeof parseDocument>, path: Path): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

const pathText = (path: Path): string => (path.length === 0 ? "" : `${path.map(String).join(".")}: `)

const unsettled = ({ default: receivers, owners = {}, smtp }: NotifyFile): readonly Problem[] => {
  const all = [
    ...receivers.map((receiver, index) => ({ receiver, path: ["default", index] })),
    ...Object.entries(owners).flatMap(([owner, each]) =>
      each.map((receiver, index) => ({ receiver, path: ["owners", owner, index] }))
    )
  ]
  const receiverProblems = all.flatMap(({ path, receiver }) => [
    ...misshapen(receiver, path),
    ...(smtp === undefined && receiver.email !== undefined
      ? [{ path, message: "there is no mail server: name one under smtp:" }]
      : [])
  ])
  if (smtp === undefined) return receiverProblems
  const half =
    (smtp.user === undefined) === (smtp.password === undefined)
      ? []
      : [{ path: ["smtp"], message: "user and password go together" }]
  const open =
    smtp.security === "none" && smtp.password !== undefined
      ? [{ path: ["smtp", "security"], message: "a password is not sent in the clear: use starttls or tls" }]
      : []
  return [...receiverProblems, ...half, ...open]
}

const misshapen = (receiver: FileReceiver, path: Path): readonly Problem[] => {
  const kinds = (["webhook", "slack", "email"] as const).filter((kind) => receiver[kind] !== undefined)
  if (kinds.length !== 1) return [{ path, message: "it has exactly one of webhook:, slack: and email:" }]
  return receiver.headers !== undefined && receiver.webhook === undefined
    ? [{ path: [...path, "headers"], message: "only a webhook has headers" }]
    : []
}

const missingVariables = (value: unknown, environment: Environment, path: Path = []): readonly Problem[] => {
  if (typeof value === "string") {
    const name = reference.exec(value)?.[1]
    return name === undefined || (environment[name] ?? "") !== ""
      ? []
      : [{ path, message: `the environment has no ${name}` }]
  }
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    missingVariables(inner, environment, [...path, Array.isArray(value) ? Number(key) : key])
  )
}

const settingsOf = (file: NotifyFile, environment: Environment): NotifySettings => {
  const filled = (text: string): string => {
    const name = reference.exec(text)?.[1]
    return name === undefined ? text : (environment[name] ?? "")
  }
  const receiver = ({ email, headers = {}, slack, webhook }: FileReceiver): readonly Receiver[] => {
    if (slack !== undefined) return [{ by: "slack", url: filled(slack) }]
    if (email !== undefined) return [{ by: "email", to: typeof email === "string" ? [email] : email }]
    if (webhook === undefined) return []
    const values = Object.entries(headers).map(([name, value]) => [name, filled(value)] as const)
    return [{ by: "webhook", url: filled(webhook), headers: Object.fromEntries(values) }]
  }
  const { owners = {}, smtp, waits = {} } = file
  const seconds = (written: string | undefined, otherwise: number): number =>
    written === undefined ? otherwise : durationMs(written) / 1_000
  return {
    default: file.default.flatMap(receiver),
    owners: Object.fromEntries(
      Object.entries(owners).map(([owner, each]) => [owner, each.flatMap(receiver)])
    ),
    smtp:
      smtp === undefined
        ? undefined
        : {
            host: smtp.host,
            port: smtp.port,
            from: smtp.from,
            security: smtp.security ?? "starttls",
            credentials:
              smtp.user === undefined || smtp.password === undefined
                ? undefined
                : { user: filled(smtp.user), password: filled(smtp.password) }
          },
    waits: {
      group: seconds(waits.group, defaultWaits.group),
      interval: seconds(waits.interval, defaultWaits.interval),
      repeat: seconds(waits.repeat, defaultWaits.repeat)
    }
  }
}
