const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 })
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 })
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 })

/** `3,201`, from a million on `1.2M`. */
export const countText = (count: number): string =>
  Math.abs(count) < 1_000_000 ? plain.format(count) : short.format(count)

/** `1,203,944`: with every digit, where counts are held against each other. */
export const exactText = (count: number): string => plain.format(count)

/** Records a second: `0`, `0.4`, `1,250`, `48.2K`. */
export const rateText = (rate: number): string => {
  if (Math.abs(rate) < 10) return fine.format(rate)
  return Math.abs(rate) < 10_000 ? plain.format(rate) : short.format(rate)
}

const binary = ["B", "KiB", "MiB", "GiB", "TiB"]

/** `1.5 MiB`, `550 MiB` */
export const bytesText = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${(value < 100 ? fine : plain).format(value)} ${binary[power]}`
}

/** A share of a core: `3 %`, `0.4 %`. */
export const shareText = (share: number): string =>
  `${share < 0.1 ? fine.format(share * 100) : plain.format(share * 100)} %`

/** `0.4 s`, `52 s`, `7 min`, `3 h`, `12 d`; below a tenth of a second `12 ms`. */
export const durationText = (seconds: number): string => {
  if (seconds > 0 && seconds < 0.1) return `${plain.format(seconds * 1_000)} ms`
  if (seconds < 10) return `${fine.format(seconds)} s`
  if (seconds < 120) return `${plain.format(seconds)} s`
  if (seconds < 7_200) return `${plain.format(seconds / 60)} min`
  return seconds < 172_800 ? `${plain.format(seconds / 3_600)} h` : `${plain.format(seconds / 86_400)} d`
}

/** By so many seconds the clocks of a browser and of servers may differ; a moment further ahead is none of now. */
const clockSlack = 60

/** Whether a moment so many seconds ago is ahead of this clock. */
export const isAhead = (secondsAgo: number): boolean => secondsAgo < -clockSlack

/** `just now`, `52 s ago`; `in 3 h` of what is ahead of this clock. */
export const agoText = (seconds: number): string => {
  if (isAhead(seconds)) return `in ${durationText(-seconds)}`
  return seconds < 5 ? "just now" : `${durationText(seconds)} ago`
}

/** `0 ms`, `840 ms`; from a second on as {@link durationText}. */
export const msText = (ms: number): string =>
  ms < 1_000 ? `${plain.format(ms)} ms` : durationText(ms / 1_000)

/** A value of a chart in its unit. */
export const unitText = (value: number, unit: string): string => {
  switch (unit) {
    case "bytes":
      return bytesText(value)
    case "bytes/s":
      return `${bytesText(value)}/s`
    case "seconds":
      return durationText(value)
    case "ratio":
      return shareText(value)
    case "records/s":
      return `${rateText(value)}/s`
    case "cores":
      return Math.abs(value) < 0.1 ? small.format(value) : rateText(value)
    default:
      return Number.isInteger(value) ? countText(value) : rateText(value)
  }
}

/** `2026-01-31 12:00:04`, in the reader's time zone. */
export const dateText = (at: number): string => {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, "0")
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clockText(at)}`
}

/** `12:00:04`, in the reader's time zone. */
export const clockText = (at: number): string => {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":")
}

/** `1 record`, `2 records` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`
