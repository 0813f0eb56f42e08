/** A name by the time, for one who gave none: `20260131-120000`. */
export const savepointName = (now: number): string => {
  const [date = "", time = ""] = new Date(now).toISOString().split("T")
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`
}
