/**
 * The releases of Apache Kafka that we run, each the newest of its line that Maven Central serves whole. 4.4.0 is listed
 * there, but `kafka-tools-api` 4.4.0, which it needs, is not.
 */
export const releases = { "4": "4.3.1", "3.9": "3.9.2" } as const

/** A line of releases, as `--kafka` names it. */
export type Release = keyof typeof releases

export const isRelease = (text: string): text is Release => Object.hasOwn(releases, text)

/** The least Java that runs a broker of the line. */
export const leastJava: { readonly [release in Release]: number } = { "4": 17, "3.9": 8 }

/** What a broker logs through, which its own POM leaves to the distribution: without it 4.x is silent, and 3.9 does not start. */
export const loggingJar: {
  readonly [release in Release]: readonly [group: string, name: string, version: string]
} = {
  "4": ["org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.1"],
  "3.9": ["org.slf4j", "slf4j-reload4j", "1.7.36"]
}
