import { partsOfBundle } from "../protocol/bundle-parts.ts"
import { GuestStopped } from "./guest-isolate.ts"
import type { Deadline, GuestIsolate, GuestRealm } from "./guest-isolate.ts"

/** A realm in which the library of bundles to come was run ahead. For one bundle. */
export class PrimedRealm {
  readonly isolate: GuestIsolate
  readonly realm: GuestRealm
  private readonly library: string

  private constructor(isolate: GuestIsolate, realm: GuestRealm, library: string) {
    this.isolate = isolate
    this.realm = realm
    this.library = library
  }

  /** Undefined, and the isolate ended, where the library throws or does not end: its bundle will say so. */
  static open(isolate: GuestIsolate, library: string, deadline: Deadline): PrimedRealm | undefined {
    try {
      const realm = isolate.openRealm(deadline)
      if (realm.runLibrary(library, deadline) === undefined) return new PrimedRealm(isolate, realm, library)
    } catch (error) {
      if (!(error instanceof GuestStopped)) throw error
    }
    isolate.dispose()
    return undefined
  }

  fits(bundle: string): boolean {
    return partsOfBundle(bundle).library === this.library
  }
}
