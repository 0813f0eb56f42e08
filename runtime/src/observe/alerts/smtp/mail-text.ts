/** A mail of plain text. */
export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** Lines end with a newline. */
  readonly text: string
  readonly date: Date
  /** Unique for ever, without brackets: `id@host`. */
  readonly id: string
}

/** A mail as RFC 5322 and MIME have it: text in UTF-8, as base64, so that no line is too long and none begins with a dot. */
export const mailText = ({ date, from, id, subject, text, to }: Mail): string =>
  [
    `From: ${from}`,
    `To: ${to.join(", ")}`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}>`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...(Buffer.from(text.replaceAll(/\r?\n/g, "\r\n"), "utf8")
      .toString("base64")
      .match(/.{1,76}/g) ?? []),
    ""
  ].join("\r\n")

/** Bytes of UTF-8 in one encoded word, so that it is at most 75 long with all around it. */
const wordBytes = 42

/** Plain text where it is that, else RFC 2047: no line break of a name gets into the headers. */
const encodedWords = (text: string): string => {
  if (/^[\x20-\x7e]{0,60}$/.test(text) && !text.includes("=?")) return text
  const words: string[] = []
  let word = ""
  for (const character of text) {
    if (Buffer.byteLength(word + character) > wordBytes) {
      words.push(word)
      word = ""
    }
    word += character
  }
  words.push(word)
  return words.map((each) => `=?utf-8?B?${Buffer.from(each, "utf8").toString("base64")}?=`).join("\r\n ")
}
