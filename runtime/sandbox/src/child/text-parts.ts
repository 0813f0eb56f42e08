/** Longer texts V8 has on pages of their own, which are new memory for each. */
const textPartBytes = 65_536

/** A frame as text for the harness, a character for each byte: the number of its parts, and these. */
export function partsOf(frame: Buffer): readonly (number | string)[] {
  const parts: (number | string)[] = [Math.ceil(frame.length / textPartBytes)]
  for (let at = 0; at < frame.length; at += textPartBytes)
    parts.push(frame.toString("latin1", at, Math.min(at + textPartBytes, frame.length)))
  return parts
}
