/** Shorter values are not looked for: they would be found in any text. */
const minLength = 6
const mask = "***"

/**
 * Takes secrets out of what comes back. INVARIANT: a reply that holds a secret's value, plain, percent-encoded, as JSON
 * writes it, or in base64 as it was sent, reaches the guest with `***` in its place: headers, URL and body. What a destination
 * makes of a secret otherwise (reversed, encrypted, cut in pieces) cannot be known; an operator who grants a secret for a
 * destination trusts it with the value.
 */
export class Redaction {
  private readonly forms: readonly string[]

  constructor(sent: readonly string[]) {
    const forms = sent.flatMap((value) => [
      value,
      encodeURIComponent(value.toWellFormed()),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString("base64"),
      Buffer.from(value).toString("base64url")
    ])
    this.forms = [...new Set(forms)]
      .filter((form) => form.length >= minLength)
      .sort((a, b) => b.length - a.length)
  }

  text(text: string): string {
    return this.forms.reduce((clean, form) => clean.replaceAll(form, mask), text)
  }

  /** Compares bytes, so that a body of no text stays what it is. */
  bytes(bytes: Uint8Array): Uint8Array {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const found = this.forms.some((form) => buffer.includes(form))
    // Latin-1 keeps every byte; the forms are looked for as their UTF-8 bytes.
    if (!found) return bytes
    const clean = this.forms.reduce(
      (text, form) => text.replaceAll(Buffer.from(form).toString("latin1"), mask),
      buffer.toString("latin1")
    )
    return new Uint8Array(Buffer.from(clean, "latin1"))
  }
}
