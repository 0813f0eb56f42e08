/** Why a guest was stopped and thrown away. */
export class GuestStopped extends Error {
  readonly reason: "deadline" | "memory" | "broken"

  constructor(reason: "deadline" | "memory" | "broken", message: string) {
    super(message)
    this.reason = reason
  }
}
