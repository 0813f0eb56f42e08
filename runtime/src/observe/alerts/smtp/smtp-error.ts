import * as Schema from "effect/Schema"

/** A mail was not taken. `permanent`: the server will not take it later either (a reply of 500 or more). */
export class SmtpError extends Schema.TaggedError<SmtpError>()("SmtpError", {
  /** What was being done: `connect`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`. */
  stage: Schema.String,
  /** What the server or the network said; never what was sent. */
  reply: Schema.String,
  permanent: Schema.Boolean
}) {
  override get message(): string {
    return `${this.stage}: ${this.reply}`
  }
}
