import { runEpisode } from "../ingest/kill-episode.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "ingest"
export const describe =
  "two clients tell of the same events while the platform is killed, at named steps and at random: each event is in the stream once"

const killsOfEpisode = 12

/** `count`: so many kills; default 36. Episodes of twelve, by seeds from `seed` on. */
export async function run({ count = 36, seed }: ProofOptions): Promise<ProofResult> {
  const notes: string[] = []
  let passed = 0
  for (let done = 0; done < count; done += killsOfEpisode) {
    const kills = Math.min(killsOfEpisode, count - done)
    const own = seed + done / killsOfEpisode
    const { complaints, retries, tracked } = await runEpisode({
      kills,
      seed: own,
      say: (line) => process.stdout.write(`ingest, seed ${own}: ${line}\n`)
    })
    passed += kills
    const told = `seed ${own}: ${tracked} events tracked, ${retries} requests made again, ${kills} kills, ${complaints.length} complaints`
    notes.push(told)
    process.stdout.write(`ingest, ${told}\n`)
    if (complaints.length === 0) continue
    passed -= kills
    notes.push(...complaints.slice(0, 20), `  again: npm run prove -- ingest --seed ${own} --count ${kills}`)
  }
  return { passed, failed: count - passed, notes }
}
