const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const
const step = 1_024

/** A number of bytes for people: `12.3 MiB`. */
export const byteCount = (bytes: number): string => {
  let value = bytes
  let unit = 0
  for (; value >= step && unit < units.length - 1; unit++) value /= step
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
