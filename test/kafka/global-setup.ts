import { keeperVariable, startKeeper } from "./keeper.ts"

/** Vitest calls it once for each project; the first keeps the clusters for all. */
export const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (process.env[keeperVariable] !== undefined) return undefined
  const keeper = await startKeeper()
  process.env[keeperVariable] = keeper.url
  return keeper.stop
}
