import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { readNotifyFile } from "./notify-file.ts"

const environment = {
  SLACK_URL: "https://hooks.slack.com/T1/secret",
  SMTP_PASSWORD: "hunter2",
  TOKEN: "t0ken"
}

/** `line:column message`, one a problem. */
const problems = (text: string): readonly string[] => {
  const read = readNotifyFile(text, environment)
  return Result.isSuccess(read)
    ? []
    : read.failure.problems.map(({ column, line, message }) => `${line}:${column} ${message}`)
}

const whole = `
default:
  - webhook: https://alerts.example.org/in
    headers: { authorization: "\${TOKEN}" }
owners:
  payments:
    - slack: \${SLACK_URL}
    - email: [oncall@example.org, lead@example.org]
smtp:
  host: smtp.example.org
  port: 587
  from: millrace@example.org
  user: millrace
  password: \${SMTP_PASSWORD}
waits: { group: 10s, repeat: 1h }
`

describe("a file of notifications", () => {
  it("is read with the environment's secrets in their places", () => {
    const read = readNotifyFile(whole, environment)
    assert.deepStrictEqual(Result.getOrThrow(read), {
      default: [{ by: "webhook", url: "https://alerts.example.org/in", headers: { authorization: "t0ken" } }],
      owners: {
        payments: [
          { by: "slack", url: "https://hooks.slack.com/T1/secret" },
          { by: "email", to: ["oncall@example.org", "lead@example.org"] }
        ]
      },
      smtp: {
        host: "smtp.example.org",
        port: 587,
        from: "millrace@example.org",
        security: "starttls",
        credentials: { user: "millrace", password: "hunter2" }
      },
      waits: { group: 10, interval: 300, repeat: 3_600 }
    })
  })

  it("names each thing that is wrong once, at its line", () => {
    assert.deepStrictEqual(
      problems(`
default:
  - webhook: ftp://example.org
  - telegram: "@me"
owner: {}
waits: { group: soon }
`),
      [
        "3:14 default.0.webhook: Expected an http or https address, or ${NAME}",
        "4:15 default.1.telegram: there is no such key",
        "5:8 owner: there is no such key",
        "6:17 waits.group: Expected a duration like 30s, 5m or 4h"
      ]
    )
    assert.deepStrictEqual(
      problems(`
default:
  - { slack: "\${SLACK_URL}", email: a@example.org }
  - { slack: "\${SLACK_URL}", headers: { a: "\${TOKEN}" } }
  - email: a@example.org
  - slack: \${NOT_SET}
`),
      [
        "3:5 default.0: it has exactly one of webhook:, slack: and email:",
        "3:5 default.0: there is no mail server: name one under smtp:",
        "4:39 default.1.headers: only a webhook has headers",
        "5:5 default.2: there is no mail server: name one under smtp:",
        "6:12 default.3.slack: the environment has no NOT_SET"
      ]
    )
    assert.match(problems("default: [")[0] ?? "", /^1:\d+ /)
    assert.match(problems("")[0] ?? "", /^1:1 /)
  })

  it("refuses a secret that stands in it, and a password that would go in the clear", () => {
    assert.match(
      problems("default: [{ slack: https://hooks.slack.com/T1/secret }]")[0] ?? "",
      /does not belong into a file/
    )
    const open = whole.replace("port: 587", "port: 587\n  security: none")
    assert.match(problems(open)[0] ?? "", /not sent in the clear/)
  })

  it("takes no address that could end a line of SMTP", () => {
    const found = problems('default: [{ email: "a@example.org>\\r\\nRCPT TO:<b@example.org" }]')
    assert.match(found[0] ?? "", /Expected an email address/)
  })

  it("never shows what a variable holds", () => {
    const found = problems(whole.replace("email: [", "email: [nobody, ").replace("port: 587", "port: 0"))
    assert.lengthOf(found, 2)
    for (const secret of Object.values(environment)) assert.notInclude(found.join("\n"), secret)
  })
})
