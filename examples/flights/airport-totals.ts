/** An airport's hour, as the pipeline gives it. */
export interface AirportHour {
  readonly airport: string
  readonly city: string
  readonly flights: number
  /** Of them that were delayed. */
  readonly share: number
  /** Minutes. */
  readonly meanDelay: number
}

interface Totals {
  readonly city: string
  flights: number
  delayed: number
  minutes: number
}

/** What the hours of each airport come to. */
export class AirportTotals {
  private readonly airports = new Map<string, Totals>()

  add({ airport, city, flights, meanDelay, share }: AirportHour): void {
    const totals = this.airports.get(airport) ?? { city, flights: 0, delayed: 0, minutes: 0 }
    totals.flights += flights
    totals.delayed += share * flights
    totals.minutes += meanDelay * flights
    this.airports.set(airport, totals)
  }

  /** A table of the airports with the most flights; nothing when none was added. */
  lines(count: number): readonly string[] {
    if (this.airports.size === 0) return []
    const rows = [...this.airports]
      .toSorted(([, left], [, right]) => right.flights - left.flights)
      .slice(0, count)
      .map(([airport, { city, delayed, flights, minutes }]) =>
        row(
          `${airport}  ${city}`,
          flights.toLocaleString("en"),
          `${((100 * delayed) / flights).toFixed(1)} %`,
          `${(minutes / flights).toFixed(1)} min`
        )
      )
    return ["", row("departures", "flights", "delayed", "mean delay"), ...rows, ""]
  }
}

const row = (name: string, flights: string, delayed: string, mean: string): string =>
  `${name.padEnd(28)}${flights.padStart(9)}${delayed.padStart(10)}${mean.padStart(12)}`
