/** A subject, by the context that it stands in. An empty name means the context itself, where settings are concerned. */
export interface SubjectPlace {
  /** Empty, or a name that begins with a dot. */
  readonly context: string
  readonly subject: string
}

/** The context of what is registered without naming one; Confluent writes it `.`. */
export const defaultContext = ""

/** Holds no subjects: what is set for it counts wherever nothing nearer is set. */
export const globalContext = ".__GLOBAL"

/** `:.context:subject`, or the name alone in the default context. (Confluent's qualified subject) */
export const placeText = ({ context, subject }: SubjectPlace): string =>
  context === defaultContext ? subject : `:${context}:${subject}`

/** What a qualified subject names; `:.:subject` is of the default context. */
export const placeOf = (text: string): SubjectPlace => {
  if (!text.startsWith(":.")) return { context: defaultContext, subject: text }
  const end = text.indexOf(":", 1)
  const context = end === -1 ? text.slice(1) : text.slice(1, end)
  return {
    context: context === "." ? defaultContext : context,
    subject: end === -1 ? "" : text.slice(end + 1)
  }
}

/** What a reference names, as it stands in a schema of some context: that context's, unless it says another. */
export const placeWithin = (context: string, text: string): SubjectPlace => {
  const place = placeOf(text)
  return text.startsWith(":.") ? place : { ...place, context }
}
