import { gateways } from "../world/places.ts"

/** Where the pipeline's outside world is. */
export interface Addresses {
  readonly gateways: string
  readonly roads: string
  readonly customers: string
  readonly billing: string
  readonly board: string
}

export const pipeline = "parcels"

/** The pipeline file of a delivery company, of twelve nodes. */
export const pipelineText = (
  at: Addresses
): string => `# Parcels from their first scan to the door, the bill and the depots' board.
pipeline: ${pipeline}
owner: deliveries
# A round that is four minutes behind is nobody's trouble.
alerts: { lagging: { threshold: 240 } }

nodes:
  # Handhelds of all depots, by regional gateway.
  scans:
    source: "@parcels/scanning#gateway@^1"
    with: { url: "${at.gateways}", gateways: [${gateways.join(", ")}] }
    watermark: { outOfOrderness: 5s, idleAfter: 30s }
    stream: parcels.scans
    partitions: 4

  # Who drives what today.
  couriers:
    source: "@millrace/files@^1"
    with:
      path: roster.csv
      format: csv
      record: parcels.couriers
      key: [courier]
      fields:
        courier: { type: string }
        team: { type: string }
        vehicle: { type: string }
        capacity: { type: int }

  tidied:
    use: "@parcels/scanning#tidy@^1"
    from: scans

  placed:
    use: "@parcels/scanning#place@^1"
    from: tidied
    key: [depot]
    stream: parcels.placed-scans
    partitions: 4

  staffed:
    use: "@fleet/rounds#staff@^1"
    from: placed
    tables: { couriers: couriers }

  legs:
    use: "@fleet/rounds#legs@^1"
    from: staffed
    with: { roads: "${at.roads}" }
    stream: parcels.legs
    partitions: 4

  # What is on its way, to those who wait for it.
  promised:
    use: "@accounts/tariffs#promise@^1"
    from: legs

  customersOut:
    sink: "@millrace/webhook@^1"
    from: promised
    with: { url: "${at.customers}", path: /notices, batch: array, maxRecords: 20 }

  # What was delivered, to whoever pays for it.
  priced:
    use: "@accounts/tariffs#price@^1"
    from: legs

  billingOut:
    sink: "@millrace/webhook@^1"
    from: priced
    with: { url: "${at.billing}", path: /charges, batch: array, maxRecords: 25 }

  # How busy each depot is.
  perDepot:
    use: "@millrace/window@^1"
    from: legs
    with:
      keyBy: [depot]
      window: { tumbling: 10s }
      aggregates:
        scans: { count: "*" }
        delivered: { count: event = 'delivered' }
        rural: { count: zone = 'rural' }
        placed: { count: zone }
        grams: { sum: grams }
        meanMinutes: { avg: minutes }

  boardOut:
    sink: "@millrace/webhook@^1"
    from: perDepot.output
    with: { url: "${at.board}", path: /depots, batch: array }
`
