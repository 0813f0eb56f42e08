import type { TransportShape } from "./transport.ts"

/**
 * A log as those see it who only look at it, for a status or a metric: a remote one that does not answer at once shows what it
 * showed last. Never for what must be true.
 */
export const watchedLog = (transport: TransportShape): TransportShape => {
  const { remote } = transport
  return remote === undefined
    ? transport
    : { ...transport, end: remote.lastEnd, checkpoints: remote.lastCheckpoints, read: remote.readSoon }
}
