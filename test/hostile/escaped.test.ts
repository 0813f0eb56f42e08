import { groups } from "./all-cases.ts"
import { describeCases } from "./describe-cases.ts"

describeCases("an escaped guest that answers the worker", groups["answer"] ?? [], 7)
describeCases("an escaped guest in the machine", groups["machine"] ?? [], 20)
