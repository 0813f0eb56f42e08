import { CreateError } from "./create-error.js"

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** A promise that rejects when a signal asks us to end, and how to stop listening. */
export function untilSignal() {
  const listeners = []
  const ended = new Promise((_resolve, reject) => {
    for (const [signal, exit] of Object.entries(codes)) {
      const listener = () =>
        reject(new CreateError({ code: "CANCELLED", message: `ended by ${signal}`, remedy: "", exit }))
      process.on(signal, listener)
      listeners.push([signal, listener])
    }
  })
  // Nobody may be waiting when it comes.
  ended.catch(() => undefined)
  return { ended, stop: () => listeners.forEach(([signal, listener]) => process.off(signal, listener)) }
}
