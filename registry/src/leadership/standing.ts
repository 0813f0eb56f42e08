/**
 * What a platform is among those of one database. `leading`: it may write, and every write of its is held against the epoch.
 * `following`: it waits for the lease. `deposed`: it led, and another has taken over; it never leads again.
 * `leader` is where the one that leads can be reached, as far as it is known.
 */
export type Standing =
  | { readonly is: "leading"; readonly epoch: number }
  | { readonly is: "following"; readonly leader: string | undefined }
  | { readonly is: "deposed"; readonly leader: string | undefined }
