import { drawsOf, type Draw } from "./draw.ts"
import { couriersOf, type Depot, depots } from "./places.ts"

/** A scan as a gateway gives it (plugins/scanning/src/gateway.ts). */
export interface FedScan {
  readonly scanId: string
  readonly parcelId: string
  readonly depot: string
  readonly courier: string
  readonly event: string
  readonly city: string
  readonly postcode: string | null
  readonly weight: string | null
  readonly phone: string | null
  readonly scannedAt: number
}

/** One depot scans this share of all parcels. */
export interface Rush {
  readonly depot: string
  readonly share: number
}

/** The clocks of some handhelds are off: those of a depot, of one courier, or of all that speak to a gateway. */
export interface ClockOff {
  readonly of: "depot" | "courier" | "gateway"
  readonly name: string
  /** Ahead; below 0: behind. */
  readonly offMs: number
}

/** Of all gateways together. */
export const scansPerSecond = 100
/** Scans reach their gateway this late at most. */
const mostDelayMs = 2_000
/** Scans that a gateway remembers: a quarter of an hour and more. */
const mostKept = 200_000
const events = [
  ["arrived", 0.28],
  ["loaded", 0.17],
  ["out-for-delivery", 0.26],
  ["delivered", 0.26],
  ["returned", 0.03]
] as const

/** The handhelds of all depots: what they scan is drawn by the seed, each scan by its number. */
export class ScanFeed {
  rush: Rush | undefined
  clockOff: ClockOff | undefined
  private readonly seed: number
  /** When the first one asked, ms since 1970. */
  private start: number | undefined
  private made = 0
  private readonly gateways = new Map<string, { forgotten: number; scans: FedScan[] }>()

  constructor(seed: number) {
    this.seed = seed
  }

  /** Scans of a gateway from one number on, and the number after them. */
  page(
    gateway: string,
    after: number,
    most: number,
    now: number
  ): { scans: readonly FedScan[]; next: number } {
    this.makeUntil(now)
    const { forgotten, scans } = this.of(gateway)
    const from = Math.max(0, after - forgotten)
    const page = scans.slice(from, from + most)
    return { scans: page, next: forgotten + from + page.length }
  }

  private of(gateway: string): { forgotten: number; scans: FedScan[] } {
    const known = this.gateways.get(gateway)
    if (known !== undefined) return known
    const made = { forgotten: 0, scans: [] }
    this.gateways.set(gateway, made)
    return made
  }

  private makeUntil(now: number): void {
    const start = (this.start ??= now)
    const due = Math.floor(((now - start) * scansPerSecond) / 1_000)
    for (; this.made < due; this.made++) {
      const at = start + (this.made * 1_000) / scansPerSecond
      const draw = drawsOf(this.seed, this.made)
      const depot = this.depotOf(draw)
      const kept = this.of(depot.gateway)
      kept.scans.push(this.scanOf(draw, depot, at))
      if (kept.scans.length > 2 * mostKept) {
        kept.scans.splice(0, mostKept)
        kept.forgotten += mostKept
      }
    }
  }

  private depotOf(draw: Draw): Depot {
    const { rush } = this
    const isRush = draw.share() < (rush?.share ?? 0)
    return depots.find(({ code }) => isRush && code === rush?.depot) ?? draw.one(depots)
  }

  private scanOf(draw: Draw, depot: Depot, at: number): FedScan {
    const courier = draw.one(couriersOf(depot))
    const digits = String(draw.whole(0, 999)).padStart(3, "0")
    return {
      scanId: `S${this.made.toString(36).toUpperCase().padStart(7, "0")}`,
      parcelId: `JD0${draw.whole(1_000_000_000, 9_999_999_999)}`,
      depot: draw.share() < 0.2 ? `${depot.code.toLowerCase()} ` : depot.code,
      courier,
      event: eventOf(draw),
      city: depot.city,
      postcode: postcodeOf(draw, `${depot.area}${digits}`),
      weight: weightOf(draw),
      phone: draw.share() < 0.1 ? null : `+4917${draw.whole(10_000_000, 99_999_999)}`,
      scannedAt: Math.round(at - draw.between(0, mostDelayMs)) + this.offMsOf(depot, courier)
    }
  }

  private offMsOf({ code, gateway }: Depot, courier: string): number {
    const { clockOff } = this
    if (clockOff === undefined) return 0
    return { depot: code, courier, gateway }[clockOff.of] === clockOff.name ? clockOff.offMs : 0
  }
}

const eventOf = (draw: Draw): string => {
  let left = draw.share()
  for (const [event, share] of events) {
    if (left < share) return event
    left -= share
  }
  return "arrived"
}

const postcodeOf = (draw: Draw, code: string): string | null => {
  const form = draw.share()
  if (form < 0.02) return null
  if (form < 0.1) return `D-${code}`
  return form < 0.18 ? `${code.slice(0, 2)} ${code.slice(2)}` : code
}

/** Most parcels are light: the square of an even draw. */
const weightOf = (draw: Draw): string | null => {
  const grams = Math.round(120 + draw.share() ** 2 * 29_000)
  const form = draw.share()
  if (form < 0.02) return null
  return form < 0.3 ? `${grams} g` : `${(grams / 1_000).toFixed(2).replace(".", ",")} kg`
}
