/** Of one request, as it comes and after it was unpacked. */
export const maxBodyBytes = 4 * 1024 * 1024
/** Of one request. */
export const maxEvents = 10_000
/** Bodies that are read or checked at one time, of all senders. */
export const maxInFlightBytes = 32 * 1024 * 1024
/** A sender that is slower than this holds memory that others wait for, ms. */
export const bodyDeadlineMs = 30_000
/** Of one token, a second; twice as many at once after a pause. */
export const requestsPerSecond = 200
