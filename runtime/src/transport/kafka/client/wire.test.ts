import { assert, describe, it } from "vitest"
import { connectFailure } from "./wire.ts"

describe("why a broker did not let the client in", () => {
  const said = (message: string, cause?: Error): string =>
    connectFailure(new Error(message, { cause })).message

  it("is the user's proof, though the broker names the mechanism that it was given by", () => {
    assert.match(
      said(
        "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512"
      ),
      /refused the user's proof/
    )
  })

  it.each([
    [new Error("SASL PLAIN mechanism is not supported by the server")],
    [new Error("Cannot find a suitable SASL mechanism.", { cause: new Error("UNSUPPORTED_SASL_MECHANISM") })]
  ])("is the mechanism where the broker has none of it: %s", (cause) => {
    assert.match(said("Connection failed", cause), /takes no such SASL mechanism/)
  })
})
