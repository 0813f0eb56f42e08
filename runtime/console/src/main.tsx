import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { createRoot } from "react-dom/client"
import { Refusal } from "./api/refusal.ts"
import { takeTokenFromAddress } from "./api/token.ts"
import { openLiveStream } from "./live/live-stream.ts"
import { makeRouter } from "./router.tsx"
import { startTheme } from "./shell/theme.ts"
import "./base.css"

takeTokenFromAddress()
startTheme()
openLiveStream()

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What the platform refuses it refuses again; one that does not answer may be starting.
      retry: (count, error) => error instanceof Refusal && error.status === 0 && count < 2
    }
  }
})

const place = document.querySelector("#root")
if (place !== null)
  createRoot(place).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  )
