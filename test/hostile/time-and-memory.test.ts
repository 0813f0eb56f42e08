import { groups } from "./all-cases.ts"
import { describeCases } from "./describe-cases.ts"

describeCases("a plugin that takes all the time", groups["cpu"] ?? [], 3)
describeCases("a plugin that takes all the memory", groups["memory"] ?? [], 3)
